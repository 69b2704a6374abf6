"""What ends a remedy from outside: a signal becomes an exception, so that what is half done is put back at once."""

from __future__ import annotations

import signal
from typing import Any

# Ctrl-C, a pipeline that is cancelled, a connection that breaks.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def by_exception() -> None:
    """Let the first of SIGNALS raise SystemExit where the process is, and those after it do nothing.

    A second one, as of somebody who presses Ctrl-C again, would cut off the putting back. What cannot be caught leaves
    a journal, by which the next run puts everything back.
    """
    for number in SIGNALS:
        signal.signal(number, _stop)


def not_any_more() -> None:
    """Let signals do nothing from here on, where `by_exception` was called: what is put back is not cut off."""
    for number in SIGNALS:
        if signal.getsignal(number) is _stop:
            signal.signal(number, signal.SIG_IGN)


def _stop(number: int, _frame: Any) -> None:
    for one in SIGNALS:
        signal.signal(one, signal.SIG_IGN)
    raise SystemExit("it was stopped by %s" % signal.Signals(number).name)
