"""The two doors to the remedies, as people use them: who is asked, what the tag does, who comes after a failure."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from nginx_project import FIXED, SITE, programs, project
from terminal import ROOT, environment, in_terminal
from test_files_only import inventory
from test_files_only import project as env_project

PROMPT = b"(yes/no)"


class Hosts:
    """Two environments that run nowhere; nginx is broken in some of them."""

    def __init__(self, folder: Path, broken: tuple[str, ...], names: tuple[str, ...] = ("dev", "prod")) -> None:
        self.folder = folder
        self.path = str(programs(folder / "bin")) + os.pathsep + os.environ["PATH"]
        sites = {name: SITE if name in broken else FIXED for name in names}
        self.folders = {name: project(folder / name / "docker", site) for name, site in sites.items()}
        sides = {name: {"parity_project_dir": str(at), "parity_files_only": True} for name, at in self.folders.items()}
        self.inventory = inventory(folder, sides, parity_environments=list(names))

    def words(self, *more: str) -> list[str]:
        reports = f"parity_reports_dir={self.folder}/reports"
        program = str(Path(sys.executable).parent / "ansible-playbook")
        return [program, "-i", str(self.inventory), "-e", reports, "-e", "parity_fail_on=never", *more]

    def run(self, *more: str) -> tuple[int, str]:
        done = subprocess.run(
            self.words(*more), cwd=ROOT, env=environment(PATH=self.path), stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def answered(self, answer: bytes) -> tuple[int, str]:
        words = self.words("remediate.yml", "--tags=nginx")
        return in_terminal(words, prompt=PROMPT, answer=answer, PATH=self.path)

    def site(self, name: str) -> str:
        return (self.folders[name] / "nginx/conf.d/site.conf").read_text()

    def records(self) -> list[dict[str, Any]]:
        return [json.loads(path.read_text()) for path in sorted((self.folder / "reports/remedies").glob("*.json"))]


def test_without_a_terminal_production_is_not_changed_and_the_way_out_is_said(tmp_path):
    hosts = Hosts(tmp_path, ("dev", "prod"))
    code, said = hosts.run("remediate.yml", "--tags=nginx")
    assert (code, hosts.site("prod"), hosts.site("dev")) == (2, SITE, FIXED), said
    outcomes = {one["environment"]: (one["outcome"], one["said"]) for one in hosts.records()}
    assert outcomes["dev"][0] == "changed"
    assert outcomes["prod"] == (
        "refused", ["not confirmed; for non-interactive runs set parity_confirm=false"]
    )  # fmt: skip
    assert "non-interactive runs set parity_confirm=false" in said


@pytest.mark.parametrize(("answer", "site"), [(b"Yes\r", FIXED), (b"yes, but not now\r", SITE)])
def test_in_a_terminal_production_is_changed_after_a_yes(tmp_path, answer, site):
    hosts = Hosts(tmp_path, ("dev", "prod"))
    code, said = hosts.answered(answer)
    assert (code, hosts.site("prod"), hosts.site("dev")) == (0 if site == FIXED else 2, site, FIXED), said
    assert ("not confirmed (the answer was not yes); nothing was changed" in said) == (site == SITE), said
    assert "non-interactive" not in said
    assert said.count(PROMPT.decode()) == 1
    assert "web in prod" in said


def test_the_audit_repairs_with_the_tag_alone(tmp_path):
    hosts = Hosts(tmp_path, ("dev",))
    assert hosts.run("audit.yml")[0] == 0
    assert (hosts.site("dev"), hosts.records()) == (SITE, [])
    code, said = hosts.run("audit.yml", "--tags=remedy_loki")
    assert (code, hosts.site("dev"), hosts.records()) == (0, SITE, []), said
    code, said = hosts.run("audit.yml", "--tags=remedy_nginx", "--check", "--diff")
    assert (code, hosts.site("dev"), hosts.records()) == (0, SITE, []), said
    assert "+  listen 80;" in said
    assert "Tr0ub4dor-and-3" not in said
    code, said = hosts.run("audit.yml", "--tags=remedy_nginx")
    assert (code, hosts.site("dev")) == (0, FIXED), said
    [record] = hosts.records()
    assert (record["outcome"], record["environment"]) == ("changed", "dev")


def test_where_one_host_fails_those_behind_it_are_left_alone(tmp_path):
    """Somebody edits the first host's file while it is switched: its own words come back, and nothing goes on."""
    hosts = Hosts(tmp_path, ("prod",))
    second = project(tmp_path / "second" / "docker")
    faults = tmp_path / "faults"
    shutil.copytree(ROOT / "molecule/shared/faults", faults)
    (faults / "what").write_text("edit")
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    here = {"parity_files_only": True, **local}
    first = {
        **here,
        "parity_project_dir": str(hosts.folders["prod"]),
        "ansible_python_interpreter": str(faults / "python"),
    }
    groups = {
        "dev": {"hosts": {"d": {**here, "parity_project_dir": str(hosts.folders["dev"])}}},
        "prod": {"hosts": {"a": first, "b": {**here, "parity_project_dir": str(second)}}},
    }
    hosts.inventory.write_text(json.dumps({"all": {"children": groups}}))
    code, said = hosts.run("remediate.yml", "--tags=nginx", "-e", "parity_confirm=false")
    assert code == 2
    assert hosts.site("prod") == SITE + "# edited meanwhile\n", said
    assert (second / "nginx/conf.d/site.conf").read_text() == SITE
    [record] = hosts.records()
    assert (record["host"], record["outcome"]) == ("a", "restored")
    assert "was changed by another process" in " ".join(record["said"])


def test_a_recording_is_no_host_and_the_way_out_is_said(tmp_path):
    program = str(Path(sys.executable).parent / "ansible-playbook")
    words = [program, "remediate.yml", "--tags=loki", "--check", "-e", f"parity_reports_dir={tmp_path}"]
    done = subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "this inventory replays recordings (parity_replay), which cannot be repaired" in done.stdout


def test_a_host_that_cannot_be_reached_is_not_passed_over_in_silence(tmp_path):
    hosts = Hosts(tmp_path, ("dev",))
    away = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}
    text = hosts.inventory.read_text().replace("prod-host: {}", f"prod-host: {json.dumps(away)}")
    hosts.inventory.write_text(text)
    code, said = hosts.run("remediate.yml", "--tags=nginx")
    assert (code, hosts.site("dev")) == (2, FIXED), said
    assert "prod-host could not be audited, so nothing on it was repaired" in said


def test_an_engine_that_refuses_is_not_passed_over_in_silence(tmp_path):
    hosts = Hosts(tmp_path, ("dev",))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))  # bound, and nobody listens
        away = {"parity_files_only": False, "parity_docker_host": f"unix://{tmp_path}/s"}
        text = hosts.inventory.read_text().replace("prod-host: {}", f"prod-host: {json.dumps(away)}")
        hosts.inventory.write_text(text)
        code, said = hosts.run("remediate.yml", "--tags=nginx", "--check")
    assert code == 2, said
    assert "prod-host: the containers: " in said
    assert "connection refused" in said


@pytest.mark.parametrize("playbook", ["audit.yml", "remediate.yml"])
@pytest.mark.parametrize("option", ["--tags=ngnix", "--skip-tags=ngnix"])
def test_a_tag_that_is_none_is_named(tmp_path, playbook, option):
    hosts = Hosts(tmp_path, ("dev",))
    code, said = hosts.run(playbook, option)
    assert (code, hosts.site("dev")) == (2, SITE), said
    name = "remedy_nginx" if playbook == "audit.yml" else "nginx"
    assert f"Unknown tag ngnix. Did you mean {name}" in said


@pytest.mark.parametrize("playbook", ["audit.yml", "remediate.yml"])
@pytest.mark.parametrize("names", [("dev", "prod"), ("staging", "live")])
def test_a_limit_that_leaves_localhost_out_is_no_good_run(tmp_path, playbook, names):
    hosts = Hosts(tmp_path, names[:1], names)
    code, said = hosts.run(playbook, f"--limit={names[0]}-host")
    assert (code, hosts.site(names[0])) == (2, SITE), said
    assert f"Use --limit '{names[0]}-host,localhost'" in said
    assert "has no attribute" not in said


def test_a_limit_repairs_its_own_hosts_and_ends_well(tmp_path):
    hosts = Hosts(tmp_path, ("dev", "prod"))
    code, said = hosts.run("remediate.yml", "--tags=nginx", "--limit=dev-host,localhost")
    assert (code, hosts.site("dev"), hosts.site("prod")) == (0, FIXED, SITE), said


def test_a_limit_in_a_file_repairs_its_own_hosts_and_ends_well(tmp_path):
    hosts = Hosts(tmp_path, ("dev", "prod"))
    (tmp_path / "limit").write_text("dev-host\nlocalhost\n")
    code, said = hosts.run("remediate.yml", "--tags=nginx", f"--limit=@{tmp_path}/limit")
    assert (code, hosts.site("dev"), hosts.site("prod")) == (0, FIXED, SITE), said


def test_a_host_of_a_limit_in_a_file_is_not_passed_over_in_silence(tmp_path):
    hosts = Hosts(tmp_path, ("dev",))
    away = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}
    text = hosts.inventory.read_text().replace("prod-host: {}", f"prod-host: {json.dumps(away)}")
    hosts.inventory.write_text(text)
    (tmp_path / "limit").write_text("prod-host\nlocalhost\n")
    code, said = hosts.run("remediate.yml", "--tags=nginx", f"--limit=@{tmp_path}/limit")
    assert code == 2, said
    assert "prod-host could not be audited, so nothing on it was repaired" in said


def test_what_is_left_to_somebody_is_said_last(tmp_path):
    sides = {"dev": env_project(tmp_path / "d", env=b"B=2\nC=3\nD=4\n"), "prod": env_project(tmp_path / "p")}
    given = {"parity_reports_dir": str(tmp_path), "parity_env_values": {"C": "5"}, "parity_confirm": False}
    program = str(Path(sys.executable).parent / "ansible-playbook")
    words = [program, "-i", str(inventory(tmp_path, sides)), "remediate.yml", "--tags=env", "-e", json.dumps(given)]
    done = subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, (tmp_path / "p/app.env").read_text()) == (0, "B=2\n\nC=5\n"), done.stdout
    assert "No repair was refused; needs your decision: prod: D." in done.stdout
