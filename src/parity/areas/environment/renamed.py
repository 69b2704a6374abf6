"""A variable that an environment lacks, and has under another name: MAIL_DRIVER, which is MAIL_MAILER now."""

from __future__ import annotations

from collections.abc import Mapping

from parity.compare.comparison import Comparison
from parity.domain.values import Same, as_boolean, is_number
from parity_host.secrets.token import SECRET, parse


def has_another_name(
    comparison: Comparison, name: str, service: str, absent: frozenset[str], present: Mapping[str, str]
) -> bool:
    """Return whether each environment that lacks a variable gives the service its value under another name.

    That is a name with all its words but one, which only that environment has; or, of a secret, any name under which
    the others have the very same secret.
    """
    sides = {
        stack.environment: settings
        for stack in comparison.stacks
        if (settings := comparison.settings(stack.environment, service)) is not None
    }
    return absent <= sides.keys() and all(
        _is_there(comparison, service, sides, name, environment, one, value)
        for environment in absent
        for one, value in present.items()
        if one in sides
    )


def _is_there(
    comparison: Comparison,
    service: str,
    sides: Mapping[str, Mapping[str, str]],
    name: str,
    lacks: str,
    has: str,
    value: str,
) -> bool:
    token = parse(value)
    if token is not None and token.why == SECRET:
        twins = (other for other in comparison.names_with(has, service, value) if other != name)
        if any(sides[has][other] == value and sides[lacks].get(other) for other in twins):
            return True
    elif not value or as_boolean(value) is not None or is_number(value):
        return False
    return any(
        other not in sides[has]
        and _differ_in_one_word(name, other)
        and comparison.same_value(has, value, lacks, sides[lacks][other]) is Same.YES
        for other in comparison.names_with(lacks, service, value)
    )


def _differ_in_one_word(one: str, other: str) -> bool:
    words = list(zip(one.upper().split("_"), other.upper().split("_"), strict=False))
    return one.count("_") == other.count("_") > 0 and sum(first != second for first, second in words) == 1
