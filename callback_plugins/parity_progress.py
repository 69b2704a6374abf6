"""Callback: show which task runs on which host while Ansible prints nothing."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import threading
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
---
name: parity_progress
type: aggregate
short_description: Show which task runs on which host, and for how long
description:
  - In a terminal, a line below Ansible's output shows which task runs on which host, and for how long. It appears when
    a task takes more than a second and disappears when the task ends. The slowest hosts come first.
  - Without a terminal, a plain line is printed for each host with a long task, after 10, 30 and 60 seconds and
    then every minute.
version_added: "0.1.0"
requirements:
  - enabled in ansible.cfg (Parity's ansible.cfg enables it)
"""

_DRAWN_AFTER_SECONDS = 1.0
_REDRAWN_SECONDS = 0.5
_TOLD_AFTER_SECONDS = (10, 30, 60)
_MOST_HOSTS = 4
_NARROWEST = 20
# Clear all below the cursor. It stands at the beginning of a line whenever Ansible is not printing.
_CLEAR = "\x1b[J"
_BELOW_AND_BACK = "\n{}\x1b[1A\r"


class CallbackModule(CallbackBase):
    """Notes which task runs where, and has a thread tell it."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "parity_progress"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        """Start with nothing under way."""
        super().__init__()
        self._running: dict[tuple[str, str], tuple[str, float]] = {}
        self._told: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()
        self._drawn = False
        # ansible-runner gives Ansible a terminal, and keeps what is written there.
        runner = os.environ.get("ANSIBLE_STDOUT_CALLBACK", "").startswith("awx")
        self._terminal = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb" and not runner
        self._thread: threading.Thread | None = None
        atexit.register(self._clear)

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """Note that a task begins on a host; a prompt is left alone."""
        if task.action in ("pause", "ansible.builtin.pause"):
            return
        with self._lock:
            self._running[host.get_name(), task._uuid] = (_one_line(task.get_name()), time.monotonic())
        if self._thread is None:
            self._thread = threading.Thread(target=self._keep_telling, daemon=True)
            self._thread.start()

    def v2_runner_on_ok(self, result: Any) -> None:
        """Note that it ended."""
        with self._lock:
            self._running.pop((result._host.get_name(), result._task._uuid), None)
            self._told.pop((result._host.get_name(), result._task._uuid), None)
        self._clear()

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """Note that it ended."""
        self.v2_runner_on_ok(result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        """Note that it ended."""
        self.v2_runner_on_ok(result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """Note that it ended."""
        self.v2_runner_on_ok(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Forget what a killed worker never ended."""
        with self._lock:
            self._running.clear()
        self._clear()

    def _keep_telling(self) -> None:
        while True:
            time.sleep(_REDRAWN_SECONDS)
            with self._lock:
                running = sorted((key, name, time.monotonic() - begun) for key, (name, begun) in self._running.items())
            if self._terminal:
                self._draw(
                    [(key[0], name, seconds) for key, name, seconds in running if seconds >= _DRAWN_AFTER_SECONDS]
                )
            else:
                self._tell(running)

    def _draw(self, running: list[tuple[str, str, float]]) -> None:
        """Draw the line anew."""
        columns = shutil.get_terminal_size().columns
        if not running or columns < _NARROWEST:
            self._clear()
            return
        running = sorted(running, key=lambda one: -one[2])  # of many hosts, the slow ones are who is waited for
        hosts = ", ".join(f"{_one_line(host)} {seconds:.0f} s" for host, _, seconds in running[:_MOST_HOSTS])
        more = f" and {len(running) - _MOST_HOSTS} more" if len(running) > _MOST_HOSTS else ""
        self._drawn = True
        _write(_CLEAR + _BELOW_AND_BACK.format(f"  … {hosts}{more}: {running[0][1]}"[: columns - 1]))

    def _tell(self, running: list[tuple[tuple[str, str], str, float]]) -> None:
        for key, name, seconds in running:
            due = [at for at in (*_TOLD_AFTER_SECONDS, int(seconds) // 60 * 60) if at and seconds >= at]
            if due and self._told.get(key, 0) < max(due):
                self._told[key] = max(due)
                _write(f"  … {_one_line(key[0])} {seconds:.0f} s: {name}\n")

    def _clear(self) -> None:
        if self._drawn:
            self._drawn = False
            _write(_CLEAR)


def _one_line(text: Any) -> str:
    """Return a name with nothing in it that steers a terminal."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(text)).split())


def _write(text: str) -> None:
    """Write past Python's buffers: a worker that is forked at this moment must not inherit half of the text."""
    sys.stdout.flush()
    encoding = sys.stdout.encoding or "utf-8"
    os.write(1, text.encode(encoding, "replace"))
