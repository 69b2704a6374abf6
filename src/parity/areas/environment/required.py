"""Variables that are not what the inventory's policy requires of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.variable import Variable
from parity.compare.variables import in_words
from parity.domain.findings import Difference, Evidence
from parity.domain.values import Same, as_boolean, is_number, show
from parity.knowledge.policy import Requirement

# What a policy's word asks for, to follow "must be".
_MUST: Final = {
    "one-of": "one of {}",
    "equal": "the same in all environments",
    "differ": "different in each environment",
    "at-least": "at least as high as elsewhere",
    "at-most": "at most as high as elsewhere",
}


def differences(
    comparison: Comparison, name: str, environments: Mapping[str, Variable], requirement: Requirement
) -> Iterator[Difference]:
    """Yield one difference at most: the services in which a variable is not what the inventory's policy requires."""
    pieces: list[Evidence] = []
    faulty: set[str] = set()
    services = dict.fromkeys(service for variable in environments.values() for service in variable.values)
    for service in services:
        if not requirement.concerns(name, service):
            continue
        values = {e: variable.values[service] for e, variable in environments.items() if service in variable.values}
        at_fault = _breaking(comparison, values, requirement)
        faulty |= at_fault
        if at_fault:
            pieces += [
                Evidence(e, show(value), environments[e].places[service], service) for e, value in values.items()
            ]
    if faulty:
        words = {
            "name": name,
            "must": _MUST.get(requirement.must, requirement.must).format(", ".join(requirement.values)),
            "why": requirement.why,
            "place": requirement.place,
            "services": ", ".join(sorted({piece.service for piece in pieces if piece.service})) or "the compose files",
            "values": in_words(pieces),
        }
        order = tuple(stack.environment for stack in comparison.stacks if stack.environment in faulty)
        yield Difference("policy.broken", order, "", f"{requirement.id}:{name}", tuple(pieces), words)


def _breaking(comparison: Comparison, values: Mapping[str, str], requirement: Requirement) -> set[str]:
    """Return the environments whose value is not required; of hidden values only what can be told."""
    production = {name: value for name, value in values.items() if comparison.production([name])}
    others = {name: value for name, value in values.items() if name not in production}
    must = requirement.must
    if must in ("true", "false"):
        return {name for name, value in production.items() if as_boolean(value) is not (must == "true")}
    if must == "one-of":
        return {name for name, value in production.items() if value not in requirement.values}
    if must in ("equal", "differ"):
        wrong = Same.NO if must == "equal" else Same.YES
        pairs = [(one, other) for one in values for other in values if one < other]
        return {name for a, b in pairs if comparison.same_value(a, values[a], b, values[b]) is wrong for name in (a, b)}
    return {
        name
        for name, value in production.items()
        for other in others.values()
        if not (is_number(value) and is_number(other))
        or (float(value) < float(other) if must == "at-least" else float(value) > float(other))
    }
