"""Env files as Compose reads them: Compose's grammar is the one that counts, since Compose fills the containers.

Source: https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/ ("Env-file syntax"); what
it leaves open was measured, and is held against the real Compose by a test that generates files.

Compose reads the project's env files and a service's `env_file` by the same grammar. They differ in what `lookup` is:
for the former the shell's variables and the files before, for the latter those and the project's and the service's
own variables. What `lookup` has wins over what the file itself has set before.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import Dict, List, Mapping, NamedTuple, Optional, Tuple

from .interpolate import InterpolationError, VariableReference, join, names, parse
from .quoting import unescaped

_MEGABYTE = 1024 * 1024
ENV_FILE_LIMIT_BYTES = _MEGABYTE
# Of all values that have variables in them, together.
_EXPANDED_LIMIT = _MEGABYTE

# Compose trims values by Unicode's idea of a space, and keys and what stands before values by a shorter list.
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_BLANK = re.compile("[%s]*" % SPACES)
_INLINE = re.compile("[\t\v\f\r \x85\xa0]*")
_EXPORT = re.compile(r"export(?=[\t\n\f\r ])[\t\v\f\r \x85\xa0]*")
_KEY = re.compile(r"[\w.\-\[\]\t\v\f\r \x85\xa0]*")
_COMMENTED = re.compile(r"#[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=")
_TO_QUOTE = {quote: re.compile(r"[^\\%s]*(?:\\.[^\\%s]*)*" % (quote, quote), re.DOTALL) for quote in "'\""}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NO_TEXT = re.compile("[\udc80-\udcff]")


class Entry(NamedTuple):
    """One `KEY=value`, or a `KEY` that is taken from outside.

    `value` is what Compose makes of it, None for a `KEY` without `=` that is set nowhere. `raw` is the value as
    written, `text[start:end]` of the decoded file, quotes included; the entry itself begins at `begin`. `template` is
    the value without quotes and escapes, before variables are put in; None where none are. `line` counts from 1.
    `quote` is a quote or empty. `references` names the variables put in. `notes`: `dollar-cut`, a part behind a bare
    `$` was taken for a variable that is set nowhere and vanished; `unset-variable`, the same of a `${NAME}`.
    """

    key: str
    value: Optional[str]
    raw: str
    template: Optional[str]
    line: int
    begin: int
    start: int
    end: int
    quote: str
    exported: bool
    references: Tuple[str, ...]
    notes: Tuple[str, ...]


class Commented(NamedTuple):
    """A key that is commented out, `#KEY=…`."""

    key: str
    line: int
    begin: int


class EnvFileProblem(NamedTuple):
    """Why Compose refuses the file, in its own words but for what they would tell of a value; or why Parity does.

    `kind`: `not-text`, `too-large`, `character`, `space-in-key`, `unterminated`, `invalid`, `required`. `begin` and
    `end` enclose the entry up to where reading stopped; `detail` is the character or the variable's name.
    """

    line: int
    kind: str
    message: str
    begin: int = 0
    end: int = 0
    detail: str = ""


class EnvFile(NamedTuple):
    """What an env file says, in its own order and with keys that stand there twice; `text` is the file decoded."""

    entries: Tuple[Entry, ...]
    problems: Tuple[EnvFileProblem, ...]
    commented: Tuple[Commented, ...]
    text: str = ""


class _RefusedError(Exception):
    def __init__(self, kind: str, message: str, end: int, detail: str = "") -> None:
        super().__init__(message)
        self.kind, self.message, self.end, self.detail = kind, message, end, detail


def read_env_file(data: bytes, lookup: Optional[Mapping[str, str]] = None) -> EnvFile:
    """Return what Compose reads in an env file.

    `lookup` holds what is set outside the file. Never raises: why Compose refuses the file is in `problems`, with
    what stands before that in `entries`. A file with NUL bytes, which Compose would read, is refused: it is no text.
    """
    problem = unfit(data)
    if problem:
        return EnvFile((), (problem,), ())
    decoded = data[len(BOM_UTF8) if data.startswith(BOM_UTF8) else 0 :].decode("utf-8", "surrogateescape")
    return _Reader(_NO_TEXT.sub("\ufffd", decoded), lookup or {}).read()


def unfit(data: bytes) -> Optional[EnvFileProblem]:
    """Return why the bytes of a file cannot be those of an env file; None where they can."""
    if len(data) > ENV_FILE_LIMIT_BYTES:
        said = "the file has %.1f MB; env files over %d MB are not read"
        return EnvFileProblem(1, "too-large", said % (len(data) / _MEGABYTE, ENV_FILE_LIMIT_BYTES // _MEGABYTE))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return EnvFileProblem(1, "not-text", "the file is UTF-16; save it as UTF-8")
    at = data.find(b"\0")
    if at >= 0:
        return EnvFileProblem(data.count(b"\n", 0, at) + 1, "not-text", "the file is not text: it contains a NUL byte")
    return None


def effective(parsed: EnvFile) -> Dict[str, Entry]:
    """Return the entry that counts for each key: the last one that has a value, else one without."""
    found: Dict[str, Entry] = {}
    for entry in parsed.entries:
        if entry.value is not None or entry.key not in found:
            found[entry.key] = entry
    return found


class Scope(Dict[str, str]):
    """What the file has set so far, behind what is set outside it."""

    def __init__(self, outer: Mapping[str, str]) -> None:
        """Take what is set outside."""
        super().__init__()
        self._outer = outer

    def get(self, name: str, default: Optional[str] = None) -> Optional[str]:  # type: ignore[override]
        """Return a variable's value."""
        value = self._outer.get(name)
        return super().get(name, default) if value is None else value


class _Reader:
    def __init__(self, text: str, lookup: Mapping[str, str]) -> None:
        self._text = text
        self._lookup = lookup
        self._scope = Scope(lookup)
        self._entries: List[Entry] = []
        self._commented: List[Commented] = []
        self._counted, self._line_there = 0, 1
        self._left = _EXPANDED_LIMIT

    def read(self) -> EnvFile:
        problems: List[EnvFileProblem] = []
        position = self._next_statement(0)
        while position < len(self._text):
            try:
                after = self._entry(position)
            except _RefusedError as refused:
                line = self._line(position)
                problems.append(
                    EnvFileProblem(line, refused.kind, refused.message, position, refused.end, refused.detail)
                )
                break
            position = self._next_statement(after)
        return EnvFile(tuple(self._entries), tuple(problems), tuple(self._commented), self._text)

    def _line(self, position: int) -> int:
        self._line_there += self._text.count("\n", self._counted, position)
        self._counted = position
        return self._line_there

    def _next_statement(self, position: int) -> int:
        """Return where the next entry begins behind spaces and comments; the text's length if there is none."""
        text = self._text
        while True:
            position = _end(_BLANK, text, position)
            if text[position : position + 1] != "#":
                return position
            commented = _COMMENTED.match(text, position)
            if commented:
                self._commented.append(Commented(commented.group(1), self._line(position), position))
            position = _line_end(text, position)

    def _entry(self, begin: int) -> int:
        """Read one entry; return where the next thing begins."""
        text, line = self._text, self._line(begin)
        export = _EXPORT.match(text, begin)
        first = export.end() if export else begin
        at = _end(_KEY, text, first)
        ending = text[at : at + 1]
        if ending and ending not in "=:\n":
            shown = ending if ending.isprintable() else "\ufffd"
            raise _RefusedError("character", 'unexpected character "%s" in variable name' % shown, at, ending)
        # Compose takes a last line that has neither `=` nor an end for a value without a name.
        key, start = (text[first:at].rstrip(SPACES), at + 1) if ending else ("", first)
        if " " in key:
            raise _RefusedError("space-in-key", "key cannot contain a space", at)
        exported = export is not None
        if ending == "\n":
            self._add(Entry(key, self._lookup.get(key), "", None, line, begin, at, at, "", exported, (), ()))
            return start
        start = _end(_INLINE, text, start)
        quote = text[start : start + 1] if text[start : start + 1] in ("'", '"') else ""
        if quote:
            written, end = self._quoted(start, quote)
            after = end
        else:
            after = _line_end(text, start)
            written = text[start:after].split(" #", 1)[0].rstrip(SPACES)
            end = start + len(written)
        template = None if quote == "'" else unescaped(written) if quote else written
        value, references, notes = (written, (), ()) if template is None else self._expanded(template, end)
        raw = text[start:end]
        self._add(Entry(key, value, raw, template, line, begin, start, end, quote, exported, references, notes))
        return after

    def _add(self, entry: Entry) -> None:
        self._entries.append(entry)
        if entry.value is not None:
            self._scope[entry.key] = entry.value

    def _quoted(self, start: int, quote: str) -> Tuple[str, int]:
        """Return what stands between the quotes, escaped quotes made plain, and where it ends."""
        close = _end(_TO_QUOTE[quote], self._text, start + 1)
        if self._text[close : close + 1] != quote:
            raise _RefusedError("unterminated", "unterminated quoted value", start, quote)
        inner = self._text[start + 1 : close]
        if "\\" in inner:
            inner = _ESCAPED.sub(lambda match: quote if match.group(1) == quote else match.group(), inner)
        return inner, close + 1

    def _expanded(self, template: str, end: int) -> Tuple[str, Tuple[str, ...], Tuple[str, ...]]:
        if "$" not in template:
            return template, (), ()
        try:
            parts = parse(template)
            value, unset = join(parts, self._scope, self._left)
        except InterpolationError as error:
            raise _RefusedError(error.kind, str(error), end, error.name) from None
        self._left -= len(value)
        notes: Tuple[str, ...] = ()
        if unset:
            bare = {part.name for part in parts if isinstance(part, VariableReference) and part.is_bare}
            notes = tuple(sorted({"dollar-cut" if name in bare else "unset-variable" for name in unset}))
        return value, tuple(names(parts)), notes


def _end(pattern: "re.Pattern[str]", text: str, position: int) -> int:
    """Return where `pattern`, which may match nothing, stops."""
    match = pattern.match(text, position)
    return match.end() if match else position


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end
