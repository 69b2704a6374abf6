"""Callback: print the audit's summary after Ansible's recap, where people look."""

from __future__ import annotations

from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
---
name: parity_summary
type: aggregate
short_description: Print the audit's summary after the recap
description:
  - Prints the C(summary) that C(parity_audit) returns; prints nothing if no report was written.
version_added: "0.1.0"
requirements:
  - enabled in ansible.cfg (Parity's ansible.cfg enables it)
"""


class CallbackModule(CallbackBase):
    """Keeps the summary that the report task returned, and shows it at the end."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "parity_summary"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        """Start with nothing to show."""
        super().__init__()
        self._lines: list[str] = []

    def v2_runner_on_ok(self, result: Any) -> None:
        """Keep the summary of the audit task."""
        # In a collection, the name of the action begins with that of the collection.
        if result._task.action.rpartition(".")[2] == "parity_audit":
            self._lines = [str(line) for line in result._result.get("summary", [])]

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Show what was kept."""
        for line in self._lines:
            self._display.display(line)
