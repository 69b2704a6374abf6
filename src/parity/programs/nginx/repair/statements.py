"""Statements that are not cut as they were meant: a missing or doubled `;`, quotes, an unquoted expression."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from parity.programs.nginx.repair.braces import missing_close, surplus_close, unexpected_eof
from parity.programs.nginx.repair.lines import first_on_line, line_end, line_start, nth_line
from parity.programs.nginx.repair.outline_source import Source
from parity.programs.nginx.repair.plan import Edit, Proposal, Refused
from parity.programs.nginx.repair.swallowed import swallowed
from parity.programs.nginx.repair.wrap import lost_location, lost_name
from parity.programs.nginx.syntax.problem import Problem
from parity.programs.nginx.syntax.tokens import EOF, Reader, Statement, Unreadable

# What is typed for a `;`: the keys beside it, and the signs of other scripts that look like it.
_ALMOST: Final = tuple(char.encode() for char in (":", ",", "\u037e", "\uff1b"))
_WORD: Final = re.compile(rb"[^\s\"';]\S*")
_GLUED: Final = re.compile(rb"\s!?~\*?(?=[\"'])")
_OPERATOR: Final = re.compile(rb"(?:^|[\s(!])!?~\*?\s+\Z|^\s*rewrite\s+\Z")


def missing_semicolon(source: Source, problem: Problem) -> Iterator[Proposal]:
    """End the statement before the line that begins with the next directive, or before the brace."""
    file, line = problem.file or "", problem.line or 0
    data = source.files.get(file, b"")
    found = swallowed(data, line, source.version)
    if found is not None and not _opens(source, found):
        yield ended(source, file, _end_of_first(source, data, found))
    statement = source.on_line(file, line)
    if found is None and statement is not None and statement.kind == "{" and problem.directive == statement.name:
        words = statement.words
        for before, word in pairwise(words):
            if b"\n" in data[before.end : word.start] and word.value.decode("latin-1") in source.table:
                yield ended(source, file, before.end)
                break
    yield from missing_close(source, file)
    raise Refused(f'A directive in {file} ends too late, on line {line}: add the missing ";" where it should end.')


def _opens(source: Source, statement: Statement) -> bool:
    """Whether the directive is one that opens a block: a `;` is not what it lacks."""
    rules = source.table.get(statement.name.decode("latin-1"), {}).values()
    return bool(rules) and all(rule.block for rule in rules)


def swallowed_next(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Add the `;` of a statement that reads the next line as its values."""
    if swallowed(source.files.get(problem.file or "", b""), problem.line or 0, source.version) is not None:
        yield from missing_semicolon(source, problem)


def swallowed_name(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Add the `;` of a `server_name` that reads the next directive as more names."""
    if swallowed(source.files.get(problem.file or "", b""), problem.line or 0, source.version) is not None:
        yield from missing_semicolon(source, problem)
    raise Refused(f"{problem.cause} {problem.action}")


def _end_of_first(source: Source, data: bytes, found: Statement) -> int:
    for before, word in pairwise(found.words):
        gap = data[before.end : word.start]
        if b"\n" in gap and not word.quote and word.value.decode("latin-1") in source.table:
            return before.end
    return found.words[-1].end


def ended(source: Source, file: str, at: int) -> Proposal:
    """Propose the `;` at an offset."""
    line = source.line(file, at)
    why = f"the directive that ends on line {line} runs into the next directive"
    data = source.files[file]
    for bad in _ALMOST:
        if data[:at].endswith(bad) and not data[at : line_end(data, at)].strip():
            action = f'wrote ";" for "{bad.decode()}"'
            return Proposal((Edit(file, at - len(bad), at, b";"),), action, why, verify=len(bad) == 1)
    at -= _closed_within(data[line_start(data, at) : at])
    return Proposal((Edit(file, at, at, b";"),), 'added the missing ";"', why)


def _closed_within(text: bytes) -> int:
    """Return how many `}` that close a block stand at the end of the last word, where nginx does not see them."""
    word = text.split()[-1] if text.strip() else b""
    braces = len(word) - len(word.rstrip(b"}"))
    return max(0, min(braces, len(word) - 1, word.count(b"}") - word.count(b"{")))


def unexpected_end(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Close the quote, statement or block that is still open at the end of the file."""
    file = problem.file or ""
    data = source.files.get(file, b"")
    reader = Reader(data)
    try:
        for _ in reader.statements():
            pass
    except Unreadable:
        yield from _unclosed_quote(file, data)
        opened = next((start for start, _, end in _quotes(data) if end > len(data)), None)
        if opened is not None:
            line = source.line(file, opened)
            raise Refused(
                f"The last opening quote, on line {line} of {file}, is never closed: add the missing quote"
                " there or before it."
            ) from None
        part = reader.partial()
        if 'expecting "}"' not in problem.message:
            yield from _unended(source, file, part)
    yield from unexpected_eof(source, problem)


def _unended(source: Source, file: str, part: Statement | None) -> Iterator[Proposal]:
    """The last statement of a file has no `;`."""
    data = source.files[file]
    if part is not None:
        at = _end_of_first(source, data, part)
        rest = re.sub(rb"#[^\n]*", b"", data[part.words[-1].end :]).strip()
        if part.name.decode("latin-1") not in source.table and not source.outline(file).unclosed:
            return  # nothing that nginx reads: YAML, a letter
        if at != part.words[-1].end or not rest:
            yield ended(source, file, at)
        elif not re.search(rb"[\s\"'{}]", rest):  # the word that nginx was reading
            yield ended(source, file, len(data.rstrip()))


def ended_early(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Remove a `;` between the strings of one value."""
    file = problem.file or ""
    nodes = list(source.outline(file).every())
    for before, node in pairwise(nodes):
        alone = len(node.words) == 1 and node.words[0].quote and node.kind == ";" and node.line == problem.line
        if alone and before.kind == ";" and before.words[-1].quote and before.parent is node.parent:
            edit = Edit(file, before.end - 1, before.end, b"")
            why = "what follows is a quoted string, which is part of the value and not a directive"
            yield Proposal((edit,), f'removed the ";" within "{before.name}"', why)


def foreign_comment(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Replace `//` with `#` for comments."""
    file = problem.file or ""
    node = next((one for one in source.outline(file).every() if one.name == problem.directive), None)
    if node is None or not node.name.startswith("//"):
        return
    if not _commented(source.files[file][node.start :]):
        raise Refused(
            f'"{node.name}" ({file}:{node.line}) is a comment in other languages, but its block has other lines:'
            ' write "#" before each line of the comment.'
        )
    edit = Edit(file, node.start, node.start + 2, b"#")
    yield Proposal((edit,), 'wrote "#" for "//"', 'a comment starts with "#"', verify=True)


def _commented(data: bytes) -> bool:
    """Whether all lines begin with `//`, from the first one to that with the last `}` of what the first one opens."""
    depth = 0
    for line in data.splitlines():
        if line.strip() and not line.lstrip().startswith(b"//"):
            return False
        depth += line.count(b"{") - line.count(b"}")
        if depth <= 0:
            return True
    return False


def unclosed_quote(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Close the quote on its own line."""
    file = problem.file or ""
    yield from _unclosed_quote(file, source.files.get(file, b""))
    raise Refused(f"A quote that is opened on line {problem.line} of {file} is never closed: add the closing quote.")


def _unclosed_quote(file: str, data: bytes) -> Iterator[Proposal]:
    """Find the word whose quote runs over line breaks, or to the end, and close it before its own line's `;`."""
    for start, quote, end in _quotes(data):
        stop = line_end(data, start)
        if end <= stop:
            continue
        if first_on_line(data, start):
            return
        line = data[start + 1 : stop].rstrip(b" \t")
        if line.endswith(b";") and quote not in line:
            at = start + len(line)
            if re.search(rb"\badd_\w+[^;]*\Z", data[line_start(data, start) : start]) and line.endswith(b" always;"):
                at -= len(b" always")
            why = "a quote opened on this line is not closed on it"
            yield Proposal((Edit(file, at, at, quote),), 'closed the quote before the line\'s ";"', why, verify=True)
        return


def _quotes(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Yield (start, quote, end) of the quoted words, as far as the file can be read, the unclosed one last."""
    reader = Reader(data)
    seen: list[int] = []
    try:
        for statement in reader.statements():
            for word in statement.words:
                if word.quote:
                    yield word.start, word.quote, word.end
            seen.append(statement.end)
            if statement.kind == EOF:
                return
    except Unreadable:
        part = reader.partial()
        at = part.words[-1].end if part else (seen[-1] if seen else 0)
        for word in part.words if part else ():
            if word.quote:
                yield word.start, word.quote, word.end
        skip = re.compile(rb"(?:\s|#[^\n]*)*").match(data, at)
        at = skip.end() if skip else at
        if data[at : at + 1] in (b'"', b"'"):
            yield at, data[at : at + 1], len(data) + 1


def unexpected_char(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Remove one of `;;`. Text after a quote needs your decision."""
    file, line = problem.file or "", problem.line or 0
    data = source.files.get(file, b"")
    if problem.argument == ";":
        offset = nth_line(data, line)
        found = re.compile(rb";([ \t]*);").search(data, offset, line_end(data, offset))
        last = re.compile(rb"[ \t]*;").match(data, offset)
        if found:
            edit = Edit(file, found.end() - 1, found.end(), b"")
            yield Proposal((edit,), 'removed the second ";"', 'one ";" ends the directive; nginx rejects a second one')
        elif last:
            edit = Edit(file, last.end() - 1, last.end(), b"")
            yield Proposal((edit,), 'removed the ";" that ends nothing', "the directive before it already has one")
        for brace, why in ((b"}", "a block ends with its brace"), (b"{", "a block starts with its brace")):
            after = re.compile(re.escape(brace) + rb"[ \t]*;").search(data, offset, line_end(data, offset))
            if after:
                edit = Edit(file, after.end() - 1, after.end(), b"")
                yield Proposal((edit,), f'removed the ";" after the "{brace.decode()}"', why)
    yield from _unclosed_quote(file, data)
    if problem.argument == "{":
        at = data.find(b"{", nth_line(data, line))
        if at >= 0:
            yield from lost_name(source, file, at)
        yield from missing_close(source, file)
        raise Refused(f'The "{{" on line {line} of {file} opens a block without a directive: add the directive.')
    if problem.argument == ";":
        raise Refused(f'The ";" on line {line} of {file} ends nothing: remove it.')
    raise Refused(
        f'On line {line} of {file} "{problem.argument}" directly follows a closing quote: add a space between them,'
        " or escape the quotes inside the value."
    )


def unexpected_brace(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Add the missing `;` or opening line, or remove the extra `}`."""
    file = problem.file or ""
    data = source.files.get(file, b"")
    if swallowed(data, problem.line or 0, source.version) is not None:
        yield from missing_semicolon(source, problem)
    sites = source.sites.get(file, [])
    outline = source.outline(file)
    if len(outline.stray) == 1 and sites and all(site.context == "http/server" for site in sites):
        before = [node for node in outline.nodes if node.start < outline.stray[0]]
        if before and data[line_start(data, before[-1].start) : before[-1].start]:
            yield from lost_location(source, problem)
    yield from surplus_close(source, problem)


def unquoted_regex(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Quote the regular expression: its braces would open blocks."""
    file, line = problem.file or "", problem.line or 0
    data = source.files.get(file, b"")
    start = nth_line(data, line)
    glued = _GLUED.search(data, start, line_end(data, start))
    if glued is not None:
        edit = Edit(file, glued.end(), glued.end(), b" ")
        yield Proposal((edit,), "added a space before the expression", "a quote within a word is part of the word")
        return
    found = _expression(data, start)
    if found is not None:
        begin, end = found
        quote = b'"' if b'"' not in data[begin:end] else b"'"
        if data[begin:end].count(b'"') == 1 and data[end - 1 : end] == b'"':
            edit = Edit(file, begin, begin, b'"')
            yield Proposal((edit,), "added the opening quote of the expression", "only the closing quote was there")
            return
        edits = (Edit(file, begin, begin, quote), Edit(file, end, end, quote))
        if quote not in data[begin:end]:
            yield Proposal(edits, "quoted the regular expression", 'a "{" outside of quotes opens a block')
    if problem.rule == "unquoted_regex":
        raise Refused(f"An expression with braces on line {line} of {file} must be quoted; its end is not clear.")


def _expression(data: bytes, start: int) -> tuple[int, int] | None:
    """Return where on its line the expression stands that has braces: behind `~`, glued to it, or a rewrite's first."""
    text = data[start : line_end(data, start)]
    for found in _WORD.finditer(text):
        word, before = found[0], text[: found.start()]
        if not re.search(rb"\{\d*,?\d*\}", word) or not (word.startswith(b"~") or _OPERATOR.search(before)):
            continue
        if word.endswith((b"{", b";")):
            word = word[:-1]
        if word.endswith(b")") and re.match(rb"\s*if\b", before):  # the one that closes the condition
            word = word[:-1]
        return start + found.start(), start + found.start() + len(word)
    return None
