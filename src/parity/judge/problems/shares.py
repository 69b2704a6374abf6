"""Which values and files a difference is about, as tokens: equal ones in two findings may make them one problem."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.env_files import EnvFiles
from parity.domain.findings import Difference
from parity.domain.stack import Configuration, Stack
from parity.domain.values import as_boolean
from parity_host.secrets.token import find

# A plain value that is shorter is equal elsewhere by chance.
_LEAST_PLAIN: Final = 8


class Shares:
    """The values of variables, and the files of programs, of the environments of one audit."""

    def __init__(self, comparison: Comparison) -> None:
        """Take the environments side by side."""
        self._comparison = comparison

    def of(self, difference: Difference) -> frozenset[str]:
        """Return the tokens of what a difference is about, in the environments at fault. They never leave the audit."""
        return frozenset((*self._files_of(difference), *self._values_of(difference)))

    def _files_of(self, difference: Difference) -> Iterator[str]:
        for environment in difference.environments:
            yield from self._files.get((environment, difference.area, difference.service), ())

    def _values_of(self, difference: Difference) -> Iterator[str]:
        for name in {difference.item, *difference.mentions} & self._values.keys():
            for environment in difference.environments:
                yield from self._values[name].get(environment, ())

    @cached_property
    def _files(self) -> dict[tuple[str, str, str], list[str]]:
        found: dict[tuple[str, str, str], list[str]] = {}
        for match in self._comparison.matches:
            for environment, service in match.members.items():
                for one in self._comparison.stack(environment).configurations:
                    if one.service == service.name and one.files:
                        found.setdefault((environment, one.kind, match.name), []).append(_digest(one))
        return found

    @cached_property
    def _values(self) -> dict[str, dict[str, set[str]]]:
        """The tokens of each variable's values, by environment."""
        found: dict[str, dict[str, set[str]]] = {}
        for stack in self._comparison.stacks:
            for name, value in set(_variables(stack, self._comparison.files[stack.environment])):
                found.setdefault(name, {}).setdefault(stack.environment, set()).update(_tokens(stack, value))
        return found


def _variables(stack: Stack, files: EnvFiles) -> Iterator[tuple[str, str]]:
    for service in stack.services.values():
        if service.config is not None:
            yield from service.config.environment.items()
    for name, value, _ in files.project_variables():
        yield name, value


def _tokens(stack: Stack, value: str) -> Iterator[str]:
    """Yield what stands for a value, and for each secret in it: fingerprints of one run can be compared."""
    secrets = find(value)
    for secret in secrets:
        yield f"value:{stack.run}:{secret.fingerprint}"
    if not secrets and len(value) >= _LEAST_PLAIN and as_boolean(value) is None:
        yield f"value:{_sha256(value.encode('utf-8', 'replace'))}"


def _digest(configuration: Configuration) -> str:
    whole = b"\0".join(part for path, text in sorted(configuration.files.items()) for part in (path.encode(), text))
    return f"file:{_sha256(whole)}"


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
