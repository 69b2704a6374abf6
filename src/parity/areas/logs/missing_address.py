"""Whether what a log says was not reached may be at an address that its environment does not set."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.match_services import Match
from parity.domain.mentions import names_in
from parity.domain.programs import kinds
from parity.domain.values import as_url, is_local_host

# Programs only report to these, and work without them.
_OBSERVERS: Final = frozenset({"grafana", "jaeger", "loki", "prometheus", "promtail"})
# A host in a log line: in a URL, as Python's HTTP clients write it, or before a port.
_HOSTS: Final = re.compile(r"(?:://(?:[^/@\s]*@)?|\bhost=')([\w.-]+)|\b([A-Za-z][\w.-]*|\d+(?:\.\d+){3}):\d{2,5}\b")


@dataclass(frozen=True)
class MissingAddress:
    """A variable with the address of another service, as the environment `present` has it."""

    name: str
    present: str
    value: str


def missing_address(comparison: Comparison, match: Match, environment: str, line: str) -> MissingAddress | None:
    """Return the address that a service lacks in an environment, as far as a line of its log may be about it.

    It is the only address of a service of the stack that others have and `environment` has under no name, and the line
    names no other host. None where there are several: nothing tells which of them it is.
    """
    own = comparison.variables.of_service(environment, match.name)
    known = {_host(value) for value in own.values()}
    found: dict[str, MissingAddress] = {}
    for other in match.members:
        for name, value in comparison.variables.of_service(other, match.name).items():
            host = _host(value)
            if not own.get(name) and host not in known and _runs(comparison, match, host, environment):
                found.setdefault(name, MissingAddress(name, other, value))
    if len(found) != 1:
        return None
    (only,) = found.values()
    return only if _names_no_other(comparison, match, line, _host(only.value)) else None


def _names_no_other(comparison: Comparison, match: Match, line: str, host: str) -> bool:
    """Return whether a line names no other service than its own and `host`, and no host elsewhere."""
    hosts = {(one or two).lower() for one, two in _HOSTS.findall(line)}
    words = {word.lower() for word in names_in(line)}
    services = {word for word in words if any(one is not match for one in comparison.matches_called(word))}
    return all(one == host or is_local_host(one) for one in hosts | services)


def _host(value: str) -> str:
    url = as_url(value)
    return (url.hostname or "") if url is not None else ""


def _runs(comparison: Comparison, match: Match, host: str, environment: str) -> bool:
    """Return whether a host is another service that the environment has, one that programs need."""
    called = [one for one in comparison.matches_called(host) if one is not match and environment in one.members]
    return any(not kinds(one.members[environment]) & _OBSERVERS for one in called)
