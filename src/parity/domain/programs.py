"""Which program a service runs: by its image, its command, and its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parity.domain.stack import Service
from parity.domain.untrusted import words
from parity_host.health.kinds import BESIDE, MAKERS, PROGRAMS

_BY_NAME: Final = {name: program.logs for program in PROGRAMS if program.logs for name in program.names}
_BY_COMMAND: Final = {
    **_BY_NAME,
    **{command: program.logs for program in PROGRAMS if program.logs for command in program.commands},
}
KINDS: Final = frozenset(_BY_COMMAND.values())
# Kinds that are made of another one: Celery says what Python says.
_ALSO: Final = {"celery": "python"}
_WORD: Final = re.compile(r"[a-z0-9]+")
_PYTHON: Final = re.compile(r"(?:python|pypy)[\d.]*")
_SHELL_WORDS: Final = re.compile(r"&&|\|\||;|[^\s;&|'\"]+")
_LEADS_TO_PROGRAM: Final = frozenset({"&&", "||", ";", "exec", "--", "-c", "-m", "-lc", "-ec", "env", "tini", "gosu"})
_SHELLS: Final = frozenset({"sh", "bash", "ash", "dash"})
_USERS_FOLLOW: Final = frozenset({"gosu", "su-exec"})


def kinds(service: Service) -> frozenset[str]:
    """Return the kinds of program a service runs (`KINDS`), empty when nothing tells.

    The image and the command count; the service's own name only where both say nothing, since it is free to choose.
    """
    config = service.config
    found: set[str] = set()
    if config is not None:
        entrypoint = words(service.declared.raw.get("entrypoint")) if service.declared else ()
        for command in (entrypoint, config.command or ()):
            found |= {kind for program in _programs(" ".join(command)) if (kind := _program_kind(program))}
        if image := _image_kind(config.image):
            found.add(image)
    if not found and (named := _named(service.name)):
        found.add(named)
    return frozenset(found | {_ALSO[kind] for kind in found if kind in _ALSO})


def _image_kind(image: str) -> str | None:
    path, _, name = image.partition("@")[0].rpartition("/")
    return _named(name.partition(":")[0]) or _named(MAKERS.get(path.rpartition("/")[2], ""))


def _named(name: str) -> str | None:
    name = name.lower()
    if BESIDE.search(name):
        return None
    return next((_BY_NAME[part] for part in _WORD.findall(name) if part in _BY_NAME), None)


def _programs(command: str) -> Iterator[str]:
    """Yield what a command line starts: its first word, and what follows a word such as `exec`, `&&` or `-m`."""
    starts, skip = True, 0
    for word in _SHELL_WORDS.findall(command):
        if skip:
            skip -= 1
        elif word in _LEADS_TO_PROGRAM:
            starts, skip = True, int(word in _USERS_FOLLOW)
        elif starts and "=" not in word and not word.startswith("-"):  # `NAME=value program` sets a variable
            program = word.rpartition("/")[2].lower()
            yield program
            starts = program in _SHELLS or bool(_PYTHON.fullmatch(program))


def _program_kind(program: str) -> str | None:
    return _BY_COMMAND.get(program) or ("python" if _PYTHON.fullmatch(program) else None)
