"""Faults that only nginx's output shows: its user, its neighbours, and its certificates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parity.programs.nginx.repair.lines import newline, whole_lines
from parity.programs.nginx.repair.outline_source import OutlineNode, Source
from parity.programs.nginx.repair.plan import Edit, Proposal, Refused
from parity.programs.nginx.repair.sections import first_in, inner_indent
from parity.programs.nginx.syntax.problem import Problem

# The user that an image has: the official one (and Alpine's) nginx, Debian's and Ubuntu's package www-data. The others
# are those that nginx and web servers have on systems of which no image of nginx is made.
_OTHER_USER: Final = {
    b"www-data": b"nginx",
    b"nginx": b"www-data",
    **dict.fromkeys((b"www", b"http", b"httpd", b"apache", b"apache2", b"wwwrun", b"_www", b"webservd"), b"nginx"),
}
_PATHS: Final = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
# Lines for the owner, by the class of the fault; {argument} is what nginx named, {folder} where that lies.
LINES: Final = {
    "host_not_found": "resolver 127.0.0.11 valid=10s;\nset $upstream {argument};\nproxy_pass http://$upstream;",
    "read_only_fs": "tmpfs:\n  - {folder}\n  - /run",
    "pid_path": "pid /tmp/nginx.pid;",
    "pid_permission": "pid /tmp/nginx.pid;",
    "bind_permission": "listen 8080;",
}


def resolver(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Use 127.0.0.11, the resolver in every container on a Compose network."""
    node = source.on_line(problem.file or "", problem.line or 0, "resolver")
    host = (problem.argument or "").encode()
    for word in node.words[1:] if node is not None and node.name == "resolver" else ():
        if b"=" not in host and (word.value == host or word.value.startswith(host + b":")):
            why = "that name does not resolve; Docker's own resolver is 127.0.0.11"
            data = source.files[problem.file or ""]
            edit = Edit(problem.file or "", word.start, word.end, word.quote + b"127.0.0.11" + word.quote)
            if node is not None and b"127.0.0.11" in node.args:
                edit = Edit(problem.file or "", len(data[: word.start].rstrip(b" \t")), word.end, b"")
            yield Proposal((edit,), f'wrote 127.0.0.11 for "{problem.argument}"', why, verify=True, unseen=True)
    raise Refused(f'The resolver "{problem.argument}" does not resolve: use its IP address.', "resolver 127.0.0.11;")


def user_line(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Remove the `user` line, which has no effect if nginx does not run as root."""
    node = source.on_line(problem.file or "", problem.line or 0, "user")
    if node is None:
        raise Refused(f"{problem.cause} {problem.action}")
    start, end = whole_lines(source.files[node.file], node.start, node.stop)
    why = "nginx does not run as root, so the line has no effect"
    yield Proposal((Edit(node.file, start, end, b""),), 'removed the "user" line', why, unseen=True)


def other_user(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Use the image's own user: nginx in the official image, www-data in Debian's package."""
    node = source.on_line(problem.file or "", problem.line or 0, "user")
    wanted = (problem.argument or "").encode()
    known = _OTHER_USER.get(wanted)
    if (
        node is not None
        and known is not None
        and node.args
        and set(node.args) == {wanted}
        and "getpw" in problem.message
    ):
        edits = tuple(Edit(node.file, word.start, word.end, known) for word in node.words[1:])
        shown = known.decode()
        why = f'the image has no user "{problem.argument}"; the usual one in nginx images is "{shown}"'
        yield Proposal(edits, f'wrote "user {shown}"', why, verify=True, unseen=True)
    raise Refused(
        f'The user or group "{problem.argument}" does not exist: use an existing one, or create it.',
        "user nginx;",
    )


def loaded_twice(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Remove the second `load_module` of a module."""
    node = source.on_line(problem.file or "", problem.line or 0, "load_module")
    if node is not None and node.name == "load_module" and "is already loaded" in problem.message:
        start, end = whole_lines(source.files[node.file], node.start, node.stop)
        why = f'"{problem.argument}" is already loaded'
        yield Proposal((Edit(node.file, start, end, b""),), 'removed the second "load_module"', why, unseen=True)
    raise Refused(f"{problem.cause} {problem.action}")


def stapling(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Switch ssl_stapling off if only one server has it on: nginx ignores it for this certificate."""
    found: list[OutlineNode] = [
        node
        for file in source.sites
        for node in source.outline(file).every()
        if node.name == "ssl_stapling" and node.args == [b"on"]
    ]
    if len(found) == 1:
        word = found[0].words[1]
        edit = Edit(found[0].file, word.start, word.end, word.quote + b"off" + word.quote)
        why = "nginx ignores it: the certificate has no OCSP responder, or its issuer is unknown"
        yield Proposal((edit,), 'switched "ssl_stapling" off', why, verify=True, unseen=True)
    raise Refused(f"{problem.cause} {problem.action}", "ssl_stapling off;")


def temporary_paths(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Move temporary files to /tmp, as the unprivileged nginx image does."""
    http = source.http
    names = {f"{name}_temp_path": b"/tmp/" + name.removesuffix("_body").encode() + b"_temp" for name in _PATHS}
    named = (problem.argument or "").encode()
    if http is None or not problem.message.startswith("mkdir") or b"/tmp/" in named:
        raise Refused(f"{problem.cause} {problem.action}")
    used = [node for file in source.sites for node in source.outline(file).every() if node.name.endswith("_path")]
    there = [node for node in used if node.args and source.full(node.args[0]) == source.full(named)]
    for node in there:
        if node.name not in names:
            place = f'"{node.name}" ({node.file}:{node.line})'
            raise Refused(f"{problem.cause} {place} uses this folder: mount a volume that this user can write.")
    data = source.files[http.file]
    have = {node.name for node in source.children(http)}
    lines = [name.encode() + b" " + path + b";" for name, path in names.items() if name not in have]
    blanks, break_ = inner_indent(data, http), newline(data)
    edits = [Edit(node.file, node.words[1].start, node.words[1].end, names[node.name]) for node in there]
    if lines:
        edits.append(first_in(data, http, b"".join(blanks + line + break_ for line in lines)))
    if not edits:
        raise Refused(f"{problem.cause} {problem.action}")
    why = f'nginx cannot create "{problem.argument}", and every user can create a folder in /tmp'
    yield Proposal(tuple(edits), "moved temporary files to /tmp", why, verify=True, unseen=True)
