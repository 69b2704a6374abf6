"""Action: record what was gathered, judge it, and write the reports, all of them or none."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase

try:
    import parity  # noqa: F401
except ModuleNotFoundError as error:
    if error.name != "parity":
        raise
    sys.path.append(str(Path(__file__).resolve().parents[1] / "src"))

from parity.ansible import audit
from parity.ansible.record import Recorder
from parity.domain import plain_data
from parity.domain.findings import ParityError

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_FOLDER = "%Y-%m-%dT%H%M%SZ"


class ActionModule(ActionBase):
    """The controller's side of `library/parity_audit.py`, which documents it."""

    _requires_connection = False
    _VALID_ARGS = frozenset({"environments", "production", "settings", "dest", "keep"})

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the snapshots and findings; with `dest`, where the report is and what the terminal shows last."""
        super().run(tmp, task_vars)
        variables = task_vars or {}
        args = plain_data.data(dict(self._task.args))
        now = datetime.datetime.now(datetime.UTC)
        recorder = Recorder(variables["hostvars"], _folders(variables), args.get("production") or [], _gathered)
        groups = {name: variables["groups"][name] for name in args["environments"]}
        try:
            recorded = recorder.record(groups, now.strftime(_TIME))
            findings = audit.findings(
                recorded.snapshots, now.strftime(_TIME), replayed=recorded.replayed, **args.get("settings") or {}
            )
            if not args.get("dest"):
                return {"changed": False, "snapshots": recorded.snapshots, "findings": findings}
            reports = Path(args["dest"]).expanduser()
            if self._task.check_mode:
                audit.check(findings)
                return {"changed": False, "path": "", **audit.said(findings, "")}
            stamp = now.strftime(_FOLDER)
            findings, folder = audit.report(findings, recorded, reports, stamp, int(args.get("keep", 0)))
        except ParityError as problem:
            raise AnsibleActionFail(str(problem)) from None
        shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
        return {"changed": True, "path": str(folder), **audit.said(findings, str(shown))}


def _folders(variables: Mapping[str, Any]) -> list[Path]:
    """Return where the inventories are, and the current folder."""
    sources = [Path(str(source)) for source in variables.get("ansible_inventory_sources") or []]
    return [*(source if source.is_dir() else source.parent for source in sources), Path.cwd()]


def _gathered(host: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was registered for a host. What it sent may nest deeper than Ansible reads: then that host failed."""
    try:
        registered: dict[str, Any] = plain_data.data(host.get("__gather_host") or {})
    except (AnsibleError, RecursionError):
        return {"failed": True, "msg": "Ansible cannot read the host's answer: it is nested too deeply"}
    return registered
