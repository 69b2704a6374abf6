"""How findings are weighed by facts, and joined as causes and consequences. Data, from knowledge/judgement.yml."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from parity.compare.comparison import Comparison
from parity.domain.findings import Difference, Finding, ParityError, Severity
from parity.domain.programs import kinds
from parity.domain.stack import Service
from parity.judge.links import Link, linked
from parity.knowledge.patterns import named
from parity.knowledge.rules import Rule

# What a difference says in its word `remedy` that only its owner can mend.
NO_REMEDY: Final = "no"
_CHANGED: Final = {"raise": "raised", "lower": "lowered"}
_EVERY_ADDRESS: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - recognised, not bound


@dataclass(frozen=True)
class Weight:
    """A fact (`when`) that raises or lowers findings of `rules` by one step, and why."""

    rules: tuple[str, ...]
    when: str
    change: str
    why: str
    only: str = ""


@dataclass(frozen=True)
class Judgement:
    """Everything that `knowledge/judgement.yml` says, and what a policy says of services."""

    core: frozenset[str]
    auxiliary: frozenset[str]
    weights: tuple[Weight, ...]
    links: tuple[Link, ...]
    remedies: tuple[tuple[tuple[str, ...], str], ...]
    efforts: tuple[tuple[tuple[str, ...], str], ...]
    core_services: tuple[str, ...] = ()
    auxiliary_services: tuple[str, ...] = ()

    def weigh(self, difference: Difference, rule: Rule, comparison: Comparison) -> tuple[Severity, tuple[str, ...]]:
        """Return how bad a difference is, and why: the rule first, then each fact that raised or lowered it."""
        production = comparison.production(difference.environments)
        severity = rule.severity(production)
        where = "in production" if production else "outside production"
        apart = rule.production != rule.elsewhere
        reasons = [f"{severity.word}: what the rule {rule.id} says{' ' + where if apart else ''}"]
        for weight in self.weights:
            if not named(weight.rules, difference.rule) or (weight.only == "production" and not production):
                continue
            for service in self._met(weight.when, difference, comparison):
                step = 1 if weight.change == "raise" else -1
                changed = Severity(min(max(severity + step, Severity.INFO), Severity.CRITICAL))
                environments = " and ".join(difference.environments)
                said = weight.why.replace("{service}", service).replace("{environments}", environments)
                if changed != severity:
                    reasons.append(f"{_CHANGED[weight.change]} to {changed.word}: {said}")
                severity = changed
                break
        return severity, tuple(reasons)

    def _met(self, fact: str, difference: Difference, comparison: Comparison) -> Iterator[str]:
        """Yield the services of a difference for which `fact` holds in an environment at fault."""
        names = {difference.service, *(piece.service for piece in difference.evidence)} - {""}
        for match in comparison.matches_of(names):
            for environment, service in match.members.items():
                if environment in difference.environments and self._holds(fact, service):
                    yield service.name

    def _holds(self, fact: str, service: Service) -> bool:
        config = service.config
        if fact == "public":
            return config is not None and any(p.host_port and p.host_ip in _EVERY_ADDRESS for p in config.ports)
        if fact == "data":
            return "postgresql" in kinds(service)
        return self.role(service) == fact

    def role(self, service: Service) -> str:
        """Return `core`, `auxiliary` or an empty string: as the policy declares, else by the kind of program."""
        for role, patterns in (("core", self.core_services), ("auxiliary", self.auxiliary_services)):
            if named(patterns, service.name):
                return role
        found = kinds(service)
        return "core" if found & self.core else "auxiliary" if found & self.auxiliary else ""

    def remedy(self, difference: Difference) -> str:
        """Return the tag of the remediation that can repair a difference, or an empty string."""
        if difference.words.get("remedy") == NO_REMEDY:
            return ""
        return next((tag for rules, tag in self.remedies if named(rules, difference.rule)), "")

    def effort(self, rule: str) -> str:
        """Return how long mending what `rule` finds takes: `minutes`, `hours` or `days`."""
        return next((takes for rules, takes in self.efforts if named(rules, rule)), "hours")

    def linked(self, findings: Sequence[Finding]) -> list[Finding]:
        """Return the findings with what follows from what: each consequence has one cause, and no cause is its own."""
        return linked(self.links, findings)


def read_judgement(data: Any, origin: str) -> Judgement:
    """Return what `data` (a YAML document's content) says; raises ParityError naming `origin` and the fault."""
    try:
        return Judgement(
            core=frozenset(data["kinds"]["core"]),
            auxiliary=frozenset(data["kinds"]["auxiliary"]),
            weights=tuple(
                Weight(tuple(one["rules"]), one["when"], one["change"], one["why"], one.get("in", ""))
                for one in data["weights"]
            ),
            links=tuple(Link(tuple(one["causes"]), tuple(one["effects"]), one["joined_by"]) for one in data["links"]),
            remedies=tuple((tuple(one["rules"]), one["tag"]) for one in data["remedies"]),
            efforts=tuple((tuple(one["rules"]), one["takes"]) for one in data["efforts"]),
        )
    except (KeyError, TypeError) as error:
        raise ParityError(f"{origin} lacks the key {error}") from None
