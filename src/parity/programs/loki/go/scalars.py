"""What go-yaml version 2 takes a plain scalar for (its resolve.go): `yes` is true, `0o7` text, `2020-10-24` a date."""

from __future__ import annotations

import base64
import binascii
import math
import re
from dataclasses import dataclass
from typing import Final

from parity.programs.loki.go.yaml_nodes import STR_TAG, GoYamlError, YamlNode

_DIGITS: Final = 400  # more than the largest float has
_PREFIX: Final = "tag:yaml.org,2002:"
_WORDS: Final[dict[str, tuple[str, object]]] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), ("bool", True)),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), ("bool", False)),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), ("null", None)),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), ("float", math.nan)),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), ("float", math.inf)),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), ("float", -math.inf)),
}
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_DATE: Final = re.compile(
    r"\d{4}-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d)"
    r"| (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?)?\Z",
    re.ASCII,
)
# Go's ParseInt with base 0: a sign, then a prefix for the base; a bare leading 0 means octal.
_INTEGER: Final = re.compile(
    r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]([0-7]+)|(0[0-7]*)|([1-9][0-9]*))\Z", re.ASCII
)


@dataclass(frozen=True)
class GoScalar:
    """A scalar's short tag (`str`, `int`, `float`, `bool`, `null`, `timestamp`, …) and its value."""

    tag: str
    value: object


def short_tag(tag: str) -> str:
    """Return `tag` as go-yaml prints it: `!!str` for the YAML ones, any other as it stands."""
    return "!!" + tag.removeprefix(_PREFIX) if tag.startswith(_PREFIX) else tag


def resolve(node: YamlNode) -> GoScalar:
    """Return what go-yaml takes `node` for; raises GoYamlError when an explicit tag does not fit the text."""
    if not node.tag and not node.implicit:
        return GoScalar("str", node.value)
    wanted = node.tag.removeprefix(_PREFIX)
    if wanted == "binary" and node.tag:
        return GoScalar(wanted, _binary(node.value))
    if node.tag and wanted not in ("str", "bool", "int", "float", "null", "timestamp"):
        return GoScalar(wanted, node.value)
    if node.tag == STR_TAG:
        return GoScalar("str", node.value)
    found = _plain(node.value, timestamp=wanted in ("", "timestamp"))
    if wanted in ("", found.tag):
        return found
    if wanted == "float" and found.tag == "int" and isinstance(found.value, int):
        return GoScalar("float", float(found.value))
    raise GoYamlError(f"yaml: cannot decode !!{found.tag} `{node.value}` as a !!{wanted}")


def _binary(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        raise GoYamlError("yaml: !!binary value contains invalid base64 data") from None


def _plain(text: str, *, timestamp: bool) -> GoScalar:
    if text in _WORDS:
        return GoScalar(*_WORDS[text])
    if text[0] == "." and _FLOAT.match(text):
        return GoScalar("float", float(text))
    if text[0] in "+-0123456789":
        if timestamp and _is_date(text):
            return GoScalar("timestamp", text)
        number = text.replace("_", "")
        integer = _integer(number)
        if integer is not None:
            return GoScalar("int", integer)
        if _FLOAT.match(number) and math.isfinite(float(number)):
            return GoScalar("float", float(number))
    return GoScalar("str", text)


def whole(digits: str) -> int:
    """Return a number by its decimal digits; for more than Go has a type for, one that is too large for each of them.

    Python reads no number of thousands of digits, and it would take long.
    """
    return int(digits) if len(digits.lstrip("0")) < _DIGITS else 10**_DIGITS


def _integer(text: str) -> int | None:
    match = _INTEGER.match(text)
    if not match:
        return None
    sign, sixteen, two, eight, zero, ten = match.groups()
    for digits, base in ((sixteen, 16), (two, 2), (eight, 8), (zero, 8), (ten, 10)):
        if digits is not None:
            value = (whole(digits) if base == 10 else int(digits, base)) * (-1 if sign == "-" else 1)
            # A sign keeps a number from being read as unsigned.
            return value if -(2**63) <= value < (2**63 if sign else 2**64) else None
    return None  # pragma: no cover - one of the groups matched


def _is_date(text: str) -> bool:
    match = _DATE.match(text)
    if not match:
        return False
    numbers = [int(group) for group in match.groups() if group is not None]
    month, day, *clock = numbers
    fits = 1 <= month <= 12 and 1 <= day <= _days(int(text[:4]), month)
    return fits and (not clock or (clock[0] < 24 and clock[1] < 60 and clock[2] < 60))


def _days(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
