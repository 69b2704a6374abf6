"""Whether a value is one that the policy forbids."""

from __future__ import annotations

from typing import Final

from parity.domain.values import as_boolean, as_url, is_local_host, listed
from parity.knowledge.policy import Forbidden

# Kinds of entries about what is set to nothing: the second is for the names that `signs` knows.
EMPTY_KEY: Final = "empty-key"
EMPTY: Final = ("empty", EMPTY_KEY)


def is_forbidden(value: str, forbidden: Forbidden) -> bool:
    """Return whether a value is what an entry of the policy forbids."""
    if forbidden.kind == "boolean":
        return as_boolean(value) is (forbidden.values[:1] == ("true",))
    if forbidden.kind in EMPTY:
        return not value.strip()
    if forbidden.kind == "word":
        return value.strip().lower() in forbidden.values
    parts = listed(value)
    if forbidden.kind == "listed-word":
        return any(part.lower() in forbidden.values for part in parts)
    return bool(parts) and all(_local(part) for part in parts)


def _local(value: str) -> bool:
    """Return whether a host or an address leads to the container, or to each visitor's own machine (RFC 6761, 6.3)."""
    url = as_url(value)
    hosts = [url.hostname or ""] if url else [value, value.rpartition(":")[0]]
    return any(is_local_host(host) or host.lower().endswith(".localhost") for host in hosts)
