"""Hosts that a service's environment variables name, and that cannot be found from inside it (C9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from parity.areas.containers.named_hosts import hosts, surely_called
from parity.compare.comparison import Comparison
from parity.compare.endpoints import Endpoint
from parity.compare.name_resolution import Answer, AnswerKind, Names, suggestion
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Service
from parity.domain.switches import Switches
from parity.domain.untrusted import as_mapping, mapping
from parity.domain.values import show


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield each variable that names a service of the application where that name leads nowhere."""
    names = {stack.environment: Names(stack) for stack in comparison.stacks}
    named: dict[tuple[str, str], list[str]] = {}  # most services share most of their variables
    for match in comparison.matches:
        for environment, service in match.members.items():
            here = names[environment]
            for own in here.of(service.name):
                given = _variables(service, own)
                for variable, value in sorted(given.items()):
                    if (variable, value) not in named:
                        named[variable, value] = hosts(variable, value)
                    for host in named[variable, value]:
                        answer = here.ask(own, host)
                        proven = _proven(answer, names, environment, host)
                        nowhere = proven or _nowhere(answer, here, own, (variable, value, host))
                        # Nothing connects to what a feature that is off would need.
                        if nowhere and not Switches(given).turn_off(variable):
                            advice = suggestion(comparison, names, environment, host.lower(), answer)
                            found = _difference(match.name, environment, own, (variable, host), answer, advice)
                            facts = {"behind-profile"} if _behind_profile(names, environment, host) else set()
                            facts |= set() if proven else {"known-nowhere"}
                            covers = _absent(comparison, environment, host.lower())
                            yield replace(found, covers=covers, facts=frozenset(facts))


def _absent(comparison: Comparison, environment: str, host: str) -> frozenset[str]:
    """Return the ids of what says that the service of this name is missing: the same, with less of its harm."""
    lacking = [stack.environment for stack in comparison.stacks if stack.services]
    return frozenset(
        Difference("containers.service-missing", tuple(absent), match.name).id
        for match in comparison.matches_called(host)
        if (absent := [other for other in lacking if other not in match.members]) == [environment]
    )


def _variables(service: Service, own: Endpoint) -> dict[str, str]:
    for container in service.containers:
        if own.container == container.name:
            return dict(container.config.environment)
    return dict(service.declared.config.environment) if service.declared and not service.containers else {}


def _proven(answer: Answer, names: dict[str, Names], environment: str, host: str) -> bool:
    """Return whether a name is one of the application's own and leads nowhere; what does not run is said elsewhere."""
    if answer.kind is AnswerKind.ABSENT:
        return any(known.known(host) for other, known in names.items() if other != environment)
    return answer.kind in (AnswerKind.APART, AnswerKind.NAMELESS)


def _nowhere(answer: Answer, names: Names, own: Endpoint, named: tuple[str, str, str]) -> bool:
    """Return whether no environment has a name that a service surely calls, and no network of others could have it."""
    variable, value, host = named
    networks = mapping(names.stack.resources, "networks")
    foreign = any(as_mapping(one).get("external") for one in networks.values())
    alone = answer.kind is AnswerKind.ABSENT and names.stack.render_state and not foreign
    return bool(alone) and own.mode in ("", "bridge") and surely_called(variable, value, host)


def _behind_profile(names: dict[str, Names], environment: str, host: str) -> bool:
    """Return whether a name is one that other environments have behind a profile alone."""
    elsewhere = [known.stack for other, known in names.items() if other != environment]
    return any(host in stack.inactive for stack in elsewhere) and not any(host in stack.services for stack in elsewhere)


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
