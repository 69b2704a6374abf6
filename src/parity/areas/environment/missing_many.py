"""Plain settings that one environment writes out and another leaves to the program's defaults, many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.variable import Variable
from parity.domain.findings import Difference
from parity.domain.secret_purposes import is_secret_name
from parity.domain.values import as_url
from parity_host.secrets.token import find

_MISSING: Final = "environment.missing"
_FACT: Final = "one-of-many"
# A size has a default also where it stands alone.
_OF_ITS_OWN: Final = frozenset({"own-size"})
# One that is forgotten stands alone, or with its kin; who leaves out more than these means the defaults.
_LEAST: Final = 5


def marked(
    comparison: Comparison, variables: Mapping[str, Mapping[str, Variable]], found: Iterable[Difference]
) -> Iterator[Difference]:
    """Yield differences; a plain variable that production lacks, as one of many of a service, has the fact for that.

    A secret and an address are not plain: no program has a default that is right for them.
    """
    differences = list(found)
    plain = [one for one in differences if _is_plain(comparison, variables.get(one.item, {}), one)]
    lacking = Counter(service for one in plain for service in _services(one))
    many = {one.id for one in plain if any(lacking[service] >= _LEAST for service in _services(one))}
    for one in differences:
        yield replace(one, facts=one.facts - _OF_ITS_OWN | {_FACT}) if one.id in many else one


def _is_plain(comparison: Comparison, environments: Mapping[str, Variable], difference: Difference) -> bool:
    if (
        difference.rule != _MISSING
        or not comparison.production(difference.environments)
        or difference.facts - _OF_ITS_OWN
    ):
        return False
    if comparison.policy.expectation(difference):
        return False  # it has a reason of its own
    values = [value for variable in environments.values() for value in variable.values.values()]
    return not is_secret_name(difference.item) and not any(find(value) or as_url(value) for value in values)


def _services(difference: Difference) -> set[str]:
    return {piece.service for piece in difference.evidence}
