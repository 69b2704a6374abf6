"""Secrets that an env file gives to well-known programs, which read none of them: nginx gets the key of sessions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parity.areas.environment.side import Side
from parity.compare.comparison import Comparison
from parity.compare.readers import is_known, may_read
from parity.domain.findings import Difference, Evidence
from parity.domain.places import in_service
from parity.domain.secret_purposes import is_secret_name
from parity.domain.stack import Service
from parity.domain.values import has_secret
from parity_host.envfile.reader import effective

# A single one may be read by a script that nobody here sees.
_LEAST: Final = 2


def differences(comparison: Comparison, side: Side) -> Iterator[Difference]:
    """Yield the services of production that get secrets of others, all in one difference."""
    found = {
        name: secrets
        for name, service in sorted(side.members.items())
        if is_known(comparison.images, service)
        for secrets in [_needless(comparison, side, service)]
        if len(secrets) >= _LEAST
    }
    if side.stack.production and found:
        environment = side.stack.environment
        pieces = tuple(
            Evidence(environment, ", ".join(secrets), in_service(side.members[name].name), side.members[name].name)
            for name, secrets in found.items()
        )
        names = sorted(set().union(*map(set, found.values())))
        words = {"services": ", ".join(found), "names": ", ".join(names)}
        yield Difference(
            "environment.needless-secrets", (environment,), evidence=pieces, words=words, mentions=frozenset(found)
        )


def _needless(comparison: Comparison, side: Side, service: Service) -> list[str]:
    """Return the secrets that a service has from its env files alone, and that its program does not read."""
    paths = side.files.of_service.get(service.name, ())
    given = set().union(*(effective(side.files.parsed[path]) for path in paths if path in side.files.parsed))
    held = service.config.environment if service.config else {}
    return sorted(
        name
        for name in given & held.keys()
        if is_secret_name(name) and has_secret(held[name]) and not may_read(comparison.images, service, name)
    )
