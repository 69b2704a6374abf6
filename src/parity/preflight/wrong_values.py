"""Variables whose values their role would reject, each in one sentence.

The roles of remedies check the same later, with a message that contains the specification of every variable.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, Final

from parity.domain import plain_data
from parity.preflight.role_specs import role_specs

_ANSIBLE: Final[Any] = import_module("ansible.module_utils.common.validation")
_KINDS: Final = {
    "bool": "true or false",
    "dict": "a mapping",
    "float": "a number",
    "int": "a whole number",
    "list": "a list",
    "path": "text",
    "str": "text",
}
_SHOWN: Final = 40
_NAMED: Final = 3


def wrong_values(variables: Mapping[str, Mapping[str, Any]], hosts: Sequence[str], roles: Iterable[str]) -> list[str]:
    """Return a sentence for each variable of these roles whose value is not allowed on one of the hosts.

    `variables` are Ansible's hostvars: only what the roles take is read. A value that Ansible cannot fill in is left
    to Ansible, which names what is undefined.
    """
    found: dict[str, list[str]] = {}
    for role in roles:
        for host in hosts:
            for name in sorted(set(role_specs()[role]) & set(variables[host])):
                for fault in _faults(name, _value(variables[host], name), role_specs()[role][name]):
                    found.setdefault(f"{fault}. See roles/{role}/README.md.", []).append(host)
    return [f"{_where(named, hosts)}{sentence}" for sentence, named in found.items()]


def _value(variables: Mapping[str, Any], name: str) -> Any:
    try:
        return plain_data.data(variables[name])
    except Exception:  # whatever the user's template raises
        return None


def _where(named: Sequence[str], hosts: Sequence[str]) -> str:
    if len(named) == len(hosts):
        return ""
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return f"{', '.join(named[:_NAMED])}{more}: "


def _faults(name: str, value: Any, spec: Mapping[str, Any]) -> Iterator[str]:
    kind = spec.get("type", "str")
    if value is None:
        return
    if not _fits(value, kind):
        yield f"{name} {_is(value, kind)}; it must be {_KINDS[kind]}"
    elif "choices" in spec and value not in spec["choices"]:
        yield f"{name} {_is(value, 'choices')}; it must be one of {', '.join(map(str, spec['choices']))}"
    elif kind == "list" and isinstance(value, Sequence) and not isinstance(value, str):
        element = {**spec, "type": spec.get("elements", "str")}
        for number, entry in enumerate(value, 1):
            yield from _faults(f"{name}, entry {number},", entry, element)
    elif "options" in spec and isinstance(value, Mapping):
        yield from _faults_of_keys(name, value, spec["options"])


def _faults_of_keys(name: str, value: Mapping[str, Any], options: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    place = name.rstrip(",")
    for key in value:
        if key not in options:
            yield f"{place}: unknown key {key}. Valid keys: {', '.join(options)}"
    for key, option in options.items():
        if option.get("required") and value.get(key) is None:
            yield f"{place}: the key {key} is missing"
        yield from _faults(f"{place}{'.' if place == name else ': '}{key}", value.get(key), option)


def _fits(value: Any, kind: str) -> bool:
    if kind in ("str", "path"):
        return not isinstance(value, (Mapping, list, tuple))
    try:
        getattr(_ANSIBLE, f"check_type_{kind}")(value)
    except (TypeError, ValueError):
        return False
    return True


def _is(value: Any, kind: str) -> str:
    """Return what the value is. Where numbers and fixed words are expected, the value itself: it is no secret."""
    if isinstance(value, Mapping):
        return "is a mapping"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "is a list"
    if kind not in ("bool", "choices", "float", "int"):
        return "is text" if isinstance(value, str) else f"is {json.dumps(value, default=str)}"
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return f"is {shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + '…'}"
