"""Which of several environments is the odd one, and whether it is the one that production follows."""

from __future__ import annotations

from collections.abc import Mapping

from parity.compare.comparison import Comparison

_PAIR = 2


def odd_ones(values: Mapping[str, object]) -> tuple[str, ...]:
    """Return the environments whose value is not that of most others; all of them where no value is most others'."""
    groups: dict[object, list[str]] = {}
    for environment, value in values.items():
        groups.setdefault(value, []).append(environment)
    most = max(groups.values(), key=len)
    if len(values) <= _PAIR or len(most) * 2 <= len(values):
        return tuple(values)
    return tuple(environment for environment in values if environment not in most)


def breaks_rehearsal(comparison: Comparison, values: Mapping[str, object]) -> bool:
    """Return whether production has another value than the environment in which its releases are tried last.

    That is the one that `parity_environments` names next to production; with a single other environment there is none.
    """
    names = [stack.environment for stack in comparison.stacks]
    production = [at for at, stack in enumerate(comparison.stacks) if stack.production]
    others = [at for at in range(len(names)) if at not in production]
    if not production or len(others) < _PAIR:
        return False
    last = names[min(others, key=lambda at: (abs(at - production[0]), at))]
    return last in values and any(names[at] in values and values[names[at]] != values[last] for at in production)
