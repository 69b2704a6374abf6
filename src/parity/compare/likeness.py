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
_FRONTEND: Final = frozenset({"frontend", "front", "ui", "webui", "client", "webapp", "web", "site", "www"})
_APPLICATION: Final = frozenset({"app", "application", "web", "webapp", "server", "site", "www"})
_ROLES: Final = (
    frozenset(
        {"nginx", "proxy", "reverse", "revproxy", "gateway", "ingress", "edge", "lb"} | {"webserver", "web", "http"}
    ),
    frozenset({"db", "database", "sql", "postgres", "postgresql", "pg", "mysql", "mariadb", "mongo", "mongodb"})
    | frozenset({"pgsql", "psql", "postgis", "pgvector", "timescaledb", "rdbms", "mssql"}),
    frozenset({"redis", "cache", "valkey", "keydb", "memcached", "broker", "queue"}),
    frozenset({"rabbitmq", "rabbit", "mq", "broker", "queue", "amqp"}),
    _APPLICATION,
    _FRONTEND,
    frozenset({"api", "backend", "server"}),
    frozenset({"worker", "celery", "celeryworker"}),
    frozenset({"beat", "scheduler", "celerybeat", "cron"}),
)
_OF_ANY_ROLE: Final = frozenset().union(*_ROLES)
_STOCK: Final = frozenset().union(*_ROLES[:4]) - {"web", "http", "gateway", "edge", "proxy"}
# What stands beside the application whose name it has.
_APART: Final = (_OF_ANY_ROLE - _APPLICATION - _FRONTEND) - {"api", "backend"}
# What is said of any service.
_SAYS_NOTHING: Final = frozenset({"service", "svc", "container", "srv"})
# From how many holders on a feature tells nothing, and by how many of the rarest ones a service is looked for.
_COMMON: Final = 12
_SHORTEST_PLURAL: Final = 3
_RAREST: Final = 8


@dataclass(frozen=True)
class Profile:
    """What tells a service: what it is `made_of` (images, build contexts), and what it has and does, by kind.

    stock: its image is a program that many applications use, so that only its name says whose it is
    alone: of what it is made of, that which no other service of its environment is made of
    built: its image is made here, and nothing tells under which name others pull it
    head: the last word of its name, which says what it is: a `pdf-worker` is a worker
    """

    made_of: frozenset[str]
    features: Mapping[str, frozenset[str]]
    stock: bool
    alone: frozenset[str] = frozenset()
    built: bool = False
    head: str = ""


def likeness(one: Profile, other: Profile) -> float:
    """Return how alike two services are, from 0 to 1; 0 where they are made of different things.

    What one environment builds may be what the other pulls: then their names have to say that they are one.
    """
    names = one.features["name"], other.features["name"]
    if (one.stock or other.stock) and names[0] - _OF_ANY_ROLE != names[1] - _OF_ANY_ROLE:
        return 0.0
    if _of_different_work(one, other):
        return 0.0
    named = _names_alike(one, other)
    if not one.made_of & other.made_of and not (_built_and_pulled(one, other) and named == 1.0):
        return 0.0
    score = weight = _MADE_OF if one.alone & other.alone else 0.0
    for kind, counts in _WEIGHTS.items():
        mine, theirs = one.features[kind], other.features[kind]
        if kind == "name":
            score, weight = score + counts * named, weight + counts
        elif (mine and theirs) or ((mine or theirs) and kind != "command" and not (kind == "ports" and one.stock)):
            score, weight = score + counts * _alike(kind, mine, theirs), weight + counts
    return score / weight


def _of_different_work(one: Profile, other: Profile) -> bool:
    """Return whether names say different work: a worker for mail and one for reports, a program and its worker."""
    mine, theirs = one.features["name"], other.features["name"]
    if one.head == other.head:
        whose = mine - _OF_ANY_ROLE, theirs - _OF_ANY_ROLE
        return all(whose) and not whose[0] & whose[1]
    return (mine < theirs or theirs < mine) and bool((mine ^ theirs) & _APART) and not _one_role(mine, theirs)


def _built_and_pulled(one: Profile, other: Profile) -> bool:
    """Return whether one is built and the other pulled, neither of them a program that many applications use."""
    return one.built != other.built and not one.stock and not other.stock


def _names_alike(one: Profile, other: Profile) -> float:
    """Return how alike two names are: 1 for one role, or where one says the same as the other and whose it is."""
    mine, theirs = one.features["name"], other.features["name"]
    fewer, more = sorted((mine, theirs), key=len)
    if _one_role(mine, theirs):
        return 1.0
    if fewer <= more and fewer - _OF_ANY_ROLE and (one.head == other.head or not (more - fewer) & _OF_ANY_ROLE):
        return 1.0
    return _alike("name", mine, theirs)


def _alike(kind: str, one: frozenset[str], other: frozenset[str]) -> float:
    """Return how alike two sets of words are; an environment often has but a part of the other's variables."""
    whole = min(len(one), len(other)) if kind == "environment" else len(one | other)
    return len(one & other) / whole if whole else 0.0


def _one_role(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether two names are of one role; what is called after the application alone is the application."""
    if one == other:
        return True
    if not (one and other):
        return one | other <= _APPLICATION
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


def name_words(words: Iterable[str]) -> list[str]:
    """Return the words of a name that tell something, each in the singular."""
    found = [_singular(word) for word in words]
    return [word for word in found if word not in _SAYS_NOTHING] or found


def _singular(word: str) -> str:
    plural = len(word) > _SHORTEST_PLURAL and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if plural and word not in _OF_ANY_ROLE else word


def says_whose(words: Iterable[str]) -> frozenset[str]:
    """Return the words that say no role, as the application's own name does."""
    return frozenset(words) - _OF_ANY_ROLE


def is_stock(name: str) -> bool:
    """Return whether the last part of an image's name is that of a proxy, a datastore or a broker."""
    return bool(_STOCK.intersection(name.split("_")))


def common_words(names: Iterable[frozenset[str]]) -> frozenset[str]:
    """Return the words of most of an environment's names: those of the application, as `shop` of `shop-db`."""
    found = list(names)
    counts = Counter(word for words in found for word in words)
    return frozenset(word for word, count in counts.items() if len(found) > 1 and count * 2 > len(found))
