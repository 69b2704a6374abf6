"""Ansible prints prompts, labels, and messages of failures as they are: what a host chose in them is made plain."""

from __future__ import annotations

from pathlib import Path

import pytest

from parity.report.terminal import verdict

ROOT = Path(__file__).resolve().parents[4]
PLACES = {
    "roles/remedy/vars/main.yml": "__remedy_target.service, true) | audit_plain }}",
    "roles/remedy/tasks/repair.yml": "fail_msg: \"{{ __remedy_said | join('; ') | audit_plain }}\"",
    "roles/remedy_env/tasks/file.yml": "fail_msg: \"{{ __remedy_env_said | join('; ') | audit_plain }}\"",
    "playbooks/remedied.yml": "fail_msg: \"{{ __remedied_refused | join(' / ') | audit_plain }}\"",
}


@pytest.mark.parametrize("path", PLACES)
def test_what_is_printed_as_it_is_passes_the_filter(path):
    assert PLACES[path] in (ROOT / path).read_text()


def test_the_gates_verdict_is_plain():
    gate = {"fail_on": "high", "areas": {}, "reached": [], "problems": [], "only_new": False, "incomplete": True}
    unseen = [{"what": "the engine", "environment": "dev", "why": "\x1b[2Jit is\ngone"}]
    said = verdict({"gate": gate, "unseen": unseen})
    assert "it is gone. To ignore this, set parity_fail_on_unseen=false." in said
    assert "Not seen (2 parts): " in verdict({"gate": gate, "unseen": unseen * 2})
    assert "\x1b" not in said
