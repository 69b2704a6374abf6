"""Environments on other machines run the images of other platforms, which is no difference in content."""

from __future__ import annotations

from collections.abc import Iterator

from parity.areas.images.running import images_of
from parity.compare.comparison import differs, evidence
from parity.compare.match_services import Match
from parity.domain.findings import Difference


def differences(match: Match) -> Iterator[Difference]:
    """Yield that a service runs on several platforms."""
    platforms = {environment: image.platform for environment, image in images_of(match).items() if image.platform}
    if differs(platforms):
        words = {"platforms": " / ".join(f"{platform} ({e})" for e, platform in platforms.items())}
        shown = evidence(match.seen, platforms)
        yield Difference("images.platform-differs", tuple(platforms), match.name, evidence=shown, words=words)
