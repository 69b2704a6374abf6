"""Whether a value is one that the policy forbids."""

from __future__ import annotations

from parity.domain.values import as_boolean, as_url, is_local_host, listed
from parity.knowledge.policy import Forbidden


def is_forbidden(value: str, forbidden: Forbidden) -> bool:
    """Return whether a value is what an entry of the policy forbids."""
    if forbidden.kind == "boolean":
        return as_boolean(value) is (forbidden.values[:1] == ("true",))
    if forbidden.kind == "word":
        return value.strip().lower() in forbidden.values
    parts = listed(value)
    return bool(parts) and all(_local(part) for part in parts)


def _local(value: str) -> bool:
    url = as_url(value)
    return is_local_host(url.hostname) if url else is_local_host(value) or is_local_host(value.rpartition(":")[0])
