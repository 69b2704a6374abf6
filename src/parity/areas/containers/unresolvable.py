"""Hosts that a service's environment variables name, and that cannot be found from inside it (C9)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.endpoints import Endpoint
from parity.compare.name_resolution import Answer, AnswerKind, Names, suggestion
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Service
from parity.domain.values import as_url, show

# Variables whose value is a host, or several, without a scheme.
_HOSTS: Final = re.compile(r"_(?:HOST|HOSTS|HOSTNAME|SERVER|SERVERS|BROKERS|ADDR|ADDRESS)\Z")
# Names that clients use, or that the service itself listens by: nothing connects to them from here.
_NOT_ASKED: Final = re.compile(
    r"ALLOWED|TRUSTED|ORIGIN|CORS|VIRTUAL_|BIND|LISTEN|ADVERTISE|LETSENCRYPT|PUBLIC|EXTERNAL|REDIRECT"
)
# What a browser is sent to, or another service calls: the latter where it is a name without a domain.
_CALLED_BACK: Final = re.compile(r"CALLBACK|WEBHOOK")
_PART: Final = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*)(?::\d{1,5})?\Z")


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield each variable that names a service of the application where that name leads nowhere."""
    names = {stack.environment: Names(stack) for stack in comparison.stacks}
    for match in comparison.matches:
        for environment, service in match.members.items():
            here = names[environment]
            for own in here.of(service.name):
                for variable, value in sorted(_variables(service, own).items()):
                    for host in _hosts(variable, value):
                        answer = here.ask(own, host)
                        if _proven(answer, names, environment, host):
                            advice = suggestion(comparison, names, environment, host.lower(), answer)
                            found = _difference(match.name, environment, own, (variable, host), answer, advice)
                            yield replace(found, covers=_absent(comparison, environment, host.lower()))


def _absent(comparison: Comparison, environment: str, host: str) -> frozenset[str]:
    """Return the ids of what says that the service of this name is missing: the same, with less of its harm."""
    lacking = [stack.environment for stack in comparison.stacks if stack.services]
    return frozenset(
        Difference("containers.service-missing", tuple(absent), match.name).id
        for match in comparison.matches
        if host in {service.name.lower() for service in match.members.values()}
        and (absent := [other for other in lacking if other not in match.members]) == [environment]
    )


def _variables(service: Service, own: Endpoint) -> dict[str, str]:
    for container in service.containers:
        if own.container == container.name:
            return dict(container.config.environment)
    return dict(service.declared.config.environment) if service.declared and not service.containers else {}


def _hosts(variable: str, value: str) -> list[str]:
    name = variable.upper()
    if _NOT_ASKED.search(name):
        return []
    parts = as_url(value)
    if parts is not None:
        called = not _CALLED_BACK.search(name) or "." not in (parts.hostname or "")
        return [parts.hostname] if parts.hostname and called else []
    if not _HOSTS.search(name):
        return []
    found = [_PART.match(part.strip()) for part in value.split(",")]
    return list(dict.fromkeys(part[1] for part in found if part))


def _proven(answer: Answer, names: dict[str, Names], environment: str, host: str) -> bool:
    """Return whether a name is one of the application's own and leads nowhere; what does not run is said elsewhere."""
    if answer.kind is AnswerKind.ABSENT:
        return any(known.known(host) for other, known in names.items() if other != environment)
    return answer.kind in (AnswerKind.APART, AnswerKind.NAMELESS)


def _difference(
    name: str, environment: str, own: Endpoint, named: tuple[str, str], answer: Answer, advice: tuple[str, str]
) -> Difference:
    variable, host = named
    pieces = [
        Evidence(environment, f"{variable} points to {show(host)}", own.place, own.service),
        Evidence(environment, f"networks: {own.shown}", own.place, own.service),
    ]
    pieces += [Evidence(environment, f"networks: {one.shown}", one.place, one.service) for one in answer.holders[:3]]
    words = {
        "name": host,
        "why": answer.why + advice[1],
        "advice": advice[0],
        "service_name": own.service,
        "place": own.place,
    }
    return Difference("containers.unresolvable", (environment,), name, variable, tuple(pieces), words)
