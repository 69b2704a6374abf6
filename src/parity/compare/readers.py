"""Whether the program of a service reads a variable, by what is known of its image."""

from __future__ import annotations

import posixpath
import re
from typing import Final

from parity.domain.stack import Service, ServiceConfig
from parity.knowledge.images import Image, Images

_SCRIPT: Final = re.compile(r"\.(?:sh|bash|py|rb|pl|js)\b")
# The entrypoint of most images; another one is somebody's own.
_USUAL: Final = "docker-entrypoint.sh"


def is_known(images: Images, service: Service) -> bool:
    """Return whether it is known what the program of a service reads: that of a well-known image."""
    return _image(images, service) is not None


def may_read(images: Images, service: Service, name: str) -> bool:
    """Return whether the program of a service may read a variable; it is known not to only for well-known images."""
    config, image = service.config, _image(images, service)
    if config is None or image is None or image.may_read(name) or _own_entrypoint(service, config):
        return True
    command = " ".join(config.command or ())
    said = " ".join((command, *(config.healthcheck.test if config.healthcheck else ())))
    return (
        _SCRIPT.search(command) is not None
        or re.search(rf"\$\{{?{re.escape(name)}\b", said) is not None
        or (images.may_be_in_script(name) and _has_scripts(image, config))
    )


def is_of_clients(images: Images, service: Service, name: str) -> bool:
    """Return whether a variable tells clients of the service's program where it is: the program does not read it."""
    image = _image(images, service)
    return image is not None and image.is_of_clients(name)


def _image(images: Images, service: Service) -> Image | None:
    config = service.config
    return images.of(config.image) if config and not (service.declared and service.declared.built) else None


def _has_scripts(image: Image, config: ServiceConfig) -> bool:
    return any(mount.destination.startswith(folder) for mount in config.mounts for folder in image.scripts)


def _own_entrypoint(service: Service, config: ServiceConfig) -> bool:
    if service.declared is not None:
        return bool(service.declared.raw.get("entrypoint"))
    return any(posixpath.basename(word) != _USUAL for word in config.entrypoint)
