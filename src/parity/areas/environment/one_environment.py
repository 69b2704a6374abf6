"""Variables within one environment: placeholders, default passwords, and what production must not have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from parity.areas.environment.variables import COMPOSE, Variable, Variables, services_named
from parity.compare.comparison import Comparison
from parity.compare.together import SEVERAL
from parity.domain.environment_names import environments_named
from parity.domain.findings import Difference, Evidence
from parity.domain.places import in_service
from parity.domain.stack import Service, Stack
from parity.domain.values import as_boolean, as_url, is_local_host, listed, show
from parity.knowledge.policy import Forbidden
from parity_host.secrets.placeholders import placeholder_class
from parity_host.secrets.token import SECRET, UNKNOWN, find, parse

# The kinds of placeholder that say "fill me in"; a well-known default password is another matter.
_FILL_IN: Final = frozenset({"yourhere", "changeme", "template", "repeated"})
_FILL_IN_PLAIN: Final = frozenset({"yourhere", "changeme", "template"})
_DEFAULT: Final = "default"
_QUOTES: Final = ('"', "'")
_SHORTEST_QUOTED: Final = 3
_MANY_NAMES: Final = 3
_SECRET: Final = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY")
# What names a place of one environment: its value must not name another's.
_PLACES: Final = ("BUCKET", "ISSUER", "REALM", "TENANT", "NAMESPACE", "AUTHORITY")


class OneEnvironment:
    """The variables of one environment, judged without the others."""

    def __init__(self, comparison: Comparison, stack: Stack, variables: Variables) -> None:
        """Take the variables of all environments, of which those of `stack` are judged."""
        self._stack = stack
        self._policy = comparison.policy
        self._all = variables
        self._variables = variables.of(stack.environment)
        self._at_home = _share_a_network(comparison, stack.environment)

    def differences(self) -> Iterator[Difference]:
        """Yield what is wrong with each variable."""
        yield from self._not_passed()
        yield from self._quoted()
        for name, variable in sorted(self._variables.items()):
            yield from self._placeholder(name, variable)
            if self._stack.production:
                yield from self._elsewhere(name, variable)
                for forbidden in self._policy.forbidden:
                    yield from self._forbidden(name, variable, forbidden)

    def _found(
        self, rule: str, name: str, variable: Variable, services: Iterable[str], **words: str
    ) -> Iterator[Difference]:
        """Yield a difference of a variable that is at fault in `services`, where there are any."""
        environment = self._stack.environment
        pieces = tuple(Evidence(environment, show(variable.values[s]), variable.places[s], s) for s in services)
        if pieces:
            words = {"services": services_named(services), "value": pieces[0].shown, **words}
            yield Difference(rule, (environment,), "", name, pieces, words)

    def _placeholder(self, name: str, variable: Variable) -> Iterator[Difference]:
        by_kind: dict[str, list[str]] = {}
        for service, value in variable.values.items():
            by_kind.setdefault(
                "" if self._all.derived(self._stack.environment, value) else _placeholder_kind(value), []
            ).append(service)
        for kind, services in by_kind.items():
            if kind == _DEFAULT and self._is_root(name, variable.values[services[0]]):
                yield from self._found("environment.default-password", name, variable, services)
            elif kind and kind != _DEFAULT:
                yield from self._found("environment.placeholder", name, variable, services, kind=kind)

    def _is_root(self, name: str, value: str) -> bool:
        """Return whether a password is reported under this name; one of many variables is so under the first alone."""
        names = self._all.names({self._stack.environment: value})
        return len(names) < _MANY_NAMES or names[0] == name

    def _not_passed(self) -> Iterator[Difference]:
        """Yield secrets that services are to get from the shell that runs Compose, and that no file sets."""
        found: dict[str, list[str]] = {}
        for name, service in self._stack.services.items():
            raw = service.declared.raw.get("environment") if service.declared and not service.containers else None
            for variable, value in raw.items() if isinstance(raw, dict) else ():
                if value is None and _SECRET.search(str(variable).upper()):
                    found.setdefault(str(variable), []).append(name)
        for variable, services in sorted(found.items()):
            environment = self._stack.environment
            pieces = tuple(Evidence(environment, "passed on, set nowhere", in_service(name), name) for name in services)
            words = {"services": services_named(services)}
            yield Difference("environment.not-passed", (environment,), "", variable, pieces, words)

    def _quoted(self) -> Iterator[Difference]:
        """Yield values whose quotes reached the program; many of them are one way of writing, and one difference."""
        found: dict[str, Difference] = {}
        for name, variable in self._variables.items():
            services = [service for service, value in variable.values.items() if service != COMPOSE and _quoted(value)]
            found.update((name, one) for one in self._found("environment.literal-quotes", name, variable, services))
        if len(found) < _MANY_NAMES:
            yield from found.values()
            return
        pieces = tuple(piece for one in found.values() for piece in one.evidence)
        words = {"names": ", ".join(found), "count": str(len(found))}
        first = next(iter(found.values()))
        yield replace(first, item="", evidence=pieces, words=words, ways=frozenset({SEVERAL}))

    def _elsewhere(self, name: str, variable: Variable) -> Iterator[Difference]:
        own = environments_named(self._stack.environment) or {"prod"}
        named = {
            service: others
            for service, value in variable.values.items()
            if (others := sorted(_environments_of_place(name, value) - own))
            and not _environments_of_place(name, value) & own
        }
        for other in sorted({others[0] for others in named.values()}):
            services = [service for service, others in named.items() if others[0] == other]
            yield from self._found("environment.names-another-environment", name, variable, services, other=other)

    def _forbidden(self, name: str, variable: Variable, forbidden: Forbidden) -> Iterator[Difference]:
        if forbidden.concerns(name):
            services = [
                service
                for service, value in variable.values.items()
                if _is_forbidden(value, forbidden) and not (forbidden.kind == "local-host" and service in self._at_home)
            ]
            yield from self._found(forbidden.rule, name, variable, services)


def _share_a_network(comparison: Comparison, environment: str) -> frozenset[str]:
    """Return the services for which localhost is more than their own container: the host's network, or another's."""
    members = {match.name: match.members[environment] for match in comparison.matches if environment in match.members}
    return frozenset(name for name, service in members.items() if _network_mode(service).partition(":")[0] in _SHARED)


_SHARED: Final = frozenset({"host", "service", "container"})


def _network_mode(service: Service) -> str:
    if service.containers:
        return service.containers[0].lookup.mode
    return str(service.declared.raw.get("network_mode") or "") if service.declared else ""


def _placeholder_kind(value: str) -> str:
    token = parse(value)
    if token is not None and token.why == UNKNOWN:
        return token.placeholder if token.placeholder in _FILL_IN_PLAIN else ""
    if token is not None:
        return token.placeholder if token.placeholder in _FILL_IN | {_DEFAULT} else ""
    kinds = [token.placeholder for token in find(value) if token.placeholder != "none" and token.why == SECRET]
    if kinds:
        return kinds[0] if kinds[0] in _FILL_IN | {_DEFAULT} else ""
    plain = placeholder_class(value) if value else "none"
    return plain if plain in _FILL_IN_PLAIN else ""


def _quoted(value: str) -> bool:
    """Return whether a value's own quotes reached the program, as with `- KEY="value"` in a list of a compose file."""
    inside = value[1:-1]
    return len(value) >= _SHORTEST_QUOTED and value[0] == value[-1] in _QUOTES and value[0] not in inside


def _environments_of_place(name: str, value: str) -> set[str]:
    """Return the environments that the host of an address, or the name of a place, speaks of."""
    url = as_url(value)
    if url is not None:
        return environments_named(url.hostname or "") - {"test"}
    place = any(name.upper().endswith(word) or f"{word}_" in name.upper() for word in _PLACES)
    return environments_named(value) - {"test"} if place else set()


def _is_forbidden(value: str, forbidden: Forbidden) -> bool:
    if forbidden.kind == "boolean":
        return as_boolean(value) is (forbidden.values[:1] == ("true",))
    if forbidden.kind == "word":
        return value.strip().lower() in forbidden.values
    parts = listed(value)
    return bool(parts) and all(_local(part) for part in parts)


def _local(value: str) -> bool:
    url = as_url(value)
    return is_local_host(url.hostname) if url else is_local_host(value) or is_local_host(value.rpartition(":")[0])
