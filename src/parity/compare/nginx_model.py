"""What the nginx of a container reads: its version, its files, and the model of what they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from parity.compare.configured import Reader, configured
from parity.domain.stack import Configuration, Stack
from parity.programs.nginx.model.read import read_model
from parity.programs.nginx.model.types import Model
from parity.programs.nginx.syntax.directives import NEWEST

# nginx writes a version into its image's environment, and people write one into the tag.
_VERSION: Final = re.compile(r"(1\.\d{1,3}(?:\.\d{1,3})?)(?![\d.])", re.ASCII)


def version_of(configuration: Configuration, reader: Reader) -> tuple[str, bool]:
    """Return the version of a container's nginx, and whether it is known or only assumed to be the newest."""
    told = configuration.tested.version if configuration.tested is not None else ""
    tag = reader.image.rpartition(":")[2]
    for text in (told, reader.environment.get("NGINX_VERSION", ""), tag):
        if found := _VERSION.match(text):
            return found[1], True
    return NEWEST, False


def server_names(stack: Stack) -> list[str]:
    """Return the names by which the nginx of an environment is asked for; no patterns among them."""
    names: set[str] = set()
    for configuration, reader in configured(stack, "nginx"):
        for server in model_of(configuration, reader).servers:
            names.update(name.removeprefix(".") for name in server.names)
    return sorted(name for name in names if name not in ("", "_") and not any(sign in name for sign in "*~$"))


def model_of(configuration: Configuration, reader: Reader) -> Model:
    """Return what a configuration means to the nginx of its container."""
    return _read(
        tuple(sorted(files_of(configuration).items())), configuration.main, version_of(configuration, reader)[0]
    )


def files_of(configuration: Configuration) -> Mapping[str, bytes]:
    """Return its files; what lies in the image is there for nginx, and stands here empty."""
    return {**dict.fromkeys(configuration.in_image, b""), **configuration.files}


@lru_cache(maxsize=32)
def _read(files: tuple[tuple[str, bytes], ...], main: str, version: str) -> Model:
    """Return a model; several areas ask for the same one."""
    return read_model(dict(files), main, version)
