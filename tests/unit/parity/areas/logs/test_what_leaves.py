"""What a host lets out of real logs tells the same as the logs: each message is found, with what its groups hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parity.ansible.log_patterns import log_patterns
from parity.judge.knowledge import load
from parity_host.secrets.redact import HIDDEN_WORD, Redactor

LOGS = sorted((Path(__file__).parents[4] / "cases" / "logs").glob("*/*.txt"))


def told(line: str) -> dict[str, dict[str, Any]]:
    found = ((one.id, one.pattern.search(line[:400])) for one in load().signatures)
    return {name: match.groupdict() for name, match in found if match}


@pytest.mark.parametrize("path", LOGS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_messages_are_found_in_what_leaves(path: Path) -> None:
    redactor = Redactor(b"k" * 48, messages=log_patterns([]))
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        assert told(redactor.said(line)) == told(line)


def test_something_is_hidden_in_them() -> None:
    redactor = Redactor(b"k" * 48, messages=log_patterns([]))
    lines = [line for path in LOGS for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    assert 10 < sum(HIDDEN_WORD in redactor.said(line) for line in lines) < len(lines) / 2
