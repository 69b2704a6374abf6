"""What a host told of its containers' packages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from parity.domain.packages import Packages
from parity.domain.stack import Container
from parity.domain.untrusted import as_mapping, mapping, text, texts

_PARTS: Final = ("system", "application")
_NAME: Final = re.compile(r"[A-Za-z0-9@_][A-Za-z0-9@/_.+-]{0,99}")
_VERSIONS: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+~:!_ -]{0,700}")


def with_packages(container: Container, told: Mapping[str, Any]) -> Container:
    """Return a container with what `told`, the source `packages` of its host, has of it."""
    own = as_mapping(mapping(told, "containers").get(container.id))
    if not own:
        return container
    lists = [mapping(mapping(told, "lists"), text(own, part)) for part in _PARTS]
    installed = {kind: read for one in lists for kind, read in _installed(mapping(one, "packages"))}
    direct = {
        str(kind): frozenset(texts(mapping(one, "direct"), kind)) for one in lists for kind in mapping(one, "direct")
    }
    return replace(
        container, packages=Packages(installed, direct, text(own, "application_unread") or text(own, "system_unread"))
    )


def _installed(told: Mapping[str, Any]) -> list[tuple[str, Mapping[str, str]]]:
    """Return versions by name, by kind, without a kind of which one is not what it should be: its list is not whole."""
    found: list[tuple[str, Mapping[str, str]]] = []
    for kind, packages in told.items():
        if isinstance(packages, dict) and all(_is_package(name, one) for name, one in packages.items()):
            found.append((str(kind), packages))
    return found


def _is_package(name: object, versions: object) -> bool:
    return bool(
        isinstance(name, str) and isinstance(versions, str) and _NAME.fullmatch(name) and _VERSIONS.fullmatch(versions)
    )
