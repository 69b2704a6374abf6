"""Whose password a variable holds: that of a provider outside of the stack, or of nobody."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Final

from parity.areas.environment.missing import host_of
from parity.compare.variable import Variable
from parity.domain.values import as_url, is_local_host

_PASSWORD: Final = re.compile(r"(.+?)_?(?:PASSWORD|PASSWD|PASS)")
_MAIL: Final = re.compile(r"(?:^|_)(?:SMTP|E?MAIL)(?:_|$)")
_DATABASE: Final = re.compile(r"postgres|mysql|mariadb|mongodb|sqlserver|mssql|clickhouse")
_TLS_OFF: Final = re.compile(
    r"(?i)(?:^|[&;\s])(?:ssl-?mode=disabled?|(?:use)?ssl=(?:false|0)|tls=(?:false|0)|encrypt=(?:false|no))(?=$|[&;\s])"
)
_DSN_HOST: Final = re.compile(r"(?i)(?:^|[;\s])(?:host|server|data source)=([\w.-]+)")
_MODE: Final = re.compile(r"(PG|.*_)SSL_?MODE")
# How many labels of a host are its domain.
_OWN_LABELS: Final = 2


def provider(name: str, variables: Mapping[str, Variable]) -> str:
    """Return the host of the provider outside of the stack that a password is for, by the variables named like it.

    That is a mail server, or what is asked over HTTP and is of no domain that the stack names otherwise.
    """
    found = _PASSWORD.fullmatch(name.upper())
    if found is None:
        return ""
    related = {other: one for other, one in variables.items() if _named_like(other.upper(), found[1]) and other != name}
    hosts = {host_of(value): value for one in related.values() for value in one.values.values()}
    outside = {host: value for host, value in hosts.items() if _is_outside(host)}
    if _MAIL.search(found[1]) or not outside:
        return min(outside, default="")
    own = {
        _domain(host_of(value))
        for other, one in variables.items()
        if other not in related
        for value in one.values.values()
    }
    return min((h for h, value in outside.items() if _is_http(value) and _domain(h) not in own), default="")


def unencrypted(name: str, values: Mapping[str, Variable], service: str) -> str:
    """Return the host outside of the stack to whose database a service connects without TLS; nothing for all else."""
    value = values[name].values[service].removeprefix("jdbc:")
    url = as_url(value)
    host = ""
    if url is not None and _DATABASE.match(url.scheme) and _TLS_OFF.search(url.query):
        host = (url.hostname or "").lower()
    elif url is None and _TLS_OFF.search(value) and (found := _DSN_HOST.search(value)):
        host = found[1].lower()
    elif (mode := _MODE.fullmatch(name.upper())) and value.lower() in ("disable", "disabled"):
        hosts = (one for other, one in values.items() if other.upper() in (f"{mode[1]}HOST", f"{mode[1]}HOSTNAME"))
        host = next((host_of(one.values[service]) for one in hosts if service in one.values), "")
    return host if _is_outside(host) else ""


def leads_to_itself(value: str) -> bool:
    """Return whether a value is an address of the container itself, where nobody else is reached."""
    url = as_url(value)
    return url is not None and is_local_host(url.hostname)


def _named_like(other: str, prefix: str) -> bool:
    return other == prefix or other.startswith(f"{prefix}_")


def _is_outside(host: str) -> bool:
    """Return whether a host is one of the internet by its name: `smtp.example.org`, but neither `db` nor an address."""
    top = host.rpartition(".")[2]
    if "." not in host or not top.isalpha() or top in ("local", "internal", "localhost", "lan", "svc"):
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False


def _is_http(value: str) -> bool:
    url = as_url(value)
    return url is not None and url.scheme in ("http", "https")


def _domain(host: str) -> str:
    return ".".join(host.split(".")[-_OWN_LABELS:])
