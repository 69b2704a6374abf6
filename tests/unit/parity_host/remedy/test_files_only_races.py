"""What a project mounts becomes a link while the remedy looks: nothing outside of the permitted folder is read or written."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from parity_host.compose import bind_files
from parity_host.compose.bind_files import BindFiles
from parity_host.compose.services import Mount
from parity_host.remedy import project_files, remedy

CONFIG = "server {\n  listen 8000;\n}\n"
VICTIM = "server {\n  listen 9000; # of somebody else\n}\n"
PATH = "/etc/nginx/conf.d/site.conf"
TRIES = 60


class Place:
    """A project in a folder of its own, and a victim outside of what may be changed."""

    def __init__(self, root: Path) -> None:
        self.project, self.mounted = root / "srv/app", root / "srv/app/conf.d"
        self.victim, self.aside = root / "victim", root / "srv/app/aside"
        self.mounted.mkdir(parents=True)
        self.victim.mkdir()
        (self.project / "compose.yml").write_text(
            "services:\n  web:\n    image: nginx:1.25\n    volumes: ['./conf.d:/etc/nginx/conf.d']\n"
        )
        (self.mounted / "site.conf").write_text(CONFIG)
        (self.victim / "site.conf").write_text(VICTIM)

    def asked(self, files: list[dict[str, Any]]) -> remedy.RemedyOptions:
        of = {"directory": str(self.project), "compose_files": [], "env_files": []}
        return remedy.RemedyOptions("nginx", "", "", files, False, False, 5.0, "web", of)

    def swap(self) -> None:
        self.mounted.rename(self.aside)
        self.mounted.symlink_to(self.victim)

    def back(self) -> None:
        self.mounted.unlink()
        self.aside.rename(self.mounted)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_folder_that_becomes_a_link_after_it_was_checked(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    really = project_files.find

    def find(*given: Any) -> Any:
        found = really(*given)
        place.swap()
        return found

    monkeypatch.setattr(project_files, "find", find)
    read = remedy.read(place.asked([{"path": PATH}]), "k" * 48, {})
    assert "9000" not in str(read)
    assert read["state"] == "refused"


def test_what_is_read_is_what_was_checked(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    really = os.lstat

    def lstat(path: Any, **more: Any) -> os.stat_result:
        found = really(path, **more)
        if str(path).endswith("site.conf") and not place.aside.exists():
            place.swap()
        return found

    monkeypatch.setattr(bind_files.os, "lstat", lstat)
    mount = Mount(source=str(place.mounted), target="/etc/nginx/conf.d")
    tree = BindFiles([mount], str(place.project.parent)).read(PATH)
    assert place.aside.exists()
    assert tree.files == {}
    assert tree.left_out == {PATH: "it is reached through a symbolic link"}


def test_swaps_at_any_moment_write_to_nothing_else(place: Place) -> None:
    stop = threading.Event()

    def swapping() -> None:
        while not stop.is_set():
            place.swap()
            place.back()

    other = threading.Thread(target=swapping)
    other.start()
    try:
        for number in range(TRIES):
            read = remedy.read(place.asked([{"path": PATH}]), "k" * 48, {})
            assert "9000" not in str(read)
            one = read["files"].get(PATH)
            if one is not None:
                new = one["sealed"].replace("8000", str(8001 + number))
                edit = {"path": PATH, "digest": one["digest"], "sealed": new}
                remedy.repair(place.asked([edit]), "k" * 48, {}, False)
    finally:
        stop.set()
        other.join()
    assert sorted(os.listdir(place.victim)) == ["site.conf"]
    assert (place.victim / "site.conf").read_text() == VICTIM
