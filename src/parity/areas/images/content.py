"""One tag, several contents: digests where registries have the image, else ids, and what labels say of its source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from parity.areas.images.running import described, images_of
from parity.compare.comparison import Comparison, differs, evidence
from parity.compare.match_services import Match
from parity.compare.odd_one import breaks_rehearsal, odd_ones
from parity.domain.findings import Difference
from parity.domain.images import full_name
from parity.domain.running_image import Image
from parity.domain.stack import Stack

# A tag that is meant to stay with one content: a whole version, a date, a commit.
_FIXED: Final = re.compile(r"\d+\.\d+\.\d+|\d{8}|(?:^|[-.])[0-9a-f]{7,40}$")
_LOCAL: Final = "local-build"


def differences(comparison: Comparison, match: Match) -> Iterator[Difference]:
    """Yield where the environments run images of one name and tag with other contents."""
    images = images_of(match)
    named: dict[str, dict[str, Image]] = {}
    for environment, image in images.items():
        name = _name(match.seen[environment].containers[0].config.image)
        if name:
            named.setdefault(name, {})[environment] = image
    for name, same_name in named.items():
        yield from _of_one_name(comparison, match, name, same_name)


def _of_one_name(comparison: Comparison, match: Match, name: str, images: Mapping[str, Image]) -> Iterator[Difference]:
    contents = _contents(images)
    if not differs(contents):
        return
    images = {environment: images[environment] for environment in contents}
    built = any(_is_built(comparison.stack(environment), match, image) for environment, image in images.items())
    revisions = {e: image.labels["revision"] for e, image in images.items() if "revision" in image.labels}
    told = len(revisions) == len(images)
    if built and told and not differs(revisions):
        return  # built twice from one commit
    by_commit = told and differs(revisions)
    values: Mapping[str, object] = revisions if by_commit else contents
    odd = odd_ones(values)
    others = ", ".join(environment for environment in values if environment not in odd)
    yield Difference(
        "images.revision-differs" if by_commit else "images.content-differs",
        odd,
        match.name,
        evidence=evidence(match.seen, {environment: described(image) for environment, image in images.items()}),
        words={"image": name, "others": others, "revisions": _by_environment(revisions)},
        ways=frozenset({_LOCAL if built else "pulled"} | ({"odd"} if others else set())),
        facts=_weight(comparison, name, values, odd),
    )


def _weight(comparison: Comparison, name: str, values: Mapping[str, object], odd: Sequence[str]) -> frozenset[str]:
    """Return what makes a difference better or worse; that production's rehearsal had another image is never less."""
    if breaks_rehearsal(comparison, values):
        return frozenset() if comparison.production(odd) else frozenset({"rehearsal"})
    return frozenset() if _FIXED.search(name.rpartition(":")[2]) else frozenset({"moving-tag"})


def _contents(images: Mapping[str, Image]) -> dict[str, int]:
    """Return the number of its content by environment, without those of which it cannot be told."""
    contents: list[list[Image]] = []
    found: dict[str, int] = {}
    for environment, image in images.items():
        told = [{_same(image, other) for other in alike} for alike in contents]
        known = next((number for number, answers in enumerate(told) if True in answers), None)
        if known is None and all(False in answers for answers in told):
            known = len(contents)
            contents.append([])
        if known is not None:
            contents[known].append(image)
            found[environment] = known
    return found


def _same(one: Image, other: Image) -> bool | None:
    """Return whether two images have one content; None where that cannot be told.

    A digest may be that of an index, which names an image for each platform, or of one platform's image: of another
    platform it proves nothing.
    """
    if one.id == other.id or one.digests & other.digests or (one.layers and one.layers == other.layers):
        return True
    known = one.platform and other.platform and one.platform == other.platform
    return False if known else None


def _name(image: str) -> str:
    """Return an image's name with its tag as people write it, empty where it is named by a digest or an id."""
    if "@" in image or image.startswith("sha256:") or not image:
        return ""
    name = full_name(image).removeprefix("docker.io/").removeprefix("library/")
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


def _is_built(stack: Stack, match: Match, image: Image) -> bool:
    """Return whether an environment builds an image itself: no registry has it, or its compose file says so."""
    service = match.seen[stack.environment]
    return not image.digests or service.name in stack.builds or service.containers[0].config.image in stack.built_images


def _by_environment(values: Mapping[str, str]) -> str:
    return " / ".join(f"{value[:12]} ({environment})" for environment, value in values.items())
