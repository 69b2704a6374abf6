"""Action: check the inventory, the names of variables and the tags, before anything runs on a host."""

from __future__ import annotations

import contextlib
import gc
import sys
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

try:
    import parity  # noqa: F401
except ModuleNotFoundError as error:
    if error.name != "parity":
        raise
    sys.path.append(str(Path(__file__).resolve().parents[1] / "src"))

# Ansible imports this in the process from which it starts all tasks, so none of them has to import it again.
from parity.ansible import preflight
from parity.ansible.log_patterns import log_patterns
from parity.domain import plain_data
from parity.domain.findings import ParityError
from parity.judge import knowledge

# It reads the knowledge there as well, for all tasks. What is wrong with it, the action reports.
with contextlib.suppress(ParityError):
    knowledge.load()
# No task has to look through all of this for garbage, which would also copy the memory that it shares.
gc.freeze()


class ActionModule(ActionBase):
    """The controller's side of `library/parity_preflight.py`, which documents it."""

    _requires_connection = False
    _VALID_ARGS = frozenset(
        {
            "environments",
            "inventory_problems",
            "hosts",
            "tags",
            "skip_tags",
            "prefixes",
            "remedies",
            "policy",
            "waivers",
            "signatures",
            "fail_on_areas",
        }
    )

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the patterns of logs' messages, or the sentences about what is wrong."""
        super().run(tmp, task_vars)
        variables = task_vars or {}
        setup = plain_data.data(dict(self._task.args))
        wrong = preflight.problems(setup, variables["groups"], variables["hostvars"])
        if wrong:
            return {"changed": False, "failed": True, "msg": "\n".join(wrong)}
        return {"changed": False, "log_patterns": log_patterns(setup["signatures"])}
