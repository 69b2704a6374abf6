"""Secrets in a project's env file that reach no service, though a service is meant to have them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.env_files import EnvFiles
from parity.compare.variable import COMPOSE
from parity.compare.variables import Variables, services_named
from parity.domain.fill_in import placeholder_kind
from parity.domain.findings import Difference, Evidence
from parity.domain.secret_purposes import is_secret_name
from parity.domain.values import show
from parity_host.envfile.reader import effective

# What only tests and builds read.
_OF_TESTS: Final = re.compile(r"(?:^|_)(?:CI|TEST|TESTS|TESTING|E2E)(?:_|$)")


def differences(comparison: Comparison, files: EnvFiles, variables: Variables) -> Iterator[Difference]:
    """Yield each secret that production's env file sets for nobody, though a service is meant to have it."""
    stack = files.stack
    given = {path for paths in files.of_service.values() for path in paths}
    for path in stack.env_files if stack.production else ():
        entries = effective(files.parsed[path]) if path in files.parsed and path not in given else {}
        for key, entry in entries.items():
            filled_in = entry.value and not placeholder_kind(entry.value)
            secret = is_secret_name(key) and not _OF_TESTS.search(key.upper())
            if filled_in and secret and not files.is_used(key):
                place = f"{stack.shorten(path)}:{entry.line}"
                yield from _idle(comparison, variables, stack.environment, key, entry.value or "", place)


def _idle(
    comparison: Comparison, variables: Variables, environment: str, key: str, value: str, place: str
) -> Iterator[Difference]:
    found = variables.by_name.get(key, {})
    own = found[environment].values if environment in found else {}
    if value in own.values():
        return
    here = {service for match in comparison.matches if environment in match.members for service in [match.name]}
    services = set(own) - {COMPOSE}
    others = sorted(
        other for other, one in found.items() if other != environment and here & (set(one.values) - {COMPOSE})
    )
    if not services and not others:
        return
    elsewhere = set().union(*(here & set(found[other].values) for other in others)) if not services else set()
    words = {
        "place": place,
        "services": services_named(services or elsewhere),
        "others": " and ".join(others),
        "value": show(own[min(services)]) if services else "",
    }
    less = Difference("environment.missing", (environment,), "", key)
    yield Difference(
        "environment.idle-secret",
        (environment,),
        "",
        key,
        (Evidence(environment, show(value), place),),
        words,
        frozenset({"another-value" if services else "elsewhere"}),
        covers=frozenset({less.id}),
    )
