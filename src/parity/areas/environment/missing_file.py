"""Variables that are missing because one env file is not given to a service: one difference for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from parity.compare.comparison import Comparison
from parity.compare.variables import services_named
from parity.domain.findings import Difference

_MISSING = "environment.missing"
# From how many variables on a file is the cause, and not each of them.
_LEAST = 4


def by_file(comparison: Comparison, found: Iterable[Difference]) -> Iterator[Difference]:
    """Yield differences; many that lack in the same environments and services what one env file sets, as one.

    What the policy expects to be missing stays apart, and so does what has a reason of its own.
    """
    groups: dict[tuple[tuple[str, ...], frozenset[str], str], list[Difference]] = {}
    for one in found:
        file = _file(one)
        if one.rule == _MISSING and file and not one.facts and not comparison.policy.expectation(one):
            services = frozenset(piece.service for piece in one.evidence)
            groups.setdefault((one.environments, services, file), []).append(one)
        else:
            yield one
    for (environments, services, file), group in groups.items():
        if len(group) < _LEAST:
            yield from group
            continue
        names = sorted(one.item for one in group)
        words = {
            "file": file,
            "services": services_named(services),
            "count": str(len(names)),
            "has": " and ".join(dict.fromkeys(p.environment for one in group for p in one.evidence if p.place)),
            "names": ", ".join(names),
        }
        pieces = tuple(piece for one in group for piece in one.evidence)
        ways = frozenset().union(*(one.ways for one in group))
        mentions = services | frozenset(names)
        yield Difference("environment.file-not-given", environments, "", file, pieces, words, ways, mentions=mentions)


def _file(difference: Difference) -> str:
    """Return the one file, without a line, in which the environments that have a variable set it; empty without one."""
    places = {piece.place for piece in difference.evidence if piece.environment not in difference.environments}
    files = {place.rpartition(", ")[2].rpartition(":")[0] for place in places}
    return files.pop() if len(files) == 1 else ""
