"""Settings of declared services that one environment has alone: each is said, and what is harmless is expected."""

from __future__ import annotations

from pathlib import Path

import pytest
from files_only import Side, audited

# What one environment sets; the item and status of what is said.
SETTINGS = {
    "replicas": ("deploy: {replicas: 3}", "deploy.replicas", "open"),
    "no replica": ("deploy: {replicas: 0}", "deploy.replicas", "open"),
    "entrypoint": ("entrypoint: [/own.sh]", "entrypoint", "open"),
    "reservations": (
        "deploy: {resources: {reservations: {memory: 100m}}}",
        "deploy.resources.reservations",
        "expected",
    ),
    "placement": ("deploy: {placement: {constraints: ['node.role == manager']}}", "deploy.placement", "expected"),
    "updates": ("deploy: {update_config: {order: start-first}}", "deploy.update_config", "expected"),
    "user": ("user: '1000'", "user", "open"),
    "capabilities": ("cap_add: [NET_ADMIN]", "cap_add", "open"),
    "read only": ("read_only: true", "read_only", "open"),
    "ulimits": ("ulimits: {nofile: 1024}", "ulimits", "open"),
    "sysctls": ("sysctls: {net.core.somaxconn: 1024}", "sysctls", "open"),
    "extra hosts": ("extra_hosts: ['db:10.0.0.1']", "extra_hosts", "expected"),
    "logging": ("logging: {driver: none}", "logging", "expected"),
}


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("where", ["dev", "prod"])
def test_it_is_said_once(tmp_path: Path, name: str, where: str) -> None:
    setting, item, status = SETTINGS[name]
    sides = []
    for environment in ("dev", "prod"):
        more = f", {setting}" if environment == where else ""
        (tmp_path / environment).mkdir()
        text = f"services: {{a: {{image: 'x/a:1.0.1', restart: always{more}}}}}\n"
        (tmp_path / environment / "compose.yaml").write_text(text)
        sides.append(Side(environment, tmp_path / environment))
    found = [one for one in audited(sides)["findings"] if one["rule"] == "compose.differs"]
    assert [(one["item"], one["status"]) for one in found] == [(item, status)]
