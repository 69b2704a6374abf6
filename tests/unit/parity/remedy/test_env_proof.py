"""Whether what an env file gets is read: by the real Compose's rendering before and after."""

from __future__ import annotations

from typing import Any

import pytest

from parity.remedy.env_proof import env_unread

APP, OWN = "/srv/shop/app.env", "/srv/shop/.env"


def facts(compose: str, own: bool = True) -> dict[str, Any]:
    files = {
        "/srv/shop/compose.yml": {"roles": ["compose"], "text": compose},
        APP: {"roles": ["env_file"], "text": "MODE=fast\n"},
    }
    if own:
        files[OWN] = {"roles": ["project"], "text": "IMAGE=x\n"}
    env_files = [OWN] if own else []
    project = {"state": "seen", "directory": "/srv/shop", "compose_files": ["/srv/shop/compose.yml"]}
    return {"engine": {"project": "shop"}, "project": {**project, "env_files": env_files, "files": files}}


ENV_FILE = "services: {api: {image: x, env_file: [app.env]}}\n"
PASSED_ON = "services: {api: {image: x, env_file: [app.env], environment: {KEY: '${KEY:-}'}}}\n"
RENAMED = "services: {api: {image: x, environment: {TOKEN: '${KEY:-none}'}}}\n"
FIXED = "services: {api: {image: x, env_file: [app.env], environment: {KEY: fixed}}}\n"
BOTH = "services: {api: {image: x, env_file: [app.env], environment: {TOKEN: '${KEY:-none}'}}}\n"
OTHER = "services: {api: {image: x}}\n"


@pytest.mark.parametrize(
    ("compose", "path", "own", "why"),
    [
        (ENV_FILE, APP, True, None),
        (ENV_FILE, OWN, True, "no service reads it from /srv/shop/.env"),
        (PASSED_ON, OWN, True, None),
        (PASSED_ON, APP, True, "which Compose reads from /srv/shop/.env, not from /srv/shop/app.env"),
        (PASSED_ON, APP, False, "which Compose reads from /srv/shop/.env, not from /srv/shop/app.env"),
        (RENAMED, OWN, True, None),
        (BOTH, APP, True, "which Compose reads from /srv/shop/.env, not from /srv/shop/app.env"),
        (FIXED, APP, True, "no service reads it from /srv/shop/app.env"),
        (OTHER, OWN, True, "no service reads it from /srv/shop/.env"),
        ("services: {api: [}\n", OWN, True, None),  # not rendered: nothing is known
    ],
)
def test_a_key_that_no_service_reads_is_told(compose, path, own, why):
    after = {APP: "MODE=fast\nKEY=on\n", OWN: "IMAGE=x\nKEY=on\n"}[path]
    found = env_unread(facts(compose, own), path, after, ["KEY"])
    assert list(found) == (["KEY"] if why else [])
    assert why is None or why in found["KEY"]


def test_a_key_that_compose_has_may_be_given_to_a_service_too():
    known = facts(BOTH)
    known["project"]["files"][OWN]["text"] += "KEY=on\n"
    assert env_unread(known, APP, "MODE=fast\nKEY=on\n", ["KEY"]) == {}
