"""Variables in a text, `$NAME` and `${NAME:-default}`, as Compose puts them in: in compose files and in env files.

Source: https://docs.docker.com/reference/compose-file/interpolation/; what it leaves open (braces in defaults, line
breaks, what is refused) was measured, and is held against the real Compose by a test.
"""

from __future__ import annotations

import re
from typing import Iterator, List, Mapping, NamedTuple, Sequence, Tuple, Union

# A lone `$` (at the end, before a digit or a bracket) is text.
_DOLLAR = re.compile(r"\$(?:(?P<escaped>\$)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<brace>\{))")
_BRACED = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<close>\})|(?P<operator>:?[-+?]))")
# Compose looks at no character that follows an opening brace.
_BRACE = re.compile(r"\{.?|\}", re.DOTALL)
_DEPTH_LIMIT = 20
# Compose has no such limit, and a few lines of `B=${A}${A}` fill any memory.
VALUE_LIMIT = 1024 * 1024
# The longest path that Linux opens.
PATH_LIMIT = 4096


class InterpolationError(ValueError):
    """The text has no value. `name` is the variable that is required.

    `kind` is `invalid` or `required` where Compose refuses the text, `too-large` where its value has no end in sight.

    The message says nothing of the text: it may hold a secret.
    """

    def __init__(self, kind: str, message: str, name: str = "") -> None:
        """Take Compose's own words as far as they are not the text's."""
        super().__init__(message)
        self.kind = kind
        self.name = name


class VariableReference(NamedTuple):
    """One `$…` in a text: its place, the variable's name, and the operator with what follows it (both may be empty)."""

    start: int
    end: int
    name: str
    operator: str
    argument: str

    @property
    def is_bare(self) -> bool:
        """Whether it is written without braces, `$NAME`."""
        return self.end - self.start == len(self.name) + 1


Part = Union[str, VariableReference]


def parse(template: str) -> List[Part]:
    """Return the parts of a text in order: its own words, with `$$` made `$`, and references.

    Raises InterpolationError (`invalid`) for what Compose does not take.
    """
    parts: List[Part] = []
    words: List[str] = []
    literal = position = 0
    line_end = -1
    while True:
        dollar = _DOLLAR.search(template, position)
        if dollar is None:
            break
        position = dollar.end()
        words.append(template[literal : dollar.start()])
        if dollar.group("escaped"):
            words.append("$")
        else:
            if position > line_end:
                line_end = template.find("\n", position)
                line_end = len(template) if line_end < 0 else line_end
            reference = (
                _braced(template, dollar.start(), line_end)
                if dollar.group("brace")
                else VariableReference(dollar.start(), position, dollar.group("name"), "", "")
            )
            parts += ["".join(words), reference]
            words = []
            position = reference.end
        literal = position
    parts.append("".join([*words, template[literal:]]))
    return [part for part in parts if part]


def _braced(template: str, start: int, line_end: int) -> VariableReference:
    head = _BRACED.match(template, start + 2)
    if head is None:
        raise InterpolationError("invalid", "Invalid template: a ${ is not followed by a name and }")
    if head.group("close"):
        return VariableReference(start, head.end(), head.group("name"), "", "")
    last = template.rfind("}", head.end(), line_end)
    if last < 0:
        raise InterpolationError("invalid", "Invalid template: a ${ is not closed on its line")
    close = _closing(template, start, last)
    return VariableReference(start, close + 1, head.group("name"), head.group("operator"), template[head.end() : close])


def _closing(template: str, start: int, last: int) -> int:
    """Return which brace closes the reference: the one that balances it, or else the line's last."""
    depth = 0
    for brace in _BRACE.finditer(template, start, last + 1):
        if brace.group() != "}":
            depth += 1
        elif depth == 1:
            return brace.start()
        else:
            depth -= 1
    return last


def interpolate(template: str, lookup: Mapping[str, str], limit: int = VALUE_LIMIT) -> Tuple[str, List[str]]:
    """Return the text with its variables put in, and the names that are set nowhere and had no default.

    Raises InterpolationError: `invalid` for a text Compose refuses, `required` for a `${NAME:?…}` without a value,
    `too-large` for more than `limit` characters.
    """
    return join(parse(template), lookup, limit)


def join(parts: Sequence[Part], lookup: Mapping[str, str], limit: int = VALUE_LIMIT) -> Tuple[str, List[str]]:
    """Do the same for a text that is parsed already."""
    filling = _Filling(lookup, limit)
    return filling.joined(parts, 0), filling.unset


class _Filling:
    """Puts the variables of `lookup` into texts; `unset` are the names that are set nowhere."""

    def __init__(self, lookup: Mapping[str, str], limit: int) -> None:
        self._lookup, self._limit = lookup, limit
        self.unset: List[str] = []

    def joined(self, parts: Sequence[Part], depth: int) -> str:
        pieces: List[str] = []
        length = 0
        for part in parts:
            pieces.append(part if isinstance(part, str) else self._value(part, depth))
            length += len(pieces[-1])
            if length > self._limit:
                raise InterpolationError("too-large", "a value is too long after its variables are expanded")
        return "".join(pieces)

    def _argument(self, reference: VariableReference, depth: int) -> str:
        if "$" not in reference.argument:
            return reference.argument
        if depth >= _DEPTH_LIMIT:
            raise InterpolationError("invalid", "Invalid template: defaults are nested too deeply")
        return self.joined(parse(reference.argument), depth + 1)

    def _value(self, reference: VariableReference, depth: int) -> str:
        value = self._lookup.get(reference.name)
        kind = reference.operator[-1:]
        counts = value is not None and not (reference.operator.startswith(":") and value == "")
        if kind == "+":
            return self._argument(reference, depth) if counts else ""
        if value is not None and counts:
            return value
        if kind == "-":
            return self._argument(reference, depth)
        if kind == "?":
            self._argument(reference, depth)  # the message may itself be invalid
            said = "required variable %s is missing a value" % reference.name
            raise InterpolationError("required", said, reference.name)
        self.unset.append(reference.name)
        return ""


def names(parts: Sequence[Part], depth: int = 0) -> Iterator[str]:
    """Yield the names of the variables in a parsed text, those in defaults too if Compose does not refuse them."""
    for part in parts:
        if isinstance(part, VariableReference):
            yield part.name
            if "$" in part.argument and depth < _DEPTH_LIMIT:
                try:
                    inner = parse(part.argument)
                except InterpolationError:
                    continue
                yield from names(inner, depth + 1)
