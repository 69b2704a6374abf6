"""Env files as Compose reads them: Compose's grammar is the one that counts, since Compose fills the containers.

Source: https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/ ("Env-file syntax"); what
it leaves open was measured, and is held against the real Compose by a test that generates files.

Compose reads the project's env files and a service's `env_file` by the same grammar. They differ in what `lookup` is:
for the former the shell's variables and the files before, for the latter those and the project's and the service's
own variables. What `lookup` has wins over what the file itself has set before.
"""

from __future__ import annotations

import re
from typing import Dict, List, Mapping, NamedTuple, Optional, Tuple, Union

from .env_quoting import quoted, unescaped
from .interpolate import InterpolationError, Reference, interpolate, join, names, parse
from .redact import Redactor
from .template_redaction import TemplateRedactor

_MEGABYTE = 1024 * 1024
ENV_FILE_LIMIT_BYTES = _MEGABYTE

# Compose trims values by Unicode's idea of a space, and keys and what stands before values by a shorter list.
_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_BLANK = re.compile("[%s]*" % _SPACES)
_INLINE = re.compile("[\t\v\f\r \x85\xa0]*")
_EXPORT = re.compile(r"export(?=[\t\n\f\r ])[\t\v\f\r \x85\xa0]*")
_KEY = re.compile(r"[\w.\-\[\]\t\v\f\r \x85\xa0]*")
_COMMENTED = re.compile(r"#[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=")
_TO_QUOTE = {quote: re.compile(r"[^\\%s]*(?:\\.[^\\%s]*)*" % (quote, quote), re.DOTALL) for quote in "'\""}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NO_TEXT = re.compile("[\udc80-\udcff]")


_UNREADABLE = "\ufffd"  # Compose refuses it as a name
_SECRET_NAME = "PASSWORD"  # noqa: S105 - a name under which the redactor hides whatever it is given
# A word that stands alone on a line may be a name to take from outside, or the line of a key that lost its quotes.
_NAME_ALONE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_PLAIN_NAME = re.compile(r"[A-Z_][A-Z0-9_.-]*|[a-z_][a-z0-9_.-]*")


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


class Problem(NamedTuple):
    """Why Compose refuses the file, in its own words but for what they would tell of a value.

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
    problems: Tuple[Problem, ...]
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
    problem = _no_env_file(data)
    if problem:
        return EnvFile((), (problem,), ())
    text = data[3:] if data.startswith(b"\xef\xbb\xbf") else data
    decoded = text.decode("utf-8", "surrogateescape")
    return _Reader(_NO_TEXT.sub("\ufffd", decoded), lookup or {}).read()


def _no_env_file(data: bytes) -> Optional[Problem]:
    if len(data) > ENV_FILE_LIMIT_BYTES:
        said = "the file has %.1f MB; env files of more than %d MB are not read"
        return Problem(1, "too-large", said % (len(data) / _MEGABYTE, ENV_FILE_LIMIT_BYTES // _MEGABYTE))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Problem(1, "not-text", "the file is UTF-16; save it as UTF-8")
    at = data.find(b"\0")
    if at >= 0:
        return Problem(data.count(b"\n", 0, at) + 1, "not-text", "the file is not text: it has a NUL byte")
    return None


def effective(parsed: EnvFile) -> Dict[str, Entry]:
    """Return the entry that counts for each key: the last one that has a value, else one without."""
    found: Dict[str, Entry] = {}
    for entry in parsed.entries:
        if entry.value is not None or entry.key not in found:
            found[entry.key] = entry
    return found


class _Scope(Dict[str, str]):
    """What the file has set so far, behind what is set outside it."""

    def __init__(self, outer: Mapping[str, str]) -> None:
        super().__init__()
        self._outer = outer

    def get(self, name: str, default: Optional[str] = None) -> Optional[str]:  # type: ignore[override]
        value = self._outer.get(name)
        return super().get(name, default) if value is None else value


class _Reader:
    def __init__(self, text: str, lookup: Mapping[str, str]) -> None:
        self._text = text
        self._lookup = lookup
        self._scope = _Scope(lookup)
        self._entries: List[Entry] = []
        self._commented: List[Commented] = []
        self._counted, self._line_there = 0, 1

    def read(self) -> EnvFile:
        problems: List[Problem] = []
        position = self._next_statement(0)
        while position < len(self._text):
            try:
                after = self._entry(position)
            except _RefusedError as refused:
                line = self._line(position)
                problems.append(Problem(line, refused.kind, refused.message, position, refused.end, refused.detail))
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
        key, start = (text[first:at].rstrip(_SPACES), at + 1) if ending else ("", first)
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
            written = text[start:after].split(" #", 1)[0].rstrip(_SPACES)
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
            value, unset = join(parts, self._scope)
        except InterpolationError as error:
            raise _RefusedError(error.kind, str(error), end, error.name) from None
        notes: Tuple[str, ...] = ()
        if unset:
            bare = {part.name for part in parts if isinstance(part, Reference) and part.is_bare}
            notes = tuple(sorted({"dollar-cut" if name in bare else "unset-variable" for name in unset}))
        return value, tuple(names(parts)), notes


def _end(pattern: "re.Pattern[str]", text: str, position: int) -> int:
    """Return where `pattern`, which may match nothing, stops."""
    match = pattern.match(text, position)
    return match.end() if match else position


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def redact_env_file(data: bytes, redactor: Redactor, lookup: Optional[Mapping[str, str]] = None) -> str:
    """Return an env file's text without its secrets and comments; commented keys stay as `#KEY=`.

    A value with a secret in it is written as what Compose makes of it, redacted, so that its token is the one of the
    container's value; unless it gets the secret by reference from an entry or a variable that is redacted itself.
    A file that Compose refuses ends in something that Compose refuses at the same line for the same reason.
    """
    parsed = read_env_file(data, lookup)
    if parsed.problems and not parsed.text:
        return _UNREADABLE
    return _Redaction(parsed, redactor, lookup or {}).text()


class _Outer(Dict[str, str]):
    """Variables set outside the file, as the controller will see them."""

    def __init__(self, lookup: Mapping[str, str], redactor: Redactor) -> None:
        super().__init__()
        self._lookup, self._redactor = lookup, redactor

    def get(self, name: str, default: Optional[str] = None) -> Optional[str]:  # type: ignore[override]
        if name not in self and name in self._lookup:
            self[name] = self._redactor.value(name, self._lookup[name])
        return super().get(name, default)


class _Redaction:
    def __init__(self, parsed: EnvFile, redactor: Redactor, lookup: Mapping[str, str]) -> None:
        self._parsed = parsed
        self._text = parsed.text
        self._redactor = redactor
        self._templates = TemplateRedactor(redactor)
        self._scope = _Scope(_Outer(lookup, redactor))
        self._in_key = False  # within a private key that stands there without quotes

    def text(self) -> str:
        found: List[Union[Entry, Commented, Problem]] = [*self._parsed.entries, *self._parsed.commented]
        found.sort(key=lambda one: one.begin)
        pieces: List[str] = []
        position = 0
        for one in [*found, *self._parsed.problems]:
            pieces.append(self._lines(position, one.begin))
            position = one.begin
            if isinstance(one, Entry):
                pieces.append(self._entry(one))
                position = one.end
            elif isinstance(one, Problem):
                pieces.append(_stopper(one))
            else:
                pieces.append(self._commented(one))
        pieces.append(self._lines(position, len(self._text)))
        return "".join(pieces)

    def _lines(self, start: int, end: int) -> str:
        """Return what is left of the spaces and comments at text[start:end]."""
        return "\n" * self._text.count("\n", start, end)

    def _commented(self, commented: Commented) -> str:
        return "#%s=" % commented.key if _PLAIN_NAME.fullmatch(commented.key) else "#"

    def _entry(self, entry: Entry) -> str:
        head = self._text[entry.begin : entry.start]
        signed = "=" in head or ":" in head
        if entry.key and not self._may_be_shown(entry.key, signed):
            return "\n" * entry.raw.count("\n")
        if entry.key and not signed:
            return head
        self._in_key = self._in_key or (not entry.quote and entry.raw.startswith("-----BEGIN"))
        value = entry.value or ""
        # Where there is no name nothing tells what the value is.
        redacted = self._redactor.value(entry.key or _SECRET_NAME, value)
        self._scope[entry.key] = redacted
        if not signed:
            return head + redacted
        if self._may_stay(entry, value, redacted):
            return head + entry.raw
        return head + quoted(redacted) + "\n" * entry.raw.count("\n")

    def _may_be_shown(self, key: str, signed: bool) -> bool:
        """Return whether a key is a name and not a piece of something else; `signed` if a `=` or `:` follows it."""
        if not signed:
            return _NAME_ALONE.fullmatch(key) is not None and not self._in_key
        if _PLAIN_NAME.fullmatch(key):
            return True
        return not self._in_key and self._redactor.text(key) == key

    def _may_stay(self, entry: Entry, value: str, redacted: str) -> bool:
        """Return whether the value may stay as it is written: no secret in it, and none put in but redacted already."""
        if entry.template is None or "$" not in entry.template:
            return redacted == value
        try:
            rendered = interpolate(entry.template, self._scope)[0]
        except InterpolationError:
            return False
        return rendered == redacted and self._templates.value(entry.key, entry.template) == entry.template


def _stopper(problem: Problem) -> str:
    """Return something that Compose refuses for the same reason, without the file's own text."""
    character = problem.detail if problem.detail.isprintable() and not problem.detail.isalnum() else _UNREADABLE
    return {
        "character": "X" + character,
        "space-in-key": "X X=",
        "unterminated": "X=" + problem.detail,
        "invalid": "X=${",
        "required": "X=${%s:?}" % problem.detail,
    }.get(problem.kind, _UNREADABLE)
