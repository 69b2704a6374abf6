"""Whether a value is one that the policy forbids."""

from __future__ import annotations

import re
from typing import Final

from parity.domain.values import as_boolean, as_url, is_local_host, listed
from parity.knowledge.policy import Forbidden

# Kinds of entries about what is set to nothing: the second is for the names that `signs` knows.
EMPTY_KEY: Final = "empty-key"
EMPTY: Final = ("empty", EMPTY_KEY)
# Of an address on the internet, a label that says so: `api-m.sandbox.paypal.com`, `connect.squareupsandbox.com`.
_SANDBOX: Final = re.compile(r"(?:^|[.-])(?:[a-z]+)?sandbox(?=[.-])|^(?:apitest|test-api|api-test)(?=\.)")
_INSIDE: Final = frozenset({"local", "internal", "localhost", "lan", "svc"})
# With any port, as lists of origins have it.
_LOCAL_ORIGIN: Final = re.compile(r"(?:https?://)?(?:[\w-]+\.)*(?:localhost|127\.0\.0\.1)(?::[\d*]+)?/?", re.IGNORECASE)
_SAFE: Final = {"true": "false", "yes": "no", "on": "off", "1": "0"}
_OPPOSITES: Final = {**_SAFE, **{off: on for on, off in _SAFE.items()}}


def opposite(value: str) -> str:
    """Return the other answer of a switch, spelled as its value is: `0` for `1`, `False` for `True`."""
    other = _OPPOSITES.get(value.strip().lower(), "")
    return other.capitalize() if value.strip()[:1].isupper() else other


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
    if forbidden.kind == "some-local":
        local = [part for part in parts if _local(part) or _LOCAL_ORIGIN.fullmatch(part)]
        return bool(local) and any("." in part for part in parts if part not in local)
    if forbidden.kind == "sandbox-host":
        return any(_is_sandbox(part) for part in parts)
    return bool(parts) and all(_local(part) for part in parts)


def _is_sandbox(value: str) -> bool:
    """Return whether a host or an address is that of a provider's sandbox; a service of the stack has no dot."""
    url = as_url(value)
    host = (url.hostname or "") if url else value.partition("/")[0].partition(":")[0]
    top = host.rpartition(".")[2]
    return "." in host and top.isalpha() and top not in _INSIDE and bool(_SANDBOX.search(host.lower()))


def _local(value: str) -> bool:
    """Return whether a host or an address leads to the container, or to each visitor's own machine (RFC 6761, 6.3)."""
    url = as_url(value)
    hosts = [url.hostname or ""] if url else [value, value.rpartition(":")[0]]
    return any(is_local_host(host) or host.lower().endswith(".localhost") for host in hosts)
