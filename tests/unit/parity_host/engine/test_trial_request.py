"""What the engine is asked for to make a copy: all that decides what nginx sees, nothing that others could notice."""

from __future__ import annotations

from typing import Any

import pytest

from parity_host.engine import trial_container
from parity_host.engine.client import EngineUnavailableError
from parity_host.engine.trial_request import Copy, endpoint, mounted, networks, request

BIND = {"Type": "bind", "Source": "/srv/nginx", "Destination": "/etc/nginx", "RW": True}
LOGS = {"Type": "bind", "Source": "/srv/logs", "Destination": "/logs", "RW": True}
PART = {"Type": "volume", "Name": "tls", "Source": "/var/lib/x", "Destination": "/tls", "RW": True}
MEMORY = {"Type": "tmpfs", "Source": "", "Destination": "/run", "RW": True}
LIVE: dict[str, Any] = {
    "Id": "a" * 64,
    "Image": "sha256:1",
    "Config": {
        "Env": ["HOST=x"],
        "User": "101",
        "WorkingDir": "/w",
        "Hostname": "web",
        "Entrypoint": ["/docker-entrypoint.sh"],
        "Labels": {"com.docker.compose.project": "shop"},
        "ExposedPorts": {"80/tcp": {}},
        "Healthcheck": {"Test": ["CMD", "true"]},
    },
    "HostConfig": {
        "NetworkMode": "shop_default",
        "PortBindings": {"80/tcp": [{"HostPort": "80"}]},
        "RestartPolicy": {"Name": "always"},
        "AutoRemove": True,
        "Privileged": True,
        "LogConfig": {"Type": "gelf", "Config": {"gelf-address": "udp://logs:12201"}},
        "CapDrop": ["ALL"],
        "NanoCpus": 500000000,
        "MemorySwap": 67108864,
        "PidsLimit": 20,
        "GroupAdd": ["tls"],
        "Sysctls": {"net.ipv4.ip_unprivileged_port_start": "0"},
        "ExtraHosts": ["api:10.0.0.1"],
        "Tmpfs": {"/cache": "size=1m"},
        "ReadonlyRootfs": True,
        "Mounts": [
            {"Type": "tmpfs", "Target": "/run", "TmpfsOptions": {"SizeBytes": 1}},
            {"Type": "volume", "Source": "tls", "Target": "/tls", "VolumeOptions": {"Subpath": "live"}},
        ],
    },
    "Mounts": [BIND, LOGS, PART, MEMORY],
    "NetworkSettings": {
        "Networks": {
            "shop_default": {"NetworkID": "n1", "Aliases": ["web"], "IPAMConfig": {"IPv4Address": "10.0.0.9"}},
            "shop_back": {"NetworkID": "n2", "Links": ["db:database"], "Aliases": ["web"]},
        }
    },
}


def asked(copy: Copy) -> dict[str, Any]:
    return request(LIVE, ["nginx", "-t"], mounted(LIVE), {"dev.parity.trial": "a"}, copy)


def test_a_copy_sees_what_the_container_sees_and_takes_nothing_of_it():
    found = asked(Copy())
    host = found["HostConfig"]
    assert (found["Entrypoint"], found["Cmd"]) == (["nginx"], ["-t"])
    assert (found["User"], found["Env"], found["WorkingDir"]) == ("101", ["HOST=x"], "/w")
    assert host["Mounts"] == [
        {"Type": "bind", "Source": "/srv/nginx", "Target": "/etc/nginx", "ReadOnly": True},
        {"Type": "bind", "Source": "/srv/logs", "Target": "/logs", "ReadOnly": True},
        {
            "Type": "volume",
            "Source": "tls",
            "Target": "/tls",
            "ReadOnly": True,
            "VolumeOptions": {"NoCopy": True, "Subpath": "live"},
        },
        {"Type": "tmpfs", "Target": "/run", "TmpfsOptions": {"SizeBytes": 1}},
    ]
    for name in ("CapDrop", "GroupAdd", "Sysctls", "ExtraHosts", "Tmpfs", "ReadonlyRootfs"):
        assert host[name] == LIVE["HostConfig"][name]
    assert found["Labels"] == {"dev.parity.trial": "a"}
    assert found["Healthcheck"] == {"Test": ["NONE"]}
    assert host["RestartPolicy"] == {"Name": "no"}
    assert host["LogConfig"] == {"Type": "json-file"}  # what it says goes nowhere else
    assert {"PortBindings", "AutoRemove", "Privileged", "PublishAllPorts"}.isdisjoint(host)
    assert {"Hostname", "ExposedPorts"}.isdisjoint(found)


def test_it_joins_the_networks_without_a_name_or_an_address_of_the_containers():
    assert networks(LIVE) == ["n2", "n1"]
    found = asked(Copy())
    assert found["HostConfig"]["NetworkMode"] == "n2"
    assert found["NetworkingConfig"] == {"EndpointsConfig": {"n2": {"Links": ["db:database"]}}}
    assert endpoint(LIVE, "n1") == {}
    assert asked(Copy(networks=False))["HostConfig"]["NetworkMode"] == "none"


@pytest.mark.parametrize("mode", ["host", "none", "container:abc"])
def test_modes_that_are_no_networks_are_kept(mode):
    assert networks({**LIVE, "HostConfig": {"NetworkMode": mode}}) == [mode]


def test_a_mount_in_whose_place_there_is_memory_is_not_mounted_besides():
    host = asked(Copy(memory=["/logs", "/etc/nginx/logs"]))["HostConfig"]
    assert "/logs" not in [one["Target"] for one in host["Mounts"]]
    assert host["Tmpfs"] == {"/cache": "size=1m", "/logs": "", "/etc/nginx/logs": ""}


class Recorder:
    """An engine that has every image, and remembers what it is asked to change."""

    def __init__(self) -> None:
        self.changed: list[str] = []

    def get(self, path: str, **_: str) -> Any:
        return [] if path == "/containers/json" else {}

    def ask(self, method: str, path: str, *_: Any, **__: Any) -> tuple[int, bytes]:
        self.changed.append(f"{method} {path}")
        return 201, b'{"Id": "b"}'


def test_nothing_is_made_where_a_live_file_could_be_written(monkeypatch):
    engine = Recorder()
    writable = {"HostConfig": {"Mounts": [{"Type": "bind", "Source": "/", "Target": "/host", "ReadOnly": False}]}}
    monkeypatch.setattr(trial_container, "request", lambda *_: writable)
    with pytest.raises(EngineUnavailableError, match="would have a writable mount"):
        trial_container.run(engine, LIVE, ["nginx"], {"/etc/nginx/nginx.conf": b""}, 9e9)  # type: ignore[arg-type]
    assert engine.changed == []


@pytest.mark.parametrize(("own", "asked_for"), [(20, 20), (0, 200), (-1, 200), (None, 200), (5000, 200)])
def test_a_copy_may_take_no_more_of_the_host_than_its_container(own, asked_for):
    live = {**LIVE, "HostConfig": {**LIVE["HostConfig"], "PidsLimit": own}}
    host = request(live, ["nginx", "-t"], [], {}, Copy())["HostConfig"]
    assert (host["PidsLimit"], host["NanoCpus"], host["MemorySwap"]) == (asked_for, 500000000, 67108864)
