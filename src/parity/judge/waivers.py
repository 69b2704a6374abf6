"""Waivers: findings that somebody accepts for a time, with a reason (J3), or that a person has to verify (J4)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

from parity.domain.findings import Difference, Evidence, Finding, Waiver
from parity.knowledge import user_file

_UNTIL_WEEKS = 12


@dataclass(frozen=True)
class Waivers:
    """The waivers of a file, in its order."""

    entries: tuple[Waiver, ...] = ()

    def applied(self, findings: Sequence[Finding], today: datetime.date) -> list[Finding]:
        """Return the findings, those that are open and waived with their waiver and its status.

        An expired waiver, and one without a reason, waives nothing.
        """
        live = [entry for entry in self.entries if entry.reason and not _expired(entry, today)]
        return [_waived(finding, live) for finding in findings]

    def problems(
        self, findings: Sequence[Finding], today: datetime.date, environments: Sequence[str]
    ) -> Iterator[Difference]:
        """Yield what is wrong with the waivers themselves: expired, without a reason, or matching nothing any more.

        `environments` are those that were seen whole: only there is the absence of a finding worth a word.
        """
        for entry in self.entries:
            matching = [finding for finding in findings if _matches(entry, finding) and finding.status == "open"]
            concerned = tuple(dict.fromkeys(name for finding in matching for name in finding.environments))
            words = {"author": entry.author, "until": entry.until, "reason": entry.reason, "place": entry.place}
            if not matching and not environments:
                continue
            if not matching:
                yield _difference("policy.waiver-unused", entry, tuple(environments), words)
            elif not entry.reason:
                yield _difference("policy.waiver-without-reason", entry, concerned, words)
            elif _expired(entry, today):
                yield _difference("policy.waiver-expired", entry, concerned, words)


def _expired(entry: Waiver, today: datetime.date) -> bool:
    return datetime.date.fromisoformat(entry.until) < today


def _matches(entry: Waiver, finding: Finding) -> bool:
    return finding.id == entry.finding or fnmatchcase(finding.id, entry.finding)


def _waived(finding: Finding, live: Sequence[Waiver]) -> Finding:
    entry = next((entry for entry in live if _matches(entry, finding)), None) if finding.status == "open" else None
    if entry is None:
        return finding
    return replace(finding, status="verify" if entry.verify else "waived", waiver=entry, because=entry.reason)


def _difference(rule: str, entry: Waiver, environments: tuple[str, ...], words: dict[str, str]) -> Difference:
    pieces = tuple(Evidence(name, entry.finding, entry.place) for name in environments)
    return Difference(rule, environments, "", entry.finding, pieces, words)


def read_waivers(path: Path) -> Waivers:
    """Return the waivers of a file; raises ParityError naming file, line, key and what is allowed."""
    found = user_file.read(path, "waivers")
    return Waivers(
        tuple(
            Waiver(
                finding=entry["finding"],
                reason=entry.get("reason", "").strip(),
                author=entry["author"],
                until=entry["until"],
                verify=entry.get("verify", False),
                place=found.place("waivers", index),
            )
            for index, entry in enumerate(found.data.get("waivers") or [])
        )
    )


def proposal(findings: Sequence[dict[str, object]], today: datetime.date) -> str:
    """Return a waiver file for the open findings, for a person to edit: without reasons it waives nothing.

    `findings` are those of `findings.json`.
    """
    until = (today + datetime.timedelta(weeks=_UNTIL_WEEKS)).isoformat()
    lines = [
        "# Proposed from the open findings. Delete those that you will fix instead; give each of the others a reason,",
        "# an author and an end date. An entry without a reason has no effect. See docs/policy.md.",
        "---",
        "waivers:",
    ]
    for finding in findings:
        if finding["status"] == "open":
            lines.append(f"  # {finding['severity']}: {' '.join(str(finding['title']).split())}")
            lines.append(f"  - finding: {_scalar(str(finding['id']))}")
            lines += ['    reason: ""', '    author: "somebody@example.org"', f"    until: {until}"]
    return "\n".join(lines if len(lines) > 4 else [*lines[:3], "waivers: []"]) + "\n"


def _scalar(text: str) -> str:
    """Return `text` as one YAML scalar on one line."""
    return yaml.safe_dump(text, default_style='"', width=10_000, allow_unicode=True).strip()
