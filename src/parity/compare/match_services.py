"""Which service of one environment is which of another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from parity.compare.likeness import Profile, candidates, common_words, is_stock, likeness, name_words, says_whose
from parity.domain.environment_names import ENVIRONMENT_WORDS, environments_named
from parity.domain.programs import kinds
from parity.domain.stack import Service, Stack
from parity.domain.untrusted import mapping, scalar, text

_LIKENESS_NEEDED: Final = 0.6
_TOO_NEAR: Final = 0.05
# What many services of one application run; none of them is told by it.
_LANGUAGES: Final = frozenset({"python", "celery", "node"})
_SCRIPT: Final = re.compile(r"[\w-]/[\w-]|\.(?:sh|py|js|rb|php|jar)$")
_WORDS = re.compile(r"[^a-z0-9]+")
_SEPARATOR: Final = re.compile(r"&&|\|\||;|\n")
# Source: https://doc.traefik.io/traefik/routing/providers/docker/
_TARGET_PORT: Final = re.compile(r"traefik\.http\.services\.[^.]+\.loadbalancer\.server\.port")
_SHELL: Final = frozenset({"sh", "bash", "ash", "c", "lc", "exec", "bin", "usr"})


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

    @cached_property
    def seen(self) -> Mapping[str, Service]:
        """Its members in the environments that were seen."""
        return {environment: service for environment, service in self.members.items() if service.config is not None}


def match_services(stacks: Sequence[Stack], renames: Mapping[str, str]) -> tuple[Match, ...]:
    """Return every service of the environments, matched.

    By the service's name (Compose's own label), then as `renames` declares (`{"ai_worker": "worker"}`: the first is
    called the second elsewhere), then by name without an environment's word, then by likeness of what it runs. One that
    is named after another environment, which its host runs as well, is matched when all others are.
    """
    groups = _Groups(stacks)
    groups.join_by(lambda _, service: renames.get(service.name, service.name), "declared")
    own = {stack.environment: own_words(stack) for stack in stacks}
    for guests in (False, True):
        groups.admit(guests)
        groups.join_by(lambda _, service: bare_name(service.name), "name without its environment")
        groups.join_by(
            lambda environment, service: _short_name(service.name, own[environment]), "name without the application's"
        )
        groups.join_alike()
    matches = [Match(_common_name(members, stacks), members, how) for members, how in groups.all()]
    return tuple(sorted(matches, key=lambda match: match.name))


class _Groups:
    """Services that were found to be one, no two of an environment."""

    def __init__(self, stacks: Sequence[Stack]) -> None:
        """Take the services of all environments; those of one name are one."""
        self._stacks = stacks
        by_name: dict[str, dict[str, Service]] = {}
        for stack in stacks:
            for name, service in stack.services.items():
                by_name.setdefault(name, {})[stack.environment] = service
        self._members: list[dict[str, Service]] = list(by_name.values())
        self._how = ["name"] * len(self._members)
        self._left_out: frozenset[int] = frozenset()

    def admit(self, guests: bool) -> None:
        """Decide whether groups are joined, too, that are services named after another environment than theirs."""
        places = () if guests else (place for place, members in enumerate(self._members) if _is_a_guest(members))
        self._left_out = frozenset(places)

    def all(self) -> Iterator[tuple[dict[str, Service], str]]:
        """Yield the members of each group, and how they were matched."""
        yield from ((members, how) for members, how in zip(self._members, self._how, strict=True) if members)

    def join_by(self, key: Callable[[str, Service], str], how: str) -> None:
        """Join groups that have a key in common and share no environment, in their order."""
        by_key: dict[str, list[int]] = {}
        for place, members in self._open():
            for found in dict.fromkeys(key(environment, service) for environment, service in members.items()):
                by_key.setdefault(found, []).append(place)
        for places in by_key.values():
            for at, place in enumerate(places):
                for other in places[at + 1 :]:
                    self._join(place, other, how)

    def join_alike(self) -> None:
        """Join groups that are likely one service, the likeliest first; none for which another is as likely."""
        profiles = [
            (place, profile) for place, profile in self._profiles() if len(self._members[place]) < len(self._stacks)
        ]
        pairs: dict[tuple[int, int], float] = {}
        for one, other in candidates([profile for _, profile in profiles]):
            (i, mine), (j, theirs) = profiles[one], profiles[other]
            if (
                not self._members[i].keys() & self._members[j].keys()
                and (score := likeness(mine, theirs)) >= _LIKENESS_NEEDED
            ):
                pairs[i, j] = max(score, pairs.get((i, j), 0.0))
        rivals: dict[int, list[tuple[int, float]]] = {}
        for (i, j), score in pairs.items():
            rivals.setdefault(i, []).append((j, score))
            rivals.setdefault(j, []).append((i, score))
        kept = [(pair, score) for pair, score in pairs.items() if not self._doubtful(*pair, score, rivals)]
        for (i, j), _ in sorted(kept, key=lambda entry: (-entry[1], entry[0])):
            self._join(i, j, "likeness")

    def _doubtful(self, one: int, other: int, score: float, rivals: Mapping[int, Sequence[tuple[int, float]]]) -> bool:
        """Return whether one of two groups is as like, or more so, to a third that has an environment of the other."""
        return any(
            third != theirs and near > score - _TOO_NEAR and self._members[third].keys() & self._members[theirs].keys()
            for mine, theirs in ((one, other), (other, one))
            for third, near in rivals[mine]
        )

    def _join(self, one: int, other: int, how: str) -> None:
        if self._members[one] and self._members[other] and not self._members[one].keys() & self._members[other].keys():
            self._members[one].update(self._members[other])
            self._members[other] = {}
            self._how[one] = how

    def _open(self) -> Iterator[tuple[int, dict[str, Service]]]:
        """Yield the groups that may be joined, with their places."""
        return ((place, members) for place, members in enumerate(self._members) if place not in self._left_out)

    def _profiles(self) -> Iterator[tuple[int, Profile]]:
        """Yield the profile of each service that can be told by one, with the place of its group."""
        for stack in self._stacks:
            own = own_words(stack)
            services = {place: members.get(stack.environment) for place, members in self._open()}
            found = {p: _profile(stack, one, own) for p, one in services.items() if one is not None and one.config}
            counts = Counter(part for profile in found.values() for part in profile.made_of)
            once = frozenset(part for part, count in counts.items() if count == 1)
            for place, profile in found.items():
                yield place, replace(profile, alone=profile.made_of & once)


def _is_a_guest(members: Mapping[str, Service]) -> bool:
    """Return whether a service has only one environment, and the name of another one: staging on production's host."""
    named = [(environments_named(e), environments_named(service.name)) for e, service in members.items()]
    return len(named) == 1 and all(own and name and not own & name for own, name in named)


def bare_name(name: str) -> str:
    """Return a service's name without words such as `dev` or `production`."""
    words = [word for word in _WORDS.split(name.lower()) if word]
    return "_".join(word for word in words if word not in ENVIRONMENT_WORDS) or name


def own_words(stack: Stack) -> frozenset[str]:
    """Return the words of the application's own name: those of its folder, and of most of its services."""
    words = common_words(frozenset(name_words(_words(name))) for name in stack.services)
    return says_whose({*words, *name_words(_words(stack.directory.rpartition("/")[2]))}) - ENVIRONMENT_WORDS.keys()


def _short_name(name: str, own: frozenset[str]) -> str:
    """Return a service's name without words of its environment and of its application, in the singular."""
    words = [word for word in name_words(_words(name)) if word not in ENVIRONMENT_WORDS]
    return "_".join(word for word in words if word not in own) or name


def _profile(stack: Stack, service: Service, own: frozenset[str]) -> Profile:
    """Return what tells a service, without words of its environment and of its application (`own`)."""
    config = service.config
    assert config is not None  # noqa: S101 - asked before
    programs = kinds(service) - _LANGUAGES
    made_of = {f"program {program}" for program in programs}
    made_of |= {f"runs {word}" for word in " ".join(config.command or ()).split() if _SCRIPT.search(word)}
    built = service.declared is not None and service.declared.built
    words = [word for word in name_words(_words(service.name)) if word not in own | ENVIRONMENT_WORDS.keys()]
    if built:
        made_of |= _built_of(stack, mapping(service.declared.raw, "build") if service.declared else {})
    called = ""
    if config.image and not (built and not _names_image(service)):
        image = repository(config.image)
        called = bare_name(config.image.partition("@")[0].rpartition("/")[2].partition(":")[0])
        made_of |= {f"image {image}", f"called {called}"}
    features = {
        "name": frozenset(words),
        "command": frozenset(_started(config.command or ())),
        "environment": frozenset(config.environment),
        "ports": frozenset((*(port.container for port in config.ports), *_routed_to(service))),
    }
    stock, head = bool(programs) or is_stock(called), words[-1] if words else ""
    return Profile(frozenset(made_of), features, stock, built=built, head=head)


def _routed_to(service: Service) -> Iterator[str]:
    """Yield the ports to which a proxy sends what it gets for a service, as its labels say."""
    labels = mapping(service.declared.raw, "labels") if service.declared else {}
    yield from (f"{scalar(value)}/tcp" for name, value in labels.items() if _TARGET_PORT.fullmatch(name.lower()))


def _started(command: Sequence[str]) -> list[str]:
    """Return the words of what a command starts: of a shell's commands, the last."""
    started = [part for part in _SEPARATOR.split(" ".join(command)) if part.strip("\"' ")] or [""]
    return [word for word in name_words(_words(started[-1])) if word not in _SHELL]


def _built_of(stack: Stack, build: Mapping[str, Any]) -> set[str]:
    """Return what an image is built of, wherever the project lies, and what its folder is called."""
    context = text(build, "context").removeprefix(stack.directory).strip("/")
    recipe = " ".join(bare_name(part) for part in (context, text(build, "dockerfile"), text(build, "target")))
    return {f"build {recipe}", f"called {bare_name((context or stack.directory).rpartition('/')[2])}"}


def _names_image(service: Service) -> bool:
    """Return whether a service that is built names its image; otherwise Compose does, after the project."""
    return bool(service.declared and service.declared.raw.get("image"))


def _words(name: str) -> list[str]:
    return [word for word in _WORDS.split(name.lower()) if word]


def repository(image: str) -> str:
    """Return an image's name without tag, digest and an environment's word."""
    name = image.partition("@")[0]
    head, _, tail = name.rpartition(":")
    return bare_name(head if head and "/" not in tail else name)


def _common_name(members: Mapping[str, Service], stacks: Sequence[Stack]) -> str:
    """Return the name used in the first environment that has the service: the order of environments is the user's."""
    return next(members[stack.environment].name for stack in stacks if stack.environment in members)
