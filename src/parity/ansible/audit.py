"""What the action `parity_audit` calls: findings from snapshots, and their report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import parity
from parity.ansible.record import Recorded
from parity.domain import plain_data
from parity.judge import history, knowledge
from parity.judge.audit import Settings, audit, completed
from parity.judge.gate import GateSettings
from parity.judge.waivers import Waivers, read_waivers
from parity.remedy import records
from parity.report import terminal, write
from parity.report.exports import sbom
from parity.report.exports.checkout import checkout


def findings(snapshots: Sequence[Mapping[str, Any]], generated: str, **settings: Any) -> dict[str, Any]:
    """Return what an audit finds; `library/parity_audit.py` describes the settings. Raises ParityError."""
    known = knowledge.load().with_policy(settings.pop("policy", ""))
    known = known.with_signatures(settings.pop("signatures", ()))
    own_waivers = settings.pop("waivers", "")
    limits = GateSettings(
        settings.pop("fail_on", "high"),
        settings.pop("fail_on_areas", {}),
        settings.pop("fail_on_new", False),
        settings.pop("fail_on_unseen", True),
    )
    wanted = Settings(limits, waivers=read_waivers(Path(own_waivers)) if own_waivers else Waivers(), **settings)
    found: dict[str, Any] = plain_data.data(audit(snapshots, known, wanted, generated, parity.VERSION))
    return found


def check(found: Mapping[str, Any]) -> None:
    """Render the report and throw it away."""
    write.render(found)


def report(
    found: dict[str, Any], recorded: Recorded, reports: Path, stamp: str, keep: int
) -> tuple[dict[str, Any], Path]:
    """Write the report, as `write.write` does; return the findings, which now know their past, and its folder."""
    snapshots = recorded.snapshots
    whole = completed(history.remember(found, reports, records.repairs(reports), recorded.projects))
    files = write.render(whole, docs=write.docs_from(reports), audited=checkout(Path.cwd(), snapshots))
    files.update(sbom.render(snapshots))
    return whole, write.write(files, snapshots, reports, stamp, keep)


def said(found: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """Return whether the gate lets the audit pass, and what a terminal shows."""
    return {
        "passed": found["gate"]["passed"],
        "verdict": terminal.verdict(found),
        "summary": terminal.summary(found, folder),
    }
