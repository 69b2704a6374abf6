"""What is said of logs and memory is held against containers of a real engine."""

from __future__ import annotations

import os
import subprocess
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from parity.judge import knowledge
from parity.judge.audit import Settings, audit
from parity_host.gather import containers, resources
from parity_host.secrets.redact import Redactor

LABEL = "com.docker.compose"
LIMIT = "128m"
# 116 of 128 MiB that cannot be given back; and a file as large that is read again and again, so that it is in use.
FILLS = "held = bytearray(b'x') * (116 << 20)"
READS = """
with open('/var/tmp/f', 'wb') as f: f.write(b'x' * 1048576 * 8); [f.write(b'x' * 1048576) for _ in range(112)]
for _ in range(4):
    with open('/var/tmp/f', 'rb') as f:
        while f.read(1048576): pass
"""
IDLES = "pass"


def docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class Stacks:
    """Two projects on one engine, as environments."""

    def __init__(self, image: str) -> None:
        self.name, self.image = f"resources5-{uuid.uuid4().hex[:8]}", image
        self.made: list[str] = []

    def run(self, environment: str, service: str, code: str, *words: str) -> None:
        """Start a container of a service that runs Python code and says so."""
        name = f"{self.name}-{environment}-{service}"
        self.made.append(name)
        labels = {f"{LABEL}.project": f"{self.name}-{environment}", f"{LABEL}.service": service}
        given = [word for label, value in labels.items() for word in ("--label", f"{label}={value}")]
        program = f"{code}\nprint('ready', flush=True)\nimport time\ntime.sleep(600)"
        docker("run", "-d", "--name", name, *given, *words, "--entrypoint", "python3", self.image, "-c", program)

    def wait(self) -> None:
        """Wait until every program has said that it is ready."""
        deadline = time.monotonic() + 60
        for name in self.made:
            while "ready" not in docker("logs", name):
                assert time.monotonic() < deadline, f"{name} does not get ready"
                time.sleep(0.2)

    def snapshot(self, environment: str) -> dict[str, Any]:
        seen: list[dict[str, Any]] = []
        options = containers.ContainerOptions("", f"{self.name}-{environment}", "", environment, 0)
        facts: dict[str, Any] = {"state": "seen", "reason": ""}
        facts["engine"] = containers.gather(options, dict(os.environ), Redactor(b"k" * 48), seen)
        facts["resources"] = resources.gather("", dict(os.environ), seen, "")
        assert facts["resources"]["unread"] == []
        facts["resources"]["host"].pop("disks", None)  # how full this machine's disk is, is not tested here
        return {
            "schema": 2,
            "environment": environment,
            "production": environment == "prod",
            "run": "one",
            "taken": "2026-11-24T08:00:00Z",
            "hosts": {f"{environment}1": facts},
        }

    def findings(self) -> dict[str, dict[str, Any]]:
        """Return what the area says of the two, by id."""
        both = [self.snapshot("dev"), self.snapshot("prod")]
        data = audit(both, knowledge.load(), Settings(), "2026-11-24T08:00:00Z", "0")
        return {one["id"]: one for one in data["findings"] if one["area"] == "resources"}


@pytest.fixture
def stacks(lab_image: str) -> Iterator[Stacks]:
    made = Stacks(lab_image)
    try:
        yield made
    finally:
        subprocess.run(["docker", "rm", "-f", *made.made], capture_output=True, check=False)


def test_logs_without_a_limit(stacks: Stacks) -> None:
    """No limit in any environment, in one only, and none needed."""
    limited, own = ("--log-opt", "max-size=10m"), ("--log-driver", "local")
    for environment in ("dev", "prod"):
        stacks.run(environment, "api", IDLES, "--log-driver", "json-file")
        stacks.run(environment, "web", IDLES, *limited)
        stacks.run(environment, "db", IDLES, *own)
    stacks.run("dev", "worker", IDLES, *limited)
    stacks.run("prod", "worker", IDLES, "--log-driver", "json-file")
    stacks.wait()
    found = stacks.findings()
    assert set(found) == {"resources.log-unlimited@dev+prod", "resources.log-limit-differs/worker@prod"}
    assert found["resources.log-unlimited@dev+prod"]["evidence"][0]["shown"].endswith(": api")


def test_memory_near_its_limit_and_memory_that_is_given_back(stacks: Stacks) -> None:
    memory = ("--memory", LIMIT, "--memory-swap", LIMIT, "--log-driver", "local")
    for environment in ("dev", "prod"):
        for service, code in (("api", FILLS), ("reader", READS), ("web", IDLES)):
            stacks.run(environment, service, code, *memory)
        stacks.run(environment, "free", FILLS, "--log-driver", "local")
    stacks.wait()
    found = stacks.findings()
    told = {name: (one["severity"], one["status"]) for name, one in found.items()}
    near = "resources.memory-near-limit"
    assert told.pop(f"{near}/api@prod") == ("medium", "open")
    assert told.pop(f"{near}/api@dev") == ("low", "open")
    # The kernel may have taken some of the file cache back already.
    assert {name for name, one in told.items() if one != ("info", "expected")} == set()
    assert set(told) <= {f"{near}/reader@dev", f"{near}/reader@prod"}
