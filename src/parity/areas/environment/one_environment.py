"""Variables within one environment: placeholders, default passwords, and what production must not have."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from parity.areas.environment import not_passed
from parity.areas.environment.accepted import SIGNING, Accepted, is_client_name
from parity.areas.environment.accounts import secrets_beside
from parity.areas.environment.forbidden import EMPTY, EMPTY_KEY, is_forbidden
from parity.areas.environment.no_login import NO_ACCOUNT, TRUST, server_without_login
from parity.areas.environment.outside import leads_to_itself, provider, unencrypted
from parity.areas.environment.own_places import place_named
from parity.areas.environment.unset_secrets import (
    does_without,
    guards_open_store,
    has_own_password,
    is_published,
    is_store,
    serves_https,
)
from parity.compare.comparison import Comparison
from parity.compare.env_files import EnvFiles
from parity.compare.variable import COMPOSE, Variable
from parity.compare.variables import Variables, services_named
from parity.domain.environment_names import environments_named
from parity.domain.fill_in import DEFAULT, is_test_key, placeholder_kind
from parity.domain.findings import Difference, Evidence
from parity.domain.secret_purposes import is_of_a_cloud, is_secret_name, signs
from parity.domain.stack import Service
from parity.domain.values import as_boolean, as_url, has_secret, opposite, show
from parity.knowledge.policy import Forbidden
from parity_host.secrets.placeholders import SHOWN
from parity_host.secrets.token import SECRET, SHORTEST, parse

OF_TEMPLATE: Final = "of-template"
ISSUED: Final = "issued"
_OPEN_STORE: Final = "environment.no-password-in-production"
_QUOTES: Final = ('"', "'")
_SHORTEST_QUOTED: Final = 3
_MANY_NAMES: Final = 3
# The name of an account is no password, also where it is the same word.
_ACCOUNT: Final = re.compile(r"(?i)(?:^|_)(?:USER|USERNAME|USER_NAME|LOGIN|ACCOUNT|(?<!SECRET_)ACCESS_?KEY(?:_ID)?)$")
# The way of a placeholder that stands for no secret.
_PLAIN: Final = "plain"
# The way of one that no program reads as the number that it has to be.
_NUMBER: Final = "number"
_PORT: Final = re.compile(r"(?:^|_)PORT$")
_ORIGINS: Final = "origins"
_LESS: Final = frozenset({"from-env-file", "set-for-inactive", "not-filled-in"})
_PRODUCTION: Final = frozenset({"prod", "production", "live"})
_ADDRESS: Final = re.compile(
    r"(?:^|_)(?:URL|URI|HOST|HOSTS|HOSTNAME|DOMAIN|DOMAINS|DOMAIN_NAME|FQDN|ORIGIN|ORIGINS|SERVER_NAME)$"
)
# What an address takes its host from.
_HOST: Final = re.compile(r"HOST|DOMAIN|FQDN|SERVER|ADDR|ORIGIN|(?:^|_)(?:URL|URI|IP)(?:_|$)(?!.*PORT)")
_CREDENTIALS: Final = re.compile(r"CORS.*CREDENTIALS")


class OneEnvironment:
    """The variables of one environment, judged without the others."""

    def __init__(self, comparison: Comparison, files: EnvFiles, variables: Variables) -> None:
        """Take the variables of all environments, of which those of the stack that `files` belong to are judged."""
        self._stack = stack = files.stack
        self._files = files
        self._runs = any(service.containers for service in stack.services.values())
        self._policy = comparison.policy
        self._names = {
            word: one.environment for one in comparison.stacks for word in environments_named(one.environment)
        }
        self._all = variables
        self._variables = variables.of(stack.environment)
        self._copies = variables.copies[stack.environment]
        self._accepted = Accepted(stack)
        self._members = {
            match.name: match.members[stack.environment]
            for match in comparison.matches
            if stack.environment in match.members
        }
        self._at_home = _share_a_network(comparison, stack.environment)

    def differences(self) -> Iterator[Difference]:
        """Yield what is wrong with each variable."""
        yield from not_passed.differences(self._stack)
        yield from self._quoted()
        if self._stack.production:
            yield from self._elsewhere()
        for name, variable in sorted(self._variables.items()):
            yield from self._placeholder(name, variable)
            if self._stack.production:
                yield from self._found(
                    "environment.test-key-in-production", name, variable, variable.where(is_test_key)
                )
                yield from self._unencrypted(name, variable)
        if self._stack.production:
            yield from self._all_forbidden()

    def _found(
        self, rule: str, name: str, variable: Variable, services: Iterable[str], **words: str
    ) -> Iterator[Difference]:
        """Yield a difference of a variable that is at fault in `services`, where there are any, with what it copies."""
        environment = self._stack.environment
        pieces = [Evidence(environment, show(variable.values[s]), variable.places[s], s) for s in services]
        if pieces:
            words = {
                "services": services_named(services),
                "value": pieces[0].shown,
                **words,
            }
            facts = frozenset({"from-env-file", "set-for-inactive"} if self._set_for_inactive(name) else ())
            source = self._variables.get(self._copies.source(name))
            if source is not None and source is not variable and COMPOSE in source.values:
                pieces.append(Evidence(environment, show(source.values[COMPOSE]), source.places[COMPOSE]))
            yield Difference(rule, (environment,), "", name, tuple(pieces), words, facts=facts)

    def _set_for_inactive(self, name: str) -> bool:
        """Return whether compose files set a variable for services that are not started, and for no other.

        The others have it from an env file that they share with those, and whether they read it nobody can tell.
        """
        services = self._files.set_for.get(name, set())
        return bool(services) and services <= self._stack.inactive.keys()

    def _unencrypted(self, name: str, variable: Variable) -> Iterator[Difference]:
        """Yield connections to databases outside of the stack that do without TLS."""
        hosts = {service: unencrypted(name, self._variables, service) for service in variable.values}
        services = [service for service, host in hosts.items() if host and service != COMPOSE]
        if services:
            host = hosts[services[0]]
            yield from self._found("environment.plain-connection-in-production", name, variable, services, host=host)

    def _placeholder(self, name: str, variable: Variable) -> Iterator[Difference]:
        for kind, services in variable.grouped(partial(self._kind, name)).items():
            value = variable.values[services[0]]
            if kind == DEFAULT and (_ACCOUNT.search(name) or secrets_beside(name, self._variables)):
                continue
            if kind == DEFAULT and (of := self._outside(name, value)):
                for found in self._found("environment.placeholder", name, variable, services, host=of):
                    yield replace(found, ways=frozenset({"outside"}), facts=found.facts | {"refused"})
            elif kind == DEFAULT and self._is_root(name, value):
                reached = [s for s in services if s in self._at_home or not leads_to_itself(variable.values[s])]
                yield from self._default_password(name, value, variable, reached)
            elif kind and kind != DEFAULT and not self._is_told_by_secret(name, services):
                yield from self._to_fill_in(name, variable, services, kind)
            elif not kind and self._stack.production:
                yield from self._of_template(name, variable, services)

    def _of_template(self, name: str, variable: Variable, services: Iterable[str]) -> Iterator[Difference]:
        """Yield a secret that is the one of the template, which everybody has who has the repository."""
        unchanged = [
            service
            for service in services
            if _is_real_secret(value := variable.values[service])
            and any(self._files.is_of_template(one, value) for one in (name, self._copies.source(name)))
            and not self._copies.repeats(name, value)
        ]
        for found in self._found("environment.placeholder", name, variable, unchanged if is_secret_name(name) else ()):
            way = self._accepted.way(name, variable.values[unchanged[0]])
            ways = frozenset({OF_TEMPLATE} if way else {OF_TEMPLATE, ISSUED})
            yield replace(found, ways=ways, facts=found.facts if way else found.facts | {"refused"})

    def _default_password(
        self, name: str, value: str, variable: Variable, services: Sequence[str]
    ) -> Iterator[Difference]:
        """Yield a well-known password, with the other names that it has, and what nobody asks for as that."""
        way, server = server_without_login(self._given(name, value))
        if way and self._accepted.server_takes(value) and way != TRUST:
            way = ""  # a server that asks has it as well
        if not way and self._accepted.way(name, value) == SIGNING:
            way = SIGNING
        absent = {"absent-server", "opens-nothing"} if self._accepted.server_is_absent(name, value) else set()
        facts = absent | ({"no-login"} if way in (TRUST, NO_ACCOUNT) else set())
        source = self._copies.source(name)  # that it is not set is why its default counts
        others = [one for one in self._others(name, value) if one != name]
        more = f" The same value: {', '.join(others)}." if others else ""
        words = {"more": more, "everywhere": ", and those with the same value too" if others else "", "server": server}
        for found in self._found("environment.default-password", name, variable, services, **words):
            environment = self._stack.environment
            pieces = tuple(
                Evidence(
                    environment, f"{one}: {show(value)}", place
                )  # who has it does not weigh: the value is the same
                for one in others
                for place in sorted(
                    {self._variables[one].places[s] for s, held in self._variables[one].values.items() if held == value}
                )
            )
            yield replace(
                found,
                ways=frozenset({way} - {""}),
                facts=found.facts | facts,
                evidence=found.evidence + pieces,
                covers=found.covers | {Difference("environment.not-passed", found.environments, "", source).id},
                mentions=found.mentions | set(others),
            )

    def _given(self, name: str, value: str) -> Iterator[Service]:
        """Yield the services that get a value under a name, whether or not they read it."""
        for service in self._members.values():
            if service.config is not None and service.config.environment.get(name) == value:
                yield service

    def _others(self, name: str, value: str) -> list[str]:
        """Return the variables with the same password that another line has to be changed for, in order."""
        names = self._all.names({self._stack.environment: value})
        return [
            one
            for one in names
            if self._copies.keeper(one, value) == one
            and self._copies.source(one) != self._copies.source(name)
            and not _ACCOUNT.search(one)
        ]

    def _kind(self, name: str, value: str) -> str:
        """Return which kind of placeholder a value is; empty where it is none, or is another variable's."""
        told_elsewhere = self._all.derived(self._stack.environment, value) or self._copies.repeats(name, value)
        return "" if told_elsewhere else placeholder_kind(value)

    def _to_fill_in(self, name: str, variable: Variable, services: Iterable[str], kind: str) -> Iterator[Difference]:
        """Yield a placeholder: one that works as it is, one that the other side refuses, or a plain value."""
        for found in self._found("environment.placeholder", name, variable, services, kind=SHOWN[kind]):
            values = [variable.values[service] for service in services]
            way = self._accepted.way(name, values[0])
            secret = any(map(has_secret, values))
            way = way or (_NUMBER if _PORT.search(name.upper()) else "")
            placeholder = replace(found, ways=frozenset({way or ("" if secret else _PLAIN)} - {""}))
            weighed = placeholder if way or secret else self._weighed(placeholder, name, variable, services)
            # An address in links and mails leads all visitors astray; without all else a feature does not work.
            is_address = _ADDRESS.search(name.upper()) or as_url(values[0]) is not None
            plain = not (self._runs or is_address or "not-filled-in" in weighed.facts)
            harmless = not way and (secret or plain)
            yield replace(weighed, facts=weighed.facts | {"refused"}) if harmless else weighed

    def _outside(self, name: str, value: str) -> str:
        """Return who outside of the stack a password is for, in words; nothing where the stack itself may take it."""
        cloud = is_of_a_cloud(name) and not self._accepted.server_takes(value)
        return provider(name, self._variables) or ("an object store or cloud" if cloud else "")

    def _is_told_by_secret(self, name: str, services: Iterable[str]) -> bool:
        """Return whether it is the name of an account whose secret is to be filled in as well, in the same services."""
        secrets = (self._variables[one] for one in secrets_beside(name, self._variables))
        return any(all(placeholder_kind(one.values.get(s, "")) for s in services) for one in secrets)

    def _is_root(self, name: str, value: str) -> bool:
        """Return whether a password is reported under this name; one of many is under its server's, else the first."""
        environment = self._stack.environment
        names = [one for one in self._all.names({environment: value}) if self._copies.keeper(one, value) == one]
        many, names = len(names) >= _MANY_NAMES, [one for one in names if not _ACCOUNT.search(one)]
        server = self._accepted.server_name(value)
        server = self._copies.keeper(server, value) if server else ""
        if server in names and (many or is_client_name(name, server)):
            return name == server
        return not many or name == names[0]

    def _quoted(self) -> Iterator[Difference]:
        """Yield values whose quotes reached the program."""
        for name, variable in self._variables.items():
            services = [service for service in variable.where(_quoted) if service != COMPOSE]
            yield from self._found("environment.literal-quotes", name, variable, services)

    def _elsewhere(self) -> Iterator[Difference]:
        """Yield what names another environment: an address of it once, under the first of its variables."""
        own = environments_named(self._stack.environment) or {"prod"}
        told: set[tuple[str, str]] = set()
        for name, variable in sorted(self._variables.items()):
            by_other = variable.grouped(partial(_other_named, own, name))
            for other, services in sorted((other, services) for other, services in by_other.items() if other):
                places = {(other, place_named(name, variable.values[service])) for service in services}
                if not places <= told:
                    told |= places
                    yield from self._found(
                        "environment.names-another-environment",
                        name,
                        variable,
                        services,
                        other=self._names.get(other, other),
                    )

    def _all_forbidden(self) -> Iterator[Difference]:
        """Yield what the policy forbids: addresses that lack one variable together, under its name."""
        lacking: dict[str, list[Difference]] = {}
        for name, variable in sorted(self._variables.items()):
            for forbidden in self._policy.forbidden:
                local = forbidden.kind == "local-host"
                roots = self._files.roots_of(name) if local else ()
                unset = sorted(one for one in roots if _HOST.search(one.upper()) and not self._files.is_set(one))
                for found in self._forbidden(name, variable, forbidden):
                    if unset:
                        lacking.setdefault(unset[0], []).append(found)
                    else:
                        yield found
        for root, group in sorted(lacking.items()):
            yield group[0] if len(group) == 1 else _without_host(root, group)

    def _forbidden(self, name: str, variable: Variable, forbidden: Forbidden) -> Iterator[Difference]:
        if forbidden.concerns(name) and (forbidden.kind != EMPTY_KEY or signs(name)):
            services = [
                service
                for service in variable.where(partial(self._is_at_fault, name, forbidden))
                if not (forbidden.kind == "local-host" and self._leads_into_itself(service, variable))
                and not (forbidden.kind in EMPTY and does_without(name, service, self._stack, self._files))
                and not (forbidden.rule == _OPEN_STORE and self._has_password(service, name))
            ]
            own = frozenset(self._facts(services, name, forbidden))
            ways = frozenset({forbidden.way} - {""})
            for one in self._found(forbidden.rule, name, variable, services, wanted=_wanted(variable, services)):
                facts = one.facts | own | ways
                found = replace(one, facts=facts, ways=ways, covers=self._of_nothing(name, forbidden))
                weighed = self._weighed(found, name, variable, services)
                # What the origins of pages weigh less, they weigh less once.
                yield replace(weighed, facts=weighed.facts - {_ORIGINS}) if weighed.facts & _LESS else weighed

    def _leads_into_itself(self, service: str, variable: Variable) -> bool:
        """Return whether localhost is right for a service: it shares a network, or calls a port of its own container.

        That is one that the service publishes under another number only, so that no browser finds it there. What
        Compose reads is right where it is for all services that have it.
        """
        value = variable.values[service]
        takers = [name for name, held in variable.values.items() if name != COMPOSE and held == value]
        if service == COMPOSE:
            return bool(takers) and all(self._leads_into_itself(one, variable) for one in takers)
        url, member = as_url(value), self._members.get(service)
        ports = member.config.ports if member is not None and member.config is not None else ()
        own = url is not None and any(port.container == f"{url.port}/tcp" for port in ports)
        found = url is not None and any(port.host_port == str(url.port) for port in ports)
        return service in self._at_home or (own and not found)

    def _is_at_fault(self, name: str, forbidden: Forbidden, value: str) -> bool:
        return is_forbidden(value, forbidden) and not self._told_by_keeper(name, value, forbidden)

    def _has_password(self, service: str, name: str) -> bool:
        """Return whether a service is no datastore, or asks for a password all the same."""
        return not is_store(service, self._stack) or has_own_password(service, name, self._stack)

    def _facts(self, services: Collection[str], name: str, forbidden: Forbidden) -> Iterator[str]:
        """Yield what makes a forbidden value of services worse or better."""
        if forbidden.kind == "word" and services and self._says_production(services, name, forbidden):
            yield "beside-production-mode"
        elif (forbidden.kind in EMPTY or forbidden.rule == _OPEN_STORE) and guards_open_store(services, self._stack):
            yield "open-store"
        if forbidden.way == "no-login" and not is_published(services, self._stack):
            yield "not-published"
        if forbidden.way == "https" and not serves_https(services, self._stack):
            yield "behind-https"
        if forbidden.kind == "some-local" and self._without_credentials(services):
            yield "without-credentials"

    def _without_credentials(self, services: Iterable[str]) -> bool:
        """Return whether services say that pages of other origins get no cookies."""
        said = [one for name, one in self._variables.items() if _CREDENTIALS.search(name.upper())]
        return any(as_boolean(one.values.get(service, "")) is False for one in said for service in services)

    def _weighed(self, found: Difference, name: str, variable: Variable, services: Iterable[str]) -> Difference:
        """Return a difference with the fact that its value is only the one that a user is given to begin with."""
        if self._runs or not all(self._files.is_suggested(name, variable.values[service]) for service in services):
            return found
        return replace(found, facts=found.facts | {"not-filled-in"})

    def _is_local(self, root: str) -> bool:
        """Return whether a variable that others are made of is at localhost, and is reported."""
        one = self._variables.get(root)
        entries = [entry for entry in self._policy.forbidden if entry.kind == "local-host" and entry.concerns(root)]
        return one is not None and any(
            is_forbidden(value, entry)
            for entry in entries
            for service, value in one.values.items()
            if service not in self._at_home
        )

    def _of_nothing(self, name: str, forbidden: Forbidden) -> frozenset[str]:
        """Return the ids of what says less of a variable that is empty: that nothing sets it, or others do."""
        rules = ("environment.empty", "compose.unset-variable") if forbidden.kind in EMPTY else ()
        return frozenset(Difference(rule, (self._stack.environment,), "", name).id for rule in rules)

    def _says_production(self, services: Iterable[str], name: str, forbidden: Forbidden) -> bool:
        """Return whether each service has another variable that says in which mode it runs, and that is production."""
        saying = [
            variable for other, variable in self._variables.items() if other != name and forbidden.concerns(other)
        ]
        return all(
            any(one.values.get(service, "").strip().lower() in _PRODUCTION for one in saying) for service in services
        )

    def _told_by_keeper(self, name: str, value: str, forbidden: Forbidden) -> bool:
        """Return whether a value is reported under another variable: one that copies it or that it is made of."""
        keeper = self._copies.keeper(name, value)
        made_of = self._files.roots_of(self._copies.source(name))
        if forbidden.kind == "local-host" and any(map(self._is_local, made_of)):
            return True
        return (
            keeper != name and forbidden.concerns(keeper) and not self._at_home & self._variables[keeper].values.keys()
        )


def _wanted(variable: Variable, services: Sequence[str]) -> str:
    """Return what a forbidden value is to be replaced with; `validate` is what schema settings have for false."""
    return next((opposite(variable.values[service]) for service in services), "") or "validate"


def _without_host(root: str, group: Sequence[Difference]) -> Difference:
    """Return addresses at localhost as one difference: that of the variable that nobody set."""
    pieces = tuple(piece for one in group for piece in one.evidence)
    words = {
        "services": services_named(piece.service for piece in pieces),
        "count": str(len(group)),
        "names": ", ".join(one.item for one in group),
    }
    facts = frozenset.intersection(*(one.facts for one in group))
    return replace(
        group[0], item=root, evidence=pieces, words=words, ways=frozenset({"unset"}), facts=facts,
        mentions=frozenset(one.item for one in group),
    )  # fmt: skip


def _share_a_network(comparison: Comparison, environment: str) -> frozenset[str]:
    """Return the services for which localhost is more than their own container: the host's network, or another's."""
    members = {match.name: match.members[environment] for match in comparison.matches if environment in match.members}
    return frozenset(name for name, service in members.items() if _network_mode(service).partition(":")[0] in _SHARED)


_SHARED: Final = frozenset({"host", "service", "container"})


def _network_mode(service: Service) -> str:
    if service.containers:
        return service.containers[0].lookup.mode
    return str(service.declared.raw.get("network_mode") or "") if service.declared else ""


def _is_real_secret(value: str) -> bool:
    """Return whether a value is a secret by its form, too: no placeholder, and longer than a word."""
    token = parse(value)
    return token is not None and token.why == SECRET and token.placeholder == "none" and token.length != SHORTEST


def _quoted(value: str) -> bool:
    """Return whether a value's own quotes reached the program, as with `- KEY="value"` in a list of a compose file."""
    inside = value[1:-1]
    return len(value) >= _SHORTEST_QUOTED and value[0] == value[-1] in _QUOTES and value[0] not in inside


def _other_named(own: Collection[str], name: str, value: str) -> str:
    """Return the other environment that a variable names by its value; nothing where it names the own one, or none."""
    named = environments_named(place_named(name, value)) - {"test"}
    return min(named) if named and named.isdisjoint(own) else ""
