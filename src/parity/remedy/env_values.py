"""The values for keys that an env file lacks: given, or copied from another environment; no secret of another one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from parity.domain.findings import ParityError
from parity.domain.untrusted import mapping, mappings, text, texts
from parity.remedy.env_targets import lacking
from parity_host.envfile.insert import written
from parity_host.envfile.reader import effective, read_env_file
from parity_host.envfile.redaction import redact_env_file
from parity_host.secrets import token
from parity_host.secrets.redact import Redactor

_NO_PLACEHOLDER = "none"


def env_elsewhere(
    snapshots: Sequence[Mapping[str, Any]],
    environment: str,
    copy: Mapping[str, Any],
    given: Mapping[str, Any] | None = None,
    wanted: Sequence[str] = (),
    key: str = "",
    to_others: Mapping[str, Any] | None = None,
) -> dict[str, dict[str, Any]]:
    """Return the `values` of the `wanted` keys, and `refused`: why one has none, by key.

    `snapshots` are those of one run whose `key` is given, `environment` is the one that lacks the keys. `copy` says by
    key from which one its value is taken, `given` are values that somebody gave; they come first. All is decided here:
    a host that was told what the others' secrets are, or values that it does not lack, could guess or keep them.
    `to_others` holds what is `given` for the other environments, by their names, and the `findings`, which say what
    each lacks: a secret that one of them would get in the same run is refused in both, as `-e` gives it to all.
    Raises ParityError for what is no mapping, as `-e parity_env_values=KEY=value` is none.
    """
    for variable, said in (("parity_env_values", given or {}), ("parity_env_copy", copy)):
        if not isinstance(said, Mapping):
            raise ParityError(f'{variable} must be a mapping of keys. With -e, pass JSON: {{"{variable}": {{…}}}}')
    others = {text(one, "environment"): one for one in snapshots if text(one, "environment") != environment}
    values: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for name, source in copy.items():
        try:
            values[str(name)] = _copied(str(name), str(source), others)
        except ValueError as error:
            refused[str(name)] = str(error)
    values = {**values, **{str(name): value for name, value in (given or {}).items()}}
    secrets = {
        one.fingerprint: name
        for name, snapshot in sorted(others.items(), reverse=True)
        for one in token.find(json.dumps(snapshot.get("hosts"), ensure_ascii=False, default=str))
        if one.placeholder == _NO_PLACEHOLDER and one.why == token.SECRET
    }
    whose = {
        name: _whose(name, str(values[name]), secrets, Redactor(key.encode())) for name in wanted if name in values
    }
    for name, owner in _given_to_two(values, wanted, to_others or {}):
        whose[name] = (
            whose[name] or f"{owner} is missing it too and has the same value; each environment needs its own secret"
        )
    refused = {
        **{name: why for name, why in refused.items() if name not in values},
        **{n: w for n, w in whose.items() if w},
    }
    return {"values": {name: values[name] for name, why in whose.items() if not why}, "refused": refused}


def _given_to_two(
    values: Mapping[str, Any], wanted: Sequence[str], to_others: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Yield the wanted keys whose secret another environment, which lacks the key too, would get as well, and which."""
    for environment, given in mapping(to_others, "given").items():
        there = given if isinstance(given, Mapping) else {}
        for name in lacking(to_others["findings"], environment) & set(wanted) & values.keys() & there.keys():
            if str(there[name]) == str(values[name]) and _secrets(name, str(values[name]), Redactor(b"any")):
                yield name, environment


def _whose(name: str, value: str, secrets: Mapping[str, str], redactor: Redactor) -> str:
    """Return why a value is refused that is, or holds, a secret of another environment; empty otherwise."""
    owners = sorted({secrets[one.fingerprint] for one in _secrets(name, value, redactor) if one.fingerprint in secrets})
    return f"its value is a secret of {owners[0]}; each environment needs its own" if owners else ""


def _secrets(name: str, value: str, redactor: Redactor) -> list[token.Token]:
    """Return the secrets that a value is or holds."""
    return token.find(redact_env_file(written(name, value).encode("utf-8", "surrogatepass"), redactor))


def _copied(key: str, source: str, others: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the one value that a key has in an environment; raises ValueError with what speaks against taking it."""
    if source not in others:
        known = ", ".join(sorted(others)) or "none"
        raise ValueError(f"parity_env_copy names {source}, which is not another environment (valid: {known})")
    hosts = mapping(others[source], "hosts")
    found = set(_in_files(hosts, key)) or set(_in_containers(hosts, key))
    if not found:
        raise ValueError(f"{source} has no value for it")
    hidden = {one.why for value in found for one in token.find(value)}
    if hidden:
        why = f"it is a secret of {source}, and secrets are not copied"
        if token.SECRET not in hidden:
            why = f"its value is not known to be public in {source} and was not read; parity_show opens its name"
        raise ValueError(f"{why}; set its own in parity_env_values")
    if len(found) > 1:
        raise ValueError(f"{source} has {len(found)} values for it; set the right one in parity_env_values")
    return found.pop()


def _in_files(hosts: Mapping[str, Any], key: str) -> Iterator[str]:
    for record in _files(hosts):
        entry = effective(read_env_file(text(record, "text").encode("utf-8", "surrogateescape"))).get(key)
        if entry is None or entry.value is None:
            continue
        if entry.references:
            raise ValueError("its value there is interpolated from other variables; set it in parity_env_values")
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
