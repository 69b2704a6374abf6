"""What both fact modules share: a redactor for the run's key, and a way out that never shows a secret."""

from __future__ import annotations

import traceback
from typing import Any, Callable, Dict

from .redact import Redactor

KEY_ARGUMENT: Dict[str, Any] = {"type": "str", "required": True, "no_log": True}


def guarded(key: str, gather: Callable[[Redactor], Dict[str, Any]]) -> Dict[str, Any]:
    """Return what `gather` found, swept once more for every secret met on the way.

    A fault of our own becomes `state: unseen` with the place of the fault: never a traceback, whose last line may
    quote a value, and never a failed task, which would end the audit of the other hosts.
    """
    redactor = Redactor(key.encode())
    try:
        facts = gather(redactor)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = "%s:%s" % (place.filename.rsplit("/", 1)[-1], place.lineno)
        facts = {
            "state": "unseen",
            "reason": "a fault in Parity itself (%s at %s); please report it" % (type(error).__name__, where),
        }
    swept = redactor.sweep(facts)
    if not isinstance(swept, dict):
        raise TypeError("a swept mapping must stay a mapping")
    return swept
