"""Options that production must not run with, and those that only look like them."""

from __future__ import annotations

import pytest
from stacks import audited, stack

from parity.areas.containers.commands import decides, settings


def _rules(image: str, command: list[str], environment: str = "prod") -> dict[str, str]:
    found = audited(stack(environment, declared={"one": {"image": image, "restart": "always", "command": command}}))
    wanted = ("containers.unsafe-option", "containers.debug-command")
    return {one.item or one.rule: one.severity.word for one in found.values() if one.rule in wanted}


@pytest.mark.parametrize(
    ("image", "command", "item", "severity"),
    [
        ("certbot/certbot:v2", ["certonly", "--webroot", "--staging"], "staging", "medium"),
        ("traefik:v3.1", ["--certificatesresolvers.le.acme.caserver=https://acme-staging-v02.api.letsencrypt.org/directory"],
         "certificatesresolvers.le.acme.caserver", "medium"),
        ("example/pdf:1", ["pdf", "--chromium-ignore-certificate-errors=true"], "chromium-ignore-certificate-errors", "medium"),
        ("example/a:1", ["serve", "--insecure-skip-tls-verify"], "insecure-skip-tls-verify", "medium"),
        ("example/a:1", ["serve", "--no-auth"], "no-auth", "high"),
        ("example/a:1", ["serve", "--disable-auth=true"], "disable-auth", "high"),
        ("redis:7.2", ["redis-server", "--protected-mode", "no"], "protected-mode", "medium"),
        ("cockroachdb/cockroach:v24.1.0", ["start-single-node", "--insecure"], "insecure", "high"),
        ("postgres:15.14", ["postgres", "-c", "fsync=off"], "fsync", "medium"),
        ("example/a:1", ["sh", "-c", "uvicorn app:app --reload"], "containers.debug-command", "high"),
        ("node:22.1", ["npm", "run", "dev"], "containers.debug-command", "high"),
        ("node:22.1", ["node", "--inspect=0.0.0.0:9229", "app.js"], "containers.debug-command", "high"),
        ("example/a:1", ["flask", "run", "--port", "8000"], "containers.debug-command", "high"),
    ],
)  # fmt: skip
def test_production_must_not_run_with_it(image: str, command: list[str], item: str, severity: str) -> None:
    assert _rules(image, command) == {item: severity}
    assert _rules(image, command, "dev") == {}


@pytest.mark.parametrize(
    ("image", "command"),
    [
        ("example/a:1", ["serve", "--staging"]),
        ("traefik:v3.1", ["--certificatesresolvers.le.acme.caserver=https://acme-v02.api.letsencrypt.org/directory"]),
        ("example/a:1", ["serve", "--no-auth=false"]),
        ("example/a:1", ["serve", "--debug=false"]),
        ("redis:7.2", ["redis-server", "--protected-mode", "no", "--requirepass", "Vx8kQ2mZ7tLp4Wn9"]),
        ("mongo:7.0.1", ["mongod", "--auth"]),
        ("postgres:15.14", ["postgres", "-c", "fsync=on"]),
        ("example/a:1", ["gunicorn", "app", "--reload-extra-file", "x"]),
        ("node:22.1", ["npm", "run", "start"]),
        ("example/dev:1", ["serve", "--inspector"]),
    ],
)
def test_what_only_looks_like_it(image: str, command: list[str]) -> None:
    assert _rules(image, command) == {}


def test_a_shell_s_command_and_an_image_s_own_are_read_alike() -> None:
    options = {"maxmemory": "256mb", "maxmemory-policy": "allkeys-lru"}
    words = ["--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru"]
    assert settings(words, "redis:7.2") == options
    assert settings(["sh", "-c", f"redis-server {' '.join(words)}"], "example/cache:1") == options
    assert settings(words, "example/cache:1") == {}
    assert decides("maxmemory-policy") == "eviction"
