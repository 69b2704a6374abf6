"""The comment on a pull request: it holds as many problems as fit, and each of them whole."""

from __future__ import annotations

from stacks import KNOWN, stack

from parity.judge.audit import Settings, audit, completed
from parity.report import comment, write


def commented(times: int) -> tuple[str, int]:
    """Return the comment on an audit that found everything so many times, and how many problems there are."""
    dev = {"image": "nginx:1.22.1", "env": {"LOG_LEVEL": "debug", "KEY": "yes"}}
    prod = {"image": "nginx", "env": {"DEBUG": "true", "POSTGRES_PASSWORD": "postgres"}}
    sides = [stack("dev", {"api": dev, "other": {}}), stack("prod", {"api": prod})]
    data = completed(audit(sides, KNOWN, Settings(), "2026-11-24T08:00:00Z", "1"))
    data["problems"] = [one for one in data["problems"] for _ in range(times)]
    return write.render(data)["comment.md"], sum(one["status"] == "open" for one in data["problems"])


def test_all_problems_are_there_where_they_fit():
    text, count = commented(1)
    assert f"{count} problems" in text
    assert text.count('<a id="p') == count
    assert "of lower severity" not in text


def test_no_more_than_github_takes_and_nothing_folded_stays_open(monkeypatch):
    monkeypatch.setattr(comment, "MOST_BYTES", 6_000)
    text, count = commented(20)
    assert len(text.encode()) <= 6_000
    assert text.count("<details>") == text.count("</details>")
    shown = text.count('<a id="p')
    assert 0 < shown < count
    assert f"And {count - shown} more, of lower severity" in text
    assert text.rstrip().endswith("by Parity 1.")


def test_the_limit_is_below_that_of_github():
    assert comment.MOST_BYTES < 65_536
