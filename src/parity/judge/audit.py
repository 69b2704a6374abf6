"""From snapshots to findings: compare, judge, sum up. Pure: no Ansible, no network, no clock."""

from __future__ import annotations

import datetime
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from parity.areas.register import AREAS
from parity.compare.comparison import Comparison
from parity.compare.match_services import Match, match_services
from parity.compare.read_stack import read_stack
from parity.compare.together import items_together
from parity.domain.findings import SEVERITIES, STATUSES, Difference, Finding, ParityError, Severity
from parity.domain.stack import Service, Stack
from parity.domain.titles import on_hosts
from parity.domain.untrusted import as_mapping, mapping, text
from parity.judge import gate
from parity.judge.gate import GateSettings
from parity.judge.knowledge import Knowledge
from parity.judge.links import linked
from parity.judge.next_steps import done, steps
from parity.judge.problems import past
from parity.judge.problems.problems import problems
from parity.judge.problems.shares import Shares
from parity.judge.side_by_side import side_by_side
from parity.judge.waivers import Waivers
from parity.judge.weighing import remedy as remedy_of

SCHEMA: Final = 4
# What shows a remedy's plan and touches nothing; behind the program's name come the inventories that have to be named.
_PLAYBOOK: Final = "ansible-playbook"
_REMEDY: Final = _PLAYBOOK + " remediate.yml --tags {} --check --diff"
_POLICY: Final = {"name": "policy", "title": "Policy and waivers"}


@dataclass(frozen=True)
class Settings:
    """What a user sets about judging, how often the findings are to be reviewed, and which inventories are audited.

    `inventories` are as `-i` takes them; none where ansible.cfg names them. `replayed` are the environments that a
    recording stands in for: no remedy can reach them.
    """

    gate: GateSettings = field(default_factory=GateSettings)
    renames: Mapping[str, str] | None = None
    waivers: Waivers = field(default_factory=Waivers)
    review_days: int = 30
    inventories: Sequence[str] = ()
    replayed: Sequence[str] = ()


def differences(
    snapshots: Sequence[Mapping[str, Any]], knowledge: Knowledge, renames: Mapping[str, str]
) -> tuple[Comparison, list[Difference]]:
    """Return the environments side by side, and what every area found in them."""
    stacks = tuple(read_stack(snapshot) for snapshot in snapshots)
    matches = match_services(stacks, renames)
    comparison = Comparison(stacks, matches, knowledge.policy, knowledge.signatures, knowledge.images)
    found: dict[str, Difference] = {}
    for difference in (found_here for area in AREAS for found_here in area.differences(comparison)):
        known = found.get(difference.id)
        found[difference.id] = _joined(known, difference) if known else difference
    covered = frozenset().union(*(difference.covers for difference in found.values()))
    left = [difference for difference in found.values() if difference.id not in covered]
    return comparison, [*_items_together(left, knowledge)]


def _items_together(found: Sequence[Difference], knowledge: Knowledge) -> Iterator[Difference]:
    """Yield differences, many of one rule as one where the rule says so; what the policy expects stays by itself."""
    yield from (one for one in found if knowledge.policy.expectation(one))
    least = {rule.id: rule.many for rule in knowledge.rules.values()}
    yield from items_together((one for one in found if not knowledge.policy.expectation(one)), least)


def _joined(known: Difference, other: Difference) -> Difference:
    """Return two differences of one id as one: two containers of one service, or a fault and what explains it."""
    words = {**known.words, **{name: word for name, word in other.words.items() if not known.words.get(name)}}
    mentions = known.mentions | other.mentions
    hosts = known.hosts | other.hosts
    return replace(known, evidence=known.evidence + other.evidence, words=words, mentions=mentions, hosts=hosts)


def judge(difference: Difference, comparison: Comparison, knowledge: Knowledge) -> Finding:
    """Return what a difference means by its rule and the policy; raises ParityError for a rule nobody wrote."""
    rule = knowledge.rules.get(difference.rule)
    if rule is None:
        raise ParityError(f"knowledge/rules has no rule {difference.rule}")
    entry = knowledge.policy.expectation(difference)
    severity, reasons = knowledge.judgement.weigh(difference, rule, comparison)
    own = knowledge.policy.own_severity(rule.id)
    if own is not None:
        severity, reasons = own, (f"{own.word}: set by the inventory's policy for {rule.id}",)
    remedy = remedy_of(difference, rule)
    return Finding(
        id=difference.id,
        rule=difference.rule,
        area=difference.area,
        service=difference.service,
        item=difference.item,
        environments=difference.environments,
        severity=Severity.INFO if entry else severity,
        status="expected" if entry else "open",
        title=on_hosts(rule.sentence("title", difference), len(difference.hosts)),
        cause=rule.sentence("cause", difference),
        impact=rule.sentence("impact", difference),
        action=rule.sentence("action", difference),
        command=_REMEDY.format(remedy) if remedy else rule.sentence("command", difference),
        because=entry.why if entry else "",
        evidence=difference.evidence,
        ways=tuple(sorted(difference.ways)),
        reasons=(f"expected: {entry.place}, entry {entry.id}",) if entry else reasons,
        effort=rule.effort,
        remedy=remedy,
        mentions=difference.mentions,
        words=difference.words,
    )


def audit(
    snapshots: Sequence[Mapping[str, Any]], knowledge: Knowledge, settings: Settings, generated: str, version: str
) -> dict[str, Any]:
    """Return everything the reports show, as `findings.json` holds it.

    `snapshots` stand in the order in which environments are shown, `generated` is the time of the report (ISO 8601).
    """
    comparison, found = differences(snapshots, knowledge, settings.renames or {})
    today = _day(generated)
    findings = judged(found, comparison, knowledge, settings.waivers, today)
    findings = [_with_inventories(finding, settings) for finding in findings]
    production = {stack.environment: stack.production for stack in comparison.stacks}
    tickets, findings = problems(findings, knowledge.groupings, knowledge.rules, production)
    unseen = [asdict(piece) for stack in comparison.stacks for piece in stack.unseen]
    seen = {"change": "new", "first_seen": generated, "last_seen": generated}
    told = [{**finding.as_dict(), **seen} for finding in findings]
    grouped = [{**one.as_dict(), **seen} for one in tickets]
    return {
        "schema": SCHEMA,
        "generated": generated,
        "parity": version,
        "environments": [
            _environment(stack, snapshot) for stack, snapshot in zip(comparison.stacks, snapshots, strict=True)
        ],
        "services": [_service(match, comparison) for match in comparison.matches],
        "areas": [*({"name": area.name, "title": area.title} for area in AREAS), _POLICY],
        "problems": grouped,
        "findings": told,
        "steps": steps(tickets),
        **{area.name: area.facts(comparison) for area in AREAS if area.facts is not None},
        "side_by_side": side_by_side(comparison, findings, found),
        "unseen": unseen,
        "summary": {**_summary(findings), "problems": past.counted(grouped, 0)},
        "history": {"runs": [], "problems": [], "resolved": [], "not_seen": [], "note": ""},
        "review": {
            "every_days": settings.review_days,
            "next": (today + datetime.timedelta(days=settings.review_days)).isoformat(),
        },
        "gate": gate.decide(told, unseen, settings.gate),
    }


def completed(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an audit's findings, now that the memory has told their past: what was resolved, and the gate's word."""
    settings = data["gate"]
    limits = GateSettings(settings["fail_on"], settings["areas"], settings["only_new"], settings["fail_on_unseen"])
    grouped = past.with_past(data["problems"], data["findings"])
    resolved = data["history"]["problems"]
    return {
        **data,
        "problems": grouped,
        "steps": [*data["steps"], *done(resolved)],
        "summary": {**data["summary"], "problems": past.counted(grouped, len(resolved))},
        "gate": gate.decide(data["findings"], data["unseen"], limits),
    }


def judged(
    found: Sequence[Difference], comparison: Comparison, knowledge: Knowledge, waivers: Waivers, today: datetime.date
) -> list[Finding]:
    """Return what differences mean, waived where somebody did so: the gravest first, of those what has consequences."""
    shares = Shares(comparison)
    findings = [replace(judge(one, comparison, knowledge), shares=shares.of(one)) for one in found]
    blind = {piece.environment for stack in comparison.stacks for piece in stack.unseen}
    whole = [] if blind else [stack.environment for stack in comparison.stacks]
    wrong = [judge(one, comparison, knowledge) for one in waivers.problems(findings, today, whole)]
    # Of several causes the gravest one is taken; with the consequences known, the order is another.
    ordered = sorted([*waivers.applied(findings, today), *wrong], key=_order)
    return sorted(linked(ordered, knowledge.rules), key=_order)


def _with_inventories(finding: Finding, settings: Settings) -> Finding:
    """Return a finding whose remedy's command can be run as it is; without one where only a recording was audited."""
    if not finding.remedy:
        return finding
    if set(finding.environments) <= set(settings.replayed):
        return replace(finding, command="")
    words = [_PLAYBOOK, *(f"-i {shlex.quote(name)}" for name in settings.inventories)]
    return replace(finding, command=" ".join(words) + finding.command.removeprefix(_PLAYBOOK))


def _order(finding: Finding) -> tuple[int, bool, bool, str]:
    return -finding.severity, finding.status != "open", not finding.consequences, finding.id


def _day(generated: str) -> datetime.date:
    return datetime.date.fromisoformat(generated[:10])


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
        "seen": [*_seen_parts(snapshot)],
    }


def _seen_parts(snapshot: Mapping[str, Any]) -> Iterator[str]:
    """Yield which parts of which host were seen: what is found in one of them is gone only where it is seen again."""
    for host, facts in sorted(mapping(snapshot, "hosts").items()):
        for part in ("engine", "project", "rendered"):
            if text(mapping(as_mapping(facts), part), "state") in ("seen", "rendered", "partly"):
                yield f"{host}/{part}"


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


def _summary(findings: Iterable[Finding]) -> dict[str, int]:
    of_status = Counter(finding.status for finding in findings)
    still_open = Counter(finding.severity.word for finding in findings if finding.status == "open")
    levels = {word: still_open[word] for word in SEVERITIES}
    others = {status: of_status[status] for status in STATUSES if status != "open"}
    return {**levels, **others, "new": of_status["open"], "back": 0, "resolved": 0}
