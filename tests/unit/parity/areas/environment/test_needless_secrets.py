"""Secrets that an env file gives to programs that do not read them."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

GIVEN = {"SECRET_KEY": "Vx8kQ2mZ7tLp4Wn9", "MAIL_PASSWORD": "Hd5Rw3Yb6Cq1Js0G", "POSTGRES_PASSWORD": "Zx6nRt1Ye8Kw2Uq7"}
TEXT = "".join(f"{name}={value}\n" for name, value in GIVEN.items())


def told(service: dict[str, Any], names: tuple[str, ...] = tuple(GIVEN), environment: str = "prod") -> bool:
    held = {name: GIVEN[name] for name in names}
    compose = f"services: {{web: {{image: '{service['image']}', env_file: app.env}}}}\n"
    files = {"compose.yml": ("compose", compose), "app.env": ("env_file", TEXT)}
    declared = {"web": {"restart": "always", "environment": held, **service}}
    found = audited(stack(environment, declared=declared, files=files))
    return any(one.rule == "environment.needless-secrets" and one.severity.word == "medium" for one in found.values())


@pytest.mark.parametrize(
    ("service", "found"),
    [
        ({"image": "nginx:1.27.4"}, True),
        ({"image": "postgres:15.14"}, True),  # its own password is not among them
        ({"image": "example/app:1"}, False),  # it may read all of them
        ({"image": "nginx:1.27.4", "entrypoint": ["/start.sh"]}, False),
        ({"image": "nginx:1.27.4", "build": {"context": "/srv/app"}}, False),
    ],
)
def test_a_well_known_program_reads_no_keys_of_others(service: dict[str, Any], found: bool) -> None:
    assert told(service) is found


def test_one_may_be_read_by_a_script() -> None:
    assert not told({"image": "postgres:15.14"}, ("SECRET_KEY", "POSTGRES_PASSWORD"))


def test_outside_of_production_they_are_of_less_worth() -> None:
    assert not told({"image": "nginx:1.27.4"}, environment="dev")
