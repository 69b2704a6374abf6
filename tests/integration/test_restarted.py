"""A container that a real engine restarted a few times: still looping at first, up once it has run for long."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
from nginx_containers import docker
from stacks import audited

from parity_host.gather import container_facts, containers, host

LABEL = "com.docker.compose."
# Ends three times, then stays.
PROGRAM = "n=$(cat /tmp/n 2>/dev/null || echo 0); echo $((n+1)) >/tmp/n; echo start $n; [ $n -lt 3 ] && exit 3; exec sleep 600"


@pytest.fixture
def project(lab_image: str) -> Iterator[str]:
    name = f"parity-restarted-{os.getpid()}"
    labels = [f"--label={LABEL}project={name}", f"--label={LABEL}service=job"]
    given = ["--name", name, "--init", "--restart", "always", "--entrypoint", "sh"]
    docker("run", "-d", *given, *labels, lab_image, "-c", PROGRAM)
    late = time.monotonic() + 30
    while "start 3" not in docker("logs", name):
        assert time.monotonic() < late, "it was not restarted"
        time.sleep(0.2)
    yield name
    docker("rm", "-f", "-v", name)


def look(project: str) -> dict[str, Any]:
    asked = host.GatherOptions(project, "", [], [], "", False, "prod", "", 200, [], [], 5.0, False, False)
    facts = {"state": "seen", "reason": "", **host.gather(asked, "key", dict(os.environ))}
    return {"schema": 1, "environment": "prod", "production": True, "run": "one", "taken": "2026-11-24T02:00:00Z",
            "hosts": {"prod1": facts}}  # fmt: skip


def test_it_loops_until_it_has_run_for_long(project, monkeypatch):
    soon = audited(look(project))
    assert "last exit code" not in soon["containers.restarting/job@prod"].evidence[0].shown
    monkeypatch.setattr(containers, "UP_SECONDS", 0)
    now = time.time()
    monkeypatch.setattr(container_facts.time, "time", lambda: now + 3 * 3600)
    seen = look(project)
    later = audited(seen)
    assert "containers.restarting/job@prod" not in later
    assert later["containers.restarted/job@prod"].evidence[0].shown == "running for 3 hours, 3 restarts before"
    assert seen["hosts"]["prod1"]["engine"]["containers"][0]["log_tail"] == ["start 3"]
