"""Environment variables: between environments, within their files, and against the template (C1, C4)."""

from __future__ import annotations

from collections.abc import Iterator

from parity.areas.environment import (
    between,
    idle_secrets,
    incomplete,
    missing_many,
    missing_secrets,
    near_names,
    needless_secrets,
    not_read,
    one_environment,
    required,
    servers,
    switched_off,
)
from parity.areas.environment.files import differences as within_files
from parity.areas.environment.files import lacking
from parity.areas.environment.missing_file import by_file
from parity.areas.environment.placeholders import OF_TEMPLATE
from parity.areas.environment.side import Side
from parity.compare.comparison import Comparison
from parity.domain.findings import Difference


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what is wrong with variables, and where they differ between environments."""
    files = comparison.files
    variables = comparison.variables
    each = [
        one for name in sorted(variables.by_name) for one in between.differences(comparison, variables, files, name)
    ]
    shared = {one.item for one in each if one.rule == between.SAME}
    weighed = switched_off.marked(comparison, variables, each)
    settled = missing_many.marked(comparison, variables.by_name, by_file(comparison, weighed))
    yield from missing_secrets.together(comparison, variables, settled)
    for name, environments in sorted(variables.by_name.items()):
        yield from servers.differences(comparison, variables, name)
        for requirement in comparison.policy.required:
            yield from required.differences(comparison, name, environments, requirement)
    yield from near_names.differences(comparison, variables)
    yield from not_read.differences(comparison)
    nowhere = (
        frozenset.intersection(*(frozenset(lacking(one)) for one in files.values())) if len(files) > 1 else frozenset()
    )
    for stack in comparison.stacks:
        side = Side(comparison, files[stack.environment], variables)
        alone = one_environment.differences(side)
        # That environments share a secret of the template says it already.
        told = (one for one in alone if not (OF_TEMPLATE in one.ways and one.item in shared))
        yield from switched_off.marked(comparison, variables, told)
        yield from incomplete.differences(comparison, files[stack.environment], variables)
        yield from idle_secrets.differences(comparison, files[stack.environment], variables)
        yield from needless_secrets.differences(comparison, side)
        yield from within_files(files[stack.environment], nowhere)
