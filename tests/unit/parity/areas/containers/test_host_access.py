"""What gives a container of production power over its host, and who is known to need that."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack


def _bind(source: str, read_only: bool = False) -> dict[str, Any]:
    return {"volumes": [{"type": "bind", "source": source, "target": "/mnt", "read_only": read_only}]}


SOCKET = _bind("/var/run/docker.sock")
ID = "containers.host-access/ci@prod"


def _severity(said: dict[str, Any], environment: str = "prod") -> str:
    services = {"ci": {"image": "example/ci:1", "restart": "always", **said}}
    other = {"ci": {"image": "example/ci:1", "restart": "always"}}
    sides = {"dev": other, "prod": other, environment: services}
    found = audited(*(stack(name, declared=declared) for name, declared in sides.items()))
    return found[ID].severity.word if ID in found else ""


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        (SOCKET, "medium"),
        (_bind("/var/run/docker.sock", read_only=True), "medium"),
        (_bind("/run/"), "medium"),
        (_bind("/"), "medium"),
        ({"privileged": True}, "medium"),
        ({"network_mode": "host"}, "medium"),
        ({"pid": "host"}, "medium"),
        ({"cap_add": ["CAP_SYS_ADMIN"]}, "medium"),
        ({"cap_add": ["ALL"]}, "medium"),
        ({"security_opt": ["seccomp=unconfined"]}, "medium"),
        ({"security_opt": ["apparmor:unconfined"]}, "medium"),
        ({"image": "traefik:v3.3", **SOCKET}, "low"),
        ({"image": "docker.io/portainer/portainer-ce:2.21.0", **SOCKET}, "low"),
        ({"image": "prom/node-exporter:v1.8.0", "pid": "host", "network_mode": "host"}, "low"),
        ({"image": "example/node:1", **SOCKET}, "medium"),
        ({"privileged": False}, ""),
        ({"cap_add": ["NET_BIND_SERVICE"], "cap_drop": ["ALL"]}, ""),
        ({"security_opt": ["no-new-privileges:true"]}, ""),
        ({"network_mode": "service:db"}, ""),
        (_bind("/srv/app/run"), ""),
    ],
)
def test_power_over_the_host_is_found_in_production(said: dict[str, Any], severity: str) -> None:
    assert _severity(said) == severity


def test_a_development_machine_may_have_it() -> None:
    assert _severity({"privileged": True, **SOCKET}, "dev") == ""


@pytest.mark.parametrize("source", ["/var/run/docker.sock", "/run", "/"])
def test_that_others_do_not_mount_it_is_the_same_fault(source: str) -> None:
    services = {"ci": {"image": "example/ci:1", "restart": "always"}}
    there = {"ci": {**services["ci"], **_bind(source)}}
    found = audited(stack("dev", declared=services), stack("prod", declared=there))
    assert found[ID].severity.word == "medium"
    assert "containers.mounts-differ/ci//mnt@dev+prod" not in found
