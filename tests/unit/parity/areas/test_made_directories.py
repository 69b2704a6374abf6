"""What Docker made in the place of a file that was not there is as much a fault as the missing file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from files_only import Side, audited

from parity_host.gather import project

# Source and destination; what stands at the source; whether it is a fault.
MOUNTS = {
    "an empty directory for a file": ("./app.conf", "/etc/app.conf", "empty", True),
    "a directory with something in it": ("./app.conf", "/etc/app.conf", "full", False),
    "somebody else's directory": ("./app.conf", "/etc/app.conf", "other", False),
    "a folder": ("./data", "/data", "empty", False),
    "a folder of configuration": ("./conf.d", "/etc/nginx/conf.d", "empty", False),
    "a domain's folder": ("./example.com", "/var/www/example.com", "empty", False),
    "an env file": ("./.env", "/app/.env", "empty", True),
    "a folder of env files": ("./.env.d", "/etc/env.d", "missing", False),
}


@pytest.mark.parametrize("name", MOUNTS)
def test_it_is_told_from_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    source, destination, there, fault = MOUNTS[name]
    text = f"services: {{a: {{image: 'x/a:1.0.1', restart: always, volumes: ['{source}:{destination}']}}}}\n"
    (tmp_path / "compose.yaml").write_text(text)
    if there != "missing":
        (tmp_path / source).mkdir()
    if there == "full":
        (tmp_path / source / "kept").write_text("")
    stat = os.stat

    def of_root(path: Any, *args: Any, **kwargs: Any) -> os.stat_result:
        found = list(stat(path, *args, **kwargs))
        found[4] = 1000 if there == "other" else 0
        return os.stat_result(found)

    monkeypatch.setattr(project.os, "stat", of_root)
    found = audited([Side("prod", tmp_path)])["findings"]
    told = [one for one in found if one["rule"] == "compose.missing-bind-source"]
    assert bool(told) is fault
    assert all("is an empty directory" in one["title"] for one in told)
