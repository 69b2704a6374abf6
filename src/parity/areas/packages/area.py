"""The area packages: runtimes, and packages of applications and distributions, that environments have differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from parity.areas.packages import facts
from parity.areas.packages.lists import Row, rows_of
from parity.areas.packages.shown import changes, named, pieces
from parity.areas.packages.versions import LEVELS, series
from parity.compare.comparison import Comparison
from parity.compare.match_services import Match
from parity.compare.odd_one import breaks_rehearsal, odd_ones
from parity.domain.findings import Difference
from parity.domain.packages import RUNTIME, SYSTEM

_KINDS: Final = {
    "python": "Python",
    "npm": "npm",
    "gem": "Ruby",
    "composer": "Composer",
    "node": "Node.js",
    "ruby": "Ruby",
    "php": "PHP",
    "golang": "Go",
    "java": "Java",
}
# Languages of which a release is named by its first two numbers, and may break what ran on the one before.
_BY_TWO: Final = frozenset({"python", "ruby", "php", "golang"})
# From how many packages on images are built from other bases, and not only at other times.
_MANY: Final = 30


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield where a service does not have the same packages in all environments, one difference for a kind."""
    for match in comparison.matches:
        alike = len(_platforms(match)) <= 1
        for kind, rows in rows_of(match):
            # What is built for one platform only is missing on the others.
            found = [row for row in rows if alike or not row.lacking()]
            if kind == RUNTIME:
                yield from (_runtime(comparison, match, row) for row in found if not row.lacking())
            elif kind in SYSTEM and found:
                yield _system(comparison, match, kind, found)
            else:
                yield from _application(comparison, match, kind, found)


def _platforms(match: Match) -> set[str]:
    images = [container.image for service in match.seen.values() for container in service.containers]
    return {image.platform for image in images if image is not None and image.platform}


def facts_of(comparison: Comparison) -> list[dict[str, Any]]:
    """Return how many packages each service has in each environment as plain data."""
    return facts.facts_of(comparison)


def _runtime(comparison: Comparison, match: Match, row: Row) -> Difference:
    numbers = 2 if row.name in _BY_TWO else 1
    apart = len({series(version)[:numbers] for version in row.versions.values()}) > 1
    one = _difference("packages.runtime-differs", comparison, match, row.name, [row])
    return one if apart else _with(one, "patch-versions")


def _system(comparison: Comparison, match: Match, kind: str, found: Sequence[Row]) -> Difference:
    one = _difference("packages.system-differs", comparison, match, kind, found)
    one = replace(one, ways=frozenset({"many"} if len(found) >= _MANY else ()))
    return _with(one, "major-versions") if _major(found) else one


def _application(comparison: Comparison, match: Match, kind: str, found: Sequence[Row]) -> Iterator[Difference]:
    whole = [row for row in found if not row.lacking()]
    if whole:
        one = _difference("packages.versions-differ", comparison, match, kind, whole)
        patches = all(row.level == LEVELS[0] for row in whole)
        direct = _major(row for row in whole if row.direct)
        yield _with(one, *(["patch-versions"] if patches else ["major-of-direct"] if direct else []))
    lacking = [row for row in found if row.lacking()]
    for environment in found[0].versions if found else ():
        theirs = [row for row in lacking if environment in row.named_in and not row.versions[environment]]
        if theirs:
            one = _difference("packages.missing", comparison, match, kind, theirs)
            yield replace(one, environments=(environment,), facts=frozenset())
    others = [row for row in lacking if not row.named_in.intersection(row.lacking())]
    if others:
        produced = any(
            comparison.stack(e).production and version for row in others for e, version in row.versions.items()
        )
        one = _difference("packages.only-in-some", comparison, match, kind, others)
        yield replace(one, ways=frozenset({"in-production" if produced else "not-in-production"}))


def _major(found: Iterable[Row]) -> bool:
    return any(row.level == LEVELS[2] for row in found)


def _difference(rule: str, comparison: Comparison, match: Match, item: str, found: Sequence[Row]) -> Difference:
    values = {e: tuple(row.versions[e] for row in found) for e in found[0].versions}
    odd = odd_ones(values)
    rehearsed = breaks_rehearsal(comparison, values) and not comparison.production(odd)
    more = len(found) - 1
    words = {
        "kind": _KINDS.get(item, item),
        "count": str(len(found)),
        "packages": named(found),
        "first": found[0].name,
        "changes": changes(found[0]),
        "more": f" and {more} more" if more else "",
    }
    return Difference(
        rule, odd, match.name, item, pieces(match, found), words, facts=frozenset({"rehearsal"} if rehearsed else ())
    )


def _with(one: Difference, *facts: str) -> Difference:
    return replace(one, facts=one.facts.union(facts))
