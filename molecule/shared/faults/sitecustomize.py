"""A Python that dies, or whose file is edited by somebody else, in the middle of a switch.

The file `what` beside this one holds one word: `kill-before` (the file is renamed), `kill-after`, or `edit` (once the
backup is made). Files of the switch itself, whose names begin with a dot, are left alone.
"""

import os
import signal
from pathlib import Path

WHAT = (Path(__file__).parent / "what").read_text().strip()
RENAME, LINK = os.rename, os.link


def rename(source, target, **how):
    """Rename, and die before or after."""
    ours = ".parity-" in os.path.basename(source) and not os.path.basename(target).startswith(".")
    if ours and WHAT == "kill-before":
        os.kill(os.getpid(), signal.SIGKILL)
    RENAME(source, target, **how)
    if ours and WHAT == "kill-after":
        os.kill(os.getpid(), signal.SIGKILL)


def link(source, target, **how):
    """Link, and edit what was linked."""
    LINK(source, target, **how)
    if ".parity-" in os.path.basename(target) and WHAT == "edit":
        edited = os.open(source, os.O_WRONLY | os.O_APPEND, dir_fd=how.get("src_dir_fd"))
        with open(edited, "a") as stream:
            stream.write("# edited meanwhile\n")


os.rename, os.link = rename, link
