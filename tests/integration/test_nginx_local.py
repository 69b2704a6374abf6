"""The nginx remedy where no container runs: proved by a real nginx of the host, in a tree of its own."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nginx_project import COMPOSE, FIXED, NGINX, SITE, programs, project
from test_files_only import inventory

from parity.remedy import plan as remedies
from parity_host.engine.container_files import Tree
from parity_host.engine.mounted import NotOnHostError, host_path
from parity_host.gather.host import GatherOptions, gather
from parity_host.remedy import project_files, remedy
from parity_host.secrets.redact import Redactor

KEY = "the key of this test"
ROOT = Path(__file__).resolve().parents[2]
TODAY = datetime.date(2026, 11, 24)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(programs(tmp_path / "bin")), prepend=os.pathsep)
    return project(tmp_path / "shop" / "docker")


class Site:
    """The service `web` of a project that runs nowhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "nginx/conf.d/site.conf"

    def target(self) -> dict[str, Any]:
        wanted = GatherOptions("", str(self.folder), [], [], "", True, "prod", "", 0, [], [], 1.0, True, False)
        facts = gather(wanted, KEY, {})
        [found] = remedies.targets({"findings": [], "services": []}, "nginx", "prod", facts)
        assert (found["container"], found["service"]) == ("", "web")
        return found

    def asked(self, target: dict[str, Any], files: list[dict[str, Any]]) -> remedy.RemedyOptions:
        return remedy.RemedyOptions("nginx", "", "", files, True, True, 20.0, target["service"], target["project"])

    def plan(self) -> tuple[dict[str, Any], dict[str, Any]]:
        target = self.target()
        read = remedy.read(self.asked(target, target["files"]), KEY, {})
        assert read["state"] == "read", read
        return target, remedies.plan({**target, "version": "1.27.3"}, "nginx", read["files"], TODAY, audited=True)

    def repair(self, change: Callable[[str], str] = str) -> dict[str, Any]:
        """Apply the plan, with what `change` makes of the site's text."""
        target, plan = self.plan()
        edits = [
            {**one, "sealed": change(one["sealed"])} if one["path"].endswith("site.conf") else one
            for one in plan["edits"]
        ]
        return remedy.repair(self.asked(target, edits), KEY, {}, check=False)

    def leftovers(self) -> list[str]:
        return sorted(path.name for path in self.file.parent.iterdir() if ".parity-" in path.name)


def mended(text: str) -> str:
    """Make the repair whatever else the plan would stop at."""
    return text.replace("listen 80\n", "listen 80;\n")


def test_a_file_of_the_project_is_repaired_and_the_second_time_nothing_changes(folder):
    site = Site(folder)
    _, plan = site.plan()
    assert plan["accepted"]
    assert "Tr0ub4dor-and-3" not in str(plan)
    done = site.repair()
    assert done["state"] == "changed", done
    assert done["said"][-1] == "the nginx on this host accepts the file; no container on this host uses it"
    assert site.file.read_text() == FIXED
    assert (site.file.parent / Path(done["backups"][0]).name).read_text() == SITE
    assert site.repair()["state"] == "unchanged"


def test_the_files_of_a_large_configuration_are_all_read(folder):
    site = Site(folder)
    for number in range(120):
        (site.file.parent / f"a{number}.conf").write_text(f"upstream a{number} {{ server 127.0.0.1:81; }}\n")
    _, plan = site.plan()
    assert plan["accepted"], plan["why"]
    assert site.repair()["state"] == "changed"


def test_a_main_file_that_names_no_user_is_tested_with_the_ones_that_nginx_was_built_with(folder):
    (folder / "nginx/nginx.conf").write_text(NGINX.replace("user www www;\n", ""))
    assert Site(folder).repair()["state"] == "changed"


def test_what_nginx_itself_refuses_is_not_put_in_place(folder):
    site = Site(folder)
    done = site.repair(lambda text: text.replace("location / ", "nobody_knows_this on; location / "))
    assert done["state"] == "refused"
    assert 'unknown directive "nobody_knows_this"' in done["said"][0]
    assert (site.file.read_text(), site.leftovers()) == (SITE, [])


def test_a_secret_of_the_project_that_nginx_prints_is_not_told(folder):
    (folder / ".env").write_text("API_PASSWORD=vK9qZr3mTw7LpX2s\n")
    done = Site(folder).repair(lambda text: text.replace("location / ", "vK9qZr3mTw7LpX2s on; location / "))
    assert done["state"] == "refused"
    assert "unknown directive" in done["said"][0]
    assert "vK9qZr3mTw7LpX2s" not in str((done["said"], done["output"]))


def test_a_file_that_an_include_brings_is_seen_where_nginx_looks_for_it(folder):
    """The tree is tested and not a copy elsewhere: a fault that another file brings is found."""
    site = Site(folder)
    (folder / "nginx/conf.d/locations/api.inc").write_text("location /api { root /srv; alias /srv; }\n")
    done = site.repair()
    assert done["state"] == "refused"
    assert "locations/api.inc" in done["said"][0]
    assert site.file.read_text() == SITE


def test_without_an_nginx_nothing_is_touched(folder, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr("parity_host.remedy.tree_root.PATH", "/usr/bin:/bin")
    done = Site(folder).repair()
    assert done["state"] == "refused"
    assert "nginx is not installed on this host" in done["said"][0]
    assert Site(folder).file.read_text() == SITE


@pytest.mark.parametrize(
    "code",
    [
        *("perl_modules /etc/nginx;", "init_by_lua_block { os.exit() }", "js_import a.js;"),
        *(
            "\"perl_set\" $x 'sub { BEGIN { exit } }';",
            "map $a $b { a b; }'js_import' a.js;",
            "'load_module' a_perl_b.so;",
        ),
        *("lua_package_path /etc/nginx/?.lua;", "server { content_by_lua_file a.lua; }"),
    ],
)
def test_code_that_a_test_would_run_is_run_by_no_nginx_of_the_host(folder, code):
    (folder / "nginx/conf.d/more.conf").write_text(code + "\n")
    done = Site(folder).repair(mended)
    assert done["state"] == "refused"
    assert "contain code that nginx -t would run" in done["said"][0]


def test_code_in_a_file_whose_include_only_nginx_finds_is_run_by_no_nginx_of_the_host(folder):
    (folder / "nginx/conf.d/more.conf").write_text('"include" conf.d/hidden.inc;\n')
    (folder / "nginx/conf.d/hidden.inc").write_text("perl_set $x 'sub { BEGIN { exit } }';\n")
    done = Site(folder).repair(mended)
    assert done["state"] == "refused"
    assert "contain code that nginx -t would run" in done["said"][0]


def test_words_of_a_page_are_no_code(folder):
    (folder / "nginx/conf.d/page.html").write_text("<p>We teach perl here; # perl_set\n</p>")
    assert Site(folder).repair(mended)["state"] == "changed"


@pytest.mark.skipif(not Path("/etc/nginx/nginx.conf").exists(), reason="this host has no nginx of its own")
def test_of_the_hosts_own_nginx_no_file_is_shown_that_not_every_nginx_has(folder):
    """An error of nginx shows a piece of the file: the host's .htpasswd is not for a report."""
    (folder / "nginx/conf.d/more.conf").write_text("include /etc/nginx/elsewhere/nginx.conf;\n")
    assert Site(folder).repair(mended)["state"] == "changed"


def test_a_mount_behind_a_link_that_leads_out_of_the_tree_leaves_nothing_outside(folder):
    out = "/".join([".."] * 9)
    for name in ("a/b", "deep/c"):
        (folder / name).mkdir(parents=True)
    (folder / "a/b/up").symlink_to(out)
    (folder / "deep/c/made").symlink_to("anything")
    target = f"/data/x/d/e/f/up{folder.parent}/made"
    (folder / "data/x").mkdir(parents=True)
    (folder / "data/x/d").symlink_to("../..")
    volumes = f"    volumes: [./data:/data, ./a/b:/data/x/d/e/f, './deep/c:{target}',"
    (folder / "compose.yml").write_text(COMPOSE.replace("    volumes: [", volumes))
    Site(folder).repair(mended)
    assert not (folder.parent / "made").exists()


@pytest.mark.parametrize("device", ["/dev/vda", "/dev/shm/made", "/proc/sysrq-trigger"])  # noqa: S108
def test_what_nginx_writes_reaches_no_device_and_no_kernel(folder, device):
    """A log at such a path is an ordinary file of the tree, or there is no such folder."""
    (folder / "nginx/conf.d/more.conf").write_text(f"access_log {device};\n")
    before = Path(device).exists() and Path(device).stat()
    done = Site(folder).repair(mended)
    assert done["state"] == "changed" if device == "/dev/vda" else 'open() "' + device in done["said"][0], done
    assert (Path(device).exists() and Path(device).stat()) == before


def test_nothing_is_left_on_the_host_and_no_port_is_taken(folder):
    def there() -> set[Path]:
        found = [path for place in ("/dev/shm", "/tmp", "/var/log", "/run") for path in Path(place).iterdir()]  # noqa: S108
        return {path for path in found if "parity" in path.name or "nginx" in path.name}

    before = there()
    with tempfile.TemporaryDirectory(prefix="parity-nginx-") as of_another_run:
        assert Site(folder).repair()["state"] == "changed"
        assert Path(of_another_run).is_dir()
    new = there() - before
    # Tests that run beside this one have such folders too, and take them away when they end.
    deadline = time.monotonic() + 120
    while (left := {path for path in new if path.exists()}) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left == set()


def test_a_mounted_folder_outside_of_the_project_is_not_changed(folder, tmp_path):
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    shutil.copytree(folder / "nginx/conf.d", elsewhere)
    compose = (folder / "compose.yml").read_text().replace("./nginx/conf.d", str(elsewhere))
    (folder / "compose.yml").write_text(compose)
    found = project_files.find({"directory": str(folder)}, "web", Redactor(b"key"))
    assert found.read("/etc/nginx/conf.d/site.conf").files == Tree({}, {}, set(), {}).files
    before = {path: path.read_bytes() for path in elsewhere.rglob("*") if path.is_file()}
    with pytest.raises(NotOnHostError, match="is a link out of"):
        host_path(found.mounts, "/etc/nginx/conf.d/site.conf", found.folder)
    Site(folder).repair()
    assert {path: path.read_bytes() for path in elsewhere.rglob("*") if path.is_file()} == before


def test_audit_remedy_and_audit_again_tell_it_resolved(folder, audit, tmp_path):
    good = tmp_path / "dev"
    shutil.copytree(folder, good)
    (good / "nginx/conf.d/site.conf").write_text(FIXED)
    sides = {
        name: {"parity_project_dir": str(path), "parity_files_only": True}
        for name, path in (("dev", good), ("prod", folder))
    }
    hosts, extra = inventory(tmp_path, sides), {"parity_fail_on": "never"}
    assert [name for name in audit(hosts, extra=extra).open if name.startswith("nginx.refused")]
    done = subprocess.run(
        ["ansible-playbook", "-i", str(hosts), "remediate.yml", "--tags=nginx", "-e", "parity_confirm=false",
         "-e", f"parity_reports_dir={tmp_path}/reports"],
        cwd=ROOT, env={**os.environ, "ANSIBLE_NOCOLOR": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    assert (folder / "nginx/conf.d/site.conf").read_text() == FIXED
    again = audit(hosts, extra=extra)
    assert not [name for name in again.open if name.startswith("nginx.refused")]
    [resolved] = [one for one in again.findings["history"]["resolved"] if one["id"].startswith("nginx.refused")]
    assert resolved["by"] == "nginx"
    assert "(by the remedy nginx)" in (again.report / "report.md").read_text()
