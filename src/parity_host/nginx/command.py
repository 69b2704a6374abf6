"""How an nginx was started: its program and its -c, -p and -g, from a container's command or from a master's title."""

from __future__ import annotations

import re
from string import Template
from typing import List, Mapping, Sequence

from ..engine import container_files
from ..secrets import shell_words

_PROGRAM = re.compile(r"(?:[^\s/]*/)*(?:nginx|openresty|angie|tengine|freenginx)(?:-debug)?")
_SHELL = re.compile(r"(?:[^\s/]*/)*(?:ba|da|a|z|k)?sh")
_TEXT_FOLLOWS = re.compile(r"-[a-z]*c")
_GLOBALS = re.compile(r"(?:^|\s)-g\s+(?P<text>.*?)(?=\s-[a-zA-Z](?:\s|$)|$)", re.DOTALL)
# Those that stand in the command that tests it as they stood in the one that started it.
OPTIONS = ("-c", "-p", "-g")


def started(argv: Sequence[str], environment: Mapping[str, str]) -> List[str]:
    """Return the words of the nginx that a container's entrypoint and command start; `nginx` where they do not tell.

    Looks into the text that is given to a shell, where the last nginx counts: before it, one may test or write files.
    Variables of the container are put in.
    """
    words = [str(word) for word in argv]
    text = text_of_shell(words)
    if text is None:
        return _from_program(words) or ["nginx"]
    found = [Template(word.text).safe_substitute(environment) for word in shell_words.split(text)]
    commands: List[List[str]] = [[]]
    for word in found:
        if word in shell_words.OPERATORS:
            commands.append([])
        else:
            commands[-1].append(word)
    return next((line for line in map(_from_program, reversed(commands)) if line), ["nginx"])


def text_of_shell(words: Sequence[str]) -> "str | None":
    """Return the text that a command gives to a shell; None where it starts none."""
    for at, word in enumerate(words[:-2]):
        if _SHELL.fullmatch(word) and _TEXT_FOLLOWS.fullmatch(words[at + 1]):
            return words[at + 2]
    return None


def _from_program(words: Sequence[str]) -> List[str]:
    """Return the words from the program on; a shell's redirections are no words of it."""
    at = next((n for n, word in enumerate(words) if _PROGRAM.fullmatch(word)), None)
    return [] if at is None else list(words[at:])


def of_title(argv: str) -> List[str]:
    """Return the words of a master's title, in which quotes are lost: -g takes all up to the next option."""
    given = _GLOBALS.search(argv)
    rest = argv if given is None else argv[: given.start()] + " " + argv[given.end() :]
    return [*rest.split(), *(["-g", given["text"].strip()] if given else [])]


def testing(words: Sequence[str], *more: str) -> List[str]:
    """Return the command that tests what the nginx that was started as `words` reads, and says its version."""
    return [words[0] if words else "nginx", *more, "-v", "-t", *_options(words)]


def _options(words: Sequence[str]) -> List[str]:
    values = [(name, container_files.options(list(words), (name,))) for name in OPTIONS]
    return [word for name, value in values if value for word in (name, value)]


def signalling(words: Sequence[str], signal: str) -> List[str]:
    """Return the command that sends a signal (`reload`) to the master that was started as `words`."""
    return [words[0] if words else "nginx", *_options(words), "-s", signal]


def globals_of(words: Sequence[str]) -> str:
    """Return the directives that were given on the command line."""
    return container_files.options(list(words), ("-g",))
