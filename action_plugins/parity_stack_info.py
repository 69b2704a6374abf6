"""Action: run the module on the host, and let nothing of its answer but facts and one sentence reach the terminal."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase

try:
    import parity  # noqa: F401
except ModuleNotFoundError as error:
    if error.name != "parity":
        raise
    sys.path.append(str(Path(__file__).resolve().parents[1] / "src"))

from parity.ansible import host_package
from parity.domain.untrusted import readable
from parity.record.snapshot import SOURCES, failure, sentence, with_controllers_clock
from parity.report.text import plain


class ActionModule(ActionBase):
    """The controller's side of `library/parity_stack_info.py`, which documents it.

    Ansible prints what a module answers as a warning or as the reason of a failure: a host could write there what a
    terminal or the runner of a pipeline takes for a command. What cannot be written, as half a character, would cost
    the whole answer when Ansible hands it on.
    """

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the facts of the host, or why there are none."""
        super().run(tmp, task_vars)
        asked = time.time()
        try:
            found = self._execute_module(module_args={**self._task.args, **self._package()}, task_vars=task_vars)
        except AnsibleConnectionFailure as problem:
            raise AnsibleConnectionFailure(plain(sentence(problem))) from None
        except AnsibleError as problem:
            found = {"failed": True, "msg": problem}
        if found.get("failed"):
            return {"failed": True, "msg": plain(failure(found))}
        facts = {name: readable(found[name]) for name in SOURCES if name in found}
        return {"changed": False, **with_controllers_clock(facts, asked, time.time())}

    def _package(self) -> dict[str, str]:
        """Return the option that names the code to run: on the controller itself, where Python keeps it compiled."""
        if self._connection.transport == "local" and not self._connection.become:
            return {"package_folder": str(host_package.FOLDER.parent)}
        return {"package": host_package.archive()}
