"""Callback: the CPU and wall time of each task, as JSON in the file that PARITY_BENCH_STEPS names."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import time
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
---
name: steps
type: aggregate
short_description: Write how long each task took
description:
  - Writes the CPU and wall seconds of each step of a playbook to the file that E(PARITY_BENCH_STEPS) names.
version_added: "0.1.0"
requirements:
  - enabled by bench/bench.py
"""


class CallbackModule(CallbackBase):
    """Reads the clocks whenever a task begins."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "steps"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        """Begin with what Ansible did before it loaded this."""
        super().__init__()
        self._steps: list[tuple[str, float, float]] = []
        self._step = "start"
        self._clocks = (0.0, time.perf_counter())

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """End a step: what follows is a play's own set-up."""
        self._next(f"play {play.get_name()}")

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """End a step: what follows is a task."""
        self._next(task.get_name())

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """End the last step, and write all."""
        self._next("")
        Path(os.environ["PARITY_BENCH_STEPS"]).write_text(json.dumps(self._steps))

    def _next(self, step: str) -> None:
        # The workers of the last step have answered and are about to end; their time counts when they have.
        for worker in multiprocessing.active_children():
            worker.join(timeout=1)
        used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        clocks = (sum(one.ru_utime + one.ru_stime for one in used), time.perf_counter())
        self._steps.append((self._step, clocks[0] - self._clocks[0], clocks[1] - self._clocks[1]))
        self._step, self._clocks = step, clocks
