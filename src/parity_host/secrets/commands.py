"""Secrets on command lines: in the words of one command, and in text that a shell would take apart."""

from __future__ import annotations

import re
from typing import Iterator, List, NamedTuple, Sequence, Tuple

from .names import is_secret
from .shapes import looks_opaque
from .shell_words import OPERATORS, split
from .spans import Span, literal_spans
from .words import NOT_VALUES

_DEPTH = 5  # of commands within commands


class _Tool(NamedTuple):
    """How one family of programs takes passwords where no name gives them away.

    `next`: options whose next word is one; `glued`: options it is glued to; `pair`: options with `user:password`;
    `after`: sub-commands, and how many words behind them the password stands.
    """

    program: str
    next: Tuple[str, ...] = ()
    glued: Tuple[str, ...] = ()
    pair: Tuple[str, ...] = ()
    after: Tuple[Tuple[str, int], ...] = ()


def _tool(
    program: str,
    next: str = "",  # noqa: A002 - read in the table below
    glued: str = "",
    pair: str = "",
    after: Tuple[Tuple[str, int], ...] = (),
) -> _Tool:
    return _Tool(program, tuple(next.split()), tuple(glued.split()), tuple(pair.split()), after)


# Source: each program's own manual page.
_TOOLS: Tuple[_Tool, ...] = (
    _tool("(?:mysql|mariadb)(?:d?|dump|admin|check|show|import|slap|-dump|-admin|pump|binlog|_upgrade)", glued="-p"),
    _tool("(?:redis|valkey|keydb)-cli", "-a --pass", after=(("auth", 1), ("requirepass", 1), ("masterauth", 1))),
    _tool("(?:redis|valkey|keydb)-(?:server|benchmark|sentinel)", "-a --requirepass --masterauth"),
    _tool("curl|https?", "--oauth2-bearer --pass --proxy-pass", pair="-u --user -U --proxy-user -a --auth"),
    _tool("sshpass", "-p", "-p"),
    _tool("mongo(?:d|s|sh|dump|restore|export|import|stat|top|files)?", "-p", "-p"),
    _tool("ldap(?:search|add|modify|delete|whoami|passwd|compare)", "-w -s -a", "-w"),
    _tool("sqlcmd|bcp|osql|isql|tsql", "-P", "-P"),
    _tool("zip|unzip", "-P"),
    _tool("7z[ar]?", glued="-p"),
    _tool("openssl", "-k -K -pass -passin -passout"),
    _tool("rabbitmq(?:ctl|admin)", "-p", after=(("add_user", 2), ("change_password", 2), ("authenticate_user", 2))),
    _tool("vault", after=(("login", 1), ("unseal", 1))),
    _tool("ngrok", after=(("authtoken", 1), ("add-authtoken", 1))),
    _tool("mc", after=(("set", 4), ("add", 4))),
    _tool("etcdctl|nats|smbclient|rclone|cadaver|lftp|ftp|influx|cypher-shell", "-p", pair="--user -u -U"),
    _tool("snmp(?:get|walk|set|bulkwalk)", "-c -A -X"),
    _tool("cqlsh|clickhouse(?:-client)?|beeline|hdbsql|vsql|arangosh", "-p -w"),
    _tool("useradd|usermod", "-p"),
    _tool("keytool|jarsigner", "-storepass -keypass -srcstorepass -deststorepass -new"),
    _tool("rdesktop|xfreerdp", "-p", "/p: -p"),
    # These take none in a place of their own; they end what the program before them began.
    _tool(
        "ssh|scp|sftp|rsync|psql|pg_dump|pg_restore|pg_isready|pgcli|java|python[0-9.]*|node|celery|uvicorn|nginx|wget"
    ),
)
_NO_TOOL = _tool("")
# `-p` is a port with `docker run` and a password with `docker login`.
_ENGINE = _tool("docker|podman|nerdctl|helm|skopeo|buildah|crane|oras", pair="--creds --dest-creds --src-creds")
_ENGINE_LOGIN = _ENGINE._replace(next=("-p",))
_ALL = (_ENGINE, *_TOOLS)
_PROGRAM = re.compile(r"(?:%s)(?:\.exe)?\Z" % "|".join("(%s)" % tool.program for tool in _ALL))
# In a text a command is known by its program, if that takes passwords without a name, and ends with the line.
_COMMAND_IN_TEXT = re.compile(
    r"(?<![\w.-])(?:mysql\w*|mariadb[\w-]*|(?:redis|valkey|keydb)-(?:cli|server)|curl|sshpass|mongo\w*|ldap[a-z]+"
    r"|sqlcmd|bcp|openssl|(?:docker|podman) login|rabbitmqctl|htpasswd|vault login|mc alias set|etcdctl|aws configure"
    r"|7z[ar]?|zip)[ \t]+[^\n]{3,4000}"
)
_OPTION = re.compile(r"(?:--?|/)(?P<name>[A-Za-z][\w.-]{1,80})\Z")
_NEXT_OPTION = re.compile(r"--|-\w{1,2}\Z|-[a-z]+(?:[-.][a-z]+)*(?:=|\Z)")
_ASSIGNED = re.compile(r"(?:--?|/)?(?P<name>[A-Za-z_][\w.-]{0,120})(?:=|:=)(?P<value>[\s\S]+)\Z")
# `aws configure set aws_secret_access_key X`: a word that is a secret's name, and the secret behind it.
_NAMING = re.compile(r"(?i)\w*(?:secret|password|passwd|api_?key|access_?key|token|requirepass|masterauth)\Z")
_OPENSSL_SOURCE = re.compile(r"(?:env|file|fd):|stdin\Z")
_HTPASSWD_OPTION = re.compile(r"-[A-Za-z]*b[A-Za-z]*\Z")
_RUNS_NEXT = re.compile(r"CMD-SHELL\Z|-[a-z]{0,4}c\Z")  # the word behind it is a command
_SPACE = re.compile(r"\s")


class Found(NamedTuple):
    """A secret in one word of a command: command[word][span.start:span.end]."""

    word: int
    span: Span


def find_in_words(command: Sequence[str], depth: int = 0) -> Iterator[Found]:
    """Yield the secrets in the words of a command, its quotes undone; words that are commands are looked into."""
    tool = _NO_TOOL
    for index, word in enumerate(command):
        if word in OPERATORS:
            tool = _NO_TOOL
            continue
        tool = _running(word, tool)
        following = command[index + 1] if index + 1 < len(command) else ""
        following = "" if following in OPERATORS else following
        nested = depth < _DEPTH and _SPACE.search(word) is not None
        if not (nested and index and _RUNS_NEXT.match(command[index - 1])):
            yield from _for_tool(tool, command, index, following)
            yield from _by_name(index, word, following)
        if nested:
            for span in find_in_command(word, depth + 1):
                yield Found(index, span)
    yield from _for_htpasswd(command)
    yield from _for_stdin(command)


def find_in_command(line: str, depth: int = 0) -> Iterator[Span]:
    """Yield the secrets in a command line as a shell reads it."""
    taken = split(line)
    for found in find_in_words([word.text for word in taken], depth):
        text, places = taken[found.word]
        meant = text[found.span.start : found.span.end] if found.span.secret is None else found.span.secret
        start, end = with_quotes(line, places[found.span.start], places[found.span.end - 1] + 1)
        yield Span(start, end, meant)


def find_commands(text: str) -> Iterator[Span]:
    """Yield the secrets of the commands that running text holds, such as a health check's error message quotes."""
    for match in _COMMAND_IN_TEXT.finditer(text):
        for span in find_in_command(match.group()):
            start, end = match.start() + span.start, match.start() + span.end
            if text[start:end].lower().strip(".,:;") not in NOT_VALUES:
                yield Span(start, end, span.secret)


def with_quotes(line: str, start: int, end: int) -> Tuple[int, int]:
    """Return line[start:end] widened so that it does not take one of a pair of quotes and leave the other."""
    for quote in "\"'":
        if line.count(quote, start, end) % 2:
            if line[end : end + 1] == quote:
                end += 1
            elif start and line[start - 1] == quote:
                start -= 1
    return start, end


def _running(word: str, tool: _Tool) -> _Tool:
    """Return the tool that `word` runs, else the one that runs already."""
    if word == "login" and tool is _ENGINE:
        return _ENGINE_LOGIN
    name = word.replace("\\", "/").rpartition("/")[2]
    match = _PROGRAM.match(name) if len(name) <= 40 else None
    return _ALL[match.lastindex - 1] if match and match.lastindex else tool


def _for_tool(tool: _Tool, command: Sequence[str], index: int, following: str) -> Iterator[Found]:
    word = command[index]
    for glued in tool.glued:
        if word.startswith(glued) and not word.startswith("--"):
            yield from _literal(index, word, len(glued))
    for pair in tool.pair:
        begin = pair + "=" if pair.startswith("--") else pair
        if word.startswith(begin):
            yield from _after_user(index, word, len(begin))
    if following and word in tool.pair:
        yield from _after_user(index + 1, following, 0)
    if following and word in tool.next and not ("-passin" in tool.next and _OPENSSL_SOURCE.match(following)):
        told = "-passin" in tool.next and following.startswith("pass:")
        yield from _literal(index + 1, following, len("pass:") if told else 0)
    for subcommand, distance in tool.after:
        behind = command[index + distance] if index + distance < len(command) else ""
        if word.lower() == subcommand and behind[:1] not in ("", "-") and behind not in OPERATORS:
            yield from _literal(index + distance, behind, 0)


def _by_name(index: int, word: str, following: str) -> Iterator[Found]:
    """Yield what a telling name gives away: `--password X`, `--password=X`, `PASSWORD=X`."""
    option = _OPTION.match(word)
    value_follows = following and not _NEXT_OPTION.match(following)
    name = option.group("name") if option and value_follows else ""
    if name and not name.startswith("no-") and is_secret(name, following):
        yield from _literal(index + 1, following, 0)
    assigned = _ASSIGNED.match(word)
    if assigned and is_secret(assigned.group("name"), assigned.group("value")):
        yield from _literal(index, word, assigned.start("value"))
    elif following and _NAMING.match(word) and looks_opaque(following):
        yield from _literal(index + 1, following, 0)


def _for_htpasswd(command: Sequence[str]) -> Iterator[Found]:
    """Yield the last word of `htpasswd -b file user password`."""
    words = [index for index, word in enumerate(command) if word not in OPERATORS]
    named = any(command[index].rpartition("/")[2] == "htpasswd" for index in words[:4])
    if named and len(words) > 3 and any(_HTPASSWD_OPTION.match(command[index]) for index in words):
        yield from _literal(words[-1], command[words[-1]], 0)


def _for_stdin(command: Sequence[str]) -> Iterator[Found]:
    """Yield what is piped in `echo password | docker login --password-stdin`, `echo user:password | chpasswd`."""
    taking = [word for word in command if word == "--password-stdin" or word.rpartition("/")[2] == "chpasswd"]
    if taking and "|" in command:
        pipe = list(command).index("|")
        if pipe > 1 and command[pipe - 2].rpartition("/")[2] not in OPERATORS:
            said = command[pipe - 1]
            user = said.find(":") + 1 if taking[0] != "--password-stdin" else 0
            yield from _literal(pipe - 1, said, user)


def _after_user(index: int, word: str, start: int) -> Iterator[Found]:
    places: List[int] = [at for at in (word.find(sign, start) for sign in ":%,") if at >= 0]
    if places:
        yield from _literal(index, word, places[0] + 1)


def _literal(index: int, word: str, start: int) -> Iterator[Found]:
    for span in literal_spans(word, start, len(word)):
        yield Found(index, span)
