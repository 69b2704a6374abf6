"""Variables that services are to get from the shell that runs Compose, and what they are for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from parity.compare.variables import services_named
from parity.domain.findings import Difference, Evidence
from parity.domain.places import in_service
from parity.domain.secret_purposes import is_secret_name
from parity.domain.stack import Service, Stack

# The account with a server, and how its server is named.
_ACCOUNT: Final = re.compile(r"(.+)_(?:PASSWORD|PASSWD|PASS)")
_HOSTS: Final = ("HOST", "SERVER", "HOSTNAME")
_USERS: Final = ("USER", "USERNAME", "LOGIN")
_RELAY: Final = re.compile(r"postfix|exim|smtp|mail")
# What somebody else issues, without which a feature is off: the stack itself asks nobody for it.
_KEY_OF_PROVIDER: Final = re.compile(r"(?:.*_)?(?:API_?KEY|(?:BEARER|ACCESS|API)_TOKEN)(?:_.*)?")


def differences(stack: Stack) -> Iterator[Difference]:
    """Yield secrets that services are to get from the shell that runs Compose, and that no file sets."""
    # What compose files also refer to is reported with all else that they refer to.
    unset = {name: _not_passed(service) - stack.unset for name, service in stack.services.items()}
    found: dict[str, list[str]] = {}
    for name, variables in unset.items():
        for variable in sorted(filter(is_secret_name, variables)):
            if _is_for_own_relay(stack, name, variable, variables):
                continue
            told = found.setdefault(_host_of_group(variable, variables) or variable, [])
            if name not in told:
                told.append(name)
    for variable, services in sorted(found.items()):
        environment = stack.environment
        is_group = not is_secret_name(variable)
        group = frozenset[str]().union(*(_group_of(variable, unset[name]) for name in services))
        missing = Difference("environment.missing", (environment,), "", variable)
        yield Difference(
            "environment.not-passed",
            (environment,),
            "",
            variable,
            tuple(Evidence(environment, "passed through, not set", in_service(name), name) for name in services),
            {"services": services_named(services), "names": ", ".join(sorted(group))},
            ways=frozenset({"group"} if is_group else ()),
            facts=frozenset({"of-a-provider"} if _KEY_OF_PROVIDER.fullmatch(variable.upper()) else ()),
            covers=frozenset({missing.id}),  # that others have it says no more
            mentions=group if is_group else frozenset(),
        )


def _not_passed(service: Service) -> frozenset[str]:
    """Return the variables that a service's compose files name without a value, and that nothing sets."""
    raw = service.declared.raw.get("environment") if service.declared and not service.containers else None
    return (
        frozenset(str(name) for name, value in raw.items() if value is None) if isinstance(raw, dict) else frozenset()
    )


def _is_for_own_relay(stack: Stack, service: str, name: str, unset: Iterable[str]) -> bool:
    """Return whether a password is for a mail relay of the stack, for which no user is set either: it asks for none."""
    found, config = _ACCOUNT.fullmatch(name), stack.services[service].config
    if found is None or config is None or not any(f"{found[1]}_{word}" in unset for word in _USERS):
        return False
    hosts = (stack.services.get(config.environment.get(f"{found[1]}_{word}", "")) for word in _HOSTS)
    return any(one.config and _RELAY.search(one.config.image) for one in hosts if one is not None)


def _host_of_group(name: str, unset: Iterable[str]) -> str:
    """Return the server among unset variables that a password is for: without it, the password is of no use."""
    found = _ACCOUNT.fullmatch(name)
    wanted = [f"{found[1]}_{word}" for word in _HOSTS] if found else []
    return next((one for one in wanted if one in unset), "")


def _group_of(host: str, unset: Iterable[str]) -> frozenset[str]:
    """Return the unset variables of the server that a variable names."""
    prefix = host.rpartition("_")[0]
    return frozenset(one for one in unset if one.startswith(f"{prefix}_"))
