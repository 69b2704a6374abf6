"""Action: check the inventory, the names of variables and the tags, before anything runs on a host."""

from __future__ import annotations

import sys
from collections.abc import Mapping
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
from parity.ansible.log_patterns import log_patterns
from parity.domain import plain_data
from parity.domain.findings import ParityError
from parity.preflight import inventory, misspelt_variables, tags


class ActionModule(ActionBase):
    """The controller's side of `library/parity_preflight.py`, which documents it."""

    _requires_connection = False
    _VALID_ARGS = frozenset({"environments", "inventory_problems", "signatures", "tags", "prefixes", "remedies"})

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the patterns of logs' messages, or the sentences about what is wrong."""
        super().run(tmp, task_vars)
        args = plain_data.data(dict(self._task.args))
        try:
            wrong = _wrong(args, task_vars or {})
            patterns = [] if wrong else log_patterns(args["signatures"])
        except ParityError as problem:
            wrong = [str(problem)]
        if wrong:
            return {"changed": False, "failed": True, "msg": " ".join(wrong)}
        return {"changed": False, "log_patterns": patterns}


def _wrong(args: Mapping[str, Any], variables: Mapping[str, Any]) -> list[str]:
    """Return what is wrong, a sentence each: of the inventory, or else of the tags."""
    set_here = {name for host in variables["hostvars"].values() for name in host}
    of_inventory = args.get("inventory_problems") or inventory.problems(args["environments"], variables["groups"])
    return of_inventory + misspelt_variables.misspelt(set_here) or tags.problems(
        args["tags"], args["prefixes"], Path(args["remedies"])
    )
