"""What was lost from a file, told by another environment's copy of it, where the two are otherwise the same.

For a brace the shape must be the same, for words every word. A copy comes from another host: of its words only those
are taken that are no address, no name of a host and no environment's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from parity.programs.nginx.repair.lines import line_end
from parity.programs.nginx.repair.outline_source import Source
from parity.programs.nginx.repair.plan import Edit, Proposal
from parity.programs.nginx.syntax import lua
from parity.programs.nginx.syntax.problem import Problem
from parity.programs.nginx.syntax.tokens import EOF, Reader, Unreadable
from parity_host.secrets.token import TOKEN

_MOST_PIECES: Final = 20_000
_MOST_WORDS: Final = 2
_HIDDEN: Final = re.compile(TOKEN.pattern.encode())
_COMMON: Final = re.compile(rb"[\w$%*./-]{1,80}")
_OWN: Final = re.compile(rb"dev|prod|stag|test|local|\w\.[a-z]{2,}|\d\.\d{1,3}\.\d", re.IGNORECASE)
_BRACES: Final = (b"{", b"}")
_WHY: Final = "the otherwise identical file of another environment has it this way"


class _Piece(NamedTuple):
    """A word as it is written, or one of `;`, `{` and `}`."""

    raw: bytes
    is_word: bool
    start: int
    end: int


def of_twin(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Put back what the copy has and the file lacks, or take away what only the file has."""
    file = problem.file or ""
    if file not in source.twins or file not in source.files:
        return
    data, twin = source.files[file], source.twins[file]
    own, other = _pieces(data), _pieces(twin)
    if own and other:
        yield from _brace(file, data, own, twin, other)
        yield from _words(file, own, other)


def _pieces(data: bytes) -> list[_Piece]:
    """Return the words and signs of a file; nothing where it cannot be read to its end."""
    reader = Reader(data)
    found: list[_Piece] = []
    while len(found) < _MOST_PIECES:
        try:
            statement = reader.next()
        except Unreadable:
            return []
        if statement.kind == EOF:
            return found
        found += [_Piece(data[word.start : word.end], True, word.start, word.end) for word in statement.words]
        found.append(_Piece(statement.kind.encode(), False, statement.end - 1, statement.end))
        if statement.kind == "{" and statement.name.endswith(b"_lua_block"):
            reader.at = lua.block_end(data, reader.at)
            found.append(_Piece(b"}", False, reader.at - 1, reader.at))
    return []


def _brace(file: str, data: bytes, own: Sequence[_Piece], twin: bytes, other: Sequence[_Piece]) -> Iterator[Proposal]:
    at, ours, theirs = _gap(own, other, lambda one, two: one.is_word if two.is_word else one.raw == two.raw)
    if not at or len(ours) + len(theirs) != 1 or [*ours, *theirs][0].raw not in _BRACES:
        return
    if ours:
        edit, action = Edit(file, ours[0].start, ours[0].end, b""), f'remove the "{ours[0].raw.decode()}"'
    else:
        brace, end = theirs[0], own[at - 1].end
        action = f'restored the lost "{brace.raw.decode()}"'
        if brace.raw == b"{":
            edit = Edit(file, end, end, b" {")
        else:
            before = twin[twin.rfind(b"\n", 0, brace.start) + 1 : brace.start]
            if before.strip():
                edit = Edit(file, end, end, b" }")
            else:
                rest = data[end : line_end(data, end)].strip()
                end = line_end(data, end) if not rest or rest.startswith(b"#") else end
                edit = Edit(file, end, end, b"\n" + before + b"}")
    yield Proposal((edit,), action, _WHY, verify=True, structural=True)


def _words(file: str, own: Sequence[_Piece], other: Sequence[_Piece]) -> Iterator[Proposal]:
    at, ours, theirs = _gap(own, other, _is_same)
    changed = [*ours, *theirs]
    if not at or not own[at - 1].is_word or not changed or max(len(ours), len(theirs)) > _MOST_WORDS:
        return
    if not all(one.is_word and not _HIDDEN.search(one.raw) for one in changed):
        return
    if not all(_COMMON.fullmatch(one.raw) and not _OWN.search(one.raw) for one in theirs):
        return
    start = own[at - 1].end
    new = b"".join(b" " + one.raw for one in theirs)
    shown = new.decode("ascii", "replace").strip()
    action = (
        f'write "{shown}"'
        if theirs
        else "remove " + ", ".join(f'"{one.raw.decode("utf-8", "replace")}"' for one in ours)
    )
    yield Proposal((Edit(file, start, ours[-1].end if ours else start, new),), action, _WHY, verify=True)


def _is_same(one: _Piece, two: _Piece) -> bool:
    if one.is_word is not two.is_word:
        return False
    return one.raw == two.raw or bool(_HIDDEN.search(one.raw) or _HIDDEN.search(two.raw))


def _gap(
    own: Sequence[_Piece], other: Sequence[_Piece], same: Callable[[_Piece, _Piece], bool]
) -> tuple[int, Sequence[_Piece], Sequence[_Piece]]:
    """Return where two rows part, and what each has there before they go together to the end."""
    least = min(len(own), len(other))
    first = next((at for at in range(least) if not same(own[at], other[at])), least)
    last = next((at for at in range(least - first) if not same(own[-1 - at], other[-1 - at])), least - first)
    return first, own[first : len(own) - last], other[first : len(other) - last]
