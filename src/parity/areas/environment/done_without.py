"""What an environment has in place of a variable that it lacks: a default, an image, a folder, another name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.env_files import EnvFiles
from parity.domain.stack import Service
from parity.domain.values import as_boolean, is_amount

# Sizes and durations, and what a program listens on. The port of another program is no default of its clients.
_OWN_SIZE: Final = re.compile(
    r"(?:.*_)?(?:WORKERS|THREADS|CONCURRENCY|TIMEOUT|TTL|INTERVAL|RETRIES|LIMIT|SIZE|SECONDS|MINUTES|HOURS|DAYS)"
    r"|(?:(?:HTTP|SERVER|LISTEN|BIND)_)?PORT"
)
# What bundlers put into what browsers load. Source: the manual of each.
_BUNDLED: Final = re.compile(r"(?:VITE|NEXT_PUBLIC|NUXT_PUBLIC|REACT_APP|VUE_APP|EXPO_PUBLIC|GATSBY|NG_APP|PUBLIC)_")
_MIGRATE: Final = re.compile(r"(?:^|_)(?:AUTO_?)?MIGRAT(?:E|ES|ION|IONS)(?:_|$)")
_FILE: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}$")
_MIGRATES: Final = re.compile(r"(?:^|[-_])migrat")


def is_own_size(name: str, values: Mapping[str, str]) -> bool:
    """Return whether a variable is a size, a duration or a port of the program itself, as its name and values say."""
    return bool(_OWN_SIZE.fullmatch(name.upper())) and all(map(is_amount, values.values()))


def is_read_at_build(comparison: Comparison, name: str, service: str, absent: frozenset[str]) -> bool:
    """Return whether only a bundler reads a variable, and the environments that lack it pull a bundled image."""
    members = [_member(comparison, service, environment) for environment in absent]
    pulled = [one for one in members if one and one.declared and not one.declared.built and not one.containers]
    return bool(_BUNDLED.match(name.upper())) and len(pulled) == len(members)


def migrates_apart(comparison: Comparison, name: str, values: Mapping[str, str], absent: frozenset[str]) -> bool:
    """Return whether a switch has a program migrate its database, and a service does so where it is not set."""
    return (
        bool(_MIGRATE.search(name.upper()))
        and all(as_boolean(value) is not None for value in values.values())
        and all(any(map(_MIGRATES.search, _declared(comparison, one))) for one in absent)
    )


def names_a_mount(comparison: Comparison, present: Mapping[str, str], absent: frozenset[str]) -> bool:
    """Return whether a variable names folders that are mounted where it is set, and not where it is not set."""
    return all(
        not _FILE.search(path)
        and _is_mounted(comparison, environment, path)
        and not any(_is_mounted(comparison, one, path) for one in absent)
        for environment, path in present.items()
    )


def is_passed_on(
    comparison: Comparison, files: Mapping[str, EnvFiles], name: str, service: str, absent: frozenset[str]
) -> bool:
    """Return whether environments make another variable of the service from one that they do not give to it."""
    return all(
        any(name in files[environment].roots_of(other) for other in _given(comparison, service, environment))
        for environment in absent
    )


def _declared(comparison: Comparison, environment: str) -> Iterator[str]:
    """Yield the services of an environment, with those that a profile starts: people run such jobs by hand."""
    stack = comparison.stack(environment)
    yield from stack.services
    yield from stack.inactive


def _is_mounted(comparison: Comparison, environment: str, path: str) -> bool:
    """Return whether a service of an environment has something mounted at a path, or above it."""
    folder = path.rstrip("/") + "/"
    if not folder.startswith("/"):
        return False
    found = (one.config.mounts for one in comparison.stack(environment).services.values() if one.config)
    return any(folder.startswith(one.destination.rstrip("/") + "/") for mounts in found for one in mounts)


def _given(comparison: Comparison, service: str, environment: str) -> Iterator[str]:
    member = _member(comparison, service, environment)
    yield from member.config.environment if member and member.config else ()


def _member(comparison: Comparison, service: str, environment: str) -> Service | None:
    found = (match.members.get(environment) for match in comparison.matches_of([service]))
    return next((one for one in found if one is not None), None)
