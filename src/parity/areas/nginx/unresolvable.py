"""The hosts that nginx names and cannot find (C9): proven from networks, aliases and states, with its log beside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.configured import Reader
from parity.compare.endpoints import Endpoint
from parity.compare.listening import listens
from parity.compare.match_services import Match
from parity.compare.name_resolution import Answer, AnswerKind, Names, suggestion
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Stack
from parity.domain.values import show
from parity.programs.nginx.model.types import Model, Need
from parity.programs.nginx.syntax.explain import explain
from parity.programs.nginx.syntax.problem import Problem

_SHOWN: Final = 3
_NOT_FOUND: Final = frozenset({"host_not_found", "host_not_found_resolver"})
_AT_REQUEST: Final = re.compile(
    r"(?P<a>\S{1,120}) could not be resolved|no resolver defined to resolve (?P<b>\S{1,120})"
)
# Docker's own server, at which a container's names are known.
_DOCKER: Final = "127.0.0.11"
_RESOLVER: Final = f"Add resolver {_DOCKER} valid=10s; to the block: that is Docker's DNS server."
_START: Final = {
    True: "nginx keeps serving with the addresses from its last start, but will not start again.",
    False: "nginx does not start, and none of its sites is reachable.",
}


@dataclass(frozen=True)
class NginxInstance:
    """One nginx: where it stands, what it names, and what the area's other findings would be.

    as_difference: makes the finding that a problem in its log would be alone.
    unseen: whether files that were not read may define upstreams.
    """

    comparison: Comparison
    stack: Stack
    match: Match
    service: str
    reader: Reader
    model: Model
    as_difference: Callable[[Problem], Difference]
    unseen: bool = False


def differences(nginx: NginxInstance) -> Iterator[Difference]:
    """Yield one difference for each host that cannot be found, and each port on which nothing listens."""
    names = {stack.environment: Names(stack) for stack in nginx.comparison.stacks}
    here = names[nginx.stack.environment]
    own = next(iter(here.of(nginx.service, nginx.reader.container)), None)
    if own is None:
        return
    said = _said(nginx.reader)
    found = [one for one in _each(nginx, own, names, said) if one is not None]
    proven = {one.words["name"] for one in found}
    covered = _refusals(nginx, said, proven) | _signatures(nginx, said, proven)
    for one in found:
        yield replace(one, covers=covered)
    for need in nginx.model.needs:
        yield from _port(nginx, here, own, need)


def _each(
    nginx: NginxInstance, own: Endpoint, names: Mapping[str, Names], said: Mapping[str, Sequence[Problem]]
) -> Iterator[Difference | None]:
    by_host: dict[tuple[str, bool], list[Need]] = {}
    for need in nginx.model.needs:
        by_host.setdefault((need.host, need.start), []).append(need)
    for (host, start), needs in by_host.items():
        if start:
            answer = names[nginx.stack.environment].ask(own, host)
            yield _at_start(nginx, own, names, needs, answer, said.get(host, ()))
        elif (host, True) not in by_host:
            yield _at_requests(nginx, own, names, needs)


def _at_start(
    nginx: NginxInstance,
    own: Endpoint,
    names: Mapping[str, Names],
    needs: Sequence[Need],
    answer: Answer,
    said: Sequence[Problem],
) -> Difference | None:
    serves = nginx.reader.serves
    if answer.kind in (AnswerKind.RESOLVES, AnswerKind.UNPROVABLE) or (
        answer.kind is AnswerKind.DOWN and serves and not said
    ):
        return None  # that a service does not run is said of that service
    rule = "nginx.unresolvable"
    if answer.kind is AnswerKind.ABSENT and not said and not _known_elsewhere(nginx, names, needs[0].host):
        if serves or nginx.unseen:
            return None  # found at nginx's start, another server than Docker's may know it; or it is an upstream
        rule = "nginx.name-unknown"
    pieces = [Evidence(nginx.stack.environment, show(one.message), nginx.reader.log, nginx.service) for one in said]
    found = _difference(rule, nginx, own, names, needs, answer, impact=_START[serves])
    return replace(found, evidence=(*found.evidence, *pieces))


def _at_requests(
    nginx: NginxInstance, own: Endpoint, names: Mapping[str, Names], needs: Sequence[Need]
) -> Difference | None:
    """Return what becomes of a name that each request looks up, by nginx's own resolver and past /etc/hosts."""
    here, need = names[nginx.stack.environment], needs[0]
    answer = here.ask(own, need.host, hosts_file=False)
    servers = [word for word in need.resolver.split() if "=" not in word]
    if not servers:
        if answer.kind is AnswerKind.UNPROVABLE and not re.fullmatch(r"[a-z][\w.-]*", need.host):
            return None  # an address needs no resolver
        why = "It is resolved at each request, and no resolver is set."
        answer = Answer(AnswerKind.ABSENT, why, answer.holders, _RESOLVER)
    elif not any(server.startswith(_DOCKER) for server in servers):
        if answer.kind is not AnswerKind.RESOLVES or not all(map(_public, servers)):
            return None
        why = f"It is resolved by {', '.join(servers)}, which does not know Docker's service names."
        answer = Answer(AnswerKind.ABSENT, why, answer.holders, _RESOLVER)
    elif not _leads_nowhere(nginx, names, need.host, answer):
        return None
    return _difference("nginx.unresolvable-later", nginx, own, names, needs, answer, impact="")


def _leads_nowhere(nginx: NginxInstance, names: Mapping[str, Names], host: str, answer: Answer) -> bool:
    if answer.kind is AnswerKind.ABSENT:
        return _known_elsewhere(nginx, names, host)
    return answer.kind in (AnswerKind.APART, AnswerKind.NAMELESS)


def _public(server: str) -> bool:
    try:
        return ip_address(server.rpartition(":")[0] if server.count(":") == 1 else server.strip("[]")).is_global
    except ValueError:
        return False


def _known_elsewhere(nginx: NginxInstance, names: Mapping[str, Names], host: str) -> bool:
    """Return whether the name is one of the application's own: a service of another environment has it."""
    return any(names[e].known(host) for e in names if e != nginx.stack.environment)


def _difference(
    rule: str,
    nginx: NginxInstance,
    own: Endpoint,
    names: Mapping[str, Names],
    needs: Sequence[Need],
    answer: Answer,
    impact: str,
) -> Difference:
    environment, host = nginx.stack.environment, needs[0].host
    pieces = [Evidence(environment, show(one.shown), str(one.place), nginx.service) for one in needs[:_SHOWN]]
    pieces.append(Evidence(environment, f"networks: {own.shown}", own.place, nginx.service))
    for one in answer.holders[:_SHOWN]:
        shown = f"networks: {one.shown}" if one.up else one.state
        pieces.append(Evidence(environment, shown, one.place, one.service))
    for other, known in names.items():
        holders = known.known(host) if other != environment else ()
        pieces += [Evidence(other, f"is named {show(host)}", one.place, one.service) for one in holders[:1]]
    more = len(needs) - 1
    advice, why = suggestion(nginx.comparison, names, environment, host, answer)
    words = {
        "name": host,
        "place": str(needs[0].place) + (f" and {more} more" if more else ""),
        "why": f"{answer.why}{why}",
        "advice": advice,
        "impact": impact,
        "service_name": nginx.service,
    }
    return Difference(rule, (environment,), nginx.match.name, host, tuple(pieces), words)


def _said(reader: Reader) -> dict[str, list[Problem]]:
    """Return by host what nginx said of names it did not find at its start."""
    found: dict[str, list[Problem]] = {}
    for problem in explain("\n".join(reader.log_tail)):
        if problem.message_class in _NOT_FOUND and problem.argument:
            found.setdefault(problem.argument.partition(":")[0].lower(), []).append(problem)
    return found


def _refusals(nginx: NginxInstance, said: Mapping[str, Sequence[Problem]], proven: set[str]) -> frozenset[str]:
    """Return the findings of nginx's own words that tell of proven names and of no other."""
    ids = {host: {nginx.as_difference(one).id for one in problems} for host, problems in said.items()}
    others = {one for host, found in ids.items() if host not in proven for one in found}
    return frozenset(one for host, found in ids.items() if host in proven for one in found - others)


def _signatures(nginx: NginxInstance, said: Mapping[str, object], proven: set[str]) -> frozenset[str]:
    """Return the findings of the log's signatures that tell of proven names and of no other."""
    found = set()
    later = {m["a"] or m["b"] for line in nginx.reader.log_tail if (m := _AT_REQUEST.search(line))}
    for rule, told in (("logs.nginx-upstream-name-unknown", set(said)), ("logs.nginx-resolver-failed", later)):
        if told and {name.lower() for name in told} <= proven:
            found.add(Difference(rule, (nginx.stack.environment,), nginx.match.name).id)
    return frozenset(found)


def _port(nginx: NginxInstance, here: Names, own: Endpoint, need: Need) -> Iterator[Difference]:
    """Yield a port that the service behind a name does not listen on, where its command says which it does."""
    holders = here.ask(own, need.host).holders
    told = {one.service for one in holders}
    if not need.port or len(told) != 1:
        return
    service = nginx.stack.service(holders[0].service)
    ports = listens(service)
    if ports and need.port not in ports.all:
        environment = nginx.stack.environment
        pieces = (
            Evidence(environment, show(need.shown), str(need.place), nginx.service),
            Evidence(environment, f"listens on {ports.shown}: {show(ports.said)}", holders[0].place, service.name),
        )
        words = {"name": need.host, "port": str(need.port), "ports": ports.shown, "place": str(need.place)}
        item = f"{need.host}:{need.port}"
        yield Difference("nginx.upstream-port", (environment,), nginx.match.name, item, pieces, words)
