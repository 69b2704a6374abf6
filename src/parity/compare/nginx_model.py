"""What the nginx of a container reads: its version, its files, and the model of what they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from parity.compare.configured import Reader, configured
from parity.domain.stack import Configuration, Stack
from parity.programs.nginx.model.read import read_model
from parity.programs.nginx.model.types import Model
from parity.programs.nginx.syntax.directives import NEWEST, OLDEST

# Images whose tag is the version of nginx; a tag of any other is its own project's.
_OFFICIAL: Final = frozenset({"nginx", "nginx-unprivileged"})
_OPENRESTY: Final = "openresty"
# nginx writes its version into its image's environment, OpenResty its own, which begins with that of nginx.
_VARIABLES: Final = ("NGINX_VERSION", "RESTY_VERSION")
_EXACT: Final = re.compile(r"1\.\d{1,3}\.\d{1,3}(?!\d)", re.ASCII)
_SERIES: Final = re.compile(r"1\.\d{1,3}(?![\d.])", re.ASCII)


@dataclass(frozen=True)
class Release:
    """The nginx that reads a configuration, as far as it is known.

    version: the release, or the newest that it may be; oldest: the oldest that it may be
    own_modules: whether it may have modules built in that are not nginx's own
    """

    version: str
    oldest: str
    own_modules: bool

    @property
    def known(self) -> bool:
        """Whether it is known which release it is."""
        return self.version == self.oldest


def release_of(configuration: Configuration, reader: Reader) -> Release:
    """Return which nginx a container has: as the program or its image says, or as far as the image's tag tells."""
    path, _, tag = reader.image.partition("@")[0].rpartition("/")[2].partition(":")
    official = path in _OFFICIAL
    tested = configuration.tested
    told = tested.version if tested is not None else ""
    tag = tag if official or path == _OPENRESTY else ""
    for text in (told, *(reader.environment.get(name, "") for name in _VARIABLES), tag):
        if found := _EXACT.match(text):
            return Release(found[0], found[0], not official)
    if found := _SERIES.match(tag):
        return Release(found[0], f"{found[0]}.0", not official)
    return Release(NEWEST, OLDEST, not official)


def server_names(stack: Stack) -> list[str]:
    """Return the names by which the nginx of an environment is asked for; no patterns among them."""
    names: set[str] = set()
    for configuration, reader in configured(stack, "nginx"):
        for server in model_of(configuration, reader).servers:
            names.update(name.removeprefix(".") for name in server.names)
    return sorted(name for name in names if name not in ("", "_") and not any(sign in name for sign in "*~$"))


def model_of(configuration: Configuration, reader: Reader) -> Model:
    """Return what a configuration means to the nginx of its container."""
    release = release_of(configuration, reader)
    files = tuple(sorted(files_of(configuration).items()))
    return _read(files, configuration.main, release.version, release.own_modules)


def files_of(configuration: Configuration) -> Mapping[str, bytes]:
    """Return its files; what lies in the image is there for nginx, and stands here empty."""
    return {**dict.fromkeys(configuration.in_image, b""), **configuration.files}


@lru_cache(maxsize=32)
def _read(files: tuple[tuple[str, bytes], ...], main: str, version: str, own_modules: bool) -> Model:
    """Return a model; several areas ask for the same one."""
    return read_model(dict(files), main, version, own_modules)
