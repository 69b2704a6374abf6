"""Where packages are looked for, and what a real shell prints of it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from parity_host.packages.installed import gems, python
from parity_host.packages.places import Places, places


@pytest.mark.parametrize(
    ("config", "folders", "roots", "gem_folders"),
    [
        (
            {"WorkingDir": "/srv/shop", "Env": ["PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/sbin:/bin"]},
            ("/srv/shop", "/app", "/usr/src/app", "/var/www/html"),
            ("/opt/venv", "/usr/local", "/usr"),
            ("/usr/local/bundle",),
        ),
        (
            {"WorkingDir": "/app/", "Cmd": ["/app/.venv/bin/gunicorn", "shop"], "Env": ["GEM_HOME=/gems"]},
            ("/app", "/usr/src/app", "/var/www/html"),
            ("/app/.venv", "/usr/local", "/usr"),
            ("/gems", "/usr/local/bundle"),
        ),
        (
            {"WorkingDir": "/a b", "Env": ["PATH=relative/bin:/x y/bin:/$(id)/bin:/a/../../bin", "BUNDLE_PATH=*"]},
            ("/app", "/usr/src/app", "/var/www/html"),
            (),
            ("/usr/local/bundle",),
        ),
        ({}, ("/app", "/usr/src/app", "/var/www/html"), ("/usr/local", "/usr"), ("/usr/local/bundle",)),
    ],
)
def test_where_packages_are_looked_for(
    config: dict[str, Any], folders: tuple[str, ...], roots: tuple[str, ...], gem_folders: tuple[str, ...]
) -> None:
    assert places(config) == Places(folders, roots, gem_folders)


def test_mounts_that_change_what_is_seen() -> None:
    where = Places(("/app",), ("/usr/local",), ())
    mounts = [
        "/app/node_modules",
        "/",
        "/usr/local/lib/python3.12/site-packages",
        "/data",
        "/usr/local/share",
        "/application",
    ]
    assert where.within(mounts) == ["/", "/app/node_modules", "/usr/local/lib/python3.12/site-packages"]


@pytest.mark.parametrize("shell", ["sh", "bash", "dash"])
def test_a_shell_prints_what_is_there_without_any_program(shell: str, tmp_path: Path) -> None:
    there = [
        "app/package.json",
        "app/node_modules/.package-lock.json",
        "app/.venv/lib/python3.12/site-packages/celery-5.4.0.dist-info/METADATA",
        "venv/lib/python3.12/site-packages/django-4.2.16.dist-info/METADATA",
        "venv/lib/python3/dist-packages/distributions-1.0.dist-info/METADATA",
        "venv/lib/ruby/gems/3.3.0/specifications/rake-13.2.1.gemspec",
        "gems/specifications/rack-3.1.8.gemspec",
        "gems/ruby/3.3.0/specifications/puma-6.4.3.gemspec",
        "elsewhere/requirements.txt",
    ]
    for name in there:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "app/requirements.txt").mkdir()  # no file
    where = Places((f"{tmp_path}/app", f"{tmp_path}/none"), (f"{tmp_path}/venv",), (f"{tmp_path}/gems",))
    argv = where.script()
    argv[0] = next(path for folder in ("/bin", "/usr/bin") if os.path.exists(path := f"{folder}/{shell}"))
    ran = subprocess.run(argv, env={"PATH": "/nonexistent"}, capture_output=True, text=True, check=False, timeout=20)
    assert (ran.returncode, ran.stderr) == (0, "")
    paths = ran.stdout.splitlines()
    assert {path for path in paths if not path.endswith(("-info", ".gemspec"))} == {
        f"{tmp_path}/app/package.json",
        f"{tmp_path}/app/node_modules/.package-lock.json",
    }
    assert python(paths) == {"celery": "5.4.0", "django": "4.2.16"}
    assert gems(paths) == {"puma": "6.4.3", "rack": "3.1.8", "rake": "13.2.1"}
