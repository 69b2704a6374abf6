"""What is told of packages, by an engine that answers what a test says: nothing is told that was not seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fake_engine
import pytest

from parity_host.engine.commands import NoProgramError, Ran
from parity_host.gather import host, packages

STATUS = b"Package: libssl3\nStatus: install ok installed\nVersion: 3.0.17-1~deb12u2\n"
RUNNING = {"State": {"Status": "running"}, "Config": {"WorkingDir": "/app", "Env": ["PATH=/venv/bin"]}}
IMAGE = {
    "Id": "sha256:api",
    "Config": {"Env": ["PYTHON_VERSION=3.12.7", "NODE_VERSION=v22\x1b", "JAVA_VERSION=jdk-21.0.5+11"]},
}


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let every shell print nothing, and keep in which containers one was run; what is put here is printed first."""
    asked: list[str] = []

    def run(engine: Any, container: str, argv: list[str], environment: Any, deadline: float) -> Ran:
        asked.append(container)
        return Ran(0, PRINTED, "")

    monkeypatch.setattr(packages, "run", run)
    return asked


PRINTED = "\n".join(
    [
        "/venv/lib/python3.12/site-packages/django-4.2.16.dist-info",
        "/app/node_modules/.package-lock.json",
        "/app/requirements.txt",
        "/etc/shadow",
        "\x1b]0;title\x07.gemspec",
        "/app/../../etc/passwd",
    ]
)


def told(folder: Path, files: dict[str, Any], *containers: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """Return the source `packages` of a host whose containers all have these files."""
    ours = containers or (fake_engine.container("api", **RUNNING),)
    answers = {
        **fake_engine.answers(*ours),
        **{f"/containers/{one['Id']}/archive": files for one in ours},
        "/images/sha256:api/json": IMAGE,
    }
    with fake_engine.serving(answers, folder) as address:
        asked = fake_engine.asked(address, **{"packages": True, **settings})
        found: dict[str, Any] = host.gather(asked, "k" * 48, {})["packages"]
    return found


def lists(found: dict[str, Any]) -> dict[str, Any]:
    """Return the lists of the only container, by its part, and why one is not known."""
    (entry,) = found["containers"].values()
    return {part: found["lists"].get(name, name) for part, name in entry.items()}


def test_packages_of_a_distribution_and_of_an_application(ran: list[str], tmp_path: Path) -> None:
    lock = b'{"packages": {"node_modules/express": {"version": "4.21.1"}}}'
    files = {
        "/var/lib/dpkg/status": STATUS,
        "/app/node_modules/.package-lock.json": lock,
        "/app/requirements.txt": b"Django==4.2.16\nrequests\n",
    }
    assert lists(told(tmp_path, files)) == {
        "system": {"packages": {"dpkg": {"libssl3": "3.0.17-1~deb12u2"}}, "direct": {}},
        "application": {
            "packages": {
                "runtime": {"python": "3.12.7", "java": "21.0.5+11"},
                "python": {"django": "4.2.16"},
                "npm": {"express": "4.21.1"},
            },
            "direct": {"python": ["django", "requests"]},
        },
    }


@pytest.mark.parametrize(
    ("files", "system"),
    [
        ({}, {}),
        ({"/lib/apk/db/installed": b"P:musl\nV:1.2.5-r0\n"}, {"apk": {"musl": "1.2.5-r0"}}),
        ({"/var/lib/dpkg/status": b""}, {"dpkg": None}),
        ({"/var/lib/dpkg/status": STATUS + b"#" * packages.LIST_BYTES}, {"dpkg": None}),
        ({"/var/lib/dpkg/status": STATUS * 200_000}, {"dpkg": None}),
    ],
)
def test_lists_that_are_there_whole_or_too_large(
    files: dict[str, Any], system: dict[str, Any], ran: list[str], tmp_path: Path
) -> None:
    assert lists(told(tmp_path, files))["system"]["packages"] == system


def test_where_no_shell_can_be_run_only_the_application_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_: Any) -> Ran:
        raise NoProgramError("sh")

    monkeypatch.setattr(packages, "run", run)
    found = lists(told(tmp_path, {"/var/lib/dpkg/status": STATUS}))
    assert found["system"]["packages"]["dpkg"] == {"libssl3": "3.0.17-1~deb12u2"}
    assert "application" not in found
    assert "sh: not found in the image" in found["application_unread"]


def test_nothing_is_run_in_a_container_that_does_not_run(ran: list[str], tmp_path: Path) -> None:
    stopped = fake_engine.container("api", **{**RUNNING, "State": {"Status": "exited"}})
    found = lists(told(tmp_path, {"/var/lib/dpkg/status": STATUS}, stopped))
    assert (found["application_unread"], ran) == ("it is not running", [])
    assert found["system"]["packages"]["dpkg"]


def test_nothing_is_looked_at_where_nobody_wants_to_know(ran: list[str], tmp_path: Path) -> None:
    assert (told(tmp_path, {"/var/lib/dpkg/status": STATUS}, packages=False), ran) == ({}, [])


def test_an_image_is_looked_at_once_and_again_where_something_else_is_mounted(ran: list[str], tmp_path: Path) -> None:
    one = [fake_engine.container(name, **RUNNING) for name in ("api", "worker", "beat", "web")]
    for container in one:
        container["Image"] = "sha256:api"
    one[3]["Mounts"] = [{"Type": "bind", "Source": "/srv", "Destination": "/app"}]
    found = told(tmp_path, {"/var/lib/dpkg/status": STATUS}, *one)
    assert len(found["containers"]) == 4
    assert len(found["lists"]) == 2  # all have the same, and it is there once
    assert len(ran) == 2


def test_what_there_is_no_time_for_is_unknown(ran: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "SECONDS", -1.0)
    found = lists(told(tmp_path, {"/var/lib/dpkg/status": STATUS}))
    assert set(found) == {"system_unread", "application_unread"}
    assert (ran, "too many images" in found["system_unread"]) == ([], True)


def test_a_secret_that_a_container_writes_among_its_packages_does_not_leave(ran: list[str], tmp_path: Path) -> None:
    config = {**RUNNING["Config"], "Env": ["PATH=/venv/bin", "API_TOKEN=q8Zr2mVx7LpT4sKd9WbN"]}
    container = fake_engine.container("api", **{**RUNNING, "Config": config})
    status = b"Package: q8Zr2mVx7LpT4sKd9WbN\nStatus: install ok installed\nVersion: 1q8Zr2mVx7LpT4sKd9WbN\n"
    found = told(tmp_path, {"/var/lib/dpkg/status": status}, container)
    assert found["state"] == "seen"
    assert "q8Zr2mVx7LpT4sKd9WbN" not in repr(found)
