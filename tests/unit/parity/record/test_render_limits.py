"""What hosts send costs a bounded amount, ends nobody's audit, and is said as what it is."""

from __future__ import annotations

import time
from typing import Any

import pytest
from compose_oracle import COMPOSE
from hostile_projects import HOME, project

from parity.record import run_compose
from parity.record.render_compose import render

PLAIN = "services:\n  api:\n    image: app:1\n"


def rendered(text: str, env: str | None = None, name: str = "x", **other: Any) -> dict[str, Any]:
    files = {"c.yml": ("compose", text)} | ({".env": ("project", env)} if env is not None else {})
    return render({**project(files), **other}, name, [], COMPOSE)


def only_message(found: dict[str, Any]) -> str:
    (message,) = {problem["message"] for problem in found["problems"]}
    return str(message)


def test_a_byte_order_mark_is_legal():
    found = rendered(f"\ufeff{PLAIN}    env_file: .env.app\n")
    assert [(one["kind"], one["path"]) for one in found["problems"]] == [("unknown", f"{HOME}/.env.app")]
    facts = project({"c.yml": ("compose", f"\ufeff{PLAIN}    env_file: a.env\n"), "a.env": ("env_file", "A=1\n")})
    found = render(facts, "x", [], COMPOSE)
    assert (found["state"], found["services"]["api"]["environment"], found["problems"]) == ("rendered", {"A": "1"}, [])


@pytest.mark.parametrize(
    ("name", "directory", "env", "text", "network"),
    [
        ("shop", "/srv/my.app", "", PLAIN, "shop_default"),
        ("", "/srv/my.app", "", PLAIN, "myapp_default"),
        ("\0", "/srv/My App", "", PLAIN, "myapp_default"),
        ("--file=/etc/passwd", "/srv/_x", "", PLAIN, "x_default"),
        ("", "/srv/a", "COMPOSE_PROJECT_NAME=named", PLAIN, "named_default"),
        ("", "/srv/a", "", f"name: yes-named\n{PLAIN}", "yes-named_default"),
        ("", "/srv/a\0b", "", PLAIN, "ab_default"),
    ],
)
def test_the_projects_name_is_composes_own_unless_the_engine_tells(name, directory, env, text, network):
    found = rendered(text, env, name, directory=directory)
    assert found["networks"] == {"default": network}


def test_compose_reads_no_configuration_of_a_host():
    facts = project({"c.yml": ("compose", PLAIN + "    volumes: ['~/x:/x', '${HOME}/y:/y', '${PWD}/z:/z']\n")})
    facts["files"] |= {f"{where}/.docker/config.json": {"roles": ["env_file"], "text": "{{{"} for where in ("", HOME)}
    found = render(facts, "x", [], COMPOSE)
    assert [mount["source"] for mount in found["services"]["api"]["volumes"]] == ["~/x", "~/y", f"{HOME}/z"]
    assert found["problems"] == []


def test_a_hosts_env_file_does_not_steer_compose():
    steering = (
        "COMPOSE_FILE=/x\nCOMPOSE_PROFILES=none\nCOMPOSE_ENV_FILES=/y\nDOCKER_HOST=tcp://x\nCOMPOSE_ANSI=always\n"
    )
    steering += "COMPOSE_EXPERIMENTAL_GIT_REMOTE=1\nCOMPOSE_DISABLE_ENV_FILE=x\nCOMPOSE_PROGRESS=x\n"
    found = rendered(PLAIN + "    profiles: [a]\n    environment: [DOCKER_HOST]\n", steering)
    assert found["services"]["api"]["environment"] == {"DOCKER_HOST": "tcp://x"}
    assert (found["inactive"], found["problems"]) == (["api"], [])


def test_variables_that_are_required_do_not_reach_the_program_itself():
    found = rendered(PLAIN + "    user: ${DOCKER_CONFIG:?say it}${LD_PRELOAD:?}${GODEBUG?}\n")
    assert found["services"]["api"]["user"] == "parity-unset" * 3
    assert [problem["name"] for problem in found["problems"]] == ["DOCKER_CONFIG", "LD_PRELOAD", "GODEBUG"]


GROWING = "A0=" + "x" * 64 + "\n" + "".join(f"A{n + 1}=" + f"${{A{n}}}" * 4 + "\n" for n in range(20))


def test_values_that_grow_without_end_are_said():
    at = time.monotonic()
    found = rendered(f"{PLAIN}    user: $A20\n", GROWING)
    assert found["state"] == "failed"
    assert "expanded" in only_message(found)
    assert time.monotonic() - at < 5


def test_a_compose_file_that_grows_without_end_is_said(monkeypatch: pytest.MonkeyPatch):
    text = PLAIN + "".join(f"    {key}: {'$A' * 200_000}\n" for key in ("user", "hostname", "domainname"))
    found = rendered(text, "A=" + "x" * 100_000)
    assert found["state"] == "failed"
    assert only_message(found) == run_compose._TOO_MUCH


@pytest.mark.parametrize(
    "text",
    [
        PLAIN + "    labels: " + "[" * 300 + "]" * 300,
        PLAIN + "    labels: " + "[" * 100_000,
        PLAIN + "    environment: {A: \ud800}\n",
        "a: \0\n",
        "",
        "[]",
        "services: [[]]",
        "include: {a: b}\n",
        "include: [[a], 7, {path: {a: b}}, {path: c.yml, path: d.yml}]\n",
        "include: [c.yml]\n",
        "include: [{path: c.yml, env_file: c.yml}]\n" + PLAIN,
        "include: [" + ", ".join(f"{n}.yml" for n in range(3000)) + "]\n",
        "services: {a: {extends: {file: {file: x}, service: b}}}\n",
        "services: {a: {extends: {file: c.yml, service: a}}}\n",
    ],
)
def test_odd_compose_files_end_in_a_sentence(text: str):
    found = rendered(text)
    assert found["problems"]
    assert all(problem["message"] for problem in found["problems"])


@pytest.mark.parametrize(
    "directory", ["/" + "x" * 300, "/" + "y/" * 3000, "/a\ud800", "/", "/\n$A${B}%s'\"", "/a.git#b"]
)
def test_odd_directories_end_in_a_sentence_or_a_rendering(directory: str):
    facts = project({"c.yml": ("compose", PLAIN + "    env_file: a.env\n")})
    facts["directory"] = directory
    facts["files"] = {f"{directory}/{name.rpartition('/')[2]}": record for name, record in facts["files"].items()}
    facts["files"][f"{directory}/a.env"] = {"roles": [], "text": "A=1\n"}
    facts["compose_files"] = [f"{directory}/c.yml"]
    found = render(facts, "x", [], COMPOSE)
    assert found["problems"] or found["services"]["api"]["environment"] == {"A": "1"}
    str(found).encode()


def test_a_slow_compose_is_ended(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(run_compose, "SECONDS", 0)
    assert only_message(rendered(PLAIN)) == "Compose did not finish within 0 seconds"
