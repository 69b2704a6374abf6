"""What nginx's TLS settings amount to: its defaults by version, protocols and ciphers that are broken, HSTS."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

# From the oldest on. nginx compares them without regard to case.
PROTOCOLS: Final = ("SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_BROKEN: Final = frozenset({"SSLv2", "SSLv3"})
_OLD: Final = frozenset({"TLSv1", "TLSv1.1"})  # deprecated by RFC 8996
# The default of ssl_protocols from a version on. Source: nginx's CHANGES of 1.9.1, 1.23.4 and 1.27.3.
_DEFAULTS: Final = (
    ((1, 27, 3), ("TLSv1.2", "TLSv1.3")),
    ((1, 23, 4), ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")),
    ((1, 9, 1), ("TLSv1", "TLSv1.1", "TLSv1.2")),
    ((0, 0, 0), ("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2")),
)
# The default of ssl_ciphers since 1.0.5.
DEFAULT_CIPHERS: Final = "HIGH:!aNULL:!MD5"
_VERSION: Final = re.compile(r"(?<![\d.])(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?")

# What part of a cipher's name, or which of OpenSSL's words for many ciphers, brings in which weakness.
# Source: OpenSSL's ciphers(1), "CIPHER STRINGS".
_WEAK: Final = {
    "RC4": ("RC4",),
    "3DES": ("3DES",),
    "DES": ("DES",),
    "MD5": ("MD5",),
    "NULL": ("NULL",),
    "eNULL": ("NULL",),
    "COMPLEMENTOFALL": ("NULL",),
    "EXP": ("EXPORT",),
    "EXPORT": ("EXPORT",),
    "EXPORT40": ("EXPORT",),
    "EXPORT56": ("EXPORT",),
    "EXP1024": ("EXPORT",),
    "aNULL": ("aNULL",),
    "ADH": ("aNULL",),
    "AECDH": ("aNULL",),
    "COMPLEMENTOFDEFAULT": ("aNULL",),
    "LOW": ("DES",),
    "MEDIUM": ("RC4",),
    "ALL": ("aNULL", "RC4", "3DES"),
}
# Which words take a weakness away for good when they stand with a `!`.
_REMOVED_BY: Final = {
    "RC4": frozenset({"RC4", "MEDIUM"}),
    "3DES": frozenset({"3DES", "MEDIUM"}),
    "DES": frozenset({"DES", "LOW"}),
    "MD5": frozenset({"MD5"}),
    "NULL": frozenset({"NULL", "eNULL"}),
    "EXPORT": frozenset({"EXP", "EXPORT"}),
    "aNULL": frozenset({"aNULL"}),
}
_CIPHERS_LIMIT: Final = 8192

HALF_A_YEAR: Final = 15_552_000  # 180 days, in seconds: what browsers' preload list and common graders ask at least


def effective_protocols(protocols: Sequence[str] | None, version: str) -> tuple[str, ...] | None:
    """Return the protocols nginx offers, the oldest first: as configured, else its default in `version`.

    None when nothing is configured and the version is not known.
    """
    if protocols:
        asked = {word.lower() for word in protocols}
        return tuple(protocol for protocol in PROTOCOLS if protocol.lower() in asked)
    found = _VERSION.search(version)
    if found is None:
        return None
    number = tuple(int(part or 0) for part in found.groups())
    return next(default for since, default in _DEFAULTS if number >= since)


def weak_protocols(protocols: Sequence[str] | None, version: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the rule and the protocols at fault: what somebody asked for apart from what nginx does by itself."""
    offered = effective_protocols(protocols, version) or ()
    rules = {"tls.broken-protocol": _BROKEN, "tls.old-protocol": _OLD}
    for rule, weak in rules.items() if protocols else {"tls.old-protocol-by-default": _BROKEN | _OLD}.items():
        found = [protocol for protocol in offered if protocol in weak]
        if found:
            yield rule, found


def cipher_items(ciphers: str | None) -> list[str]:
    """Return the items of ssl_ciphers, of its default where it is not set; OpenSSL parts them in several ways."""
    return [item for item in re.split(r"[:, ;]+", (ciphers or DEFAULT_CIPHERS)[:_CIPHERS_LIMIT]) if item]


def weak_ciphers(ciphers: str | None) -> list[str]:
    """Return which weaknesses the value of ssl_ciphers lets in, by the words OpenSSL has for them.

    A word behind `!` never comes back; one behind `-` may; one behind `+` is only moved. That HIGH has ciphers
    without authentication is passed over: OpenSSL refuses these unless SECLEVEL is 0.
    """
    items = cipher_items(ciphers)
    removed = {item[1:] for item in items if item.startswith("!")}
    if removed >= {"ADH", "AECDH"}:
        removed.add("aNULL")
    enabled: list[tuple[str, str]] = []
    for item in items:
        if item.startswith("-"):
            enabled = [(by, weakness) for by, weakness in enabled if not _takes(item[1:], by, weakness)]
        elif item.startswith("@SECLEVEL=0"):
            enabled.append((item, "SECLEVEL=0"))
        elif item[0] not in "!+@":
            enabled += [(item, weakness) for weakness in _weaknesses(item)]
    left = (weakness for by, weakness in enabled if not any(_takes(word, by, weakness) for word in removed))
    return list(dict.fromkeys(left))


def _takes(word: str, by: str, weakness: str) -> bool:
    """Whether a word that is taken out takes with it the weakness that the item `by` brought in."""
    return word == by or word in _words(by) or word in _REMOVED_BY.get(weakness, ())


def _weaknesses(item: str) -> list[str]:
    """Return what one item lets in: a word (`RC4`), words that must all hold (`RSA+RC4`), or a cipher's name."""
    return [weakness for word in _words(item) for weakness in _WEAK.get(word, ())]


def _words(item: str) -> list[str]:
    """Return the words of an item; in a cipher's name triple DES is written DES-CBC3."""
    words = re.split(r"[-+]", item.partition("@")[0])
    return ["3DES" if word == "DES" and "CBC3" in words else word for word in words]


def hsts_seconds(header: str) -> int | None:
    """Return the max-age of a Strict-Transport-Security header in seconds; None when browsers ignore the header.

    Source: RFC 6797 6.1: the directive must be there once, its value may be quoted.
    """
    found = [
        value.strip().strip('"')
        for name, _, value in (part.partition("=") for part in header.split(";"))
        if name.strip().lower() == "max-age"
    ]
    if len(found) != 1 or not re.fullmatch(r"[0-9]{1,20}", found[0]):
        return None
    return int(found[0])
