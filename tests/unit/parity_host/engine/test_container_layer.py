"""What a container has and its copy has not, and what a copy cannot tell."""

from __future__ import annotations

import io
import tarfile
from typing import Any

import pytest
from engine_archives import archive_of

from parity_host.engine import container_layer
from parity_host.engine.client import ANSWER_LIMIT_BYTES, EngineUnavailableError, NotFoundError
from parity_host.engine.trial_container import Tried
from parity_host.nginx import copy_limits

Files = dict[str, Any]


class Archives:
    """An engine with the files of containers by id: bytes, None for a folder, a tuple for a link."""

    def __init__(self, **containers: Files) -> None:
        self.containers = containers

    def get_bytes(self, target: str, /, **query: str) -> bytes:
        path, files = query["path"], self.containers[target.split("/")[2]]
        found = {name: data for name, data in files.items() if container_layer.within(name, path)}
        if not found:
            raise NotFoundError(target)
        return archive_of(found, path, uid=33)


def missing(live: Files, copy: Files, paths: list[str], apart: list[str]) -> dict[str, bytes | str | None]:
    engine = Archives(live=live, copy=copy)
    raw = container_layer.missing(engine, "live", "copy", paths, apart)  # type: ignore[arg-type]
    found: dict[str, bytes | str | None] = {}
    if raw:
        with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
            for member in archive:
                assert member.uid == 33
                content = archive.extractfile(member) if member.isfile() else None
                found[member.name] = content.read() if content else member.linkname if member.issym() else None
    return found


IMAGE: Files = {"/etc/nginx": None, "/etc/nginx/nginx.conf": b"a", "/etc/nginx/conf.d": None}


def test_only_what_differs_is_put_into_the_copy():
    live = {
        **IMAGE,
        "/etc/nginx/conf.d/made.conf": b"b",
        "/etc/nginx/conf.d/link": ("made.conf",),
        "/etc/nginx/new": None,
        "/etc/nginx/mounted/x": b"of a mount",
        "/elsewhere": b"x",
    }
    found = missing(live, IMAGE, ["/etc/nginx", "/etc/nginx/conf.d"], ["/etc/nginx/mounted"])
    assert found == {
        "etc/nginx/conf.d/made.conf": b"b",
        "etc/nginx/conf.d/link": "made.conf",
        "etc/nginx/new": None,
    }
    assert missing({**IMAGE, "/etc/nginx/nginx.conf": b"c"}, IMAGE, ["/etc/nginx"], []) == {
        "etc/nginx/nginx.conf": b"c"
    }
    assert missing(IMAGE, IMAGE, ["/etc/nginx"], []) == {}
    assert missing({}, {}, ["/etc/nginx", "/nowhere"], []) == {}


def test_what_lies_on_a_mount_is_not_even_read():
    assert missing({"/etc/nginx/a": b"x"}, {}, ["/etc/nginx/a"], ["/etc/nginx"]) == {}


def test_a_file_that_was_deleted_and_one_that_is_too_large_are_said():
    with pytest.raises(EngineUnavailableError, match=r"/etc/nginx/nginx.conf was deleted from the container"):
        missing({"/etc/nginx": None}, IMAGE, ["/etc/nginx"], [])
    with pytest.raises(EngineUnavailableError, match="too large to be copied"):
        missing({**IMAGE, "/etc/nginx/geo": b"\0" * (ANSWER_LIMIT_BYTES + 1)}, IMAGE, ["/etc/nginx"], [])


def test_an_archive_that_is_none_is_an_answer_that_cannot_be_read():
    class Broken(Archives):
        def get_bytes(self, target: str, /, **query: str) -> bytes:
            return b"not a tar archive" * 99

    with pytest.raises(EngineUnavailableError, match="cannot be read"):
        container_layer.missing(Broken(), "live", "copy", ["/etc/nginx"], [])  # type: ignore[arg-type]


ENTRY = {
    "main": "/etc/nginx/nginx.conf",
    "files": {"/etc/nginx/nginx.conf": {"text": "http { include /made/*.conf; }"}},
}
LOGS = {"Type": "bind", "Destination": "/logs", "RW": True}


@pytest.mark.parametrize(
    ("inspected", "errors", "why"),
    [
        ({}, '[emerg] open() "/logs/a" failed (30: Read-only file system)', ""),
        ({"Mounts": [LOGS]}, '[emerg] open() "/logs/a" failed (30: Read-only file system)', "needs to write /logs/a"),
        (
            {"HostConfig": {"Tmpfs": {"/run": ""}}},
            '[emerg] cannot load certificate "/run/a.pem": BIO_new_file() failed (SSL: error: No such file or directory)',
            "/run/a.pem is in memory",
        ),
        ({}, '[emerg] open() "/run/a.pem" failed (2: No such file or directory)', ""),
        ({"HostConfig": {"Tmpfs": {"/made": ""}}}, "", "a part of its configuration is in memory (/made)"),
        (
            {"Mounts": [{"Type": "tmpfs", "Destination": "/etc"}]},
            "",
            "a part of its configuration is in memory (/etc)",
        ),
        (
            {"NetworkSettings": {"Networks": {"a": {"IPAddress": "", "IPAMConfig": {"IPv4Address": "10.0.0.9"}}}}},
            "[emerg] bind() to 10.0.0.9:80 failed (99: Cannot assign requested address)",
            "listens on 10.0.0.9",
        ),
        ({}, "[emerg] bind() to 10.0.0.9:80 failed (99: Cannot assign requested address)", ""),
    ],
)
def test_what_a_copy_cannot_tell_is_not_taken_from_it(inspected, errors, why):
    said = copy_limits.why_not_its_own(inspected, Tried(1, "", errors), [], ENTRY)
    assert (why in said) if why else said == ""


def test_a_folder_that_is_in_memory_in_the_copy_alone_tells_nothing():
    errors = '[emerg] open() "/data/key.pem" failed (2: No such file or directory)'
    assert copy_limits.why_not_its_own({}, Tried(1, "", errors), ["/data"], ENTRY)


def test_a_folder_that_holds_what_is_read_is_never_emptied():
    class There:
        def has(self, *_: str, **__: str) -> bool:
            return True

    entry = {**ENTRY, "keys": {"/data/tls/a.key": {}}}
    inspected = {
        "Id": "a",
        "Mounts": [LOGS, {**LOGS, "Destination": "/data"}, {**LOGS, "Destination": "/ro", "RW": False}],
    }
    paths = ["/logs/a.log", "/data/a.log", "/data/logs/a.log", "/ro/a.log", "/run/n.pid"]
    found = copy_limits.may_vanish(There(), inspected, paths, entry)  # type: ignore[arg-type]
    assert found == ["/data/logs", "/logs"]
    other = {**inspected, "Config": {"User": "nginx"}}
    assert copy_limits.may_vanish(There(), other, paths, entry) == []  # type: ignore[arg-type]
