"""A container that goes away between being listed and being inspected: the rest is seen, and it is said."""

from __future__ import annotations

from pathlib import Path

import fake_engine

from parity_host.gather import host


def test_the_rest_is_seen_and_it_is_said(tmp_path: Path) -> None:
    stays, gone = fake_engine.container("api"), fake_engine.container("gone")
    answers = fake_engine.answers(stays, gone)
    del answers[f"/containers/{gone['Id']}/json"]
    with fake_engine.serving(answers, tmp_path) as address:
        facts = host.gather(fake_engine.asked(address), "k" * 48, {})
    assert facts["engine"]["state"] == "seen"
    assert [one["name"] for one in facts["engine"]["containers"]] == ["app-api-1"]
    assert facts["engine"]["unread"] == ["container app-gone-1 was removed while the containers were read"]
