"""Action: write the reports, all of them or none."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

try:
    import parity  # noqa: F401
except ModuleNotFoundError as error:
    if error.name != "parity":
        raise
    sys.path.append(str(Path(__file__).resolve().parents[1] / "src"))

from parity.domain import plain_data
from parity.domain.findings import ParityError
from parity.judge import history
from parity.judge.audit import completed
from parity.remedy import plan
from parity.report import terminal, write


class ActionModule(ActionBase):
    """The controller's side of `library/parity_report.py`, which documents it."""

    _requires_connection = False
    _VALID_ARGS = frozenset({"findings", "snapshots", "dest", "keep"})

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Write the report's folder and return where it is and what the terminal shows last."""
        super().run(tmp, task_vars)
        args = plain_data.data(dict(self._task.args))
        reports = Path(str(args["dest"])).expanduser()
        try:
            findings = args["findings"]
            if self._task.check_mode:
                write.render(findings)
                return {"changed": False, "path": "", **_said(findings, "")}
            findings = completed(history.remember(findings, reports, plan.repairs(reports)))
            stamp = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H%M%SZ")
            files = write.render(findings, docs=write.docs_from(reports))
            folder = write.write(files, args["snapshots"], reports, stamp, int(args.get("keep", 0)))
        except ParityError as problem:
            raise AnsibleActionFail(str(problem)) from None
        shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
        return {"changed": True, "path": str(folder), **_said(findings, str(shown))}


def _said(findings: dict[str, Any], folder: str) -> dict[str, Any]:
    return {
        "passed": findings["gate"]["passed"],
        "verdict": terminal.verdict(findings),
        "summary": terminal.summary(findings, folder),
    }
