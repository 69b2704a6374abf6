"""Whether an environment has the application itself in containers, or only the stores and tools around it."""

from __future__ import annotations

from collections.abc import Iterable

from parity.areas.containers.datastores import datastore_of, follows_a_service
from parity.areas.containers.tools import is_a_tool
from parity.domain.images import full_name
from parity.domain.programs import kinds
from parity.domain.stack import Service, Stack

_OF_DOCKER = "docker.io/library"
_LEAST = 2
# So many letters in common make a program's maker.
_TELLING = 4


def is_application(service: Service) -> bool:
    """Return whether a service is a part of the application: it is built, or pulled from an owner's own images."""
    if service.declared is not None and service.declared.built:
        return True
    image = service.config.image if service.config else ""
    stock = datastore_of(image) or is_a_tool(service) or follows_a_service(image) or kinds(service)
    return bool(image) and not stock and _owner(image) != _OF_DOCKER


def has_none(stack: Stack, others: Iterable[Stack]) -> bool:
    """Return whether an environment builds nothing and pulls nothing that may be the application of others.

    What a program's own maker publishes is none: `keycloak/keycloak`, `redpandadata/redpanda`.
    """
    elsewhere = {one.name: one for other in others for one in other.services.values()}
    lacking = [one for name, one in elsewhere.items() if name not in stack.services and is_application(one)]
    owners = {_owner(one.config.image) for one in lacking if one.config and one.config.image}
    images = {name: one.config.image for name, one in stack.services.items() if one.config and one.config.image}
    more = [one for name, one in stack.services.items() if name not in elsewhere and is_application(one)]
    return (
        bool(images)
        and not stack.builds
        and len(lacking) >= _LEAST
        and owners.isdisjoint(map(_owner, images.values()))
        and all(_is_of_its_maker(images.get(one.name, "")) for one in more)
    )


def _is_of_its_maker(image: str) -> bool:
    owner, name = _owner(image).rpartition("/")[2], image.rpartition("/")[2]
    return len(owner) >= _TELLING and len(name) >= _TELLING and owner[:_TELLING] == name[:_TELLING]


def _owner(image: str) -> str:
    return full_name(image).rpartition("/")[0]
