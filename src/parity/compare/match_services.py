"""Which service of one environment is which of another."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from parity.domain.environment_names import ENVIRONMENT_WORDS
from parity.domain.stack import Service, ServiceConfig, Stack

_LIKENESS_NEEDED = 0.6
_WORDS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Match:
    """One service across environments: its `name`, its member where there is one, and how they were matched."""

    name: str
    members: Mapping[str, Service]
    how: str

    @property
    def renamed(self) -> bool:
        """Whether its name differs between environments."""
        return len({service.name for service in self.members.values()}) > 1


def match_services(stacks: Sequence[Stack], renames: Mapping[str, str]) -> tuple[Match, ...]:
    """Return every service of the environments, matched.

    By the service's name (Compose's own label), then as `renames` declares (`{"ai_worker": "worker"}`: the first is
    called the second elsewhere), then by name without an environment's word, then by likeness of what it runs.
    """
    groups: list[dict[str, Service]] = []
    how: list[str] = []
    for stack in stacks:
        for name, service in stack.services.items():
            index = _named(groups, stack.environment, name)
            if index is None:
                groups.append({stack.environment: service})
                how.append("name")
            else:
                groups[index][stack.environment] = service
    _join(
        groups,
        how,
        lambda one, other: float(renames.get(one.name, one.name) == renames.get(other.name, other.name)),
        "declared",
    )
    _join(
        groups,
        how,
        lambda one, other: float(bare_name(one.name) == bare_name(other.name)),
        "name without its environment",
    )
    _join(groups, how, likeness, "likeness")
    matches = [Match(_common_name(members, stacks), members, way) for members, way in zip(groups, how, strict=True)]
    return tuple(sorted(matches, key=lambda match: match.name))


def _named(groups: Sequence[Mapping[str, Service]], environment: str, name: str) -> int | None:
    for index, members in enumerate(groups):
        if environment not in members and any(service.name == name for service in members.values()):
            return index
    return None


def _join(
    groups: list[dict[str, Service]], how: list[str], score: Callable[[Service, Service], float], words: str
) -> None:
    """Join groups that share no environment, best score first."""
    while True:
        pairs = [
            (max(score(a, b) for a in one.values() for b in other.values()), i, j)
            for i, one in enumerate(groups)
            for j, other in enumerate(groups)
            if i < j and not one.keys() & other.keys()
        ]
        best = max(pairs, default=(0.0, 0, 0), key=lambda pair: (pair[0], -pair[1], -pair[2]))
        if best[0] < _LIKENESS_NEEDED:
            return
        _, i, j = best
        groups[i].update(groups.pop(j))
        how.pop(j)
        how[i] = words


def bare_name(name: str) -> str:
    """Return a service's name without words such as `dev` or `production`."""
    words = [word for word in _WORDS.split(name.lower()) if word]
    return "_".join(word for word in words if word not in ENVIRONMENT_WORDS) or name


def likeness(one: Service, other: Service) -> float:
    """Return how alike two services are, from 0 to 1: by image, command, container ports and environment."""
    a, b = one.config, other.config
    if a is None or b is None or _image_kind(one, a) != _image_kind(other, b):
        return 0.0
    scores = [_overlap(_name_words(one.name), _name_words(other.name)), _overlap(_command_words(a), _command_words(b))]
    scores.append(_overlap(frozenset(a.environment), frozenset(b.environment)))
    if a.ports or b.ports:
        scores.append(_overlap(frozenset(p.container for p in a.ports), frozenset(p.container for p in b.ports)))
    return sum(scores) / len(scores)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    if not one and not other:
        return 1.0
    return len(one & other) / len(one | other)


def _name_words(name: str) -> frozenset[str]:
    return frozenset(word for word in _WORDS.split(name.lower()) if word)


def _command_words(config: ServiceConfig) -> frozenset[str]:
    return frozenset(" ".join(config.command or ()).split())


def _image_kind(service: Service, config: ServiceConfig) -> str:
    """Return what a service's image must share with another's; Compose names what it builds after the project."""
    return "(built here)" if service.declared and service.declared.built else repository(config.image)


def repository(image: str) -> str:
    """Return an image's name without tag, digest and an environment's word."""
    name = image.partition("@")[0]
    head, _, tail = name.rpartition(":")
    return bare_name(head if head and "/" not in tail else name)


def full_name(image: str) -> str:
    """Return an image's name as Docker completes it: `redis:7` and `docker.io/library/redis:7` are one image."""
    first, slash, rest = image.partition("/")
    registry = first if slash and (set(first) & set(".:") or first == "localhost") else ""
    path = rest if registry else image
    if registry in ("", "docker.io", "index.docker.io"):
        path = path if "/" in path else f"library/{path}"
    return f"{registry if registry not in ('', 'index.docker.io') else 'docker.io'}/{path}"


def _common_name(members: Mapping[str, Service], stacks: Sequence[Stack]) -> str:
    """Return the name used in the first environment that has the service: the order of environments is the user's."""
    return next(members[stack.environment].name for stack in stacks if stack.environment in members)
