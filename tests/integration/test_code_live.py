"""Two environments that the real Compose started from clones of one repository, audited as a user would."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from git_checkouts import Repository, state

COMPOSE = """services:
  api:
    image: {image}
    command: [sleep, "300"]
    init: true
    restart: always
    env_file: [app.env]
    volumes: ["./conf:/etc/app:ro"]
"""


def compose(folder: Path, project: str, *words: str) -> None:
    done = subprocess.run(
        ["docker-compose", "-p", project, *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def clones(tmp_path: Path, lab_image: str) -> Iterator[dict[str, Repository]]:
    """What runs in dev and prod; nothing differs yet."""
    origin = Repository(tmp_path / "origin")
    origin.write({"compose.yml": COMPOSE.format(image=lab_image), "conf/app.conf": "workers = 2\n"})
    origin.commit("deployed")
    made = {name: origin.clone(tmp_path / name) for name in ("dev", "prod")}
    own = uuid.uuid4().hex[:8]
    projects = {name: f"code-{own}-{name}" for name in made}
    try:
        for name, project in projects.items():
            compose(made[name].folder, project, "up", "-d")
        hosts = {name: {"hosts": {f"{name}-host": {"parity_project": project}}} for name, project in projects.items()}
        local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        inventory = {"all": {"vars": local, "children": hosts}}
        (tmp_path / "hosts.yml").write_text(yaml.safe_dump(inventory))
        yield made
    finally:
        for name, project in projects.items():
            compose(made[name].folder, project, "down", "-t", "0")


def test_what_only_production_has_is_found_and_nothing_below_git_changes(clones, audit, tmp_path):
    first = audit(tmp_path / "hosts.yml", extra={"parity_fail_on": "never"})
    assert [name for name in first.open if name.startswith("code.")] == []
    dev, prod = clones["dev"], clones["prod"]
    prod.commit("hotfix", **{"conf/app.conf": "workers = 8\n"})
    (prod.folder / "conf/app.conf").write_text("workers = 9\n")
    dev.commit("feature", feature="1")
    os.utime(prod.folder / "app.env", (1, 1))  # git would look into it, and rewrite its index
    before = {name: state(one.folder) for name, one in clones.items()}
    second = audit(tmp_path / "hosts.yml", extra={"parity_fail_on": "never"})
    assert {name: severity for name, severity in second.open.items() if name.startswith("code.")} == {
        "code.changed-file/conf/app.conf@prod": "medium",
        "code.on-no-remote@prod": "medium",
        "code.production-ahead/prod@dev": "medium",
    }
    assert second.findings["unseen"] == []
    assert {name: state(one.folder) for name, one in clones.items()} == before
    assert "Git checkouts" in (second.report / "side-by-side.html").read_text()
