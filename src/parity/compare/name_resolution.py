"""Whether a name leads anywhere from inside a container, proven from networks, aliases and states (C9).

Docker answers for the names of running containers on the networks that two containers share, and passes every other
name on: what other servers answer cannot be proven here. Source: https://docs.docker.com/engine/network/#dns-services
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.endpoints import Endpoint, endpoints
from parity.domain.stack import Stack

# Names of hosts; whatever has other signs in it was not meant as one, or not filled in.
_NAME: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\Z")
_ITSELF: Final = re.compile(r"localhost\d*|.*\.localhost|localhost\..*|ip6-\w+|broadcasthost|_")
_NUMBERED: Final = re.compile(r"[-_]\d+\Z")
_NAMELESS: Final = frozenset({"bridge", "default"})
_DEPTH: Final = 4


class AnswerKind(Enum):
    """What became of a name."""

    RESOLVES = "resolves"
    UNPROVABLE = "unprovable"
    ABSENT = "absent"
    APART = "apart"
    NAMELESS = "nameless"
    DOWN = "down"


@dataclass(frozen=True)
class Answer:
    """What became of a name: who answers, or who would have it and does not; `why` and `advice` are sentences."""

    kind: AnswerKind
    why: str = ""
    holders: tuple[Endpoint, ...] = ()
    advice: str = ""


_UNPROVABLE: Final = Answer(AnswerKind.UNPROVABLE)


class Names:
    """The names of one environment."""

    def __init__(self, stack: Stack) -> None:
        """Read where every service of the environment stands."""
        self.stack = stack
        self.endpoints = endpoints(stack)
        self._of: dict[str, list[Endpoint]] = {}
        self._known: dict[str, list[Endpoint]] = {}
        for one in self.endpoints:
            self._of.setdefault(one.service, []).append(one)
            for name in one.names:
                self._known.setdefault(name, []).append(one)

    def of(self, service: str, container: str | None = None) -> tuple[Endpoint, ...]:
        """Return the endpoints of a service, or the one of a container; empty is what is only declared."""
        return tuple(one for one in self._of.get(service, ()) if container in (None, one.container))

    def known(self, name: str) -> tuple[Endpoint, ...]:
        """Return what answers to a name anywhere in the environment."""
        return tuple(self._known.get(name.lower().rstrip("."), ()))

    @cached_property
    def stems(self) -> Mapping[str, frozenset[str]]:
        """The words of the name of each service."""
        return {service: _stems(service) for service in sorted(self._of)}

    def ask(self, asker: Endpoint, name: str, *, hosts_file: bool = True) -> Answer:
        """Return what becomes of `name` inside `asker`. Without `hosts_file` only Docker's own server is asked."""
        wanted = name.lower().removesuffix(".")
        if not _NAME.match(wanted) or _ITSELF.fullmatch(wanted) or _address(wanted):
            return _UNPROVABLE
        for _ in range(_DEPTH):
            if asker.mode.partition(":")[0] not in ("container", "service"):
                break
            shared = self._shared_with(asker.mode.partition(":")[2])
            if shared is None:
                return _UNPROVABLE
            asker = shared
        if hosts_file and wanted in asker.hosts:
            return Answer(AnswerKind.RESOLVES)
        found, foreign = self._answering(asker, wanted)
        if found or foreign:
            return Answer(AnswerKind.RESOLVES, holders=found)
        if asker.mode == "host" or asker.own_dns or not self._whole(asker):
            return _UNPROVABLE
        return self._why_not(asker, wanted)

    def _shared_with(self, named: str) -> Endpoint | None:
        """Return the endpoint whose network another one uses; the engine names it by its whole id."""
        return next(
            (one for one in self.endpoints if named == one.service or any(named.startswith(i) for i in one.ids if i)),
            None,
        )

    def _answering(self, asker: Endpoint, wanted: str) -> tuple[tuple[Endpoint, ...], bool]:
        """Return who of the environment answers, and whether another container does."""
        questions = [(wanted, name) for name in asker.networks if name not in _NAMELESS]
        head, dot, network = wanted.rpartition(".")
        # Docker also answers to `name.network`.
        questions += [(head, name) for name in asker.networks if dot and name.lower() == network]
        found = [
            one
            for name, network in questions
            for one in self._that_may_answer(name)
            if (one.up or one is asker) and one.host == asker.host and _answers(one, network, name)
        ]
        foreign = any(
            name in others.names
            for name, network in questions
            if (others := self.stack.networks.get((asker.host, network)))
        )
        return tuple(found), foreign

    def _that_may_answer(self, name: str) -> Sequence[Endpoint]:
        """Return what may have a name: what Compose calls a container that nobody named is known of none."""
        return self.endpoints if _NUMBERED.search(name) else self._known.get(name, ())

    def _whole(self, asker: Endpoint) -> bool:
        """Return whether all is known that could answer on the asker's networks; one that nobody described is."""
        seen = [self.stack.networks.get((asker.host, name)) for name in asker.networks]
        return all(others is None or others.whole for others in seen) and bool(asker.networks or asker.mode == "none")

    def _why_not(self, asker: Endpoint, wanted: str) -> Answer:
        holders = self.known(wanted)
        if any(one.host != asker.host for one in holders):
            return _UNPROVABLE
        if not holders:
            return (
                _UNPROVABLE
                if "." in wanted
                else Answer(AnswerKind.ABSENT, f"No container on its networks has the name {wanted}.")
            )
        who = ", ".join(sorted({one.service for one in holders}))
        up = [one for one in holders if one.up]
        if not up:
            state = " and ".join(sorted({one.state for one in holders}))
            return Answer(
                AnswerKind.DOWN, f"{who} has this name, but {state}; Docker resolves only running containers.", holders
            )
        theirs = " / ".join(sorted({one.shown for one in up}))
        if set(asker.networks) <= _NAMELESS:
            why = f"{who} has this name, but Docker resolves no names on {asker.shown}."
            return Answer(AnswerKind.NAMELESS, why, tuple(up))
        shared = sorted({name for one in up for name in one.networks if name in asker.networks})
        if shared:
            why = f"{who} is on the same network ({', '.join(shared)}), but does not have the name {wanted} there."
        else:
            why = f"{who} has this name, but is on different networks: {theirs}, not {asker.shown}."
        return Answer(AnswerKind.APART, why, tuple(up))


def _answers(one: Endpoint, network: str, name: str) -> bool:
    names = one.networks.get(network, frozenset())
    if name in names:
        return True
    # What Compose calls a container that nobody named: project, service, number.
    made = re.fullmatch(rf"[a-z0-9][\w.-]*[-_]{re.escape(one.service.lower())}[-_]\d+", name)
    return network in one.networks and made is not None and not one.container


def _address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name.replace(".", "").isdigit()
    return True


def suggestion(
    comparison: Comparison, names: Mapping[str, Names], environment: str, name: str, answer: Answer
) -> tuple[str, str]:
    """Return what to do about a name that leads nowhere, and what more is known of why."""
    if answer.advice:
        return answer.advice, ""
    if answer.kind is AnswerKind.DOWN:
        return "Start the service, and add it to depends_on so that it starts first.", ""
    if answer.kind in (AnswerKind.APART, AnswerKind.NAMELESS) or answer.holders:
        return (
            f"Put both services on the same network in the compose file, where the other has the name or alias {name}.",
            "",
        )
    here = names[environment]
    for match in comparison.matches_called(name):
        mine = match.members.get(environment)
        named = [e for e, one in match.members.items() if e != environment and name == one.name.lower()]
        if mine is not None and named:
            why = f" The service {name} of {' and '.join(named)} is called {mine.name} in {environment}."
            return f"Use {mine.name}, or give {mine.name} the network alias {name}.", why
    having = [other for other, known in names.items() if other != environment and known.known(name)]
    why = f" It exists in {' and '.join(having)}." if having else ""
    like = _likely(name, here.stems)
    if like:
        return f"Use {like} if you mean that service, or add the service {name}.", why
    return f"Add the service {name} to {environment}, or remove the reference to it.", why


def _likely(name: str, among: Mapping[str, frozenset[str]]) -> str:
    """Return the one name that shares a word with `name` (`workers`, `ai_worker`); empty for none or several."""
    mine = _stems(name)
    found = [one for one, stems in among.items() if not mine.isdisjoint(stems)]
    return found[0] if len(found) == 1 else ""


def _stems(name: str) -> frozenset[str]:
    return frozenset(word.removesuffix("s") for word in re.findall(r"[a-z0-9]+", name.lower()) if len(word) > 2)
