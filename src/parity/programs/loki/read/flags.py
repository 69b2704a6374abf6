"""Command-line flags as settings: what stands on the command line wins over the file."""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from parity.programs.loki.go.yaml_nodes import GoYamlError, YamlNode
from parity.programs.loki.read import leaves
from parity.programs.loki.read.decode import Unknown
from parity.programs.loki.read.releases import FOLDER, FieldTable

# What is not a setting: whether a value follows.
_OTHERS: Final = {
    "config.file": True,
    **dict.fromkeys(("config.expand-env", "verify-config", "print-config-stderr", "list-targets"), False),
    **dict.fromkeys(("log-config-reverse-order", "version", "help", "h", "health"), False),
}
# strconv.ParseBool
_BOOLEANS: Final = {
    **dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True),
    **dict.fromkeys(("0", "f", "F", "FALSE", "false", "False"), False),
}
_SHELLS: Final = ("sh", "bash", "ash", "dash")
_SHELL_SIGNS: Final = re.compile(r"[$`]")


class Flags(NamedTuple):
    """What a command line sets: values by path (Unknown where one cannot be told), and flags that nobody knows."""

    settings: Mapping[str, Any]
    unknown: tuple[str, ...]


NO_FLAGS: Final = Flags({}, ())


def read_flags(arguments: Sequence[str], table: FieldTable, hidden: re.Pattern[str] | None = None) -> Flags:
    """Return what the words of a container's command set in the configuration of `table`'s release.

    `hidden` finds what stands for a value that is not known. Flags are read as Go's package flag does.
    """
    words, shell = _own(arguments)
    settings: dict[str, Any] = {}
    unknown: list[str] = []
    while words and words[0].startswith("-") and words[0] not in ("-", "--"):
        name, equals, value = words.pop(0).lstrip("-").partition("=")
        path = _path(name, table)
        takes_value = _OTHERS.get(name, table.type(path) != "bool" if path else bool(words) and words[0][:1] != "-")
        if takes_value and not equals and words:
            value = words.pop(0)
        if path:
            seen = not (hidden and hidden.search(value)) and not (shell and _SHELL_SIGNS.search(value))
            said = _value(value if equals or takes_value else "true", table.type(path)) if seen else Unknown("unknown")
            settings[path] = _added(settings.get(path), said)
        elif name not in _OTHERS:
            unknown.append(name)
    return Flags(settings, tuple(unknown))


def _own(arguments: Sequence[str]) -> tuple[list[str], bool]:
    """Return Loki's own words among those of its container, and whether a shell reads them first."""
    words = list(arguments)
    shell = bool(words) and posixpath.basename(words[0]) in _SHELLS and len(words) > 1
    if shell:
        try:
            words = shlex.split(words[-1])
        except ValueError:
            words = words[-1].split()
        begins = [place for place, word in enumerate(words) if posixpath.basename(word) == "loki" and word[0] != "-"]
        words = words[begins[0] + 1 :] if begins else words
    first = next((place for place, word in enumerate(words) if word.startswith("-")), len(words))
    return words[first:], shell


def _path(name: str, table: FieldTable) -> str:
    """Return which setting a flag is in this release, "" for none."""
    return next((path for path in _paths(name) if table.kind(path) is not None), "")


def _paths(name: str) -> list[str]:
    found = _flags().get(name, [])
    return [found] if isinstance(found, str) else found


@cache
def _flags() -> dict[str, str | list[str]]:
    """Return knowledge/loki/flags.json, made from the configuration reference of the releases that have a table."""
    return json.loads((FOLDER / "flags.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _value(text: str, type_: str) -> Any:
    if type_ == "bool":
        return _BOOLEANS.get(text, Unknown("unknown"))
    if type_ in ("[]string", "flagext.StringSlice"):
        return [text]
    if type_ == "flagext.StringSliceCSVMulti":
        return text.split(",") if text else []
    try:
        found = leaves.decode(YamlNode("scalar", 0, 0, 0, value=text, implicit=True), type_)
    except (leaves.Mismatch, GoYamlError):
        return Unknown("unknown")
    return "" if found is None else found


def _added(old: Any, new: Any) -> Any:
    """A flag that is given twice sets a list's next entry, and anything else anew."""
    return [*old, *new] if isinstance(old, list) and isinstance(new, list) else new
