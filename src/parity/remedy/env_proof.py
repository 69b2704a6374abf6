"""Whether the keys that an env file gets are read: by what Compose renders with them, before and after."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import Any, Final

from parity.domain.untrusted import as_mapping, mapping, text, texts
from parity.record import snapshot
from parity.record.render_compose import render
from parity.record.run_compose import program
from parity.remedy.env_targets import is_referred_to
from parity_host.envfile.reader import effective, read_env_file

_SEEN: Final = frozenset({"rendered", "partly"})


def env_unread(
    facts: Mapping[str, Any], path: str, after: str, keys: Sequence[str], profiles: Sequence[str] = ()
) -> dict[str, str]:
    """Return the keys that nothing would read from the file, with what to do about each.

    `facts` is what the host was seen to have, `path` the env file, `after` its text with the keys, without secrets.
    A key is read where the environment of a service has it now and had not, or where a compose file refers to it and
    the project's services are rendered differently. What a compose file refers to must not stay unset: another file
    than the project's own does not help it. Of a project that Compose does not render nothing is known: no key of it is
    returned.
    """
    project = mapping(facts, "project")
    if not keys or text(project, "state") != "seen":
        return {}
    files = mapping(project, "files")
    changed = {**project, "files": {**files, path: {**as_mapping(files.get(path)), "text": after}}}
    name = text(mapping(facts, "engine"), "project") or posixpath.basename(text(project, "directory")) or "parity"
    before, with_keys = (_rendered(one, name, profiles) for one in (project, changed))
    if not {text(before, "state"), text(with_keys, "state")} <= _SEEN:
        return {}
    old, new = mapping(before, "services"), mapping(with_keys, "services")
    own = path in texts(project, "env_files")
    set_for_compose = {name for one in texts(project, "env_files") for name in _keys(files, one)}
    found: dict[str, str] = {}
    for key in keys:
        referred = is_referred_to(key, files)
        gets_it = any(_environment(new, one).get(key) != _environment(old, one).get(key) for one in new)
        left_empty = referred and not own and key not in set_for_compose
        if left_empty or not (gets_it or (referred and own and old != new)):
            found[key] = _advice(key, path, project, referred)
    return found


def _keys(files: Mapping[str, Any], path: str) -> set[str]:
    return set(effective(read_env_file(text(as_mapping(files.get(path)), "text").encode("utf-8", "replace"))))


def _environment(services: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return mapping(as_mapping(services.get(name)), "environment")


def _advice(key: str, path: str, project: Mapping[str, Any], referred: bool) -> str:
    if referred:
        where = ", ".join(texts(project, "env_files")) or posixpath.join(text(project, "directory"), ".env")
        return f"a Compose file interpolates ${{{key}}}, which Compose reads from {where}, not from {path}"
    return f"no service reads it from {path}: the Compose files neither pass it on nor interpolate it"


def _rendered(project: Mapping[str, Any], name: str, profiles: Sequence[str]) -> dict[str, Any]:
    return snapshot.rendered(lambda: render(project, name, profiles, program()))
