"""Environments audited from their files alone, and everything bad that may be in them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

GOOD = "services:\n  api:\n    image: app:1\n    env_file: [app.env]\n    environment: {A: '1'}\n"


def inventory(folder: Path, sides: dict[str, dict[str, object]], **more: object) -> Path:
    path = folder / "hosts.yml"
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}", **more}
    groups = {name: {"hosts": {f"{name}-host": {}}, "vars": values} for name, values in sides.items()}
    path.write_text(yaml.safe_dump({"all": {"vars": local, "children": groups}}))
    return path


def project(folder: Path, compose: str = GOOD, env: bytes = b"B=2\n") -> dict[str, object]:
    folder.mkdir()
    (folder / "compose.yml").write_text(compose)
    (folder / "app.env").write_bytes(env)
    return {"parity_project_dir": str(folder), "parity_files_only": True}


def test_environments_are_those_that_the_inventory_names(audit, tmp_path):
    sides = {name: project(tmp_path / name) for name in ("testing", "staging", "live")}
    (tmp_path / "live" / "compose.yml").write_text(GOOD.replace("A: '1'", "A: '2'"))
    run = audit(inventory(tmp_path, sides, parity_environments=["testing", "live"]), extra={"parity_fail_on": "never"})
    assert run.rc == 0, run.output[-2000:]
    assert [one["name"] for one in run.findings["environments"]] == ["testing", "live"]
    assert list(run.open) == ["environment.differs/A@live+testing"]


def test_equal_sides_have_no_open_finding(audit, tmp_path):
    sides = {"dev": project(tmp_path / "d"), "prod": project(tmp_path / "p")}
    run = audit(inventory(tmp_path, sides))
    assert run.rc == 0, run.output[-2000:]
    assert run.open == {}
    assert "what really runs are unknown" in (run.report / "report.md").read_text()


@pytest.mark.parametrize(
    ("compose", "env", "finding"),
    [
        ("services:\n  api: {image: app:1\n", b"", "compose.refused/p/compose.yml@prod"),
        (
            "services:\n  api:\n    image: app:1\n    env_file: [gone.env]\n",
            b"",
            "compose.missing-file/p/gone.env@prod",
        ),
        ("services:\n  api: {image: 'app:${TAG:?set the tag}'}\n", b"", "compose.required-variable/TAG@prod"),
        (
            "services:\n  api: {image: 'app:1', environment: {T: '${NOT_SET}'}}\n",
            b"",
            "compose.unset-variable/NOT_SET@prod",
        ),
        ("services:\n  api: {image: 'app:1'}\n  x: {environment: {A: '1'}}\n", b"", "compose.refused@prod"),
        (GOOD, b"A B=1\n", "environment.refused-file/p/app.env@prod"),
        (GOOD, b"X='unterminated\n", "environment.refused-file/p/app.env@prod"),
    ],
)
def test_what_compose_refuses_is_a_finding(audit, tmp_path, compose, env, finding):
    sides = {"dev": project(tmp_path / "d"), "prod": project(tmp_path / "p", compose, env)}
    run = audit(inventory(tmp_path, sides))
    assert finding in run.open, run.open
    assert "Traceback" not in run.output


@pytest.mark.parametrize(
    ("env", "sentence"),
    [(b"A=1\n" * 3_000_000, "has 12.0 MB"), (b"A=\x00\x01\x02", "NUL byte"), ("A=1\n".encode("utf-16"), "UTF-16")],
)
def test_what_is_no_env_file_is_said(audit, tmp_path, env, sentence):
    sides = {"dev": project(tmp_path / "d"), "prod": project(tmp_path / "p", GOOD, env)}
    run = audit(inventory(tmp_path, sides))
    assert run.rc != 0
    assert sentence.lower() in (run.report / "report.md").read_text().lower().replace("\\", "")
    assert "Traceback" not in run.output


def test_a_yaml_bomb_ends(audit, tmp_path):
    levels = "".join(f"x-{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9)}]\n" for n in range(1, 10))
    bomb = "x-0: &b0 [a, b]\n" + levels + GOOD
    run = audit(inventory(tmp_path, {"dev": project(tmp_path / "d"), "prod": project(tmp_path / "p", bomb)}))
    assert "Traceback" not in run.output
    assert (run.report / "report.md").is_file()


@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        ({"parity_environments": ["dev", "staging"]}, "Unknown group staging."),
        ({"parity_environments": ["dev"]}, "at least two groups"),
        ({"parity_environments": ["test", "prod"]}, "Unknown group test."),
        ({"parity_environments": 7}, "must be a list of group names"),
        ({"parity_fail_on": "awful"}, 'parity_fail_on is "awful"; it must be one of'),
        ({"parity_replay": "nowhere.json"}, "nowhere.json, which does not exist"),
    ],
)
def test_bad_inventory_values_are_named(audit, tmp_path, extra, sentence):
    sides = {"dev": project(tmp_path / "d"), "prod": project(tmp_path / "p")}
    run = audit(inventory(tmp_path, sides), extra=extra)
    assert run.rc != 0
    assert sentence in " ".join(run.output.split())
    assert "Traceback" not in run.output
    assert not (run.folder / "reports").exists()


def test_a_snapshot_of_a_newer_schema_is_refused(audit, tmp_path):
    newer = tmp_path / "newer.json"
    newer.write_text(json.dumps({"schema": 99, "environment": "dev", "hosts": {}}))
    sides = {"dev": {"parity_replay": str(newer)}, "prod": project(tmp_path / "p")}
    run = audit(inventory(tmp_path, sides))
    assert run.rc != 0
    assert "has schema 99" in run.output


def test_a_host_that_cannot_be_reached_is_said(audit, tmp_path):
    sides = {
        "dev": project(tmp_path / "d"),
        "prod": {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1},
    }
    run = audit(inventory(tmp_path, sides))
    assert run.rc != 0
    assert "unreachable" in (run.report / "report.md").read_text()
    assert run.findings["unseen"][0]["environment"] == "prod"


def test_a_socket_that_refuses_is_said(audit, tmp_path):
    import socket

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))  # bound, and nobody listens
        sides = {"dev": project(tmp_path / "d"), "prod": {"parity_docker_host": f"unix://{tmp_path}/s"}}
        run = audit(inventory(tmp_path, sides))
    assert run.rc != 0
    assert "connection refused" in run.findings["unseen"][0]["why"]
    text = (run.report / "report.md").read_text()
    assert "It could not be seen what runs there." in text
    assert text.count("Audited from its files only") == 1
    assert "- ⚠️ **1 thing could not be seen**, named below" in text
    assert "## What could not be seen\n\n- **prod**, prod-host: " in text


def test_a_host_that_a_limit_leaves_out_was_not_seen(audit, tmp_path):
    sides = {"dev": project(tmp_path / "d"), "prod": project(tmp_path / "p", env=b"B=2\nC=3\n")}
    hosts = inventory(tmp_path, sides)
    assert "environment.missing/C@dev" in audit(hosts).open
    run = audit(hosts, "--limit=prod-host,localhost")
    assert run.rc != 0
    assert "check whether --limit excludes it" in run.findings["unseen"][0]["why"]
    assert run.findings["summary"]["resolved"] == 0
