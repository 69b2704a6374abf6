"""An engine's answer of another shape than an engine gives: one bad container is one unseen container."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fake_engine
import pytest

from parity_host.engine.answers import CONTAINER, IMAGE, LISTED, MalformedError, shaped
from parity_host.engine.client import NotFoundError
from parity_host.gather import containers, host
from parity_host.health.targets import targets_of
from parity_host.secrets.redact import Redactor

# What Docker 20.10 and 27 answer, with every part that is read filled.
FULL = fake_engine.container(
    "db",
    Created="2026-11-24T08:00:00Z",
    RestartCount=2,
    State={
        "Status": "running",
        "Running": True,
        "Paused": False,
        "OOMKilled": False,
        "ExitCode": 0,
        "Error": "",
        "StartedAt": "2026-11-24T08:00:00.5Z",
        "FinishedAt": "0001-01-01T00:00:00Z",
        "Health": {"Status": "healthy", "FailingStreak": 0, "Log": [{"ExitCode": 0, "Output": "ok", "Start": "x"}]},
    },
    Config={
        "Hostname": "a1b2",
        "User": "postgres",
        "Env": ["PGDATA=/data", "TZ=UTC"],
        "Cmd": ["postgres"],
        "Entrypoint": ["docker-entrypoint.sh"],
        "ExposedPorts": {"5432/tcp": {}},
        "Volumes": {"/data": {}},
        "Healthcheck": {"Test": ["CMD", "pg_isready"], "Interval": 10**10, "Timeout": 10**9, "Retries": 3},
    },
    HostConfig={
        "NetworkMode": "app",
        "Memory": 512 * 1024**2,
        "NanoCpus": 500_000_000,
        "CpuQuota": 0,
        "CpuPeriod": 0,
        "PidsLimit": None,
        "Privileged": False,
        "ReadonlyRootfs": True,
        "RestartPolicy": {"Name": "always", "MaximumRetryCount": 0},
        "PortBindings": {"5432/tcp": [{"HostIp": "", "HostPort": "5432"}], "80/tcp": None},
        "ExtraHosts": ["host:127.0.0.1"],
        "Links": None,
        "Dns": [],
        "DnsSearch": None,
        "Tmpfs": {"/run": "size=1m"},
        "Mounts": [{"Type": "volume", "Source": "data", "Target": "/data", "VolumeOptions": {"Subpath": "a"}}],
    },
    NetworkSettings={
        "Ports": {"5432/tcp": [{"HostIp": "127.0.0.1", "HostPort": "5432"}]},
        "Networks": {
            "app": {
                "NetworkID": "n1",
                "IPAddress": "172.18.0.2",
                "GlobalIPv6Address": "",
                "Aliases": ["db"],
                "DNSNames": ["db", "app-db-1"],
                "Links": None,
                "IPAMConfig": {"IPv4Address": "172.18.0.2"},
            }
        },
    },
    Mounts=[{"Type": "volume", "Name": "data", "Source": "/var/lib/x", "Destination": "/data", "RW": True}],
)
FULL_IMAGE = {
    "Id": FULL["Image"],
    "RepoDigests": ["postgres@sha256:1"],
    "Config": {"Cmd": ["postgres"], "Env": ["PGDATA=/data"], "Labels": {"a": "b"}, "Volumes": {"/data": {}}},
}
ODD: list[Any] = [
    "a text",
    "",
    7,
    -1,
    0,
    1.5,
    10**400,
    True,
    None,
    [],
    ["a"],
    [None],
    [[]],
    {},
    {"a": None},
    {"a": 1},
    [{}],
    [7],
]
MUTANTS = 4000


def paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in pairs:
        yield from paths(value, (*path, key))


def put(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(data)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


class Engine:
    """Answers from a mapping, without a socket."""

    endpoint = "unix:///fake"

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    def get(self, path: str, /, **_: str) -> Any:
        if path not in self.answers:
            raise NotFoundError(path)
        return self.answers[path]

    def get_bytes(self, path: str, /, **_: str) -> bytes:
        raise NotFoundError(path) if not path.endswith("/logs") else AssertionError("no logs are asked for")


def gathered(answers: dict[str, Any], seen: list[dict[str, Any]]) -> dict[str, Any]:
    engine: Any = Engine(answers)
    listed, odd = containers._listed(engine)
    asked = containers.ContainerOptions("", "app", "", "", 0)
    facts = containers._describe_project(engine, {"Version": "27.0"}, listed, asked, Redactor(b"k" * 48), seen)
    return {**facts, "unread": [*facts.get("unread", []), *odd]}


def all_answers() -> dict[str, Any]:
    other = fake_engine.container("web")
    answers = fake_engine.answers(FULL, other)
    answers[f"/images/{FULL['Image']}/json"] = FULL_IMAGE
    answers[f"/images/{other['Image']}/json"] = {"Id": other["Image"]}
    return answers


@pytest.mark.long_run
def test_mutated_answers_cost_at_most_the_container_that_they_are_of() -> None:
    chance = random.Random(20261130)  # noqa: S311 - no secret
    whole = all_answers()
    own = [f"/containers/{FULL['Id']}/json", f"/images/{FULL['Image']}/json", "/containers/json"]
    places = [
        (name, path) for name in own for path in paths(whole[name]) if name != "/containers/json" or path[:1] == (0,)
    ]
    for _ in range(MUTANTS):
        name, path = chance.choice(places)
        value = chance.choice(ODD)
        seen: list[dict[str, Any]] = []
        facts = gathered({**whole, name: put(whole[name], path, value)}, seen)
        names = [one["service"] for one in facts["containers"]]
        assert "web" in names, (name, path, value)
        # Either it is described, or it is said why not; a label that says another project takes it out of this one.
        assert len(names) == 2 or facts["unread"] or name == "/containers/json", (name, path, value)
        targets_of(seen)


def test_what_the_engine_gives_is_taken_as_it_is() -> None:
    seen: list[dict[str, Any]] = []
    facts = gathered(all_answers(), seen)
    db = next(one for one in facts["containers"] if one["service"] == "db")
    assert facts["unread"] == []
    assert db["ports"] == [{"container": "5432/tcp", "host_ip": "127.0.0.1", "host_port": "5432"}]
    assert (db["restarts"], db["limits"]["cpus"], db["health"]["status"], db["command_from_image"]) == (
        2,
        0.5,
        "healthy",
        True,
    )
    assert shaped(FULL, CONTAINER)["HostConfig"]["Memory"] == FULL["HostConfig"]["Memory"]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("State",), "running", "State is not a mapping"),
        (("State", "Health", "Log"), {}, "State.Health.Log is not a list"),
        (("Config", "Env"), [None], "Config.Env[0] is not a text"),
        (("HostConfig", "Memory"), {}, "HostConfig.Memory is not a number"),
        (("HostConfig", "Memory"), True, "HostConfig.Memory is not a number"),
        (("Config", "Labels", "my secret name"), 7, "Config.Labels.* is not a text"),
        ((), 7, "it is not a mapping"),
    ],
)
def test_the_place_is_said_and_no_value(path: tuple[Any, ...], value: Any, said: str) -> None:
    with pytest.raises(MalformedError, match=f"^{said.replace('[', chr(92) + '[').replace('*', chr(92) + '*')}$"):
        shaped(put(FULL, path, value), CONTAINER)


@pytest.mark.parametrize(
    ("data", "shape"), [(FULL, CONTAINER), (FULL_IMAGE, IMAGE), (fake_engine.listed(FULL), LISTED)]
)
def test_every_null_is_as_if_nothing_were_there(data: dict[str, Any], shape: dict[str, Any]) -> None:
    for path in paths(data):
        if path and isinstance(path[-1], str):
            shaped(put(data, path, None), shape)


def test_an_engine_that_lists_no_containers_is_unseen(tmp_path: Path) -> None:
    for odd in ("text", 7, None, {"a": 1}):
        with fake_engine.serving({"/containers/json": odd} if odd is not None else {}, tmp_path) as address:
            facts = host.gather(fake_engine.asked(address), "k" * 48, {})["engine"]
        assert facts["state"] == "unseen"
        assert "bug in Parity" not in facts["reason"]


def test_an_answer_that_is_no_json_costs_one_container(tmp_path: Path) -> None:
    for body in (b"{", b"[" * 100_000, b"\xff"):
        answers = {**all_answers(), f"/containers/{FULL['Id']}/json": body}
        with fake_engine.serving(answers, tmp_path) as address:
            facts = host.gather(fake_engine.asked(address), "k" * 48, {})
        assert [one["service"] for one in facts["engine"]["containers"]] == ["web"]
        assert len(facts["engine"]["unread"]) == 1
        assert facts["health"]["state"] == facts["config"]["state"] == "seen"
