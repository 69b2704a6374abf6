"""Well-known passwords: once each, with all names that they have, and whether anybody asks for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from parity.areas.environment.accepted import SIGNING, is_client_name
from parity.areas.environment.side import Side
from parity.compare.variable import Variable
from parity.domain.findings import Difference, Evidence
from parity.domain.open_databases import TRUST, TRUST_VARIABLE, without_login
from parity.domain.values import show

_MANY_NAMES: Final = 3
# The name of an account is no password, also where it is the same word.
ACCOUNT: Final = re.compile(r"(?i)(?:^|_)(?:USER|USERNAME|USER_NAME|LOGIN|ACCOUNT|(?<!SECRET_)ACCESS_?KEY(?:_ID)?)$")


def differences(side: Side, name: str, value: str, variable: Variable, services: Sequence[str]) -> Iterator[Difference]:
    """Yield a well-known password, with the other names that it has, and what nobody asks for as that."""
    way, server = _unasked(side, name, value)
    if not way and side.accepted.way(name, value) == SIGNING:
        way = SIGNING
    absent = {"absent-server", "opens-nothing"} if side.accepted.server_is_absent(name, value) else set()
    facts = absent | ({"no-login"} if server else set())
    cause = {TRUST_VARIABLE} if way == TRUST else {server} - {""}
    source = side.copies.source(name)  # that it is not set is why its default counts
    asks_nobody = side.members[server].name if server else ""
    others = [one for one in _others(side, name, value) if one != name]
    more = f" The same value: {', '.join(others)}." if others else ""
    everywhere = ", and those with the same value too" if others else ""
    words = {"more": more, "everywhere": everywhere, "server": asks_nobody}
    for found in side.found("environment.default-password", name, variable, services, **words):
        environment = side.stack.environment
        pieces = tuple(
            Evidence(environment, f"{one}: {show(value)}", place)  # who has it does not weigh: the value is the same
            for one in others
            for place in sorted(
                {side.variables[one].places[s] for s, held in side.variables[one].values.items() if held == value}
            )
        )
        yield replace(
            found,
            ways=frozenset({way} - {""}),
            facts=found.facts | facts,
            evidence=found.evidence + pieces,
            covers=found.covers | {Difference("environment.not-passed", found.environments, "", source).id},
            mentions=found.mentions | cause | set(others),
        )


def _unasked(side: Side, name: str, value: str) -> tuple[str, str]:
    """Return why a database that gets a password asks nobody for it, and its service; nothing where all may ask."""
    for service, member in side.members.items():
        config = member.config
        way = without_login(config) if config and config.environment.get(name) == value else ""
        # Of MongoDB, a server that asks may have it as well.
        if way == TRUST or (way and not side.accepted.server_takes(value)):
            return way, service
    return "", ""


def _others(side: Side, name: str, value: str) -> list[str]:
    """Return the variables with the same password that another line has to be changed for, in order."""
    names = side.all.names({side.stack.environment: value})
    return [
        one
        for one in names
        if side.copies.keeper(one, value) == one
        and side.copies.source(one) != side.copies.source(name)
        and not ACCOUNT.search(one)
    ]


def is_root(side: Side, name: str, value: str) -> bool:
    """Return whether a password is reported under this name; one of many is under its server's, else the first."""
    names = side.kept_under(value)
    many = len(names) >= _MANY_NAMES
    server = side.accepted.server_name(value)
    server = side.copies.keeper(server, value) if server else ""
    if server in names and not ACCOUNT.search(server) and (many or is_client_name(name, server)):
        return name == server
    return not many or name == next(one for one in names if not ACCOUNT.search(one))
