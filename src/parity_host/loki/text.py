"""A Loki configuration's text without its secrets and comments: the same lines, the same keys."""

from __future__ import annotations

import re
from typing import Iterator, Tuple

from ..secrets.redact import Redactor
from ..yaml.aliases import Places, key_of
from ..yaml.reader import Scalar
from ..yaml.scan import Scan, scan

_Edit = Tuple[int, int, str]
_SECRET_NAME = "PASSWORD"  # noqa: S105 - a name under which the redactor hides whatever it is given
# A line of a part that is not understood: what stands before its value, its key, and its value.
_LINE = re.compile(
    r"(?m)^(?P<before>[ \t]*(?:[-?:][ \t]+)*(?:(?P<name>[\w.\"'-]{1,80})[ \t]*:(?:[ \t]+|$))?"
    r"(?:(?:![^\s]*|(?P<anchor>&[^\s]*))[ \t]+)*)(?P<value>[^\r\n]*?)(?=[ \t\r]*$)"
)
_COMMENT = re.compile(r"(?m)^([^\"'#\n]*?)(?:(?<=[ \t])|^)(#.*)$")
_INDICATORS = re.compile(r"[\[\]{}|>*,\s+-]*|---|\.\.\.")


def redact(text: str, redactor: Redactor) -> str:
    """Return the text with comments taken out and secrets replaced by tokens; no line is added or taken away.

    A value is judged by the key that it stands under, on whichever line and by whichever alias. What is no YAML is read
    line by line, and shows less. What stands for a comment is the redactor's to say: a Sealer keeps it, hidden.
    """
    found = scan(text)
    understood = len(text) if found.problem is None else found.problem.start
    # What an alias stands for is seen above; taken for a value itself, it would be of another type.
    aliases = [(start, end, "") for start, end in found.names if text[start] == "*"]
    pieces, position = [""], 0
    for start, end, new in sorted([*_edits(text, found, redactor), *aliases]):
        if position <= start and end <= understood:
            pieces[-1] += text[position:start] + new
            pieces += [] if new or text[start] != "*" else [text[start:end], ""]
            position = end
    pieces[-1] += text[position:understood] + _by_lines(text[understood:], redactor)
    return "".join(piece if at % 2 else redactor.text(piece) for at, piece in enumerate(pieces))


def _edits(text: str, found: Scan, redactor: Redactor) -> Iterator[_Edit]:
    for start, end in found.comments:
        yield start, end, redactor.comment(text[start:end].rstrip("\r"))
    places = Places(found)
    rest = "" if found.problem is None else text[found.problem.start :]
    repeated = {path for name, paths in found.anchors.items() if "*" + name in rest for path in paths}
    for scalar in found.scalars:
        if scalar.is_key or not scalar.value:
            continue
        names = {key_of(path) for path in places.of(scalar.path)}
        if repeated and not repeated.isdisjoint((scalar.path, scalar.path[:-1])):
            names.add(_SECRET_NAME)  # under which key is not known
        for name in sorted(names):
            if redactor.setting(name, scalar.value) != scalar.value:
                yield from _hidden(text, scalar, name, redactor)
                break


def _hidden(text: str, scalar: Scalar, name: str, redactor: Redactor) -> Iterator[_Edit]:
    """Yield what stands for a scalar with a secret in it; of one on several lines each line is hidden."""
    start, end = scalar.start, scalar.end
    if scalar.style in ("single", "double"):
        start, end = start + 1, end - 1
    raw = text[start:end]
    if "\n" not in raw:
        new = redactor.setting(name, raw)
        yield start, end, new if new != raw else redactor.setting(_SECRET_NAME, raw)
        return
    block = scalar.style in ("literal", "folded")
    for line in re.finditer(r"[^\n]+", raw):
        content = line.group().strip(" \t\r")
        at = start + line.start() + line.group().find(content)
        if content and not (block and line.start() == 0):
            yield at, at + len(content), redactor.setting(_SECRET_NAME, content)


def _by_lines(text: str, redactor: Redactor) -> str:
    """Return text that is no YAML: a value stays where its own line says what it is, and is shown by that."""
    bare = _COMMENT.sub(lambda found: found[1] + redactor.comment(found[2]), text)
    return _LINE.sub(lambda found: found["before"] + _line_value(found, redactor), bare)


def _line_value(found: "re.Match[str]", redactor: Redactor) -> str:
    value, quote = found["value"], ""
    # Where an alias repeats what has an anchor is not known here.
    name = found["name"] if found["name"] and not found["anchor"] else _SECRET_NAME
    if not value or _INDICATORS.fullmatch(value):
        return value
    if len(value) > 1 and value[0] in "\"'" and value[-1] == value[0]:
        quote, value = value[0], value[1:-1]
    return quote + redactor.setting(name.strip("\"'"), value) + quote
