"""An address that lacks a part is its own finding, which names the variable that leaves it out."""

from __future__ import annotations

import pytest
from stacks import audited, stack

APP = {"image": "example/app:1", "restart": "always"}


def _found(name: str, written: str, env: str, value: str) -> list[tuple[str, str, str]]:
    text = f"services: {{app: {{image: 'example/app:1', environment: {{{name}: '{written}'}}}}}}\n"
    files = {"compose.yml": ("compose", text), ".env": ("project", env)}
    found = audited(stack("prod", declared={"app": {**APP, "environment": {name: value}}}, files=files))
    return [(one.id, one.title, one.cause) for one in found.values() if one.rule == "environment.incomplete-url"]


@pytest.mark.parametrize(
    ("name", "written", "env", "value", "said"),
    [
        ("API_URL", "https://${DOMAIN}/api", "DOMAIN=\n", "https:///api", "host: DOMAIN is"),
        ("API_URL", "https://api.${DOMAIN}/", "DOMAIN=\n", "https://api./", "host: DOMAIN is"),
        ("HOOK_URL", "http://${HOST}:8080", "HOST=\n", "http://:8080", "host: HOST is"),
        ("REDIS_URL", "redis://:@${REDIS_HOST}:6379", "REDIS_HOST=\n", "redis://:@:6379", "host: REDIS_HOST is"),
        ("DB_DSN", "postgresql://${DB_USER}:x@db/shop", "DB_USER=\n", "postgresql://:x@db/shop", "user: DB_USER is"),
        ("DATABASE_URL", "postgres://a:b@db/${DB_NAME}", "DB_NAME=\n", "postgres://a:b@db/", "database: DB_NAME is"),
        ("DATABASE_URL", "postgres://a:${DB_PASS}@db/s", "DB_PASS=\n", "postgres://a:@db/s", "password: DB_PASS is"),
        ("APP_URL", "${BASE_URL}/app", "BASE_URL=\n", "/app", "host: BASE_URL is"),
        # Whatever it is made of: nothing stands between the slashes.
        ("API_URL", "https:///api", "", "https:///api", "host"),
    ],
)  # fmt: skip
def test_a_part_is_missing(name: str, written: str, env: str, value: str, said: str) -> None:
    ((identity, title, cause),) = _found(name, written, env, value)
    assert identity == f"environment.incomplete-url/{name}@prod"
    part, _, because = said.partition(": ")
    assert title == f"prod: {name} has no {part}"
    assert because in cause


@pytest.mark.parametrize(
    ("name", "written", "env", "value"),
    [
        ("FILE_URL", "file:///srv/${NAME}", "NAME=\n", "file:///srv/"),
        ("DATABASE_URL", "sqlite:///${NAME}", "NAME=\n", "sqlite:///"),
        ("REDIS_URL", "redis://:secret@redis:6379", "", "redis://:secret@redis:6379"),
        ("SITE_URL", "app://", "", "app://"),
        ("ASPNETCORE_URLS", "http://:${PORT}", "PORT=\n", "http://:"),
        ("LISTEN_URL", "http://${HOST}:80", "HOST=\n", "http://:80"),
        ("BASE_PATH", "${BASE_URL}/app", "BASE_URL=\n", "/app"),
        ("API_URL", "https://shop.example.org/${PREFIX}", "PREFIX=\n", "https://shop.example.org/"),
        ("MIRROR_URL", "http://:8080", "", "http://:8080"),
    ],
)
def test_nothing_is_missing(name: str, written: str, env: str, value: str) -> None:
    assert not _found(name, written, env, value)
