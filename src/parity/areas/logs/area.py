"""What the services' own logs say is wrong: each known message, with what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from parity.areas.logs.missing_address import missing_address
from parity.areas.logs.records import LogRecord, records
from parity.compare.comparison import Comparison, place_of
from parity.compare.container_state import state_rules
from parity.compare.match_services import Match
from parity.domain.amounts import in_bytes
from parity.domain.findings import Difference, Evidence, Severity
from parity.domain.mentions import names_in
from parity.domain.programs import kinds
from parity.domain.stack import Container, Service, Stack
from parity.domain.values import show
from parity.knowledge.signatures import AREA, Signature

# What is read of a log, whatever a host sends.
_LINES: Final = 1000
_CHARACTERS: Final = 400
_ITEMS: Final = 20
_SHOWN: Final = 240
# As `docker compose up` prints it, for the signatures to read.
_ENDED: Final = "{} exited with code {}"


@dataclass(frozen=True)
class LogFault:
    """A signature found in a container's log: how often, in which lines, and what its groups held the last time.

    `mentions` are the names in all of its lines.
    """

    signature: Signature
    item: str
    first: str
    last: str
    count: int
    end: int
    words: Mapping[str, str] = field(default_factory=dict)
    mentions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Log:
    """A container's log and the faults it tells of, those that are over left out."""

    container: Container
    lines: int
    faults: tuple[LogFault, ...]


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what logs say is wrong, once for each signature, service and environment.

    A grave fault of a container whose state the area `containers` reports is no finding of its own: it explains that
    one, by evidence and words for the same difference.
    """
    for match in comparison.matches:
        logs = {
            environment: [_read(service, container, comparison.signatures) for container in service.containers]
            for environment, service in match.members.items()
        }
        for environment, read in logs.items():
            for log in read:
                yield from _of_log(comparison, comparison.stack(environment), match, log, logs)


def _of_log(
    comparison: Comparison, stack: Stack, match: Match, log: Log, logs: Mapping[str, Sequence[Log]]
) -> Iterator[Difference]:
    states = state_rules(log.container)
    faults = sorted(log.faults, key=lambda fault: (fault.signature.rule.production, fault.end), reverse=True)
    for fault in faults:
        difference = _difference(stack, match, log, fault)
        if fault.signature.unreached:
            difference = _with_address(comparison, match, difference, fault)
        if states and fault.signature.rule.production >= Severity.HIGH:
            yield from (_explaining(rule, difference, fault) for rule in states)
        else:
            others = tuple(_elsewhere(stack.environment, fault, logs))
            yield replace(difference, evidence=difference.evidence + others)


def _difference(stack: Stack, match: Match, log: Log, fault: LogFault) -> Difference:
    words = {**fault.words, "container": log.container.name, "count": str(fault.count), "line": fault.last}
    words |= {"limit": in_bytes(log.container.config.memory), "service_name": log.container.service}
    place = f"log of {stack.place_of(log.container)}"
    where = Evidence(stack.environment, _shown(fault, log.lines), place, log.container.service)
    rule = f"{AREA}.{fault.signature.id}"
    here = (stack.environment,)
    hosts = frozenset({log.container.host})
    return Difference(rule, here, match.name, fault.item, (where,), words, mentions=fault.mentions, hosts=hosts)


def _with_address(comparison: Comparison, match: Match, difference: Difference, fault: LogFault) -> Difference:
    """Return a difference that mentions the variable that may hold the address of what was not reached."""
    (environment,) = difference.environments
    address = missing_address(comparison, match, environment, fault.last)
    if address is None:
        return difference
    member = match.members[address.present]
    shown = f"{address.name}={show(address.value)}, not set in {environment}"
    there = Evidence(address.present, shown, place_of(member), member.name)
    suspected = f"Likely because {address.name}, an address that {address.present} sets, is not set in {environment}."
    return replace(
        difference,
        evidence=(*difference.evidence, there),
        mentions=difference.mentions | {address.name},
        words={**difference.words, "suspected": suspected},
    )


def _explaining(rule: str, difference: Difference, fault: LogFault) -> Difference:
    known = fault.signature.rule
    where, *others = difference.evidence
    suspected = difference.words.get("suspected", "")
    return replace(
        difference,
        rule=rule,
        item="",
        evidence=(replace(where, place=f"{where.place}, {difference.rule}"), *others),
        words={
            "explained": f"Its log: {known.sentence('cause', difference)} {suspected}".rstrip() + " ",
            "advice": known.sentence("action", difference),
        },
    )


def _shown(fault: LogFault, lines: int) -> str:
    if fault.count == 1:
        return fault.last
    times = f"{fault.count} times in its last {lines} lines"
    return f"{times}{'' if fault.first == fault.last else f', first: {fault.first}, last'}: {fault.last}"


def _elsewhere(environment: str, fault: LogFault, logs: Mapping[str, Sequence[Log]]) -> Iterator[Evidence]:
    """Yield whether the other environments show it too."""
    for other, read in logs.items():
        for log in read if other != environment else ():
            there = [f for f in log.faults if f.signature.id == fault.signature.id and f.item == fault.item]
            if there:
                shown = "also in its log"
            elif log.lines:
                shown = f"not in its last {log.lines} lines"
            else:
                shown = "its log is empty" if log.container.log_read else "its log was not read"
            yield Evidence(other, shown, f"log of container {log.container.name}", log.container.service)


def _read(service: Service, container: Container, signatures: Sequence[Signature]) -> Log:
    lines = [line[:_CHARACTERS] for line in container.log_tail[-_LINES:]]
    known = kinds(service)
    asked = [signature for signature in signatures if signature.concerns(known)]
    found = _faults(lines, asked)
    if not any(fault.signature.rule.production >= Severity.HIGH for fault in found):
        found += _faults(_said_of(container), asked)
    return Log(container, len(lines), tuple(found))


def _said_of(container: Container) -> list[str]:
    """Return what Docker says of a container that does not run, as Compose prints it."""
    if container.state not in ("exited", "restarting", "dead", "created"):
        return []
    ended = _ENDED.format(container.name, container.exit_code) if container.exit_code else ""
    return [line for line in (container.error[:_CHARACTERS], ended) if line]


def _faults(lines: Sequence[str], signatures: Sequence[Signature]) -> list[LogFault]:
    found: dict[tuple[str, str], LogFault] = {}
    for record in records(lines):
        known = _known(record, signatures)
        if known is None:
            continue
        signature, groups, line = known
        item = show(groups.get("item", "")) if groups.get("item") else ""
        if (signature.id, item) not in found and sum(key[0] == signature.id for key in found) >= _ITEMS:
            item = "others"
        before = found.get((signature.id, item))
        found[signature.id, item] = LogFault(
            signature=signature,
            item=item,
            first=before.first if before else show(line, _SHOWN),
            last=show(line, _SHOWN),
            count=before.count + 1 if before else 1,
            end=record.last,
            words={name: show(text) for name, text in groups.items() if text},
            mentions=names_in(line) | (before.mentions if before else frozenset()),
        )
    return [fault for fault in found.values() if not _over(fault, lines)]


def _known(record: LogRecord, signatures: Sequence[Signature]) -> tuple[Signature, dict[str, str], str] | None:
    """Return the signature that tells most of a record, what its groups hold, and the line it was found in."""
    lines = list(record.looked_at())
    for line in lines:
        for signature in signatures:
            if not signature.fallback and (match := signature.pattern.search(line)):
                return signature, match.groupdict(), line
    for signature in signatures:
        for line in lines if signature.fallback else ():
            if match := signature.pattern.search(line):
                return signature, match.groupdict(), line
    return None


def _over(fault: LogFault, lines: Sequence[str]) -> bool:
    cleared_by = fault.signature.cleared_by
    return cleared_by is not None and any(cleared_by.search(line) for line in lines[fault.end + 1 :])
