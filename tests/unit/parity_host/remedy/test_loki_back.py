"""Whether a Loki whose old file was put back is restarted: one that has not read another since is left as it runs."""

from __future__ import annotations

from typing import Any

import pytest

from parity_host.engine.times import NANO, nanoseconds
from parity_host.remedy.loki import LokiService
from parity_host.remedy.service import Options
from parity_host.secrets.redact import Redactor

EARLIER, LATER = "2026-11-28T10:00:00.5Z", "2026-11-28T10:00:09Z"
SINCE = nanoseconds("2026-11-28T10:00:05Z") or 0


class Loki(LokiService):
    """One whose engine says what a test says, and that notes whether it was restarted."""

    restarted = False

    def _is_ready(self, deadline: float) -> bool:
        return False  # so that nothing is waited for

    def _inspect(self) -> dict[str, Any]:
        return self.now

    def _restart(self, grace_seconds: int) -> None:
        self.restarted = True


def loki(before: dict[str, Any], now: dict[str, Any]) -> Loki:
    made = Loki(None, {"Id": "0123456789abcdef", "State": before}, {}, Redactor(b"k" * 32), Options(True, True, 1.0))  # type: ignore[arg-type]
    made.now = {"State": now}
    return made


@pytest.mark.parametrize(
    ("before", "now", "since", "restarts"),
    [
        ((EARLIER, "running"), (EARLIER, "running"), SINCE, False),
        ((EARLIER, "running"), (LATER, "running"), SINCE, True),
        ((LATER, "running"), (LATER, "running"), SINCE, True),  # by a run that died
        ((EARLIER, "running"), (LATER, "running"), SINCE + 60 * NANO, True),  # whatever the clock says
        ((EARLIER, "running"), (EARLIER, "restarting"), SINCE, True),
        ((EARLIER, "running"), ("", "running"), SINCE, True),
        ((EARLIER, "exited"), (EARLIER, "exited"), SINCE, False),  # somebody stopped it
    ],
)
def test_it_is_restarted_where_it_may_have_read_another_file(before, now, since, restarts):
    states = [{"StartedAt": started, "Status": status, "ExitCode": 0} for started, status in (before, now)]
    made = loki(*states)
    assert made.back(since) is restarts
    assert made.restarted is restarts
