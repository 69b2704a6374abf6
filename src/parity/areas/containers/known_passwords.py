"""Passwords in commands that everybody tries first: `redis-server --requirepass changeme`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from parity.areas.containers.commands import words_of
from parity.compare.comparison import Comparison, place_of
from parity.compare.env_files import EnvFiles
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Service, Stack
from parity_host.secrets.token import SECRET, Token, find

# The kinds of placeholders with which somebody gets in all the same.
_KNOWN: Final = frozenset({"default", "changeme", "yourhere", "repeated", "example"})


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield the services of production whose commands hold a well-known password that no variable holds."""
    for match in comparison.matches:
        for environment, service in match.members.items():
            stack = comparison.stack(environment)
            option = _option(service, stack, comparison.files[environment]) if stack.production else ""
            if option:
                where = Evidence(environment, f"{option} …", place_of(service), service.name)
                item = option.lstrip("-")
                yield Difference(
                    "containers.known-password", (environment,), match.name, item, (where,), {"option": option}
                )


def _option(service: Service, stack: Stack, files: EnvFiles) -> str:
    """Return the option of a command that holds such a password; nothing where none does."""
    config = service.config
    words = words_of((*config.entrypoint, *(config.command or ()))) if config else []
    suspects = [
        (token, (word if word.startswith("-") else before).partition("=")[0])
        for before, word in pairwise(["", *words])
        for token in find(word)
        if token.why == SECRET and token.placeholder in _KNOWN
    ]
    judged = {token.fingerprint for token in _of_variables(stack, files)} if suspects else set()
    return next((option for token, option in suspects if token.fingerprint not in judged and option), "")


def _of_variables(stack: Stack, files: EnvFiles) -> Iterator[Token]:
    """Yield the secrets of all variables of an environment, which other rules judge."""
    for service in stack.services.values():
        for value in service.config.environment.values() if service.config else ():
            yield from find(value)
    for name, value, _ in files.project_variables():
        yield from find(value) if files.is_used(name) else ()
