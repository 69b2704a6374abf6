"""Containers that still run an image from which their tag has moved on, since nobody recreated them."""

from __future__ import annotations

from collections.abc import Iterator

from parity.areas.images.running import described
from parity.compare.comparison import Comparison
from parity.domain.findings import Difference, Evidence
from parity.domain.running_image import Image


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield the containers whose tag names another image on their own host now."""
    for stack, match, service, container in comparison.running():
        if container.tagged is None or container.finished:
            continue
        now = Image(container.tagged.id, container.tagged.created)
        own = described(container.image) if container.image else "another image"
        moved_back = container.image is not None and len(now.created) > 0 and now.created < container.image.created
        shown = f"runs {own}; {container.config.image} is now {described(now)}"
        yield Difference(
            "images.not-recreated",
            (stack.environment,),
            match.name,
            evidence=(Evidence(stack.environment, shown, stack.place_of(container), container.service),),
            words={"image": container.config.image, "container": container.name, "service_name": service.name},
            ways=frozenset({"moved-back"} if moved_back else ()),
        )
