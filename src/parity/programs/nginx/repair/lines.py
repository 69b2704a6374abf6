"""Lines of a file by byte offset: where they begin and end, how far they are indented, what ends them."""

from __future__ import annotations

from parity.programs.nginx.repair.plan import Edit


def line_start(data: bytes, offset: int) -> int:
    """Return where the line with `offset` in it begins."""
    return data.rfind(b"\n", 0, offset) + 1


def line_end(data: bytes, offset: int) -> int:
    """Return where the text of the line ends: before its line break."""
    end = data.find(b"\n", offset)
    end = len(data) if end < 0 else end
    return end - 1 if end > offset and data[end - 1 : end] == b"\r" else end


def nth_line(data: bytes, line: int) -> int:
    """Return where the line of that number begins; the first is 1."""
    return sum(len(one) + 1 for one in data.split(b"\n")[: line - 1])


def next_line(data: bytes, offset: int) -> int:
    """Return where the line after it begins."""
    end = data.find(b"\n", offset)
    return len(data) if end < 0 else end + 1


def newline(data: bytes) -> bytes:
    """Return the line break that the file has: that of its first line."""
    first = data.find(b"\n")
    return b"\r\n" if first > 0 and data[first - 1 : first] == b"\r" else b"\n"


def indent(data: bytes, offset: int) -> bytes:
    """Return the blanks that the line begins with."""
    start = line_start(data, offset)
    end = start
    while data[end : end + 1] in (b" ", b"\t"):
        end += 1
    return data[start:end]


def width(blanks: bytes) -> int:
    """Return how far that is."""
    return len(blanks.expandtabs(4))


def first_on_line(data: bytes, offset: int) -> bool:
    """Whether only blanks stand before it on its line."""
    return not data[line_start(data, offset) : offset].strip(b" \t")


def unit(data: bytes) -> bytes:
    """Return one step of indentation as the file has it."""
    steps = [line[: len(line) - len(line.lstrip(b" \t"))] for line in data.splitlines() if line.strip()]
    steps = [step for step in steps if step]
    if steps and steps[0].startswith(b"\t"):
        return b"\t"
    sizes = {len(step) for step in steps if not step.strip(b" ")}
    return b" " * min((size for size in sizes if size in (2, 3, 4, 8)), default=4)


def whole_lines(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the range widened to whole lines, where nothing else stands on them."""
    before = first_on_line(data, start)
    behind = not data[end : line_end(data, end)].strip(b" \t")
    if before and behind:
        return line_start(data, start), next_line(data, end)
    return start, end


def moved(data: bytes, start: int, end: int, old: bytes, new: bytes, quoted: frozenset[int]) -> bytes:
    """Return the lines of a range with the indentation `old` replaced by `new`; `quoted` are not touched."""
    result = []
    at = start
    while at < end:
        after = min(next_line(data, at), end)
        line = data[at:after]
        result.append(new + line.removeprefix(old) if line.strip() and at not in quoted else line)
        at = after
    return b"".join(result)


def indented(file: str, data: bytes, start: int, end: int, step: bytes, quoted: frozenset[int]) -> list[Edit]:
    """Return the edits that indent the lines of a range; lines that begin within quotes stay as they are."""
    edits = []
    at = line_start(data, start)
    while at < end:
        if data[at : line_end(data, at)].strip() and at not in quoted:
            edits.append(Edit(file, at, at, step))
        at = next_line(data, at)
    return edits
