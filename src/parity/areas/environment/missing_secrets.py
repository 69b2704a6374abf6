"""One secret that an environment lacks under several names: a database's password, and that of its clients."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from parity.areas.environment.accepted import Accepted
from parity.compare.comparison import Comparison
from parity.compare.variables import Variables
from parity.domain.findings import Difference
from parity_host.secrets.token import SECRET, parse

_MISSING = "environment.missing"


def together(comparison: Comparison, variables: Variables, found: Iterable[Difference]) -> Iterator[Difference]:
    """Yield differences, of several missing variables with one secret one: that of the server which has it, if any."""
    groups: dict[tuple[object, ...], list[Difference]] = {}
    for one in found:
        secrets = _secrets(variables, one)
        if secrets and not comparison.policy.expectation(one):
            groups.setdefault((one.environments, secrets), []).append(one)
        else:
            yield one
    for group in groups.values():
        names = {one.item: one for one in group}
        kept = names.get(_server(comparison, variables, group[0]), group[0])
        others = [one for one in group if one is not kept]
        if not others:
            yield kept
            continue
        listed = ", ".join(one.item for one in others)
        yield replace(
            kept,
            evidence=tuple(piece for one in (kept, *others) for piece in one.evidence),
            words={**kept.words, "values": f"{kept.words['values']}. Not set either, and the same secret: {listed}"},
            mentions=kept.mentions.union(*(one.mentions | {one.item} for one in others)),
            facts=frozenset.intersection(*(one.facts for one in group)),
        )


def _secrets(variables: Variables, difference: Difference) -> frozenset[tuple[str, str]]:
    """Return the secrets that others have where a variable is missing; nothing where one is no secret."""
    if difference.rule != _MISSING:
        return frozenset()
    found = {
        (environment, value)
        for environment, variable in variables.by_name[difference.item].items()
        if environment not in difference.environments
        for value in variable.values.values()
    }
    tokens = [parse(value) for _, value in found]
    return frozenset(found) if all(token is not None and token.why == SECRET for token in tokens) else frozenset()


def _server(comparison: Comparison, variables: Variables, difference: Difference) -> str:
    """Return the variable under which a server has the secret."""
    for environment, value in sorted(_secrets(variables, difference)):
        name = Accepted(comparison.stack(environment)).server_name(value)
        if name:
            return name
    return ""
