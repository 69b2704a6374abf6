"""How alike two services are that have different names: by what they are made of, and by what they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

# What counts for how much where at least one of two services has it. What both are made of counts only where no other
# service of either environment is made of it: a stack's workers share one image.
_WEIGHTS: Final = {"ports": 2, "command": 1, "environment": 1, "name": 1}
_MADE_OF: Final = 2
# What people call one thing.
_ROLES: Final = (
    frozenset(
        {"nginx", "proxy", "reverse", "revproxy", "gateway", "ingress", "edge", "lb"} | {"webserver", "web", "http"}
    ),
    frozenset({"db", "database", "sql", "postgres", "postgresql", "pg", "mysql", "mariadb", "mongo", "mongodb"}),
    frozenset({"redis", "cache", "valkey", "keydb", "memcached", "broker", "queue"}),
    frozenset({"rabbitmq", "rabbit", "mq", "broker", "queue", "amqp"}),
    frozenset({"app", "application", "web", "webapp", "server", "site", "www"}),
    frozenset({"api", "backend", "server"}),
    frozenset({"worker", "workers", "celery", "celeryworker"}),
    frozenset({"beat", "scheduler", "celerybeat", "cron"}),
)
_OF_ANY_ROLE: Final = frozenset().union(*_ROLES)
_STOCK: Final = frozenset().union(*_ROLES[:4]) - {"web", "http", "gateway", "edge", "proxy"}
# From how many holders on a feature tells nothing, and by how many of the rarest ones a service is looked for.
_COMMON: Final = 12
_RAREST: Final = 8


@dataclass(frozen=True)
class Profile:
    """What tells a service: what it is `made_of` (images, build contexts), and what it has and does, by kind.

    stock: its image is a program that many applications use, so that only its name says whose it is
    alone: of what it is made of, that which no other service of its environment is made of
    """

    made_of: frozenset[str]
    features: Mapping[str, frozenset[str]]
    stock: bool
    alone: frozenset[str] = frozenset()


def likeness(one: Profile, other: Profile) -> float:
    """Return how alike two services are, from 0 to 1; 0 where they are made of different things."""
    shared = one.made_of & other.made_of
    names = one.features["name"], other.features["name"]
    if not shared or ((one.stock or other.stock) and names[0] - _OF_ANY_ROLE != names[1] - _OF_ANY_ROLE):
        return 0.0
    score = weight = _MADE_OF if one.alone & other.alone else 0.0
    for kind, counts in _WEIGHTS.items():
        mine, theirs = one.features[kind], other.features[kind]
        if (mine and theirs) or ((mine or theirs) and not (kind == "ports" and one.stock)):
            score, weight = score + counts * _alike(kind, mine, theirs), weight + counts
    return score / weight if weight else 0.0


def _alike(kind: str, one: frozenset[str], other: frozenset[str]) -> float:
    """Return how alike two sets of words are; an environment often has but a part of the other's variables."""
    if kind == "name" and _one_role(one, other):
        return 1.0
    whole = min(len(one), len(other)) if kind == "environment" else len(one | other)
    return len(one & other) / whole if whole else 0.0


def _one_role(one: frozenset[str], other: frozenset[str]) -> bool:
    return any(one <= role and other <= role for role in _ROLES)


def candidates(profiles: Sequence[Profile]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of services that may be alike, each once, by their places: those that share something rare.

    Their number grows with that of the services, not with its square.
    """
    holders: dict[tuple[str, str], list[int]] = {}
    for place, profile in enumerate(profiles):
        for feature in _features(profile):
            holders.setdefault(feature, []).append(place)
    for place, profile in enumerate(profiles):
        shared = [holders[feature] for feature in _features(profile) if 1 < len(holders[feature]) <= _COMMON]
        rarest = sorted(shared, key=len)[:_RAREST]
        yield from ((place, other) for other in sorted({other for found in rarest for other in found if other > place}))


def _features(profile: Profile) -> Iterator[tuple[str, str]]:
    yield from (("made of", part) for part in sorted(profile.made_of))
    for kind, words in profile.features.items():
        yield from ((kind, word) for word in sorted(words))


def is_stock(name: str) -> bool:
    """Return whether the last part of an image's name is that of a proxy, a datastore or a broker."""
    return bool(_STOCK.intersection(name.split("_")))


def common_words(names: Iterable[frozenset[str]]) -> frozenset[str]:
    """Return the words of most of an environment's names: those of the application, as `shop` of `shop-db`."""
    found = list(names)
    counts = Counter(word for words in found for word in words)
    return frozenset(word for word, count in counts.items() if len(found) > 2 and count * 2 > len(found))
