"""Secrets in compose files of which Compose takes a part for a variable: `$apr1$…` where `$$apr1$$…` is meant."""

from __future__ import annotations

import re
from typing import List, Mapping, NamedTuple

from ..envfile.interpolate import InterpolationError, VariableReference, parse
from ..yaml.reader import Scalar
from ..yaml.scan import scan

_BARE = re.compile(r"\$([A-Za-z_]\w*)")
# What names its values by keys, or lists `NAME=value`.
_NAMING = ("environment", "labels")


class Cut(NamedTuple):
    """A value that loses a part, by its line and its name."""

    line: int
    name: str


def cut(text: str, redacted: str, variables: Mapping[str, str]) -> List[Cut]:
    """Return the values that lose a part to a bare `$word` that is set nowhere, where the redacted text hides the word.

    Of a word that is shown, Compose says itself that it is not set.
    """
    lost = {name for name in _BARE.findall(text) if name not in variables and "$" + name not in redacted}
    if not lost:
        return []
    named = [one for one in scan(text).scalars if not one.is_key and len(one.path) > 1 and one.path[-2] in _NAMING]
    return [Cut(text.count("\n", 0, one.start) + 1, _name(one)) for one in named if lost.intersection(_bare(one.value))]


def _name(scalar: Scalar) -> str:
    last = scalar.path[-1]
    return last if isinstance(last, str) else scalar.value.partition("=")[0]


def _bare(template: str) -> List[str]:
    try:
        parts = parse(template)
    except InterpolationError:  # Compose refuses it, and says so
        return []
    return [part.name for part in parts if isinstance(part, VariableReference) and part.is_bare]
