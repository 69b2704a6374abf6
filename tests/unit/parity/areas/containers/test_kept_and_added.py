"""What only one environment mounts, runs or publishes: what it is tells whether somebody misses it."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import FOLDER, audited, stack

APP = {"image": "example/app:1", "restart": "always"}
SOCKET = {"type": "bind", "source": "/var/run/docker.sock", "target": "/var/run/docker.sock", "read_only": True}


def bind(source: str, target: str) -> dict[str, Any]:
    return {"type": "bind", "source": f"{FOLDER}/{source}", "target": target}


@pytest.mark.parametrize(
    ("target", "status"),
    [("/app/logs", "expected"), ("/backups", "expected"), ("/app/uploads", "expected"), ("/etc/app", "open")],
)
def test_what_production_keeps_on_its_host_is_expected(target, status):
    prod = {"app": {**APP, "volumes": [bind("kept", target)]}}
    found = audited(stack("dev", declared={"app": APP}), stack("prod", declared=prod))
    assert found[f"containers.mounts-differ/app/{target}@dev+prod"].status == status


def test_a_socket_of_the_engine_is_told_once():
    prod = {"app": {**APP, "volumes": [SOCKET]}}
    found = audited(stack("dev", declared={"app": APP}), stack("prod", declared=prod))
    assert "containers.host-access/app@prod" in found
    assert not any(one.rule == "containers.mounts-differ" for one in found.values())


@pytest.mark.parametrize(
    ("image", "more", "name", "status"),
    [
        ("redis:7.2", {}, "store", "open"),
        ("valkey/valkey:8.0", {}, "store", "open"),
        ("redis:7.2", {"command": ["redis-server", "--save", '""']}, "store", "expected"),
        ("redis:7.2", {}, "cache", "expected"),
        ("example/app:1", {}, "store", "expected"),
    ],
)
def test_data_that_only_development_keeps(image, more, name, status):
    service = {"image": image, "restart": "always", **more}
    volume = {"type": "volume", "source": "data", "target": "/data"}
    dev = stack("dev", declared={name: {**service, "volumes": [volume]}})
    found = audited(dev, stack("prod", declared={name: service}))
    assert found[f"containers.mounts-differ/{name}//data@dev+prod"].status == status


@pytest.mark.parametrize(
    ("image", "severity", "status"),
    [
        ("redpandadata/console:v3", "info", "expected"),
        ("prom/prometheus:v3.1.0", "low", "open"),
        ("example/console:1", "medium", "open"),
    ],
)
def test_what_developers_look_at_is_not_missed(image, severity, status):
    dev = {"app": APP, "board": {"image": image, "restart": "always"}}
    found = audited(stack("dev", declared=dev), stack("prod", declared={"app": APP}))
    missing = found["containers.service-missing/board@prod"]
    assert (missing.severity.word, missing.status) == (severity, status)


@pytest.mark.parametrize(("host", "port", "told"), [("app", 8000, True), ("other", 8000, False), ("app", 9000, False)])
def test_a_port_that_leads_past_an_nginx_with_tls(host, port, told):
    text = f"events {{}}\nhttp {{ server {{ listen 443; location / {{ proxy_pass http://{host}:{port}; }} }} }}\n"
    published = {name: {"container": f"{name}/tcp", "host_ip": "::", "host_port": name} for name in ("443", "8000")}
    containers = {"proxy": {"ports": [published["443"]]}, "app": {"ports": [published["8000"]]}, "other": {}}
    config = {"proxy": ("nginx", {"/etc/nginx/nginx.conf": text})}
    found = audited(stack("prod", containers, config=config))
    assert ("containers.proxy-bypassed/app/8000/tcp@prod" in found) is told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--providers.docker=true"], True),
        (["--providers.docker"], True),
        (["--providers.docker=true", "--providers.docker.exposedByDefault=false"], False),
        (["--providers.file.filename=/etc/t.yml"], False),
    ],
)
def test_a_traefik_that_routes_every_container(words, told):
    proxy = {"image": "traefik:v3.1", "restart": "always", "command": words}
    found = audited(stack("prod", declared={"proxy": proxy}))
    assert ("containers.unsafe-option/proxy/providers.docker@prod" in found) is told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], True),
        (["--entrypoints.web.http.tls=true"], False),
        (["--entrypoints.web.http.tls.certresolver=le"], False),
        (["--providers.file.filename=/etc/t.yml"], False),
    ],
)
def test_tls_may_be_turned_on_for_an_entry_point_or_in_files(words, told):
    command = ["--providers.docker.exposedbydefault=false", "--entrypoints.web.address=:443", *words]
    proxy = {"image": "traefik:v3.1", "restart": "always", "command": command}
    app = {**APP, "labels": {"traefik.http.routers.app.rule": "Host(`a.example.org`)"}}
    found = audited(stack("prod", declared={"proxy": proxy, "app": app}))
    assert ("containers.route-without-tls/proxy/web@prod" in found) is told


@pytest.mark.parametrize(
    "command",
    [
        ["npm", "run", "dev:server"],
        ["sh", "-c", "pnpm i && npm run dev-be"],
        ["python", "manage.py", "runserver_plus", "0.0.0.0:8000"],
        ["fastapi", "dev", "app.py"],
    ],
)
def test_a_development_server_in_the_entrypoint(command):
    found = audited(stack("prod", declared={"app": {**APP, "entrypoint": command}}))
    assert "containers.debug-command/app@prod" in found


@pytest.mark.parametrize("command", [["npm", "run", "develop"], ["npm", "run", "device"], ["fastapi", "run"]])
def test_other_commands_start_none(command):
    found = audited(stack("prod", declared={"app": {**APP, "entrypoint": command}}))
    assert "containers.debug-command/app@prod" not in found


@pytest.mark.parametrize(
    ("policy", "name", "told"),
    [
        ("on-failure", "app", True),
        ("on-failure:3", "app", False),
        ("on-failure", "migrate", False),
        ("unless-stopped", "app", False),
    ],
)
def test_a_restart_policy_that_a_reboot_ends(policy, name, told):
    service = {**APP, "restart": policy, "ports": [{"target": 80, "published": "80"}]}
    found = audited(stack("prod", declared={name: service}))
    assert (f"containers.restart-on-failure/{name}@prod" in found) is told
