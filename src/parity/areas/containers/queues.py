"""Which queues workers are told to take from, by their commands, and which of them nobody takes from in production."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from parity.areas.containers.commands import words_of
from parity.compare.comparison import Comparison
from parity.domain.stack import Service, Stack

# Programs of workers with the options that name queues. Sources: the command lines of Celery, Sidekiq and Laravel.
_PROGRAMS: Final[Mapping[str, tuple[str, ...]]] = {
    "celery": ("-Q", "--queues"),
    "sidekiq": ("-q", "--queue"),
    "queue:work": ("--queue",),
    "queue:listen": ("--queue",),
}
_ATTACHED: Final = re.compile(r"(-[Qq])([A-Za-z].*)")
_NOT_A_WORKER: Final = frozenset({"beat", "flower", "inspect", "purge", "status", "events"})


def queues(command: Sequence[str]) -> frozenset[str]:
    """Return the queues that a worker is told to take from; none where the command names none."""
    return frozenset(_named(words_of(command)))


def lost(comparison: Comparison, wanted: Iterable[str], environments: Iterable[str]) -> frozenset[str]:
    """Return the queues among `wanted` from which no worker of a production environment takes.

    A worker that names no queue takes from the default one, and from all that its code names: that leaves none lost.
    """
    stacks = [comparison.stack(environment) for environment in environments if comparison.production([environment])]
    return frozenset(queue for stack in stacks if not _takes_any(stack) for queue in set(wanted) - _taken(stack))


def _taken(stack: Stack) -> frozenset[str]:
    return frozenset().union(*(queues(_command(one)) for one in stack.services.values()))


def _takes_any(stack: Stack) -> bool:
    return any(_program(words) and not queues(words) for words in map(_words, stack.services.values()))


def _command(service: Service) -> Sequence[str]:
    return (*service.config.entrypoint, *(service.config.command or ())) if service.config else ()


def _words(service: Service) -> list[str]:
    return words_of(_command(service))


def _program(words: Sequence[str]) -> str:
    """Return which program of workers a command runs; nothing for what only watches or plans tasks."""
    named = {word.rpartition("/")[2] for word in words}
    return "" if named & _NOT_A_WORKER else next((program for program in _PROGRAMS if program in named), "")


def _named(words: Sequence[str]) -> Iterator[str]:
    options = _PROGRAMS.get(_program(words), ())
    for word, following in pairwise([*words, ""]):
        name, given, value = word.partition("=")
        attached = _ATTACHED.fullmatch(word)
        if word in options:
            value = following
        elif attached and attached[1] in options:
            value = attached[2]
        elif name not in options or not given:
            continue
        for queue in value.strip("'\"").split(","):
            if queue and not queue.isdigit():  # Sidekiq: a queue and its weight
                yield queue
