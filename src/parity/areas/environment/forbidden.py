"""Whether a value is one that the policy forbids."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from typing import Final

from parity.domain.fill_in import placeholder_kind
from parity.domain.values import as_boolean, as_url, is_local_host, listed
from parity.knowledge.policy import Forbidden

# Kinds of entries about what is set to nothing: the second is for the names that `signs` knows.
EMPTY_KEY: Final = "empty-key"
EMPTY: Final = ("empty", EMPTY_KEY)
# Kinds of entries about localhost: the second is for addresses, whatever their variable is called.
LOCAL_URL: Final = "local-url"
LOCAL: Final = ("local-host", LOCAL_URL)
_DEVELOPMENT_FILE: Final = re.compile(r"(?:^|[^a-z])(?:dev|devel|development)(?:[^a-z]|$)|\.local$")
# What forms have in the place of a host.
_FORM: Final = re.compile(
    r"^(?:www\.)?example\.(?:com|net|org)$|(?:^|[.-])(?:my|your)[-_]?(?:domain|site|host|server)\b"
)
# Names that only a network of one's own resolves (RFC 6762, RFC 8375, ICANN's reserved `internal`), and examples.
_INSIDE: Final = frozenset(
    {
        "local",
        "localdomain",
        "localhost",
        "internal",
        "intranet",
        "lan",
        "home",
        "corp",
        "arpa",
        "svc",
        "docker",
        "test",
    }
    | {"example", "invalid", "tld"}
)
# Of an address on the internet, a label that says so: `api-m.sandbox.paypal.com`, `connect.squareupsandbox.com`.
_SANDBOX: Final = re.compile(r"(?:^|[.-])(?:[a-z]+)?sandbox(?=[.-])|^(?:apitest|test-api|api-test)(?=\.)")
# With any port, as lists of origins have it.
_LOCAL_ORIGIN: Final = re.compile(r"(?:https?://)?(?:[\w-]+\.)*(?:localhost|127\.0\.0\.1)(?::[\d*]+)?/?", re.IGNORECASE)


class CouldHave:
    """Entries of the policy by the values that they forbid, where those can be listed.

    Of all values few are a switch or such a word, and which entries a name concerns takes longer to find out.
    """

    def __init__(self, forbidden: Sequence[Forbidden]) -> None:
        """Take the entries, whose order is kept."""
        self._all = forbidden
        self._other = [one for one in forbidden if one.kind not in _LISTED]
        self._words = frozenset(word for one in forbidden if one.kind == "word" for word in one.values)

    def entries(self, values: Iterable[str]) -> Sequence[Forbidden]:
        """Return the entries that one of the values may break, perhaps more."""
        listed_one = any(as_boolean(one) is not None or one.strip().lower() in self._words for one in values)
        return self._all if listed_one else self._other


# Kinds of entries whose values are words.
_LISTED: Final = frozenset({"boolean", "word"})


def is_forbidden(value: str, forbidden: Forbidden) -> bool:
    """Return whether a value is what an entry of the policy forbids."""
    if forbidden.kind == "boolean":
        return as_boolean(value) is (forbidden.values[:1] == ("true",))
    if forbidden.kind in EMPTY:
        return not value.strip()
    if forbidden.kind == "word":
        return value.strip().lower() in forbidden.values
    if forbidden.kind == "development-file":
        return _is_development_file(value)
    if forbidden.kind == "plain-http":
        return _is_plain_http(value)
    parts = listed(value)
    if forbidden.kind == "listed-word":
        return any(part.lower() in forbidden.values for part in parts)
    if forbidden.kind == "some-local":
        local = [part for part in parts if _local(part) or _LOCAL_ORIGIN.fullmatch(part)]
        return bool(local) and any("." in part for part in parts if part not in local)
    if forbidden.kind == "sandbox-host":
        return any(_is_sandbox(part) for part in parts)
    return bool(parts) and all(_local(part) and (forbidden.kind != LOCAL_URL or as_url(part)) for part in parts)


def _is_development_file(value: str) -> bool:
    """Return whether the name of a file, or of a module, says that it is development's."""
    return bool(_DEVELOPMENT_FILE.search(value.strip().rpartition("/")[2].lower()))


def _is_plain_http(value: str) -> bool:
    """Return whether an address has no TLS, and a host that visitors can reach: none of a network of one's own."""
    url = as_url(value)
    host = (url.hostname or "").lower() if url and url.scheme == "http" else ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        top = host.rpartition(".")[2]
        return (
            "." in host
            and top.isalpha()
            and top not in _INSIDE
            and not _FORM.search(host)
            and not placeholder_kind(host)
        )


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
