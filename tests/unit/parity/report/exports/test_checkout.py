"""The lines of a checkout that code scanning shows: files of a real repository, and nothing that lies elsewhere."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from stacks import KNOWN, stack

from parity.judge.audit import Settings, audit
from parity.report import exports
from parity.report.exports.checkout import Checkout, Line, checkout
from parity.report.exports.checkout import repository as repository_of

COMPOSE = "# first\nservices:\n  api: {image: x}\n  web:\n    image: nginx\n"
API = Line("deploy/compose.yml", 3)
NOW = "2026-11-24T08:00:00Z"


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    done = subprocess.run(["git", *identity, "-C", str(folder), *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    for name, text in (
        ("deploy/compose.yml", COMPOSE),
        ("deploy/.env", "A=1\n"),
        ("conf/site.conf", "x\n"),
        ("all/conf.d/site.conf", "x\n"),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(tmp_path, "init", "--quiet", "--initial-branch=trunk", str(root))
    return root


def snapshot(root: Path) -> dict[str, Any]:
    compose = f"{root}/deploy/compose.yml"
    project = {
        "state": "seen",
        "directory": f"{root}/deploy",
        "compose_files": [compose],
        "files": {compose: {"text": COMPOSE}},
    }
    mounts = [
        {"type": "bind", "target": "/etc/nginx", "source": f"{root}/all"},
        {"type": "bind", "target": "/etc/nginx/conf.d", "source": f"{root}/conf"},
    ]
    rendered = {"services": {"web": {"volumes": mounts}}}
    return {"environment": "prod", "hosts": {"one": {"project": project, "rendered": rendered}}}


def seen(root: Path) -> Checkout:
    found = checkout(root / "deploy", [snapshot(root)])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("place", "shown", "service", "expected"),
    [
        ("compose service web", "nginx", "web", Line("deploy/compose.yml", 4)),
        ("compose service api", "x", "api", API),
        ("deploy/.env:1", "1", "api", Line("deploy/.env", 1)),
        ("container shop-api-1, deploy/.env:1", "1", "api", Line("deploy/.env", 1)),
        ("/etc/nginx/conf.d/site.conf:7", "x", "web", Line("conf/site.conf", 7)),
        (
            "the files, as nginx 1.25 reads them",
            "no ; in /etc/nginx/conf.d/site.conf:3",
            "web",
            Line("conf/site.conf", 3),
        ),
        ("/etc/nginx/conf.d/site.conf, as Loki 3 reads it", "line 9: bad", "web", Line("conf/site.conf", 9)),
        ("/etc/nginx/conf.d/site.conf:7", "another service mounts it", "api", API),
        ("/etc/nginx/nginx.conf:7", "no such file", "web", Line("deploy/compose.yml", 4)),
        ("deploy/none.env:1", "no such file", "api", API),
        ("../../etc/passwd.txt:1", "outside", "api", API),
        ("/etc/hostname.conf:1", "outside", "api", API),
        ("container shop-api-1", "postgres:16", "api", API),
        ("container shop-old-1", "postgres:16", "old", None),
    ],
)
def test_evidence_is_at_its_line(repository, place, shown, service, expected):
    piece = {"environment": "prod", "place": place, "shown": shown, "service": service}
    assert seen(repository).line_of(piece) == expected
    assert seen(repository).line_of({**piece, "environment": "dev"}) is None


@pytest.mark.parametrize("path", ["/" + "a" * 5000, "/\ud800.env", "/\x00.env", "//", "/../..", "a" * 5000 + ".env:1"])
def test_no_path_of_a_host_stops_the_report(repository, path):
    there = snapshot(repository)
    project = there["hosts"]["one"]["project"]
    project["compose_files"] = [path, *project["compose_files"]]
    there["hosts"]["one"]["rendered"]["services"]["web"]["volumes"] += [
        {"type": "bind", "target": path, "source": path}
    ]
    found = checkout(repository, [there])
    piece = {"environment": "prod", "place": f"{path}:1", "shown": path, "service": "web"}
    assert found.line_of(piece) == Line("deploy/compose.yml", 4)


def test_files_of_another_host_are_not_taken_for_ours(repository):
    there = json.loads(json.dumps(snapshot(repository)).replace(str(repository), "/srv/shop"))
    assert checkout(repository, [there]) is None
    there["environment"] = "staging"
    found = checkout(repository, [there, snapshot(repository)])
    piece = {"environment": "staging", "place": "deploy/.env:1", "shown": "1", "service": "api"}
    assert found.line_of(piece) is None
    assert found.declared(["staging"], "web") == []
    assert found.line_of({**piece, "environment": "prod"}) == Line("deploy/.env", 1)


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        (
            "https://user:token@git.example.org:8443/shop.git?private_token=token",
            "https://git.example.org:8443/shop.git",
        ),
        ("git@git.example.org:group/shop.git", "https://git.example.org/group/shop.git"),
        ("ssh://git:token@git.example.org/shop.git", "ssh://git.example.org/shop.git"),
        ("https://token@git.example.org:port/shop.git", ""),
        ("/srv/shop.git", ""),
        ("../token.git", ""),
    ],
)
def test_a_remote_is_told_without_its_credentials(repository, remote, expected):
    git(repository, "remote", "add", "origin", remote)
    assert (seen(repository).repository.remote, seen(repository).repository.revision) == (expected, "")
    git(repository, "commit", "--quiet", "--allow-empty", "--message", "x")
    assert (seen(repository).repository.remote, seen(repository).repository.branch) == (expected, "trunk")
    assert seen(repository).repository.revision == git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "--quiet", "--detach")
    assert seen(repository).repository.branch == ""


def test_no_checkout_and_no_git(repository, monkeypatch):
    assert repository_of(repository.parent) is None
    assert repository_of(repository / "deploy").root == str(repository)
    monkeypatch.setenv("GIT_DIR", str(repository / "none"))
    assert repository_of(repository / "deploy").root == str(repository)
    monkeypatch.setenv("PATH", str(repository))
    assert repository_of(repository) is None


def test_sarif_names_lines_and_the_repository(repository):
    git(repository, "remote", "add", "origin", "https://user:token@git.example.org/shop.git")
    files = {"docker-compose.yml": ("compose", COMPOSE)}
    declared = {"web": {"image": "nginx:latest"}}
    sides = [stack(name, None, declared=declared, files=files) for name in ("dev", "prod")]
    text = exports.render(
        audit(sides, KNOWN, Settings(), NOW, "1"), KNOWN.rules, seen(repository), "https://example.org"
    )
    (run,) = json.loads(text["parity.sarif"])["runs"]
    assert run["tool"]["driver"]["informationUri"] == "https://example.org"
    assert run["versionControlProvenance"] == [
        {"repositoryUri": "https://git.example.org/shop.git", "mappedTo": {"uriBaseId": "SRCROOT"}}
    ]
    places = {
        (place["artifactLocation"]["uri"], place["artifactLocation"].get("uriBaseId"), place["region"]["startLine"])
        for result in run["results"]
        if result["properties"]["environments"] == ["prod"]
        for place in (location["physicalLocation"] for location in result["locations"])
    }
    assert places == {("deploy/compose.yml", "SRCROOT", 4)}
    assert "token" not in text["parity.sarif"]
