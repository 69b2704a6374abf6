"""A command in a terminal of its own, as a person has one."""

from __future__ import annotations

import os
import pty
import select
import signal
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def environment(**more: str) -> dict[str, str]:
    """Return what `ansible-playbook` runs with: no colours, nothing of the machine's own width."""
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    return {**kept, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1", "TERM": "xterm", **more}


def in_terminal(
    words: list[str], columns: int = 80, prompt: bytes = b"", answer: bytes = b"", **more: str
) -> tuple[int, str]:
    """Return how a command ended and all that it wrote; once it has written `prompt`, `answer` is typed."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        os.environ.clear()
        os.environ.update(environment(COLUMNS=str(columns), **more))
        os.execv(words[0], words)  # noqa: S606 - a program of ours, without a shell
    said, asked = b"", not prompt
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 1)[0]:
            # What is typed before the program listens is thrown away: it waits for a quiet second.
            if not asked and prompt in said:
                asked = True
                os.write(terminal, answer)
            continue
        try:
            read = os.read(terminal, 65536)
        except OSError:  # the terminal's way to say that nobody writes any more
            break
        if not read:
            break
        said += read
    else:
        os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(terminal)
    return code, said.decode()
