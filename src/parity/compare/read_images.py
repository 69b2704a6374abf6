"""What a host told of its containers' images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from parity.domain.running_image import Image, Release, Tagged
from parity.domain.stack import Container
from parity.domain.untrusted import mapping, text, texts


def with_images(container: Container, image_id: str, told: Mapping[str, Any]) -> Container:
    """Return a container with what `told`, the source `images` of its host, has of it and of the image it runs."""
    own, image = mapping(mapping(told, "containers"), container.id), mapping(mapping(told, "images"), image_id)
    named = mapping(own, "tag_names")
    return replace(
        container,
        image=_image(image_id, image) if image else None,
        tagged=Tagged(text(named, "id"), text(named, "created")) if text(named, "id") else None,
        check_lacks=text(own, "check_lacks"),
    )


def _image(image_id: str, told: Mapping[str, Any]) -> Image:
    release = mapping(told, "os")
    return Image(
        id=image_id,
        created=text(told, "created"),
        platform=text(told, "platform"),
        digests=frozenset(one.rpartition("@")[2] for one in texts(told, "digests")),
        layers=text(told, "layers"),
        labels={str(name): text(mapping(told, "labels"), name) for name in mapping(told, "labels")},
        release=_release(release) if text(release, "id") else None,
    )


def _release(told: Mapping[str, Any]) -> Release:
    name = text(told, "name") or f"{text(told, 'id')} {text(told, 'version')}".strip()
    return Release(text(told, "id"), text(told, "version"), name)
