"""An application that runs in containers in production only: elsewhere there are but its stores and tools."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from parity.areas.containers.consoles import console_of, unguarded
from parity.areas.containers.datastores import datastore_of, keeper_of
from parity.areas.containers.tools import is_a_tool
from parity.domain.images import full_name
from parity.domain.programs import kinds
from parity.domain.stack import Service, Stack

# Official images of proxies, which serve whatever is behind them.
_STOCK: Final = re.compile(r"(?:nginx|traefik|caddy|haproxy|httpd|envoyproxy/\S+|nginxinc/\S+)(?:[:@]|$)")
_OFFICIAL: Final = "docker.io/library"
# What an application is written in, or served by, tells of no store.
_LANGUAGES: Final = frozenset({"python", "celery", "node", "nginx"})


def is_untried(there: Iterable[Service], having: Iterable[Stack], absent: Iterable[Stack]) -> bool:
    """Return whether services are of an application of which the environments that lack them run no part."""
    parts = list(there)
    # What both run is a store that is not known here, unless the application's owner, or nobody else, publishes it.
    owners = {_owner(_image(one)) for one in parts} | {_OFFICIAL, ""}
    images = {_image(one) for stack in having for one in stack.services.values()}
    shared = {image for image in images if _owner(image) not in owners}
    return all(map(_is_own, parts)) and all(
        one.declared is not None and one.declared.active and (_only_supports(one) or _image(one) in shared)
        for stack in absent
        for one in stack.services.values()
    )


def _is_own(service: Service) -> bool:
    """Return whether a service is a part of the application: built, or of an image that is nobody's well-known one."""
    if service.declared is not None and service.declared.built:
        return True
    image = service.config.image if service.config else ""
    return "/" in image and not _only_supports(service) and not _STOCK.match(image)


def _only_supports(service: Service) -> bool:
    """Return whether a service stores, watches or shows, and is no application by itself."""
    image = service.config.image if service.config else ""
    if service.declared is not None and service.declared.built:
        return False
    known = datastore_of(image) or keeper_of(image) or is_a_tool(service) or console_of(service)
    return bool(known or unguarded(service) or kinds(service) - _LANGUAGES)


def _image(service: Service) -> str:
    """Return the full name of a service's image; nothing where it is built here."""
    built = service.declared is not None and service.declared.built
    return re.split("[:@]", full_name(service.config.image))[0] if service.config and not built else ""


def _owner(image: str) -> str:
    return image.rpartition("/")[0]
