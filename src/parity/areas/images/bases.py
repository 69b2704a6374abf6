"""The distributions that images are based on: where they differ, and where their support has ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parity.areas.images.distributions import end_of, series_of
from parity.areas.images.running import image_of, images_of
from parity.compare.comparison import Comparison, differs, evidence, place_of
from parity.compare.match_services import Match
from parity.compare.odd_one import breaks_rehearsal, odd_ones
from parity.domain.findings import Difference, Evidence
from parity.domain.programs import kinds

# Alpine's C library is musl, those of the others glibc.
_MUSL: Final = "alpine"


def differences(comparison: Comparison, match: Match) -> Iterator[Difference]:
    """Yield that a service's images are based on other distributions, or on other releases of one."""
    releases = {e: image.release for e, image in images_of(match).items() if image.release is not None}
    bases = {environment: (release.id, series_of(release)) for environment, release in releases.items()}
    if not differs(bases):
        return
    odd = odd_ones(bases)
    names = {environment: release.name for environment, release in releases.items()}
    facts = set()
    if len({release.id == _MUSL for release in releases.values()}) > 1:
        facts.add("other-libc")
    if any("postgresql" in kinds(service) for service in match.seen.values()):
        facts.add("sorts-text")
    if breaks_rehearsal(comparison, bases) and not comparison.production(odd):
        facts.add("rehearsal")
    yield Difference(
        "images.base-differs",
        odd,
        match.name,
        evidence=evidence(match.seen, names),
        words={"bases": " / ".join(f"{name} ({environment})" for environment, name in names.items())},
        ways=frozenset({"distribution" if differs({e: base[0] for e, base in bases.items()}) else "release"}),
        facts=frozenset(facts),
    )


def unsupported(comparison: Comparison) -> Iterator[Difference]:
    """Yield the images whose distribution got no security updates any more on the day on which they were seen."""
    for match in comparison.matches:
        for environment, service in match.seen.items():
            stack, image = comparison.stack(environment), image_of(service)
            release = image.release if image else None
            ended = end_of(release) if release else None
            if release is None or ended is None or stack.day is None or stack.day <= ended:
                continue
            shown = f"{release.name}, supported until {ended.isoformat()}"
            yield Difference(
                "images.unsupported-base",
                (environment,),
                match.name,
                f"{release.id}-{series_of(release)}",
                (Evidence(environment, shown, place_of(service), service.name),),
                {"base": release.name, "ended": ended.isoformat()},
            )
