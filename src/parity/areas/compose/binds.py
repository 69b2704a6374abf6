"""Files and folders that services mount, and that are not there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.match_services import Match
from parity.domain.findings import Difference, Evidence
from parity.domain.places import in_service
from parity.domain.stack import Mount, Service, Stack
from parity.domain.untrusted import text

_MISSING_FILE: Final = "compose.missing-bind-source"
_FOLDER: Final = "compose.missing-bind-folder"
# From how many services on what is missing of one folder is one fault.
_SEVERAL: Final = 2
# What nginx serves: an empty folder is an empty site.
_SERVED: Final = "/usr/share/nginx/html"
# A name with an ending, or one of those that files without one have. Folders such as conf.d have endings too.
_FILE_NAME: Final = re.compile(
    r"(?:[^/.]\.(?!d$)[A-Za-z][A-Za-z0-9]{0,9}|/(?:Caddyfile|Dockerfile|Makefile|hosts|passwd|\.?htpasswd|crontab|\.env(?!\.d$)[\w.]*))$"
)
# A folder may have a domain's name; none has one of these.
_CONTENT: Final = re.compile(
    r"\.(?:conf|cfg|cnf|ini|json|ya?ml|toml|xml|env|properties|sh|sql|py|js|lua|rb|php|pem|crt|cer|key|txt|template)$"
    r"|/(?:Caddyfile|\.?htpasswd|crontab|\.env[\w-]*)$"
)


def differences(comparison: Comparison, stack: Stack) -> Iterator[Difference]:
    """Yield what the services of an environment mount and what is not there."""
    yield from _folders_together(stack, _missing(comparison, stack))


def _missing(comparison: Comparison, stack: Stack) -> Iterator[Difference]:
    """Yield each path that services mount and that is not there, once for all of them."""
    missing: dict[str, list[tuple[str, Mount]]] = {}
    for name, service in stack.services.items():
        for mount in service.declared.config.mounts if service.declared else ():
            if mount.kind == "bind" and _is_missing(mount, stack.paths.get(mount.source, "")):
                missing.setdefault(mount.source, []).append((name, mount))
    matches = _matches(comparison, stack)
    for path, uses in sorted(missing.items()):
        source = stack.shorten(path)
        made = stack.paths[path] == "empty-directory"
        shown = f"{source} is an empty directory" if made else f"{source} does not exist"
        pieces = tuple(Evidence(stack.environment, shown, in_service(name), name) for name, _ in uses)
        services = sorted({name for name, _ in uses})
        needed = any(_is_file(mount) for _, mount in uses) and not _is_written(stack, path, uses)
        words = {"path": source, "destination": uses[0][1].destination, "services": ", ".join(services)}
        folder = not any(_is_named_as_file(mount) for _, mount in uses)
        way = "directory" if made else "file-or-folder" if folder else ""
        rule = _MISSING_FILE if needed else _rule_of_folder(stack, uses)
        yield Difference(
            rule,
            (stack.environment,),
            services[0] if len(services) == 1 else "",
            uses[0][1].destination if len(uses) == 1 else source,
            pieces,
            words,
            frozenset({way} - {""}) if rule in (_MISSING_FILE, _FOLDER) else frozenset(),
            covers=frozenset(_differ(comparison, matches[name], mount) for name, mount in uses if needed),
            mentions=frozenset(services),
            facts=frozenset({"folder-outside-production"} if folder and not stack.production else ()),
        )


def _rule_of_folder(stack: Stack, uses: Sequence[tuple[str, Mount]]) -> str:
    """Return what Docker's own folder in the place of a missing one does: it is empty, and root's."""
    if any(_reads_certificates(stack, name, mount) for name, mount in uses):
        return "compose.missing-certificates"
    writers = [stack.services[name] for name, mount in uses if not mount.read_only]
    return "compose.unwritable-bind-folder" if writers and all(map(_is_not_root, writers)) else _FOLDER


def _is_not_root(service: Service) -> bool:
    user = text(service.declared.raw, "user").partition(":")[0] if service.declared else ""
    return user not in ("", "0", "root")


def _reads_certificates(stack: Stack, name: str, mount: Mount) -> bool:
    """Return whether an nginx has a certificate in a folder that is mounted."""
    folder = re.escape(mount.destination.rstrip("/"))
    found = re.compile(rf"(?:^|[;{{])\s*ssl_certificate\s+[\"']?{folder}/".encode(), re.MULTILINE)
    return any(
        found.search(content)
        for one in stack.configurations
        if one.kind == "nginx" and one.service == name
        for content in one.files.values()
    )


def _is_written(stack: Stack, path: str, uses: Sequence[tuple[str, Mount]]) -> bool:
    """Return whether what is to be mounted is a folder below one that another service writes to, and may make it in."""
    users = {name for name, _ in uses}
    return not any(_is_named_as_file(mount) for _, mount in uses) and any(
        mount.kind == "bind" and not mount.read_only and path.startswith(f"{mount.source.rstrip('/')}/")
        for name, service in stack.services.items()
        for mount in (service.declared.config.mounts if service.declared and name not in users else ())
    )


def _folders_together(stack: Stack, found: Iterable[Difference]) -> Iterator[Difference]:
    """Yield differences; missing files of several services, of one folder in which nothing is there, as one."""
    groups: dict[str, list[Difference]] = {}
    for one in found:
        folder = posixpath.dirname(one.words["path"])
        alone = one.ways or one.rule != _MISSING_FILE or folder in ("", stack.shorten(stack.directory))
        groups.setdefault(one.id if alone else folder, []).append(one)
    there = {stack.shorten(path) for path, kind in stack.paths.items() if kind not in ("missing", "empty-directory")}
    for folder, group in groups.items():
        services = sorted({piece.service for one in group for piece in one.evidence})
        if len({one.service for one in group}) < _SEVERAL or any(path.startswith(f"{folder}/") for path in there):
            yield from group
            continue
        yield replace(
            group[0],
            service="",
            item=folder,
            evidence=tuple(piece for one in group for piece in one.evidence),
            words={
                "path": folder,
                "destination": "",
                "count": str(len(group)),
                "services": ", ".join(services),
                "names": ", ".join(posixpath.basename(one.words["path"]) for one in group),
            },
            ways=frozenset({"one-folder"}),
            covers=frozenset().union(*(one.covers for one in group)),
            mentions=frozenset(services),
        )


def _is_missing(mount: Mount, kind: str) -> bool:
    """Return whether nothing stands at a mount's source, or what Docker made where a file was meant."""
    meant = all(_CONTENT.search(path.rstrip("/")) for path in (mount.source, mount.destination))
    return kind == "missing" or (kind == "empty-directory" and meant)


def _matches(comparison: Comparison, stack: Stack) -> dict[str, Match]:
    """Return the matches of an environment's services, by their names there."""
    found = ((match.members.get(stack.environment), match) for match in comparison.matches)
    return {member.name: match for member, match in found if member is not None}


def _differ(comparison: Comparison, match: Match, mount: Mount) -> str:
    """Return the id of what says of a mount that other environments do not have it."""
    return Difference("containers.mounts-differ", tuple(match.seen), match.name, mount.destination).id


def _is_file(mount: Mount) -> bool:
    """Return whether what is mounted has to hold something: Docker makes empty folders by itself, and no files."""
    return _is_named_as_file(mount) or mount.read_only or mount.destination.startswith(_SERVED)


def _is_named_as_file(mount: Mount) -> bool:
    return any(_FILE_NAME.search(path.rstrip("/")) for path in (mount.source, mount.destination))
