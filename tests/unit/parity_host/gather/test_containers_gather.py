"""Which Compose project of an engine is looked at."""

from __future__ import annotations

import pytest

from parity_host.gather import container_facts, containers, which_project
from parity_host.gather.which_project import choose_project
from parity_host.secrets.redact import Redactor

RUNNING = {"Status": "running", "StartedAt": "2026-11-24T08:00:00Z"}
TWO = {"shop_dev": "/srv/shop/dev", "shop_prod": "/srv/shop/prod"}


@pytest.mark.parametrize(
    ("folders", "project", "directory", "hint", "expected"),
    [
        (TWO, "mine", "/srv/shop/dev", "dev", "mine"),
        (TWO, "", "", "prod", "shop_prod"),
        (TWO, "", "", "staging", ""),
        (TWO, "", "/srv/shop/prod", "dev", "shop_prod"),
        (TWO, "", "/srv/shop", "dev", ""),
        ({"other": "/srv/other"}, "", "/srv/shop", "dev", ""),
        ({"other": "/srv/other"}, "", "", "dev", "other"),
        ({"shop": "/srv/shop/docker"}, "", "/srv/shop", "dev", "shop"),
        ({"shop": "/srv/shopping"}, "", "/srv/shop", "dev", ""),
        ({}, "", "", "dev", ""),
    ],
)
def test_the_project_is_found_as_configured_then_by_directory_then_by_name(folders, project, directory, hint, expected):
    assert choose_project(folders, project, directory, hint)[0] == expected


@pytest.mark.parametrize(
    ("state", "restarts", "since"),
    [
        ({"Status": "running", "StartedAt": "2026-11-24T08:00:00.12Z"}, 0, "1795507200.120000000"),
        ({"Status": "running", "StartedAt": "2026-11-24T08:00:00Z"}, 0, "1795507200.000000000"),
        ({"Status": "running", "StartedAt": "2026-11-24T08:00:00.12Z"}, 3, "0"),
        ({"Status": "running", "StartedAt": "2026-11-24T08:00:00Z", "FinishedAt": "0001-01-01T00:00:00Z"}, 0, "0"),
        ({**RUNNING, "FinishedAt": "2026-11-24T07:59:50Z"}, 0, "1795507190.100000000"),
        ({**RUNNING, "FinishedAt": "2026-11-24T07:59:59.9Z"}, 0, "1795507199.950000000"),
        ({**RUNNING, "FinishedAt": "2026-11-24T08:00:01Z"}, 0, "1795507200.000000000"),
        ({**RUNNING, "FinishedAt": "never"}, 0, "1795507200.000000000"),
        ({"Status": "restarting", "StartedAt": "2026-11-24T08:00:00.12Z"}, 0, "0"),
        ({"Status": "running", "StartedAt": "2026-99-24T08:00:00Z"}, 0, "0"),
        ({"Status": "running", "StartedAt": "../../etc"}, 0, "0"),
        ({}, 0, "0"),
    ],
)
def test_what_a_service_said_before_somebody_started_it_anew_is_past(monkeypatch, state, restarts, since):
    monkeypatch.setattr(container_facts.time, "time", lambda: 1795507200.0 + 300)
    assert containers._since({"State": state, "RestartCount": restarts}) == since


@pytest.mark.parametrize(
    ("seconds", "restarts", "since_start"), [(599, 3, False), (601, 3, True), (599, 0, True), (900_000, 40, True)]
)
def test_what_a_container_said_before_its_restarts_is_past_once_it_is_up(monkeypatch, seconds, restarts, since_start):
    monkeypatch.setattr(container_facts.time, "time", lambda: 1795507200.0 + seconds)
    inspected = {"State": {"Status": "running", "StartedAt": "2026-11-24T08:00:00Z"}, "RestartCount": restarts}
    assert (containers._since(inspected) != "0") is since_start
    assert container_facts.describe_container(inspected, {}, [], Redactor(b"key"))["up_seconds"] == seconds


def test_a_container_that_does_not_run_is_up_for_no_time():
    inspected = {"State": {"Status": "exited", "StartedAt": "2026-11-24T08:00:00Z"}}
    assert container_facts.describe_container(inspected, {}, [], Redactor(b"key"))["up_seconds"] is None


@pytest.mark.parametrize(
    ("made_from", "expected"),
    [
        ((["a.yml", "gone.yml"], ["a.yml", "gone.yml"]), ["a.yml"]),  # Compose recreates nothing for a removed file
        ((["gone.yml"], ["a.yml", "b.yml"]), ["a.yml", "b.yml"]),
        ((["gone.yml", "a.yml"],), ["gone.yml", "a.yml"]),  # what a.yml adds to is not known any more
        ((["gone.yml"],), ["gone.yml"]),
    ],
)
def test_a_removed_compose_file_leaves_the_others(tmp_path, made_from, expected):
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).touch()
    labels = [{"com.docker.compose.project.config_files": ",".join(str(tmp_path / n) for n in ns)} for ns in made_from]
    found = which_project.sources([{"Labels": one} for one in labels])
    assert found["config_files"] == [str(tmp_path / name) for name in expected]
    gone = [str(tmp_path / "gone.yml")] if "gone.yml" in made_from[0] else []
    described = container_facts.describe_container({"Config": {"Labels": labels[0]}}, {}, [], Redactor(b"key"))
    assert described["removed_files"] == gone
