"""Which image a service runs in an environment, where its containers agree on it."""

from __future__ import annotations

from parity.compare.match_services import Match
from parity.domain.running_image import Image
from parity.domain.stack import Service

_SHORT = 12


def image_of(service: Service) -> Image | None:
    """Return the image that all containers of a service run; None where it is not known, or they run several."""
    images = [container.image for container in service.containers]
    return images[0] if images and all(image == images[0] for image in images) else None


def images_of(match: Match) -> dict[str, Image]:
    """Return the image of a service by environment, as far as it is known."""
    found = {environment: image_of(service) for environment, service in match.seen.items()}
    return {environment: image for environment, image in found.items() if image is not None}


def described(image: Image) -> str:
    """Return what tells an image from another one, for people."""
    digest = min(image.digests) if image.digests else image.id
    said = [f"{digest.partition(':')[0]}:{digest.partition(':')[2][:_SHORT]}"]
    if image.created:
        said.append(f"created {image.created[:10]}")
    said += [f"{name} {image.labels[name][:_SHORT]}" for name in ("version", "revision") if name in image.labels]
    return ", ".join(said)
