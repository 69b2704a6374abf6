"""What counts as drift: just what Compose would recreate a container for."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

DECLARED: dict[str, Any] = {"image": "example/api:1.2", "restart": "always", "networks": {"app": None}}


def bind(destination: str, source: str = "/srv/app/docker/x") -> dict[str, Any]:
    return {"type": "bind", "source": source, "destination": destination}


def bind_of(source: str, target: str) -> dict[str, Any]:
    return {"type": "bind", "source": source, "target": target}


def drift(declared: dict[str, Any], **runs: Any) -> str:
    found = audited(stack("prod", {"api": runs}, declared={"api": {**DECLARED, **declared}}))
    return found["compose.drift/api@prod"].title.rpartition(": ")[2] if "compose.drift/api@prod" in found else ""


@pytest.mark.parametrize(
    ("declared", "runs"),
    [
        ({"secrets": [{"source": "pw"}]}, {"mounts": [bind("/run/secrets/pw")]}),
        ({"secrets": [{"source": "pw", "target": "db"}]}, {"mounts": [bind("/run/secrets/db")]}),
        ({"secrets": [{"source": "pw", "target": "/opt/pw"}]}, {"mounts": [bind("/opt/pw")]}),
        ({"configs": [{"source": "conf"}]}, {"mounts": [bind("/conf")]}),
        ({"configs": [{"source": "conf", "target": "/etc/x.conf"}]}, {"mounts": [bind("/etc/x.conf")]}),
        ({"volumes_from": ["web"]}, {"mounts": [bind("/etc/nginx/nginx.conf")]}),
        ({"use_api_socket": True}, {"mounts": [bind("/var/run/docker.sock", "/var/run/docker.sock")]}),
        ({"restart": "on-failure:5"}, {"restart_policy": "on-failure"}),
        ({}, {"env": {"HTTP_PROXY": "http://proxy:3128", "no_proxy": "localhost"}}),
        ({"volumes": [bind_of("~/keys", "/k")]}, {"mounts": [bind("/k", "/home/ada/keys")]}),
        ({"volumes": [bind_of("~", "/k")]}, {"mounts": [bind("/k", "/root")]}),
        ({"environment": {"DATA": "~/data:~/more"}}, {"env": {"DATA": "/home/ada/data:/home/ada/more"}}),
        ({"command": ["serve", "~/data"]}, {"command": ["serve", "/root/data"]}),
    ],
)
def test_what_compose_adds_itself_is_no_drift(declared, runs):
    assert drift(declared, **runs) == ""


@pytest.mark.parametrize(
    ("declared", "runs", "expected"),
    [
        ({"secrets": [{"source": "pw"}]}, {"mounts": [bind("/run/secrets/old")]}, "mount /run/secrets/old"),
        ({"configs": [{"source": "conf"}]}, {"mounts": [bind("/run/secrets/conf")]}, "mount /run/secrets/conf"),
        ({"restart": "on-failure:5"}, {"restart_policy": "always"}, "restart policy"),
        ({}, {"env": {"PROXY": "http://proxy:3128"}}, "environment PROXY"),
        ({"volumes": [bind_of("~/keys", "/k")]}, {"mounts": [bind("/k", "/home/ada/other")]}, "mount /k"),
        ({"environment": {"DATA": "~/a:~/b"}}, {"env": {"DATA": "/root/a:/home/ada/b"}}, "environment DATA"),
        ({}, {"mounts": [bind("/var/run/docker.sock", "/var/run/docker.sock")]}, "mount /var/run/docker.sock"),
    ],
)
def test_what_was_changed_since_is_drift(declared, runs, expected):
    assert drift(declared, **runs) == expected
