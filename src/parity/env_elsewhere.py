"""What the other environments have of env files: values that may be copied when asked, and secrets that may not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from parity.coerce import mapping, mappings, text, texts
from parity_host import token
from parity_host.env_reader import effective, read_env_file

_NO_PLACEHOLDER = "none"


def env_elsewhere(
    snapshots: Sequence[Mapping[str, Any]], environment: str, copy: Mapping[str, Any]
) -> dict[str, dict[str, str]]:
    """Return `values` of keys as another environment has them, `refused` (why not, by key), and the `secrets` there.

    `snapshots` are those of one run, `environment` the one that lacks the keys, and `copy` says by key from which one
    its value is taken. `secrets` are the fingerprints of the other environments' secrets, with the environment's name.
    """
    others = {text(one, "environment"): one for one in snapshots if text(one, "environment") != environment}
    values, refused = {}, {}
    for key, source in copy.items():
        try:
            values[str(key)] = _copied(str(key), str(source), others)
        except ValueError as error:
            refused[str(key)] = str(error)
    secrets = {
        one.fingerprint: name
        for name, snapshot in sorted(others.items(), reverse=True)
        for one in token.find(json.dumps(snapshot.get("hosts"), ensure_ascii=False, default=str))
        if one.placeholder == _NO_PLACEHOLDER
    }
    return {"values": values, "refused": refused, "secrets": secrets}


def _copied(key: str, source: str, others: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the one value that a key has in an environment; raises ValueError with what speaks against taking it."""
    if source not in others:
        known = ", ".join(sorted(others)) or "none"
        raise ValueError(f"parity_env_copy takes it from {source}, which is no other environment (there is {known})")
    hosts = mapping(others[source], "hosts")
    found = set(_in_files(hosts, key)) or set(_in_containers(hosts, key))
    if not found:
        raise ValueError(f"{source} has no value for it in what was read of it")
    if any(token.find(value) for value in found):
        raise ValueError(f"it is a secret of {source}, and no secret is copied; parity_env_values takes one of its own")
    if len(found) > 1:
        raise ValueError(f"{source} has {len(found)} values for it; parity_env_values takes the one that is meant")
    return found.pop()


def _in_files(hosts: Mapping[str, Any], key: str) -> Iterator[str]:
    for record in _files(hosts):
        entry = effective(read_env_file(text(record, "text").encode("utf-8", "surrogateescape"))).get(key)
        if entry is None or entry.value is None:
            continue
        if entry.references:
            raise ValueError("its value there is made of other variables; parity_env_values takes it as text")
        yield entry.value


def _files(hosts: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    for name in hosts:
        for record in mapping(mapping(mapping(hosts, name), "project"), "files").values():
            if isinstance(record, Mapping) and {"env_file", "project"} & set(texts(record, "roles")):
                yield record


def _in_containers(hosts: Mapping[str, Any], key: str) -> Iterator[str]:
    for name in hosts:
        for container in mappings(mapping(mapping(hosts, name), "engine"), "containers"):
            value = mapping(container, "environment").get(key)
            if isinstance(value, str):
                yield value
