"""What the policy forbids, where production has it all the same."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from parity.areas.environment.forbidden import EMPTY, EMPTY_KEY, LOCAL, LOCAL_URL, CouldHave, is_forbidden
from parity.areas.environment.side import Side
from parity.areas.environment.unset_secrets import (
    does_without,
    guards_open_store,
    has_own_password,
    is_published,
    is_store,
    serves_https,
)
from parity.compare.variable import COMPOSE, Variable
from parity.compare.variables import services_named
from parity.domain.findings import Difference
from parity.domain.secret_purposes import signs
from parity.domain.values import as_boolean, as_url, opposite
from parity.knowledge.policy import Forbidden

_OPEN_STORE: Final = "environment.no-password-in-production"
_ORIGINS: Final = "origins"
_LESS: Final = frozenset({"from-env-file", "set-for-inactive", "not-filled-in"})
_PRODUCTION: Final = frozenset({"prod", "production", "live"})
# What an address takes its host from.
_HOST: Final = re.compile(r"HOST|DOMAIN|FQDN|SERVER|ADDR|ORIGIN|(?:^|_)(?:URL|URI|IP)(?:_|$)(?!.*PORT)")
_CREDENTIALS: Final = re.compile(r"CORS.*CREDENTIALS")


def differences(side: Side) -> Iterator[Difference]:
    """Yield what the policy forbids: addresses that lack one variable together, under its name."""
    lacking: dict[str, list[Difference]] = {}
    could_have = CouldHave(side.policy.forbidden)
    for name, variable in sorted(side.variables.items()):
        for forbidden in could_have.entries(variable.first):
            for found in _forbidden(side, name, variable, forbidden):
                if unset := _unset_hosts(side, name) if forbidden.kind in LOCAL else []:
                    lacking.setdefault(unset[0], []).append(found)
                else:
                    yield found
    for root, group in sorted(lacking.items()):
        yield group[0] if len(group) == 1 else _without_host(root, group)


def _unset_hosts(side: Side, name: str) -> list[str]:
    """Return the variables that an address takes its host from, and that nothing sets, in order."""
    return sorted(one for one in side.files.roots_of(name) if _HOST.search(one.upper()) and not side.files.is_set(one))


def _forbidden(side: Side, name: str, variable: Variable, forbidden: Forbidden) -> Iterator[Difference]:
    if _concerns(side, forbidden, name):
        services = [
            service
            for service in variable.where(partial(_is_at_fault, side, name, forbidden))
            if not (forbidden.kind in LOCAL and _leads_into_itself(side, service, variable))
            and not (forbidden.kind in EMPTY and does_without(name, service, side.stack, side.files))
            and not (forbidden.rule == _OPEN_STORE and _has_password(side, service, name))
        ]
        own = frozenset(_facts(side, services, name, forbidden))
        ways = frozenset({forbidden.way} - {""})
        for one in side.found(forbidden.rule, name, variable, services, wanted=_wanted(variable, services)):
            facts = one.facts | own | ways
            found = replace(one, facts=facts, ways=ways, covers=_of_nothing(side, name, forbidden))
            weighed = side.weighed(found, name, variable, services)
            # What the origins of pages weigh less, they weigh less once.
            yield replace(weighed, facts=weighed.facts - {_ORIGINS}) if weighed.facts & _LESS else weighed


def _concerns(side: Side, forbidden: Forbidden, name: str) -> bool:
    """Return whether an entry is about a variable; where one is about its name, none is about its value alone."""
    if forbidden.kind == LOCAL_URL and any(one.concerns(name) for one in side.policy.forbidden if one.is_of_hosts):
        return False
    return forbidden.concerns(name) and (forbidden.kind != EMPTY_KEY or signs(name))


def _leads_into_itself(side: Side, service: str, variable: Variable) -> bool:
    """Return whether localhost is right for a service: it shares a network, or calls a port of its own container.

    That is one that the service publishes under another number only, so that no browser finds it there. What
    Compose reads is right where it is for all services that have it.
    """
    value = variable.values[service]
    takers = [name for name, held in variable.values.items() if name != COMPOSE and held == value]
    if service == COMPOSE:
        return bool(takers) and all(_leads_into_itself(side, one, variable) for one in takers)
    url, member = as_url(value), side.members.get(service)
    ports = member.config.ports if member is not None and member.config is not None else ()
    own = url is not None and any(port.container == f"{url.port}/tcp" for port in ports)
    found = url is not None and any(port.host_port == str(url.port) for port in ports)
    return service in side.at_home or (own and not found)


def _is_at_fault(side: Side, name: str, forbidden: Forbidden, value: str) -> bool:
    return is_forbidden(value, forbidden) and not _told_by_keeper(side, name, value, forbidden)


def _has_password(side: Side, service: str, name: str) -> bool:
    """Return whether a service is no datastore, or asks for a password all the same."""
    return not is_store(service, side.stack) or has_own_password(service, name, side.stack)


def _facts(side: Side, services: Collection[str], name: str, forbidden: Forbidden) -> Iterator[str]:
    """Yield what makes a forbidden value of services worse or better."""
    if forbidden.kind == "word" and services and _says_production(side, services, name, forbidden):
        yield "beside-production-mode"
    elif (forbidden.kind in EMPTY or forbidden.rule == _OPEN_STORE) and guards_open_store(services, side.stack):
        yield "open-store"
    if forbidden.way == "no-login" and not is_published(services, side.stack):
        yield "not-published"
    if forbidden.way == "https" and not serves_https(services, side.stack):
        yield "behind-https"
    if forbidden.kind == "some-local" and _without_credentials(side, services):
        yield "without-credentials"


def _without_credentials(side: Side, services: Iterable[str]) -> bool:
    """Return whether services say that pages of other origins get no cookies."""
    said = [one for name, one in side.variables.items() if _CREDENTIALS.search(name.upper())]
    return any(as_boolean(one.values.get(service, "")) is False for one in said for service in services)


def _is_local(side: Side, root: str) -> bool:
    """Return whether a variable that others are made of is at localhost, and is reported."""
    one = side.variables.get(root)
    entries = [entry for entry in side.policy.forbidden if entry.kind in LOCAL and entry.concerns(root)]
    return one is not None and any(
        is_forbidden(value, entry)
        for entry in entries
        for service, value in one.values.items()
        if service not in side.at_home
    )


def _of_nothing(side: Side, name: str, forbidden: Forbidden) -> frozenset[str]:
    """Return the ids of what says less of a variable that is empty: that nothing sets it, or others do."""
    rules = ("environment.empty", "compose.unset-variable") if forbidden.kind in EMPTY else ()
    return frozenset(Difference(rule, (side.stack.environment,), "", name).id for rule in rules)


def _says_production(side: Side, services: Iterable[str], name: str, forbidden: Forbidden) -> bool:
    """Return whether each service has another variable that says in which mode it runs, and that is production."""
    saying = [variable for other, variable in side.variables.items() if other != name and forbidden.concerns(other)]
    return all(
        any(one.values.get(service, "").strip().lower() in _PRODUCTION for one in saying) for service in services
    )


def _told_by_keeper(side: Side, name: str, value: str, forbidden: Forbidden) -> bool:
    """Return whether a value is reported under another variable: one that copies it or that it is made of."""
    keeper, source = side.copies.keeper(name, value), side.copies.source(name)
    made_of = side.files.roots_of(source)
    if forbidden.kind in LOCAL and any(map(partial(_is_local, side), made_of)):
        return True
    if forbidden.kind == LOCAL_URL and source != name and _is_local(side, source):
        return True
    return keeper != name and forbidden.concerns(keeper) and not side.at_home & side.variables[keeper].values.keys()


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
