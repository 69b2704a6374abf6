"""The gate (J9): whether a deploy may go on, by what is open and at or above a threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from parity.areas.register import AREAS
from parity.domain.findings import ParityError, Severity

NEVER: Final = "never"
_AREAS: Final = (*(area.name for area in AREAS), "policy")
_NEW: Final = ("new", "back")


class GateOutcome(StrEnum):
    """What the gate says of an audit, in a word; the first two let a deploy go on."""

    REPORT_ONLY = "report-only"
    PASSED = "passed"
    REACHED = "reached"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class GateSettings:
    """What a user sets: `fail_on` and each of `areas` is a severity's word or `never`.

    `only_new` lets only findings that are new or back again fail the audit. Raises ParityError for an unknown word.
    """

    fail_on: str = "high"
    areas: Mapping[str, str] = field(default_factory=dict)
    only_new: bool = False
    fail_on_unseen: bool = True

    def __post_init__(self) -> None:
        """Check every word against what is allowed."""
        _check(self.fail_on, "parity_fail_on")
        for area, word in self.areas.items():
            if area not in _AREAS:
                raise ParityError(f"parity_fail_on_areas: unknown area {area}. Valid areas: {', '.join(_AREAS)}")
            _check(word, f"parity_fail_on_areas, area {area}")

    def reaches(self, finding: Mapping[str, Any]) -> bool:
        """Return whether a finding (of `findings.json`) fails the audit."""
        word = self.areas.get(finding["area"], self.fail_on)
        if finding["status"] != "open" or word == NEVER or (self.only_new and finding["change"] not in _NEW):
            return False
        return Severity.parse(finding["severity"]) >= Severity.parse(word)


def _check(word: str, place: str) -> None:
    if word != NEVER:
        try:
            Severity.parse(word)
        except ParityError as problem:
            raise ParityError(f"{place}: {problem}, never") from None


def outcome(gate: Mapping[str, Any]) -> GateOutcome:
    """Return what the gate's part of `findings.json` comes to."""
    if all(word == NEVER for word in (gate["fail_on"], *gate["areas"].values())):
        return GateOutcome.REPORT_ONLY
    if gate["reached"]:
        return GateOutcome.REACHED
    return GateOutcome.INCOMPLETE if gate["incomplete"] else GateOutcome.PASSED


def decide(findings: Sequence[Mapping[str, Any]], unseen: Sequence[Any], settings: GateSettings) -> dict[str, Any]:
    """Return the gate's word as `findings.json` holds it: what reached the threshold, of
    which problems that is, and whether the audit passed.

    An audit that never gates, in no area, also passes when something could not be seen.
    """
    reached = [finding for finding in findings if settings.reaches(finding)]
    gate = {
        "fail_on": settings.fail_on,
        "areas": dict(settings.areas),
        "only_new": settings.only_new,
        "fail_on_unseen": settings.fail_on_unseen,
        "reached": [finding["id"] for finding in reached],
        "problems": list(dict.fromkeys(finding["problem"] for finding in reached)),
        "incomplete": bool(unseen) and settings.fail_on_unseen,
    }
    said = outcome(gate)
    return {
        **gate,
        "incomplete": gate["incomplete"] and said is not GateOutcome.REPORT_ONLY,
        "passed": said in (GateOutcome.PASSED, GateOutcome.REPORT_ONLY),
    }
