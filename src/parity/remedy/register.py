"""The controller's half of a remedy: the module of its program's name in this folder, as `program.Program` says.

Which programs there are is said in one table, `parity_host/remedy/register.py`: a host can import nothing of the
controller's.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

from parity.domain.findings import ParityError
from parity.remedy.program import Program
from parity_host.remedy.register import KINDS


def program(kind: str) -> Program:
    """Return the module of a kind; raises ParityError with the kinds that there are."""
    if kind not in KINDS:
        raise ParityError(f"No remedy repairs the files of {kind!r}. Valid kinds: {', '.join(sorted(KINDS))}.")
    return cast(Program, import_module(f"{__package__}.{kind}"))
