"""A host that sends whatever it likes: the audit ends with a report, never with a traceback."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from parity.judge.audit import Settings, audit
from parity.judge.knowledge import load
from parity.record.render_compose import render

COMPOSE = str(Path(sys.executable).parent / "docker-compose")
DEMO = Path(__file__).resolve().parents[2] / "inventory/demo/snapshots"
SHAPES: list[object] = [None, 7, "text", [], [1, [2]], {"x": 7}, {"x": {"y": []}}, True, 1e999]


@pytest.mark.parametrize("shape", SHAPES, ids=repr)
@pytest.mark.parametrize("field", ["directory", "compose_files", "env_files", "files", "template", "paths"])
def test_rendering_takes_any_shape(field, shape):
    rendered = render({"state": "seen", "directory": "/srv/app", field: shape}, "x", [], COMPOSE)
    assert rendered["state"] in ("rendered", "partly", "failed")


@pytest.mark.parametrize("shape", SHAPES, ids=repr)
@pytest.mark.parametrize(
    "field",
    [
        "engine",
        "project",
        "rendered",
        "engine/containers",
        "project/files",
        "rendered/services",
        "health",
        "health/probes",
        "config",
        "config/found",
        "oauth",
    ],
)
def test_judging_takes_any_shape(field, shape):
    outer, _, inner = field.partition("/")
    host = {
        "state": "seen",
        "engine": {"state": "seen"},
        "project": {"state": "seen"},
        "rendered": {"state": "rendered"},
    }
    host[outer] = {"state": "seen", inner: shape} if inner else shape
    sides = [
        {"schema": 1, "environment": name, "production": name == "prod", "hosts": {"h": host}}
        for name in ("dev", "prod")
    ]
    assert audit(sides, load(), Settings(), "2026-01-01T00:00:00Z", "0")["findings"] is not None


@pytest.mark.parametrize("shape", SHAPES, ids=repr)
@pytest.mark.parametrize("kind", ["nginx", "loki"])
@pytest.mark.parametrize("field", ["main", "files", "unread", "expand_env", "certificates", "keys", "container"])
def test_configurations_take_any_shape(kind, field, shape):
    main = "/etc/x.conf"
    entry = {
        "kind": kind,
        "container": "web",
        "service": "web",
        "main": main,
        "files": {main: {"text": "a: 1"}},
        field: shape,
    }
    running = {"name": "web", "service": "web", "state": "running", "image": "web:1"}
    host = {
        "state": "seen",
        "engine": {"state": "seen", "containers": [running]},
        "config": {"state": "seen", "found": [entry]},
    }
    sides = [
        {"schema": 1, "environment": name, "production": name == "prod", "taken": "2026-01-01", "hosts": {"h": host}}
        for name in ("dev", "prod")
    ]
    assert audit(sides, load(), Settings(), "2026-01-01T00:00:00Z", "0")["findings"] is not None


def test_compose_opens_no_file_of_this_machine(tmp_path):
    mine = tmp_path / "mine.env"
    mine.write_text("STOLEN=from-the-controller\n")
    climbing = "../" * 20 + str(mine).lstrip("/")
    for named in (str(mine), climbing, "${P}" + str(mine), "&a " + str(mine), "!!str " + str(mine)):
        quoted = named if named[0] in "&!" else f"'{named}'"
        text = f"services:\n  api:\n    image: app:1\n    env_file: [{quoted}]\n"
        files = {"/srv/app/c.yml": {"roles": ["compose"], "text": text, "problem": None, "missing": False}}
        facts = {"directory": "/srv/app", "compose_files": ["/srv/app/c.yml"], "env_files": [], "files": files}
        assert "from-the-controller" not in str(render(facts, "x", [], COMPOSE))


def test_a_project_with_an_impossible_name_and_no_files_ends_in_a_finding(audit, tmp_path):
    answer = json.loads((DEMO / "dev.json").read_text())["hosts"]
    facts = next(iter(answer.values()))
    facts["engine"]["project"] = "a\0b\n"
    facts["project"]["compose_files"] = []
    sent = tmp_path / "answer.json"
    sent.write_text(json.dumps(facts))
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\ncat > /dev/null\ncat {sent}\n")
    python.chmod(0o755)
    hosts = {
        "dev": {"hosts": {"d": {"ansible_connection": "local", "ansible_python_interpreter": str(python)}}},
        "prod": {"hosts": {"p": {}}, "vars": {"parity_replay": str(DEMO / "prod.json")}},
    }
    (tmp_path / "hosts.yml").write_text(json.dumps({"all": {"children": hosts, "vars": {"parity_fail_on": "never"}}}))
    run = audit(tmp_path / "hosts.yml", extra={"parity_fail_on_unseen": False})
    assert run.rc == 0, run.output
    refused = [finding for finding in run.findings["findings"] if finding["rule"] == "compose.refused"]
    assert [finding["environments"] for finding in refused] == [["dev"]]
