"""One value decoded into one Go type: what go-yaml accepts for it, and what the type's own reader says."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Final

from parity.programs.loki.go.durations import parse_base2, parse_go, parse_model, parse_size, quote
from parity.programs.loki.go.scalars import GoScalar, resolve
from parity.programs.loki.go.time import parse_day, parse_moment
from parity.programs.loki.go.url import check_url
from parity.programs.loki.go.yaml_nodes import GoYamlError, YamlNode

_INTEGERS: Final = {
    "int": (-(2**63), 2**63 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "uint": (0, 2**64 - 1),
    "uint64": (0, 2**64 - 1),
    "uint32": (0, 2**32 - 1),
    "time.Duration": (-(2**63), 2**63 - 1),
}
_LEVELS: Final = ("debug", "info", "warn", "error")
_RELABEL_ACTIONS: Final = (
    *("replace", "keep", "drop", "keepequal", "dropequal", "hashmod"),
    *("labelmap", "labeldrop", "labelkeep", "lowercase", "uppercase"),
)
_TLS: Final = ("TLS13", "TLS12", "TLS11", "TLS10")


class Mismatch(Exception):  # noqa: N818 - a signal inside the decoder, not an error of ours
    """go-yaml cannot put this node into `type`: it notes that and goes on."""

    def __init__(self, node: YamlNode, tag: str, type_: str) -> None:
        """Take the node, its tag as it is printed, and Go's name of the type."""
        self.node, self.tag, self.type = node, tag, type_


def decode(node: YamlNode, type_: str) -> object:
    """Return the Python value of scalar, list or map `node` in Go type `type_`.

    Raises Mismatch where go-yaml notes an error and goes on, GoYamlError where it gives up.
    """
    reader = _READERS.get(type_)
    if reader:
        printed, read = reader
        value = decode(node, printed)
        if value is None:  # null spelled so that go-yaml only sees it here
            return None
        try:
            return read(str(value))
        except ValueError as error:
            raise GoYamlError(str(error)) from None
    if node.kind != "scalar":
        raise Mismatch(node, "!!map" if node.kind == "mapping" else "!!seq", type_)
    scalar = resolve(node)
    if scalar.value is None:
        return None
    value = _scalar(node, scalar, type_)
    if value is None:
        raise Mismatch(node, node.tag or "!!" + scalar.tag, type_)
    return value


def _scalar(node: YamlNode, scalar: GoScalar, type_: str) -> object | None:
    """The value where the scalar fits the type, None where it does not."""
    value = scalar.value
    if type_ in ("string", "config.plain", "any"):
        return str(value) if scalar.tag == "binary" else node.value
    if type_ == "bool" or isinstance(value, bool):
        return value if type_ == "bool" and isinstance(value, bool) else None
    if type_ == "float64":
        return float(value) if isinstance(value, (int, float)) else None
    return _integer(scalar, type_) if type_ in _INTEGERS else None


def _integer(scalar: GoScalar, type_: str) -> int | None:
    value = scalar.value
    if isinstance(value, str):
        return parse_go(value) if type_ == "time.Duration" and scalar.tag == "str" else None
    low, high = _INTEGERS[type_]
    if isinstance(value, float):
        return _from_float(value, low, high)
    return value if isinstance(value, int) and low <= value <= high else None


def _from_float(value: float, low: int, high: int) -> int | None:
    """Go cuts the fraction off, and takes anything far below for the lowest 64-bit number."""
    if math.isnan(value) or value == math.inf:
        return None
    whole = -(2**63) if value < -(2.0**63) else int(value)
    return whole if low <= whole <= high else None


def _csv(text: str) -> list[str]:
    return text.split(",") if text else []


def _url(text: str) -> str:
    if text:
        check_url(text)
    return text


def _one_of(words: tuple[str, ...], complaint: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(complaint.format(quote(text)))
        return text

    return read


def _tls_version(text: str) -> str:
    if text not in _TLS:
        raise ValueError(f"unknown TLS version: {text}")
    return text


def _relabel_action(text: str) -> str:
    if text.lower() not in _RELABEL_ACTIONS:
        raise ValueError(f"unknown relabel action {quote(text)}")
    return text


def _day(text: str) -> date:
    return parse_day(text)


# Types that read themselves: what go-yaml first puts the node into, and the type's own reader.
_READERS: Final[dict[str, tuple[str, Callable[[str], object]]]] = {
    "model.Duration": ("string", parse_model),
    "flagext.ByteSize": ("string", parse_size),
    "flagext.Bytes": ("string", parse_base2),
    "flagext.Secret": ("string", str),
    "config.Secret": ("config.plain", str),
    "flagext.URLValue": ("string", _url),
    "config.URL": ("string", _url),
    "flagext.StringSliceCSV": ("string", _csv),
    "log.Level": ("string", _one_of(_LEVELS, "unrecognized log level {}")),
    "logging.Format": ("string", _one_of(("logfmt", "json"), "unrecognized log format {}")),
    "config.DayTime": ("string", _day),
    "flagext.Time": ("string", parse_moment),
    "relabel.Action": ("string", _relabel_action),
    "relabel.Regexp": ("string", str),
    "config.TLSVersion": ("string", _tls_version),
}
