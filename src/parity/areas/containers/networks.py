"""Services that only internal networks reach: Docker gives them no way out, and publishes none of their ports.

Source: https://docs.docker.com/reference/compose-file/networks/#internal
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from parity.domain.stack import Service, Stack
from parity.domain.untrusted import as_mapping, mapping, text

# Those of one host; what others do is their own.
_DRIVERS: Final = ("", "bridge")


def is_closed(stack: Stack, service: Service) -> bool:
    """Return whether compose files attach a service to networks of its host that are all internal."""
    networks = mapping(service.declared.raw, "networks") if service.declared is not None else {}
    known = mapping(stack.resources, "networks")
    return bool(networks) and all(_is_internal(as_mapping(known.get(name))) for name in networks)


def _is_internal(network: Mapping[str, Any]) -> bool:
    return network.get("internal") is True and text(network, "driver") in _DRIVERS
