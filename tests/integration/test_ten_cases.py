"""Shapes of Compose projects found in the wild, each audited from its files: none crashes, each says what is true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from test_files_only import inventory

API = "services: {api: {image: 'app:1', environment: {MODE: %s}}}\n"
Files = dict[str, str]


def audited(audit: Any, tmp_path: Path, dev: Files, prod: Files, **settings: Any) -> Any:
    sides = {}
    for side, files in (("dev", dev), ("prod", prod)):
        folder = tmp_path / side / "docker"
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        sides[side] = {"parity_project_dir": str(folder), "parity_files_only": True, **settings.get(side, {})}
    run = audit(inventory(tmp_path, sides), extra={"parity_fail_on": "never"})
    assert "Traceback" not in run.output
    assert run.rc == 0, run.output[-2000:]
    return run


def declared(run: Any, side: str) -> dict[str, Any]:
    """Return what Compose rendered of one side: each service's settings by name."""
    (host,) = json.loads((run.report / f"snapshots/{side}.json").read_text())["hosts"].values()
    return dict(host["rendered"]["services"])


def test_1_every_service_behind_a_profile(audit, tmp_path):
    hidden = API.replace("image:", "profiles: [full], image:") % "x"
    run = audited(audit, tmp_path, {"compose.yml": API % "x"}, {"compose.yml": hidden})
    assert set(declared(run, "prod")) == {"api"}
    assert not any(name.startswith("containers.") for name in run.open)
    assert "environment.differs/MODE@dev+prod" not in run.open


def test_2_reset_and_override_tags(audit, tmp_path):
    over = "services: {api: {environment: !override {MODE: slow}, ports: !reset []}}\n"
    base = "services: {api: {image: 'app:1', ports: ['80:80'], environment: {MODE: fast, OLD: '1'}}}\n"
    files = {"compose.yml": base, "compose.override.yml": over}
    run = audited(audit, tmp_path, {"compose.yml": API % "fast"}, files)
    assert declared(run, "prod")["api"]["environment"] == {"MODE": "slow"}
    assert "ports" not in declared(run, "prod")["api"]
    assert "environment.differs/MODE@dev+prod" in run.open


@pytest.mark.parametrize("named", ["../config/app.env", "absolute"])
def test_3_env_files_beside_and_far(audit, tmp_path, named):
    far = tmp_path / "prod" / "config" / "app.env"
    path = str(far) if named == "absolute" else named
    far.parent.mkdir(parents=True)
    far.write_text("MODE=slow\n")
    text = f"services: {{api: {{image: 'app:1', env_file: ['{path}']}}}}\n"
    run = audited(audit, tmp_path, {"compose.yml": API % "fast"}, {"compose.yml": text})
    assert declared(run, "prod")["api"]["environment"] == {"MODE": "slow"}
    assert "environment.differs/MODE@dev+prod" in run.open


def test_4_an_override_that_names_a_service_its_base_lacks(audit, tmp_path):
    files = {"compose.yml": API % "x", "compose.override.yml": "services: {ghost: {environment: {A: b}}}\n"}
    run = audited(audit, tmp_path, {"compose.yml": API % "x"}, files)
    assert any(name.startswith("compose.refused") and name.endswith("@prod") for name in run.open)


def test_5_variables_in_the_names_of_environment_keys(audit, tmp_path):
    text = "services: {api: {image: 'app:1', environment: ['${PREFIX}_MODE=x']}}\n"
    run = audited(
        audit, tmp_path, {"compose.yml": text, ".env": "PREFIX=A\n"}, {"compose.yml": text, ".env": "PREFIX=B\n"}
    )
    assert declared(run, "dev")["api"]["environment"] == {"A_MODE": "x"}
    assert {"environment.missing/A_MODE@prod", "environment.missing/B_MODE@dev"} <= set(run.open)


def test_6_a_required_variable_under_an_inactive_profile(audit, tmp_path):
    text = API % "x" + "  # none\n"
    asked = (
        "services: {api: {image: 'app:1'}, extra: {image: 'e:1', profiles: [x], command: '${TOKEN_NAME:?is needed}'}}\n"
    )
    run = audited(audit, tmp_path, {"compose.yml": text}, {"compose.yml": asked, ".env.template": "MODE=\n"})
    assert run.open["compose.required-variable/TOKEN_NAME@prod"] == "medium"


def test_7_one_service_split_in_two(audit, tmp_path):
    split = "services: {api_web: {image: 'app:1'}, api_tasks: {image: 'app:1', command: tasks}}\n"
    run = audited(audit, tmp_path, {"compose.yml": API % "x"}, {"compose.yml": split})
    assert set(declared(run, "prod")) == {"api_web", "api_tasks"}
    assert any(name.startswith("containers.service-missing/") for name in run.open)


def test_8_extends_include_and_compose_file(audit, tmp_path):
    files = {
        ".env": "COMPOSE_PATH_SEPARATOR=;\nCOMPOSE_FILE=base.yml;more/top.yml\n",
        "base.yml": "include: [part/compose.yml]\nservices: {api: {extends: {file: common.yml, service: app}}}\n",
        "common.yml": "services: {app: {image: 'app:1', environment: {MODE: slow}}}\n",
        "part/compose.yml": "services: {cache: {image: 'redis:7'}}\n",
        "more/top.yml": "services: {api: {environment: {LEVEL: top}}}\n",
    }
    run = audited(audit, tmp_path, {"compose.yml": API % "fast"}, files)
    assert set(declared(run, "prod")) == {"api", "cache"}
    assert declared(run, "prod")["api"]["environment"] == {"MODE": "slow", "LEVEL": "top"}
    assert "environment.differs/MODE@dev+prod" in run.open


def test_9_nginx_snippets_among_the_files_are_no_compose_files(audit, tmp_path):
    text = API.replace("image:", "volumes: ['./nginx:/etc/nginx:ro'], image:") % "x"
    snippet = "proxy_pass http://api:8000;\nproxy_set_header Host $host;\n"
    files = {"compose.yml": text, "nginx/snippet.conf": snippet}
    assert audited(audit, tmp_path, files, files).open == {}


def test_10_the_same_files_on_both_sides(audit, tmp_path):
    files = {"compose.yml": API % "'${MODE:-x}'", ".env": "MODE=y\n", ".env.template": "MODE=\n"}
    assert audited(audit, tmp_path, files, files).open == {}
