"""`explain`: what nginx printed, line by line, with what it means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from parity.programs.nginx.syntax.diagnose import unknown_name
from parity.programs.nginx.syntax.messages import classify
from parity.programs.nginx.syntax.problem import LEVELS, Problem

_SEVERE: Final = frozenset(LEVELS[: LEVELS.index("warn") + 1])
# What stands before nginx's own line: colours and the service's name of Compose, the time stamp of the Engine.
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_SERVICE: Final = re.compile(r"(?P<service>[A-Za-z0-9][\w.-]*) *\| ?")
_ENGINE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) ")
_LINE: Final = re.compile(
    r"(?:(?:free)?nginx: |angie: |\d{4}/\d\d/\d\d \d\d:\d\d:\d\d )\[(?P<level>" + "|".join(LEVELS) + r")\] "
    r"(?:\d+#\d+: )?(?:\*\d+ )?(?P<text>.*)\Z",
    re.DOTALL,
)
_TEST_FAILED: Final = re.compile(r"nginx: configuration file (?P<file>(?:(?!nginx: ).)+) test failed")
_OTHER: Final = re.compile(r"nginx: |angie: |\d{4}/\d\d/\d\d |/docker-entrypoint|\d+\.\d+\.\d+\.\d+ - ")
_PLACE: Final = re.compile(r" in [^\s\"][^\"\n]*:\d+\Z")
_LONGEST: Final = 4096  # characters of a message; nginx's own limit is 2048 bytes
_MOST: Final = 2000  # different messages
_RUNNING: Final = ", client: "  # said about a request, not about the configuration


def explain(output: str) -> Sequence[Problem]:
    """Return what nginx said in `output` (stderr of `nginx -t`, a container's log), worst first, each thing once.

    Warnings and worse are kept; what it says about single requests is not. The order among equals is nginx's.
    """
    main = next((found["file"] for found in _TEST_FAILED.finditer(output)), None)
    seen: dict[tuple[str, str], Problem] = {}
    for level, text in _messages(output):
        if len(seen) == _MOST:
            break
        if level in _SEVERE and _RUNNING not in text and (level, text) not in seen:
            seen[level, text] = _problem(level, text, main)
    return sorted(seen.values(), key=lambda problem: LEVELS.index(problem.level))


def _problem(level: str, text: str, main: str | None) -> Problem:
    problem = classify(text, level)
    if problem.message_class == "missing_file" and main is not None and problem.argument == main:
        return classify(text, level, rule="missing_main_config")
    if problem.rule == "unknown_directive":
        return classify(text, level, rule=unknown_name(problem.directive or ""))
    return problem


def _messages(output: str) -> Iterator[tuple[str, str]]:
    """Yield (level, message), with the lines of a message that has line breaks in it put together."""
    open_: tuple[str, str, str] | None = None  # service, level, text so far
    for raw in output.replace("\r\n", "\n").split("\n"):
        service, line = _bare(raw)
        if open_ is not None:
            if service == open_[0] and not _OTHER.match(line) and len(open_[2]) + len(line) < _LONGEST:
                before, open_ = open_[2], (open_[0], open_[1], f"{open_[2]}\n{line}")
                if _PLACE.search(line) or (_inside_quotes(before) and not _inside_quotes(open_[2])):
                    yield open_[1:]
                    open_ = None
                continue
            yield open_[1], open_[2].split("\n")[0]
            open_ = None
        found = _LINE.match(line)
        if not found:
            continue
        if '"' in found["text"] and not _PLACE.search(found["text"]):
            open_ = (service, found["level"], found["text"])
        else:
            yield found["level"], found["text"]
    if open_ is not None:
        yield open_[1], open_[2].rstrip("\n") if _inside_quotes(open_[2]) else open_[2].split("\n")[0]


def _bare(raw: str) -> tuple[str, str]:
    """Return the service's name, if the line has one before it, and what nginx wrote."""
    line = _COLOUR.sub("", raw[:_LONGEST])
    service = ""
    if found := _SERVICE.match(line):
        service, line = found["service"], line[found.end() :]
    if found := _ENGINE_TIME.match(line):
        line = line[found.end() :]
    return service, line


def _inside_quotes(text: str) -> bool:
    """Whether a message breaks off inside quotes: nginx prints values as they are, quotes and line breaks included."""
    return text.count('"') % 2 == 1
