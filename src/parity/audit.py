"""From snapshots to findings: compare, judge, sum up. Pure: no Ansible, no network, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from parity.areas import AREAS
from parity.comparison import Comparison
from parity.knowledge import Knowledge
from parity.model import Difference, Finding, ParityError, Severity
from parity.services import Match, match_services
from parity.stack import Service, Stack, Unseen
from parity.stack_reader import read_stack
from parity.tls_area import servers_of, today_of
from parity.tls_view import facts_of

SCHEMA: Final = 1
NEVER: Final = "never"


@dataclass(frozen=True)
class Settings:
    """What a user sets about judging. `fail_on` is a severity's word or `never`."""

    fail_on: str = "high"
    fail_on_unseen: bool = True
    renames: Mapping[str, str] | None = None


def differences(
    snapshots: Sequence[Mapping[str, Any]], knowledge: Knowledge, renames: Mapping[str, str]
) -> tuple[Comparison, list[Difference]]:
    """Return the environments side by side, and what every area found in them."""
    stacks = tuple(read_stack(snapshot) for snapshot in snapshots)
    comparison = Comparison(stacks, match_services(stacks, renames), knowledge.policy, knowledge.signatures)
    found: dict[str, Difference] = {}
    for difference in (found_here for area in AREAS for found_here in area.differences(comparison)):
        known = found.get(difference.id)
        found[difference.id] = _joined(known, difference) if known else difference
    covered = frozenset().union(*(difference.covers for difference in found.values()))
    return comparison, [difference for difference in found.values() if difference.id not in covered]


def _joined(known: Difference, other: Difference) -> Difference:
    """Return two differences of one id as one: two containers of one service, or a fault and what explains it."""
    words = {**known.words, **{name: word for name, word in other.words.items() if not known.words.get(name)}}
    return replace(known, evidence=known.evidence + other.evidence, words=words)


def judge(difference: Difference, comparison: Comparison, knowledge: Knowledge) -> Finding:
    """Return what a difference means by its rule and the policy; raises ParityError for a rule nobody wrote."""
    rule = knowledge.rules.get(difference.rule)
    if rule is None:
        raise ParityError(f"no rule {difference.rule} stands in knowledge/rules")
    because = knowledge.policy.because(difference)
    severity = Severity.INFO if because else rule.severity(comparison.production(difference.environments))
    return Finding(
        id=difference.id,
        rule=difference.rule,
        area=difference.area,
        service=difference.service,
        item=difference.item,
        environments=difference.environments,
        severity=severity,
        status="expected" if because else "open",
        title=rule.sentence("title", difference),
        cause=rule.sentence("cause", difference),
        impact=rule.sentence("impact", difference),
        action=rule.sentence("action", difference),
        command=rule.sentence("command", difference),
        because=because,
        evidence=difference.evidence,
    )


def audit(
    snapshots: Sequence[Mapping[str, Any]], knowledge: Knowledge, settings: Settings, generated: str, version: str
) -> dict[str, Any]:
    """Return everything the reports show, as `findings.json` holds it.

    `snapshots` stand in the order in which environments are shown, `generated` is the time of the report (ISO 8601).
    """
    comparison, found = differences(snapshots, knowledge, settings.renames or {})
    findings = sorted((judge(difference, comparison, knowledge) for difference in found), key=_order)
    unseen = [piece for stack in comparison.stacks for piece in stack.unseen]
    return {
        "schema": SCHEMA,
        "generated": generated,
        "parity": version,
        "environments": [
            _environment(stack, snapshot) for stack, snapshot in zip(comparison.stacks, snapshots, strict=True)
        ],
        "services": [_service(match, comparison) for match in comparison.matches],
        "areas": [{"name": area.name, "title": area.title} for area in AREAS],
        "findings": [finding.as_dict() for finding in findings],
        "tls": facts_of(servers_of(comparison), today) if (today := today_of(comparison)) else [],
        "unseen": [asdict(piece) for piece in unseen],
        "summary": _summary(findings),
        "gate": _gate(findings, unseen, settings),
    }


def _order(finding: Finding) -> tuple[int, bool, str]:
    return -finding.severity, finding.status != "open", finding.id


def _environment(stack: Stack, snapshot: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": stack.environment,
        "production": stack.production,
        "hosts": sorted(snapshot["hosts"]),
        "taken": stack.taken,
        "run": stack.run,
        "containers": sum(1 for _ in stack.containers()),
        "services": len(stack.services),
        "runs": stack.runs,
        "project_found_by": list(stack.found_by),
    }


def _service(match: Match, comparison: Comparison) -> dict[str, Any]:
    members = {environment: _member(service) for environment, service in match.members.items()}
    return {
        "name": match.name,
        "matched_by": match.how,
        "environments": {s.environment: members.get(s.environment) for s in comparison.stacks},
    }


def _member(service: Service) -> dict[str, Any]:
    config = service.config
    return {
        "service": service.name,
        "declared": service.declared is not None,
        "image": config.image if config else "",
        "containers": [
            {
                "name": container.name,
                "host": container.host,
                "state": container.state,
                "health": container.health,
                "restarts": container.restarts,
                "exit_code": container.exit_code,
                "ports": sorted({f"{p.host_port} → {p.container}" for p in container.config.ports if p.host_port}),
                "serves": container.serves,
            }
            for container in service.containers
        ],
    }


def _summary(findings: Sequence[Finding]) -> dict[str, int]:
    still_open = Counter(finding.severity.word for finding in findings if finding.status == "open")
    expected = sum(finding.status == "expected" for finding in findings)
    return {**{level.word: still_open[level.word] for level in reversed(Severity)}, "expected": expected}


def _gate(findings: Sequence[Finding], unseen: Sequence[Unseen], settings: Settings) -> dict[str, Any]:
    reached: list[str] = []
    if settings.fail_on != NEVER:
        threshold = Severity.parse(settings.fail_on)
        reached = [finding.id for finding in findings if finding.status == "open" and finding.severity >= threshold]
    incomplete = bool(unseen) and settings.fail_on_unseen and settings.fail_on != NEVER
    return {
        "fail_on": settings.fail_on,
        "reached": reached,
        "incomplete": incomplete,
        "passed": not reached and not incomplete,
    }
