"""Which words of a command are not known to be public.

Programs, modules and the plain words of a command line are names of things and are shown; what stands behind an option
is a value under its name. In a script that a shell runs, only known words are.
"""

from __future__ import annotations

import re
from typing import Iterator, List, NamedTuple, Sequence

from .commands import with_quotes
from .public import is_public, unknown_in_url, without_references
from .shape_of_names import is_plain_name
from .shell_words import OPERATORS, split
from .spans import Span
from .words import wordset

_OPTION = re.compile(r"--?(?P<name>[A-Za-z][\w.-]{0,80})")
_ASSIGNED = re.compile(r"(?P<name>-{0,2}[A-Za-z_][\w.-]{0,80})=(?P<value>[\s\S]+)")
_MODULE = re.compile(r"[A-Za-z_]{2,40}(?:[.:][A-Za-z_]{2,40}){1,6}(?:\(\))?")
_SPACE = re.compile(r"\s")
_SHORT = re.compile(r"-[A-Za-z][A-Za-z0-9-]{0,3}")  # several in one, or with a level: -qO-, -v2c
_GLUED = re.compile(r"-[A-Za-z][a-z]{0,20}[:=,%]?\0+")  # a token behind an option, or behind its user
_RUNNERS = frozenset(("exec", "env", "sudo", "time", "nohup", "gosu", "su-exec", "tini"))
# Options that name an application, queues, a process or a module, as of Celery, Gunicorn and Python.
_NAMING = wordset("A Q n m P app queues exclude-queues hostname pool scheduler module")
_DEPTH = 5  # of commands within commands


class UnknownWord(NamedTuple):
    """What is not known to be public in a word of a command: command[word][span.start:span.end]."""

    word: int
    span: Span


def unknown_words(command: Sequence[str], script: bool = False, depth: int = 0) -> Iterator[UnknownWord]:
    """Yield what is not known to be public in the words of a command, tokens masked; `script` is for a shell's."""
    begins = True
    option = ""
    for index, word in enumerate(command):
        if word in OPERATORS:
            begins, option = True, ""
            continue
        for span in _in_word(word, option, begins, script, depth):
            yield UnknownWord(index, span)
        assigned = _ASSIGNED.fullmatch(word)
        found = _OPTION.fullmatch(word)
        begins = begins and (word in _RUNNERS or (assigned is not None and not word.startswith("-")))
        option = found["name"] if found else ""


def unknown_in_command(line: str, script: bool = False, depth: int = 0) -> Iterator[Span]:
    """Yield what is not known to be public in a command line, as a shell takes it apart."""
    taken = split(line)
    for word, span in unknown_words([word.text for word in taken], script, depth):
        text, places = taken[word]
        start, end = with_quotes(line, places[span.start], places[span.end - 1] + 1)
        yield Span(start, end, text[span.start : span.end])


def _in_word(word: str, option: str, begins: bool, script: bool, depth: int) -> Iterator[Span]:
    text = without_references(word)
    if _SPACE.search(text.strip()) and depth < _DEPTH:
        yield from unknown_in_command(text, True, depth + 1)
        return
    assigned = _ASSIGNED.fullmatch(text)
    if assigned and "://" not in assigned["name"]:
        name, start = assigned["name"].lstrip("-"), assigned.start("value")
        if not _is_shown(assigned["value"], name, False):
            yield from _hidden(text, start, name)
    elif option in _NAMING and all(map(is_plain_name, text.split(","))):  # a list of queues
        return
    elif not _is_shown(text, option, begins or option in _NAMING or not (script or option)):
        yield from _hidden(text, 0, option)


def _is_shown(word: str, name: str, plain: bool) -> bool:
    if _GLUED.fullmatch(word) or is_public(name, word) or _SHORT.fullmatch(word) or _MODULE.fullmatch(word):
        return True
    return plain and is_plain_name(word)


def _hidden(text: str, start: int, name: str) -> Iterator[Span]:
    value = text[start:]
    parts: List[Span] = list(unknown_in_url(value, name=name)) if "://" in value else []
    for part in parts or [Span(0, len(value))]:
        yield Span(start + part.start, start + part.end)
