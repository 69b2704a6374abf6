"""What a host tells of its resources, by an engine that answers what a test says."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import fake_engine
import pytest

from parity_host.gather import host, host_resources

INFO = {"NCPU": 4, "MemTotal": 8_000_000_000, "KernelVersion": os.uname().release, "OperatingSystem": "Debian 12"}
V1 = {"usage": 90, "limit": 100, "stats": {"total_inactive_file": 20, "total_active_file": 5, "inactive_file": 1}}
V2 = {"usage": 90, "limit": 100, "stats": {"inactive_file": 20, "active_file": 5, "anon": 60}}


def told(folder: Path, *containers: dict[str, Any], **answers: Any) -> dict[str, Any]:
    """Return the source `resources` of a host; `stats` of the container `api`, `info` and `version` of its engine."""
    ours = containers or (limited(),)
    known = {"/info": {**INFO, "DockerRootDir": str(folder)}, **fake_engine.answers(*ours)}
    for name, path in (("info", "/info"), ("version", "/version"), ("stats", f"/containers/{ours[0]['Id']}/stats")):
        if name in answers:
            known[path] = answers[name]
    with fake_engine.serving(known, folder) as address:
        found: dict[str, Any] = host.gather(fake_engine.asked(address), "k" * 48, {})["resources"]
    assert found["state"] == "seen", found
    return found


def limited(**settings: Any) -> dict[str, Any]:
    return fake_engine.container("api", HostConfig={"Memory": 100, **settings})


def own(found: dict[str, Any]) -> dict[str, Any]:
    (entry,) = found["containers"].values()
    assert isinstance(entry, dict)
    return entry


@pytest.mark.parametrize("stats", [V1, V2])
def test_memory_is_the_working_set(stats: dict[str, Any], tmp_path: Path) -> None:
    found = told(tmp_path, stats={"memory_stats": stats})
    assert own(found)["memory"] == {"working_set": 70, "file_cache": 5, "limit": 100}
    assert found["unread"] == []


@pytest.mark.parametrize(
    ("stats", "unread"),
    [
        (None, 0),  # it was removed
        ({}, 0),  # it ended
        ({"memory_stats": {}}, 0),
        (b"no JSON", 1),
        ({"memory_stats": {"usage": "9", "limit": 100}}, 1),
        ({"memory_stats": []}, 1),
    ],
)
def test_memory_that_is_not_told_is_unknown(stats: Any, unread: int, tmp_path: Path) -> None:
    found = told(tmp_path, stats=stats)
    assert "memory" not in own(found)
    assert len(found["unread"]) == unread


def test_a_container_without_a_limit_is_not_asked(tmp_path: Path) -> None:
    found = told(tmp_path, fake_engine.container("api"), stats={"memory_stats": V2})
    assert "memory" not in own(found)
    assert found["unread"] == []


def test_an_engine_that_would_take_seconds_is_not_asked(tmp_path: Path) -> None:
    one = limited()
    answers = {"/version": {"ApiVersion": "1.40", "Version": "19.03"}, "/v1.40/info": INFO}
    listed = {f"/v1.40{path}": answer for path, answer in fake_engine.answers(one).items()}
    stats = {f"/v1.40/containers/{one['Id']}/stats": {"memory_stats": V2}}
    with fake_engine.serving({**answers, **listed, **stats}, tmp_path) as address:
        found = host.gather(fake_engine.asked(address), "k" * 48, {})["resources"]
    assert "memory" not in own(found)
    assert "20.10" in found["unread"][0]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"Type": "json-file", "Config": {}}, {"driver": "json-file", "max_size": ""}),
        ({"Type": "json-file", "Config": None}, {"driver": "json-file", "max_size": ""}),
        ({"Type": "json-file", "Config": {"max-size": "10m"}}, {"driver": "json-file", "max_size": "10m"}),
        ({"Type": "json-file", "Config": {"max-size": "\x1b[31m"}}, {"driver": "json-file", "max_size": "other"}),
        ({"Type": "gelf", "Config": {"gelf-address": "udp://user:pw@h"}}, {"driver": "gelf", "max_size": ""}),
        ({"Type": "a b\n"}, {"driver": "", "max_size": ""}),
        ({}, {"driver": "", "max_size": ""}),
    ],
)
def test_how_a_log_is_kept(config: dict[str, Any], expected: dict[str, str], tmp_path: Path) -> None:
    assert own(told(tmp_path, fake_engine.container("api", HostConfig={"LogConfig": config})))["log"] == expected


def test_the_size_of_a_log_is_that_of_a_regular_file(tmp_path: Path) -> None:
    log, link = tmp_path / "a.log", tmp_path / "b.log"
    log.write_bytes(b"x" * 1234)
    link.symlink_to(log)
    sizes = [own(told(tmp_path, fake_engine.container("api", LogPath=str(path))))["log"] for path in (log, link)]
    assert [one.get("size") for one in sizes] == [1234, None]


def test_the_host_is_described_with_its_disk_once(tmp_path: Path) -> None:
    found = told(tmp_path)["host"]
    assert (found["cores"], found["memory"], found["system"]) == (4, 8_000_000_000, "Debian 12")
    (disk,) = found["disks"]
    left = os.statvfs(tmp_path)
    assert (disk["for"], disk["path"]) == (["engine"], str(tmp_path))
    assert disk["used"] == pytest.approx((left.f_blocks - left.f_bfree) * left.f_frsize, rel=0.05)


def test_folders_on_one_file_system_are_one_disk(tmp_path: Path) -> None:
    info = {**INFO, "DockerRootDir": str(tmp_path)}
    (disk,) = host_resources.describe(info, str(tmp_path), here=True)["disks"]
    assert disk["for"] == ["engine", "project"]


@pytest.mark.parametrize("info", [{**INFO, "KernelVersion": "5.0-elsewhere"}, {"KernelVersion": "\x1b]0;x"}])
def test_of_an_engine_elsewhere_this_machine_says_nothing(info: dict[str, Any], tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"x")
    found = told(tmp_path, fake_engine.container("api", LogPath=str(log)), info=info)
    assert not {"disks", "swap", "time_zone"} & set(found["host"])
    assert "size" not in own(found)["log"]
    assert "clock" not in found
    assert "\x1b" not in str(found)


def test_an_engine_that_may_not_describe_its_host_is_asked_for_the_rest(tmp_path: Path) -> None:
    found = told(tmp_path, info=None, stats={"memory_stats": V2})
    assert own(found)["memory"]["working_set"] == 70
    assert "/info" in found["unread"][0]


def test_the_clock_is_read_at_both_ends(tmp_path: Path) -> None:
    before = time.time()
    clock = told(tmp_path)["clock"]
    assert before <= clock["began"] <= clock["ended"] <= time.time()


def test_files_alone_have_no_resources(tmp_path: Path) -> None:
    assert host.gather(fake_engine.asked(directory=str(tmp_path)), "k" * 48, {})["resources"] == {}
