"""What is said of packages is held against containers of a real engine, and against what dpkg and Python say there."""

from __future__ import annotations

import json
import subprocess
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from parity.judge import knowledge
from parity.judge.audit import Settings, audit
from parity_host.gather import containers, packages
from parity_host.secrets.redact import Redactor

LABEL = "com.docker.compose"
DISTRIBUTIONS = "/usr/local/lib/python3.11/dist-packages"
LOCK = {"packages": {f"node_modules/{name}": {"version": "4.0.1"} for name in ("express", "qs", "vary")}}
PYTHON = """
import importlib.metadata, json
print(json.dumps({d.name: d.version for d in importlib.metadata.distributions(path=["%s"])}))
"""
KINDS = ("dpkg", "python", "npm", "gem")


def docker(*words: str, given: bytes | None = None) -> str:
    done = subprocess.run(["docker", *words], input=given, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


class Stacks:
    """Two projects on one engine, as environments, each with the service `api`."""

    def __init__(self, image: str) -> None:
        self.name = f"packages5-{uuid.uuid4().hex[:8]}"
        self.image = image
        self.made = [self.start(environment) for environment in ("dev", "prod")]

    def start(self, environment: str) -> str:
        labels = {f"{LABEL}.project": f"{self.name}-{environment}", f"{LABEL}.service": "api"}
        given = [word for label, value in labels.items() for word in ("--label", f"{label}={value}")]
        name = f"{self.name}-{environment}"
        docker("run", "-d", "--init", "--name", name, "--workdir", "/srv/shop", *given, self.image, "sleep", "600")
        return name

    def sh(self, environment: str, script: str, given: bytes | None = None) -> str:
        return docker("exec", "-i", f"{self.name}-{environment}", "sh", "-ec", script, given=given)

    def installs(self, environment: str, **versions: str) -> None:
        """Put Python distributions into a container, as pip leaves them."""
        for name, version in versions.items():
            folder = f"{DISTRIBUTIONS}/{name}-{version}.dist-info"
            self.sh(environment, f"mkdir -p {folder}; printf 'Name: {name}\\nVersion: {version}\\n' >{folder}/METADATA")

    def snapshot(self, environment: str) -> dict[str, Any]:
        seen: list[dict[str, Any]] = []
        redactor = Redactor(b"key")
        asked = containers.ContainerOptions("", f"{self.name}-{environment}", "", "", 0)
        facts = {
            "state": "seen",
            "engine": containers.gather(asked, {}, redactor, seen),
            "packages": packages.gather("", {}, redactor, seen),
        }
        assert facts["packages"]["state"] == "seen"
        return {
            "schema": 2,
            "environment": environment,
            "production": environment == "prod",
            "run": "one",
            "taken": "2026-11-24T08:00:00Z",
            "hosts": {f"{environment}1": json.loads(json.dumps(facts))},
        }

    def told(self, environment: str) -> dict[str, Any]:
        """Return the packages of an environment by kind, and why some are not known."""
        (host,) = self.snapshot(environment)["hosts"].values()
        (entry,) = host["packages"]["containers"].values()
        lists = [host["packages"]["lists"][entry[part]] for part in ("system", "application") if part in entry]
        found = {kind: versions for one in lists for kind, versions in one["packages"].items()}
        return {**found, "why": entry.get("application_unread", "")}

    def findings(self) -> dict[str, str]:
        snapshots = [self.snapshot("dev"), self.snapshot("prod")]
        data = audit(snapshots, knowledge.load(), Settings(), "2026-11-24T08:00:00Z", "0")
        return {one["id"]: one["severity"] for one in data["findings"] if one["area"] == "packages"}


@pytest.fixture
def stacks(engine: None, lab_image: str) -> Iterator[Stacks]:
    made = Stacks(lab_image)
    try:
        yield made
    finally:
        subprocess.run(["docker", "rm", "-f", *made.made], capture_output=True, check=False)


def test_the_lists_are_those_of_dpkg_and_of_python(stacks: Stacks) -> None:
    stacks.installs("prod", Django="4.2.16", typing_extensions="4.12.2", celery="5.4.0")
    told = stacks.told("prod")
    said = stacks.sh("prod", "dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\\n'").splitlines()
    installed = [line.split()[:2] for line in said if line.endswith(" installed")]
    assert len(installed) > 150
    assert told["dpkg"] == dict(installed)
    by_python = json.loads(docker("exec", stacks.made[1], "python3", "-c", PYTHON % DISTRIBUTIONS))
    assert told["python"] == {name.lower().replace("_", "-"): version for name, version in by_python.items()}
    assert len(told["python"]) == 3


def test_equal_containers_are_silent_and_planted_differences_are_found(stacks: Stacks) -> None:
    for environment in ("dev", "prod"):
        stacks.installs(environment, Django="4.2.16", celery="5.4.0", kombu="5.4.2", vine="5.1.0")
        stacks.sh(environment, "mkdir -p node_modules; cat >node_modules/.package-lock.json", json.dumps(LOCK).encode())
        stacks.sh(environment, "printf 'Django==4.2.16\\nrequests\\n' >requirements.txt")
    assert stacks.findings() == {}
    stacks.installs("dev", requests="2.32.3")
    stacks.sh("prod", f"mv {DISTRIBUTIONS}/Django-4.2.16.dist-info {DISTRIBUTIONS}/Django-5.0.1.dist-info")
    stacks.sh("prod", "sed -i s/4.0.1/4.0.2/ node_modules/.package-lock.json")
    stacks.sh("prod", "sed -i '/^Package: zlib1g$/,/^$/s/^Version: .*/Version: 1:1.2.12-1/' /var/lib/dpkg/status")
    assert stacks.findings() == {
        "packages.missing/api/python@prod": "medium",
        "packages.versions-differ/api/python@dev+prod": "medium",
        "packages.versions-differ/api/npm@dev+prod": "info",
        "packages.system-differs/api/dpkg@dev+prod": "info",
    }


def test_without_a_shell_files_are_read_and_the_rest_is_unknown(stacks: Stacks) -> None:
    stacks.installs("prod", Django="4.2.16")
    whole = stacks.told("prod")["dpkg"]
    docker(
        "exec",
        stacks.made[1],
        "python3",
        "-c",
        "import os; [os.path.lexists(p) and os.remove(p) for p in ('/usr/bin/sh', '/usr/bin/dash', '/usr/bin/bash')]",
    )
    told = stacks.told("prod")
    assert (told["dpkg"], "python" in told) == (whole, False)
    assert "sh: not found in the image" in told["why"]
    docker("stop", "-t", "0", stacks.made[1])
    told = stacks.told("prod")
    assert (told["dpkg"], told["why"]) == (whole, "it is not running")
    assert stacks.findings() == {}


HOSTILE = {
    "folder": "mv /var/lib/dpkg/status /tmp/s; mkdir /var/lib/dpkg/status; truncate -s 50M /var/lib/dpkg/status/status",
    "large": "head -c 9000000 /dev/zero | tr '\\0' 'a' >>/var/lib/dpkg/status",
    "sparse": "truncate -s 20G /var/lib/dpkg/status",
    "cut": "head -c 5000000 /dev/zero | tr '\\0' '\\n' >>/var/lib/dpkg/status; truncate -s 5M /var/lib/dpkg/status",
    "pipe": "rm /var/lib/dpkg/status; mkfifo /var/lib/dpkg/status",
    "loop": "rm /var/lib/dpkg/status; ln -s status /var/lib/dpkg/status",
    "link": "rm /var/lib/dpkg/status; ln -s /dev/zero /var/lib/dpkg/status",
    "passwords": "rm /var/lib/dpkg/status; ln -s /etc/shadow /var/lib/dpkg/status",
    "lock": "mkdir -p node_modules; ln -s /etc/shadow node_modules/.package-lock.json",
    "deep": "mkdir -p node_modules; head -c 3000000 /dev/zero | tr '\\0' '[' >node_modules/.package-lock.json",
    "names": f"mkdir -p {DISTRIBUTIONS}; cd {DISTRIBUTIONS}; mkdir \"$(printf 'a\\nb-1.dist-info')\" \"$(printf 'c\\033[31m-1.dist-info')\" '$(id)-1.dist-info'",
    "many": f"mkdir -p {DISTRIBUTIONS}; cd {DISTRIBUTIONS}; seq -f 'p%.0f-1.0.dist-info' 1 20000 | xargs mkdir",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_container_costs_little_and_tells_nothing_wrong(case: str, stacks: Stacks) -> None:
    stacks.sh("prod", HOSTILE[case])
    started, used = time.monotonic(), time.process_time()
    told = stacks.told("prod")
    assert time.monotonic() - started < packages.SECONDS + 5
    assert time.process_time() - used < 2
    known = set(stacks.told("dev")["dpkg"])
    assert set(told.get("dpkg") or {}) <= known
    # The line behind the first one's end is a name of its own; of 20,000 nobody says anything.
    assert {kind: told[kind] for kind in KINDS[1:] if told.get(kind)} == (
        {"python": {"b": "1"}} if case == "names" else {}
    )
    assert stacks.findings() == {}


def test_looking_changes_nothing_and_starts_no_program_but_the_shell(stacks: Stacks) -> None:
    stacks.installs("prod", Django="4.2.16")
    name = stacks.made[1]
    before = sorted(docker("diff", name).splitlines()), docker("top", name, "-eo", "pid,args")
    since = f"{time.time():.9f}"
    stacks.told("prod")
    until = f"{time.time():.9f}"
    assert (sorted(docker("diff", name).splitlines()), docker("top", name, "-eo", "pid,args")) == before
    said = docker(
        "events", "--since", since, "--until", until, "--format", "{{.Action}}", "--filter", f"container={name}"
    )
    started = [line for line in said.splitlines() if line.startswith("exec_start")]
    assert len(started) == 1
    assert "timeout -s KILL" in started[0]
