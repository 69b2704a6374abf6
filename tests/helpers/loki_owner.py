"""An owner who does what is left to them word for word: the stand-in by which the words are proved."""

from __future__ import annotations

import re
from collections.abc import Callable

from parity.programs.loki.migrate.plan import Plan

FILLED = {  # what an owner might say
    "<the day the oldest data was written>": "2024-05-01",
    "<filesystem, s3, gcs, azure, …>": "filesystem",
    "<Loki's data directory, /loki in the official image>": "/srv/logs",
    "<boltdb-shipper or tsdb, the one the data was written with>": "boltdb-shipper",
    "<where the data is: filesystem, s3, gcs, …>": "gcs",
    "<v9 to v13, the one the data was written in>": "v13",
    "<v9 to v12, the one the data was written in>": "v12",
    "<a whole number>": "3",
    "<a number>": "0.5",
    "<one text>": "words",
    "<a list such as [one, two]>": "[one, two]",
    "<debug, info, warn or error>": "warn",
    "<a day, written YYYY-MM-DD>": "2024-05-01",
    "<a value that Loki can read>": "9KB",
    "<true or false>": "true",
    "<drop, index_label or structured_metadata>": "index_label",
    "<a duration such as 5m>": "7m",
    "<a day after that of the period above, before that of the one below>": "2025-02-02",
    "<a multiple of 24h>": "48h",
    "<a relative path that ends with a slash, such as index/>": "mine/",
    "<a duration not below min_period>": "2h",
    "<a stream selector in single quotes, such as '{namespace=\"dev\"}'>": "'{job=\"shop\"}'",
    "<gzip or snappy>": "gzip",
    "<the object store of the active period>": "filesystem",
    "<the prefix of the tables that hold the chunks>": "kept_",
    "<the host and port of Kafka>": "kafka:9092",
    "<the topic>": "logs",
    "<one part of Loki, or all>": "all",
}
_Rows = list[str]


def followed(text: str, plan: Plan) -> str:
    """`text` once its owner has done everything that `plan`, made of it, leaves to them, from the end to the start."""
    todo = dict.fromkeys(one for left in plan.left for one in left.todo)
    rows = text.splitlines()
    for one in sorted(todo, key=lambda one: -_number(one.place, len(rows))):
        lines = re.sub("<[^>]*>", lambda match: FILLED[match[0]], one.text)
        rows = _done(rows, one.place, lines)
    return "\n".join(rows) + "\n"


def _number(place: str, end: int) -> int:
    match = re.search(r"lines? (\d+)", place)
    return int(match[1]) if match else end + 1


def _done(rows: _Rows, place: str, lines: str) -> _Rows:
    for words, follow in _WORDS.items():
        match = re.fullmatch(words, place)
        if match:
            return follow(rows, match, lines)
    raise AssertionError(f"nobody could follow: {place}")


def _below(rows: _Rows, match: re.Match[str], lines: str) -> _Rows:
    at = int(match[1])
    return [*rows[:at], *lines.split("\n"), *rows[at:]]


def _instead(rows: _Rows, match: re.Match[str], lines: str) -> _Rows:
    first, last = int(match[1]), int(match[2] or match[1])
    return [*rows[: first - 1], *lines.split("\n"), *rows[last:]]


def _inside(rows: _Rows, match: re.Match[str], lines: str) -> _Rows:
    """The brace or bracket on the line that closes what `name` opened (the last on the line for the outermost)."""
    name, line = match[1], int(match[2])
    text = "\n".join(rows)
    end = len("\n".join(rows[:line]))
    if name is None:
        at = text.rfind("}", 0, end)
    else:
        opened = [found.end() - 1 for found in re.finditer(rf"\b{name}[\"']?\s*:\s*[{{\[]", text[:end])]
        at = next(
            close
            for close in (_closing(text, place) for place in reversed(opened))
            if close > end - len(rows[line - 1]) - 1
        )
    at = len(text[:at].rstrip())
    return (text[:at] + lines + text[at:]).split("\n")


def _closing(text: str, opened: int) -> int:
    depth = 0
    for place in range(opened, len(text)):
        depth += (text[place] in "{[") - (text[place] in "}]")
        if depth == 0:
            return place
    raise AssertionError("the brace is never closed")


def _over(rows: _Rows, match: re.Match[str], lines: str) -> _Rows:
    line, name, number = int(match[1]) - 1, match[2], int(match[3] or 1)
    value = r"(?:\"[^\"]*\"|'[^']*'|\$\{[^}]*\}|\{[^}]*\}|[^,}\]]*)"
    found = list(re.finditer(rf"[\"']?(?<![\w-]){name}[\"']?\s*:\s*{value}", rows[line]))[number - 1]
    return [*rows[:line], rows[line][: found.start()] + lines + rows[line][found.end() :], *rows[line + 1 :]]


def _keep_first(rows: _Rows, match: re.Match[str], lines: str) -> _Rows:
    spans = [(int(one[1]), int(one[2] or one[1])) for one in re.finditer(r"lines? (\d+)(?: to (\d+))?", match[1])]
    gone = {number for first, last in spans[1:] for number in range(first, last + 1)}
    return [row for number, row in enumerate(rows, 1) if number not in gone]


def _remove(rows: _Rows, match: re.Match[str], lines: str) -> _Rows:
    first, last = int(match[1]), int(match[2] or match[1])
    return rows[: first - 1] + rows[last:]


_WORDS: dict[str, Callable[[_Rows, re.Match[str], str], _Rows]] = {
    r"add at the end of the file": lambda rows, match, lines: [*rows, *lines.split("\n")],
    r"replace the content of the file with": lambda rows, match, lines: lines.split("\n"),
    r"add below line (\d+)": _below,
    r"replace lines? (\d+)(?: to (\d+))? with": _instead,
    r"add at the end of the (?:outermost braces|(?:braces|brackets) of `(.*)`) on line (\d+)": _inside,
    r"on line (\d+), replace `(.*?)`(?: \(number (\d+) of that name\))? and its value with": _over,
    r"remove lines? (\d+)(?: to (\d+))? \(`.*`\)": _remove,
    r"keep one and remove the rest: (.*)": _keep_first,
}
