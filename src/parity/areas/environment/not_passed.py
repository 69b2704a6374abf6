"""Variables that services are to get from the shell that runs Compose, and what they are for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from parity.domain.stack import Service

# The account with a server, and how its server is named.
_ACCOUNT: Final = re.compile(r"(.+)_(?:PASSWORD|PASSWD|PASS)")
_HOSTS: Final = ("HOST", "SERVER", "HOSTNAME")
# What somebody else issues, without which a feature is off: the stack itself asks nobody for it.
_KEY_OF_PROVIDER: Final = re.compile(r"(?:.*_)?(?:API_?KEY|(?:BEARER|ACCESS|API)_TOKEN)(?:_.*)?")


def not_passed(service: Service) -> frozenset[str]:
    """Return the variables that a service's compose files name without a value, and that nothing sets."""
    raw = service.declared.raw.get("environment") if service.declared and not service.containers else None
    return (
        frozenset(str(name) for name, value in raw.items() if value is None) if isinstance(raw, dict) else frozenset()
    )


def host_of_group(name: str, unset: Iterable[str]) -> str:
    """Return the server among unset variables that a password is for: without it, the password is of no use."""
    found = _ACCOUNT.fullmatch(name)
    wanted = [f"{found[1]}_{word}" for word in _HOSTS] if found else []
    return next((one for one in wanted if one in unset), "")


def group_of(host: str, unset: Iterable[str]) -> frozenset[str]:
    """Return the unset variables of the server that a variable names."""
    prefix = host.rpartition("_")[0]
    return frozenset(one for one in unset if one.startswith(f"{prefix}_"))


def is_key_of_provider(name: str) -> bool:
    """Return whether a variable holds what somebody else issues, for a feature that is off without it."""
    return _KEY_OF_PROVIDER.fullmatch(name.upper()) is not None
