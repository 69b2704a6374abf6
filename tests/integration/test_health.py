"""Real PostgreSQL, Redis, Celery, Prometheus and nginx in throw-away containers, asked for their health."""

from __future__ import annotations

import json
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from parity.judge.audit import Settings, audit
from parity.judge.knowledge import load
from parity_host.gather import containers
from parity_host.health import gather as health
from parity_host.secrets.redact import Redactor

ROOT = Path(__file__).resolve().parents[2]
APP = """
import os
import re
from celery import Celery
app = Celery("tasks", broker=os.environ["REDIS_URL"])
app.conf.task_routes = {"tasks.digest": {"queue": "digests"}}
app.conf.beat_schedule = {
    "digest": {"task": "tasks.digest", "schedule": 0.5},
    "gone": {"task": "tasks.gone", "schedule": 900.0},
}
app.conf.beat_schedule_filename = "/tmp/beat"
print("an application may print", flush=True)

@app.task
def digest():
    pass
"""
PROMETHEUS = """
global: {scrape_interval: 1s}
scrape_configs:
  - {job_name: prometheus, static_configs: [{targets: ["localhost:9090"]}]}
  - {job_name: gone, static_configs: [{targets: ["postgres-exporter:9187"]}]}
"""

TARGETS = "prometheus :9090/api/v1/targets?state=active"


def docker(*words: str, check: bool = True) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=60)
    assert not check or done.returncode == 0, done.stderr
    return done.stdout.strip()


@dataclass
class Stack:
    """Containers of one project of their own, on a network of their own."""

    project: str
    image: str
    folder: Path
    passwords: tuple[str, str]

    def name(self, service: str) -> str:
        return f"{self.project}-{service}"

    def run(self, service: str, *words: str, options: tuple[str, ...] = ()) -> None:
        labels = (f"com.docker.compose.project={self.project}", f"com.docker.compose.service={service}")
        common = [part for label in labels for part in ("--label", label)]
        common += ["--network", self.project, "--network-alias", service, "--name", self.name(service)]
        docker("run", "-d", *common, *options, self.image, *words)

    def probes(self, **asked: Any) -> dict[str, dict[str, Any]]:
        return {f"{probe['service']} {probe['target']}": probe for probe in self.gather(**asked)["probes"]}

    def gather(self, timeout: float = 5.0, configured: Any = ()) -> dict[str, Any]:
        redactor = Redactor(b"k" * 20)
        found = health.gather(health.ProbeOptions("", self.project, list(configured), timeout), {}, redactor)
        assert found["state"] == "seen", found
        swept = redactor.sweep(found)
        assert isinstance(swept, dict)
        return swept

    def facts(self, probe: str) -> dict[str, Any]:
        facts: dict[str, Any] = self.probes().get(probe, {}).get("facts", {})
        return facts

    def findings(self) -> set[str]:
        asked = containers.ContainerOptions("", self.project, "", "", 0)
        engine = containers.gather(asked, {}, Redactor(b"k" * 20))
        host = {"state": "seen", "engine": engine, "project": {"state": "absent"}, "health": self.gather()}
        snapshot = {"schema": 1, "environment": "prod", "production": True, "run": "1", "hosts": {"h": host}}
        report = audit([snapshot], load(), Settings(), "2026-01-01T00:00:00Z", "0")
        assert report["unseen"] == []
        return {finding["id"] for finding in report["findings"] if finding["area"] == "health"}


def until(question: Any, seconds: float = 60.0) -> Any:
    """Return the answer as soon as it is true, else the last one."""
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if answer or time.monotonic() > deadline:
            return answer
        time.sleep(0.5)


@pytest.fixture(scope="module")
def stack(lab_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("health")
    (folder / "tasks.py").write_text(APP)
    (folder / "prometheus.yml").write_text(PROMETHEUS)
    passwords = (secrets.token_urlsafe(12), secrets.token_urlsafe(12))
    project = f"endpoints-{secrets.token_hex(4)}"
    stack = Stack(project, lab_image, folder, passwords)
    docker("network", "create", project)
    try:
        bring_up(stack)
        yield stack
    finally:
        listed = docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={project}").split()
        docker("rm", "-fv", *listed, check=False)
        docker("network", "rm", project, check=False)


def bring_up(stack: Stack) -> None:
    pg, redis = stack.passwords
    stack.run(
        "redis", "redis-server", "--requirepass", redis, "--maxmemory", "32mb", "--maxmemory-policy", "allkeys-lru"
    )
    settings = ("POSTGRES_USER=shop", f"POSTGRES_PASSWORD={pg}", "POSTGRES_DB=shop")
    stack.run(
        "postgres",
        options=(*(part for one in settings for part in ("-e", one)), "--entrypoint", "/opt/lab/postgres.sh"),
    )
    app = ("-e", f"REDIS_URL=redis://default:{redis}@redis:6379/0", "-v", f"{stack.folder}:/app:ro", "-w", "/app")
    until(
        lambda: (
            "PONG"
            in docker("exec", "-e", f"REDISCLI_AUTH={redis}", stack.name("redis"), "redis-cli", "ping", check=False)
        )
    )
    stack.run(
        "worker", *["python3", "-m", "celery", "-A", "tasks", "worker", "--pool", "solo", "-Q", "celery"], options=app
    )
    stack.run("beat", *["python3", "-m", "celery", "-A", "tasks", "beat"], options=app)
    mounted = ("-v", f"{stack.folder}/prometheus.yml:/p.yml:ro")
    stack.run("prometheus", "prometheus", "--config.file=/p.yml", "--storage.tsdb.path=/tmp/p", options=mounted)
    stack.run("nginx", "nginx", "-g", "daemon off;", options=("-p", "127.0.0.1::80"))
    stack.run("grafana", "python3", "/opt/lab/standin.py", "grafana")
    until(lambda: {probe["state"] for probe in stack.probes().values()} == {"ok"})
    until(lambda: "consumed" in stack.facts("beat celery inspect"))
    until(lambda: {one["health"] for one in stack.facts(TARGETS).get("targets", [])} == {"up", "down"})


def test_every_service_answers_for_itself_with_its_own_facts(stack):
    probes = stack.probes()
    assert {name: probe["reason"] for name, probe in probes.items() if probe["state"] != "ok"} == {}
    postgres = probes["postgres postgres"]["facts"]
    assert postgres["version"].startswith("15.")
    assert (postgres["connections_limit"], postgres["connections_reserved"], postgres["recovery"]) == (100, 3, False)
    redis = probes["redis redis"]["facts"]
    assert (redis["memory_limit"], redis["policy"]) == (32 * 1024 * 1024, "allkeys-lru")
    assert probes["nginx :80/"]["facts"]["status"] == 200
    assert probes["grafana :3000/api/health"]["facts"]["version"] == "10.4.2"
    targets = probes[TARGETS]["facts"]["targets"]
    assert {target["job"]: target["health"] for target in targets} == {"prometheus": "up", "gone": "down"}


def test_celery_says_what_is_sent_taken_and_known(stack):
    beat = stack.probes()["beat celery inspect"]["facts"]
    sent = {entry["task"]: entry["queue"] for entry in beat["schedule"]}
    assert sent == {"tasks.digest": "digests", "tasks.gone": "celery"}
    assert list(beat["consumed"].values()) == [["celery"]]
    assert beat["registered"] == ["tasks.digest"]
    first, last = beat["queues"]["digests"]["lengths"]
    assert last >= first > 0  # a queue that nobody takes from is not waited for to grow
    assert (beat["broker"]["host"], beat["broker"]["virtual_host"]) == ("redis", "0")


def test_the_faults_of_a_live_stack_become_findings(stack):
    assert stack.findings() == {
        "health.queue-unconsumed/beat/digests@prod",
        "health.task-unregistered/beat/tasks.gone@prod",
        "health.redis-evicts-tasks/redis@prod",
        "health.target-without-service/prometheus/gone/postgres-exporter:9187@prod",
    }


def test_no_password_leaves_the_host_nor_stands_in_a_list_of_processes(stack):
    seen = json.dumps(stack.gather())
    assert [password for password in stack.passwords if password in seen] == []
    lines: set[str] = set()
    for _ in range(10):  # a command may be over before the list is read
        started = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.path.insert(0, 'src'); from parity_host.health import gather; from parity_host.secrets import redact\n"
             f"gather.gather(gather.ProbeOptions('', {stack.project!r}, [], 5.0), {{}}, redact.Redactor(b'k'))"],
            cwd=ROOT,
        )  # fmt: skip
        while started.poll() is None:
            for service in ("postgres", "redis"):
                lines.update(docker("top", stack.name(service), "-eo", "pid,args", check=False).splitlines())
        asked = [line for line in lines if "psql" in line or "redis-cli" in line or "pg_isready" in line]
        if asked:
            break
    assert asked
    assert [line for line in asked if any(password in line for password in stack.passwords)] == []


def test_asking_changes_no_file_and_no_key(stack):
    def state() -> tuple[list[list[str]], str]:
        # The engine lists what has changed in no order.
        changed = [sorted(docker("diff", stack.name(service)).splitlines()) for service in ("worker", "beat")]
        keys = docker(
            "exec", "-e", f"REDISCLI_AUTH={stack.passwords[1]}", stack.name("redis"), "redis-cli", "keys", "*"
        )
        return changed, " ".join(sorted(key for key in keys.split() if "reply" not in key))

    before = state()
    stack.gather()
    assert state() == before
    assert list(stack.folder.rglob("*.pyc")) == []


def test_a_worker_that_stands_still_is_silent_and_nothing_else_is_concluded(stack):
    docker("kill", "-s", "STOP", stack.name("worker"))
    try:
        found = stack.findings()
    finally:
        docker("kill", "-s", "CONT", stack.name("worker"))
    assert "health.worker-silent/worker@prod" in found
    assert {one for one in found if "queue" in one or "unregistered" in one} == set()


def test_a_service_that_runs_and_does_not_do_its_work_is_found(stack):
    stack.run("db-postgres", "sleep", "600", options=("-e", "POSTGRES_USER=shop"))
    stack.run("loki", "sleep", "600")
    stack.run("cache-redis", "sleep", "600")
    try:
        probes = stack.probes()
        found = stack.findings()
    finally:
        docker("rm", "-f", *(stack.name(service) for service in ("db-postgres", "loki", "cache-redis")))
    assert probes["db-postgres postgres"]["reason"] == "pg_isready: it does not answer"
    assert "Connection refused" in probes["cache-redis redis"]["reason"]
    assert "health.postgres-not-accepting/db-postgres@prod" in found
    assert "health.redis-not-answering/cache-redis@prod" in found
    assert "health.endpoint-down/loki@prod" in found


def test_celery_without_its_broker_or_its_application_is_told_apart(stack):
    lost = ("-e", "REDIS_URL=redis://nowhere:6379/0", "-v", f"{stack.folder}:/app:ro", "-w", "/app")
    stack.run("lost", *["python3", "-m", "celery", "-A", "tasks", "worker", "--pool", "solo"], options=lost)
    broken = ("-e", "PYTHONPATH=/none", "--entrypoint", "sh")
    stack.run("broken", "-c", "sleep 600; exec python3 -m celery -A absent worker", options=broken)
    try:
        probes = stack.probes()
    finally:
        docker("rm", "-f", stack.name("lost"), stack.name("broken"))
    assert probes["lost celery inspect"]["state"] == "failed"
    assert "cannot reach its broker" in probes["lost celery inspect"]["reason"]
    assert probes["broken celery inspect"]["state"] == "unknown"
    assert "could not be loaded" in probes["broken celery inspect"]["reason"]


def test_a_published_port_behind_which_nothing_listens_is_seen_to_be_dead(stack):
    ports = ("-p", "127.0.0.1::80", "-p", "127.0.0.1::443")
    stack.run("edge-nginx", "nginx", "-g", "daemon off;", options=ports)
    try:
        probes = until(lambda: (found := stack.probes())["edge-nginx :80/"]["state"] == "ok" and found)
    finally:
        docker("rm", "-f", stack.name("edge-nginx"))
    assert probes["edge-nginx :443/"]["state"] == "failed"
    assert re.fullmatch(r"connection to \S+ refused", probes["edge-nginx :443/"]["reason"])


def test_a_stack_that_hangs_costs_no_more_than_the_deadlines(stack):
    hang = "import socket,time; s=socket.create_server(('',8000)); print('listens', flush=True); time.sleep(600)"
    stack.run("api", "python3", "-c", hang, options=("--label", "parity.health=:8000/health"))
    until = time.monotonic() + 20
    while "listens" not in docker("logs", stack.name("api")) and time.monotonic() < until:
        time.sleep(0.1)
    started = time.monotonic()
    try:
        probes = stack.probes(timeout=1.0)
    finally:
        docker("rm", "-f", stack.name("api"))
    assert time.monotonic() - started < 6.0
    assert (probes["api :8000/health"]["state"], "in time" in probes["api :8000/health"]["reason"]) == ("failed", True)


def test_what_the_user_names_is_asked_and_what_he_excludes_is_not(stack):
    configured = [
        {"service": "grafana", "kind": "none"},
        {"service": "prometheus", "path": "/-/ready", "kind": "http"},
        {"service": "absent", "path": "/x"},
    ]
    probes = stack.probes(configured=configured)
    assert [name for name in probes if name.startswith("grafana")] == []
    assert [name for name in probes if name.startswith("prometheus")] == ["prometheus :9090/-/ready"]
    assert probes["absent parity_endpoints"]["state"] == "unknown"
