"""How findings are weighed by facts, as rules and knowledge/judgement.yml say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from parity.compare.comparison import Comparison
from parity.domain.findings import Difference, ParityError, Severity
from parity.domain.programs import kinds
from parity.domain.stack import Service
from parity.knowledge.patterns import named
from parity.knowledge.rules import Rule

# What a difference says in its word `remedy` that needs its owner's decision.
NO_REMEDY: Final = "no"


@dataclass(frozen=True)
class Fact:
    """Why a fact changes how bad findings are, and whether it does so in production only.

    It is true of a service, `of_every` service of the difference, or `of_difference`: then the area that found the
    difference says so.
    """

    why: str
    only_production: bool = False
    of_difference: bool = False
    of_every: bool = False


@dataclass(frozen=True)
class Judgement:
    """Everything that `knowledge/judgement.yml` says, and what a policy says of services."""

    core: frozenset[str]
    auxiliary: frozenset[str]
    facts: Mapping[str, Fact]
    core_services: tuple[str, ...] = ()
    auxiliary_services: tuple[str, ...] = ()

    def weigh(self, difference: Difference, rule: Rule, comparison: Comparison) -> tuple[Severity, tuple[str, ...]]:
        """Return how bad a difference is, and why: the rule first, then each fact that raised or lowered it."""
        production = comparison.production(difference.environments)
        severity = rule.severity(production)
        where = "in production" if production else "outside production"
        apart = rule.production != rule.elsewhere
        reasons = [f"{severity.word}: set by the rule {rule.id}{' ' + where if apart else ''}"]
        changes = [(name, 1, "raised") for name in rule.raised_by] + [(name, -1, "lowered") for name in rule.lowered_by]
        for name, step, changed_so in changes:
            fact = self.facts[name]
            if fact.only_production and not production:
                continue
            for service in self._met(name, difference, comparison):
                changed = Severity(min(max(severity + step, Severity.INFO), Severity.CRITICAL))
                environments = " and ".join(difference.environments)
                said = fact.why.replace("{service}", service).replace("{environments}", environments)
                if changed != severity:
                    reasons.append(f"{changed_so} to {changed.word}: {said}")
                severity = changed
                break
        return severity, tuple(reasons)

    def _met(self, fact: str, difference: Difference, comparison: Comparison) -> Iterator[str]:
        """Yield the services of a difference for which `fact` holds in an environment at fault."""
        if self.facts[fact].of_difference:
            yield from [difference.service] if fact in difference.facts else []
            return
        names = {difference.service, *(piece.service for piece in difference.evidence)} - {""}
        concerned = [
            service
            for match in comparison.matches_of(names)
            for environment, service in match.members.items()
            if environment in difference.environments
        ]
        met = [service.name for service in concerned if self._holds(fact, service)]
        if len(met) == len(concerned) or not self.facts[fact].of_every:
            yield from met

    def _holds(self, fact: str, service: Service) -> bool:
        config = service.config
        if fact == "public":
            return config is not None and any(port.open for port in config.ports)
        if fact == "running":
            return bool(service.containers)
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


def remedy(difference: Difference, rule: Rule) -> str:
    """Return the tag of the remediation that can repair a difference, or an empty string."""
    return "" if difference.words.get("remedy") == NO_REMEDY else rule.remedy


def read_judgement(data: Any, origin: str) -> Judgement:
    """Return what `data` (a YAML document's content) says; raises ParityError naming `origin` and the fault."""
    try:
        return Judgement(
            core=frozenset(data["kinds"]["core"]),
            auxiliary=frozenset(data["kinds"]["auxiliary"]),
            facts={
                name: Fact(
                    one["why"],
                    only_production=one.get("in") == "production",
                    of_difference=one.get("of") == "difference",
                    of_every=one.get("of") == "every-service",
                )
                for name, one in data["facts"].items()
            },
        )
    except (KeyError, TypeError) as error:
        raise ParityError(f"{origin}: missing key {error}") from None
