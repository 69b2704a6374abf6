"""The images side by side, as plain data for `findings.json`."""

from __future__ import annotations

import datetime
from typing import Any

from parity.areas.images.distributions import end_of
from parity.areas.images.running import image_of
from parity.compare.comparison import Comparison
from parity.domain.running_image import Image
from parity.domain.stack import Stack


def facts_of(comparison: Comparison) -> list[dict[str, Any]]:
    """Return one entry per service and environment whose image is known, in the order of services."""
    found = []
    for match in comparison.matches:
        for environment, service in match.seen.items():
            image = image_of(service)
            if image is not None:
                name = service.containers[0].config.image
                found.append({"service": match.name, **_entry(comparison.stack(environment), name, image)})
    return found


def _entry(stack: Stack, name: str, image: Image) -> dict[str, Any]:
    ended = end_of(image.release) if image.release else None
    return {
        "environment": stack.environment,
        "image": name,
        "id": image.id,
        "digests": sorted(image.digests),
        "platform": image.platform,
        "created": image.created,
        "age_days": _age(stack, image),
        "labels": dict(image.labels),
        "distribution": image.release.name if image.release else "",
        "supported_until": ended.isoformat() if ended else "",
    }


def _age(stack: Stack, image: Image) -> int | None:
    """Return how many days old an image was when it was seen; None where it does not say, as reproducible ones do."""
    try:
        made = datetime.date.fromisoformat(image.created[:10])
    except ValueError:
        return None
    return (stack.day - made).days if stack.day is not None and made.year > _NO_DATE else None


# Reproducible builds are dated 1970 or 1980, and an image without a date 0001.
_NO_DATE = 1980
