"""Values that are still to be filled in: placeholders, secrets of the template, well-known passwords."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from parity.areas.environment import default_passwords
from parity.areas.environment.accounts import secrets_beside
from parity.areas.environment.default_passwords import ACCOUNT
from parity.areas.environment.outside import leads_to_itself, provider
from parity.areas.environment.side import Side
from parity.compare.variable import Variable
from parity.domain.fill_in import DEFAULT, placeholder_kind
from parity.domain.findings import Difference
from parity.domain.secret_purposes import is_of_a_cloud, is_secret_name
from parity.domain.values import as_url, has_secret
from parity_host.secrets.placeholders import SHOWN
from parity_host.secrets.token import SECRET, SHORTEST, parse

OF_TEMPLATE: Final = "of-template"
ISSUED: Final = "issued"
# The way of a placeholder that stands for no secret.
_PLAIN: Final = "plain"
# The way of one that no program reads as the number that it has to be.
_NUMBER: Final = "number"
_PORT: Final = re.compile(r"(?:^|_)PORT$")
_ADDRESS: Final = re.compile(
    r"(?:^|_)(?:URL|URI|HOST|HOSTS|HOSTNAME|DOMAIN|DOMAINS|DOMAIN_NAME|FQDN|ORIGIN|ORIGINS|SERVER_NAME)$"
)


def differences(side: Side, name: str, variable: Variable) -> Iterator[Difference]:
    """Yield what a variable still has to be set to, by kind of placeholder."""
    for kind, services in variable.grouped(partial(_kind, side, name)).items():
        value = variable.values[services[0]]
        if kind == DEFAULT and (ACCOUNT.search(name) or secrets_beside(name, side.variables)):
            continue
        if kind == DEFAULT and (of := _outside(side, name, value)):
            for found in side.found("environment.placeholder", name, variable, services, host=of):
                yield replace(found, ways=frozenset({"outside"}), facts=found.facts | {"refused"})
        elif kind == DEFAULT and default_passwords.is_root(side, name, value):
            reached = [s for s in services if s in side.at_home or not leads_to_itself(variable.values[s])]
            yield from default_passwords.differences(side, name, value, variable, reached)
        elif kind and kind != DEFAULT and not _is_told_by_secret(side, name, services):
            yield from _to_fill_in(side, name, variable, services, kind)
        elif not kind and side.stack.production:
            yield from _of_template(side, name, variable, services)


def _kind(side: Side, name: str, value: str) -> str:
    """Return which kind of placeholder a value is; empty where it is none, or is another variable's."""
    told_elsewhere = side.all.derived(side.stack.environment, value) or side.copies.repeats(name, value)
    return "" if told_elsewhere else placeholder_kind(value)


def _of_template(side: Side, name: str, variable: Variable, services: Iterable[str]) -> Iterator[Difference]:
    """Yield a secret that is the one of the template, which everybody has who has the repository."""
    unchanged = [
        service
        for service in services
        if _is_real_secret(value := variable.values[service])
        and any(side.files.is_of_template(one, value) for one in (name, side.copies.source(name)))
        and not side.copies.repeats(name, value)
    ]
    for found in side.found("environment.placeholder", name, variable, unchanged if is_secret_name(name) else ()):
        way = side.accepted.way(name, variable.values[unchanged[0]])
        ways = frozenset({OF_TEMPLATE} if way else {OF_TEMPLATE, ISSUED})
        yield replace(found, ways=ways, facts=found.facts if way else found.facts | {"refused"})


def _to_fill_in(side: Side, name: str, variable: Variable, services: Iterable[str], kind: str) -> Iterator[Difference]:
    """Yield a placeholder: one that works as it is, one that the other side refuses, or a plain value."""
    for found in side.found("environment.placeholder", name, variable, services, kind=SHOWN[kind]):
        values = [variable.values[service] for service in services]
        way = side.accepted.way(name, values[0])
        secret = any(map(has_secret, values))
        way = way or (_NUMBER if _PORT.search(name.upper()) else "")
        placeholder = replace(found, ways=frozenset({way or ("" if secret else _PLAIN)} - {""}))
        weighed = placeholder if way or secret else side.weighed(placeholder, name, variable, services)
        # An address in links and mails leads all visitors astray; without all else a feature does not work.
        is_address = _ADDRESS.search(name.upper()) or as_url(values[0]) is not None
        plain = not (side.runs or is_address or "not-filled-in" in weighed.facts)
        harmless = not way and (secret or plain)
        yield replace(weighed, facts=weighed.facts | {"refused"}) if harmless else weighed


def _outside(side: Side, name: str, value: str) -> str:
    """Return who outside of the stack a password is for, in words; nothing where the stack itself may take it."""
    cloud = is_of_a_cloud(name) and not side.accepted.server_takes(value)
    return provider(name, side.variables) or ("an object store or cloud" if cloud else "")


def _is_told_by_secret(side: Side, name: str, services: Iterable[str]) -> bool:
    """Return whether it is the name of an account whose secret is to be filled in as well, in the same services."""
    secrets = (side.variables[one] for one in secrets_beside(name, side.variables))
    return any(all(placeholder_kind(one.values.get(s, "")) for s in services) for one in secrets)


def _is_real_secret(value: str) -> bool:
    """Return whether a value is a secret by its form, too: no placeholder, and longer than a word."""
    token = parse(value)
    return token is not None and token.why == SECRET and token.placeholder == "none" and token.length != SHORTEST
