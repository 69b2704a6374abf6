"""What is broken or open now is high; what only breaks at the next deploy, or waits to be filled in, is medium."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

FOLDER = "/srv/app/docker"
ANY = "0.0.0.0"  # noqa: S104 - what a container publishes


def severity(finding: str, prod: dict[str, Any]) -> str:
    """Return how bad a finding is in this production."""
    return audited(stack("dev", declared={}), prod)[finding].severity.word


@pytest.mark.parametrize(
    ("variable", "template", "value", "runs", "expected"),
    [
        ("SITE_URL", "http://localhost:8000", "http://localhost:8000", False, "medium"),
        ("SITE_URL", "http://localhost:8000", "http://localhost:8000", True, "high"),
        ("SITE_URL", "http://localhost:9000", "http://localhost:8000", False, "high"),
        ("CONTACT_NAME", "<your name>", "<your name>", False, "medium"),
        ("CONTACT_NAME", "<your name>", "<your name>", True, "high"),
        ("SECRET_KEY", "changeme-please", "changeme-please", False, "high"),
    ],
)
def test_what_a_user_is_given_to_fill_in_is_high_once_something_runs_with_it(variable, template, value, runs, expected):
    compose = f"services: {{api: {{image: 'example/api:1', environment: {{{variable}: '${{{variable}}}'}}}}}}\n"
    prod = stack(
        "prod",
        {"api": {"env": {variable: value}}} if runs else None,
        declared={"api": {"image": "example/api:1", "restart": "always", "environment": {variable: value}}},
        files={
            "docker-compose.yml": ("compose", compose),
            ".env": ("project", f"{variable}={value}\n"),
            ".env.example": ("template", f"{variable}={template}\n"),
        },
    )
    rule = "localhost-in-production" if variable == "SITE_URL" else "placeholder"
    assert severity(f"environment.{rule}/{variable}@prod", prod) == expected


@pytest.mark.parametrize(("set_here", "expected"), [("", "medium"), ("SITE_URL=http://localhost:8000\n", "high")])
def test_what_compose_falls_back_to_was_decided_by_nobody(set_here, expected):
    compose = (
        "services: {api: {image: 'example/api:1', environment: {SITE_URL: '${SITE_URL:-http://localhost:8000}'}}}\n"
    )
    service = {"image": "example/api:1", "restart": "always", "environment": {"SITE_URL": "http://localhost:8000"}}
    prod = stack(
        "prod",
        declared={"api": service},
        files={"docker-compose.yml": ("compose", compose), ".env": ("project", set_here)},
    )
    assert severity("environment.localhost-in-production/SITE_URL@prod", prod) == expected


@pytest.mark.parametrize(("runs", "expected"), [(False, "medium"), (True, "high")])
def test_a_file_that_is_missing_breaks_what_runs_without_it(runs, expected):
    volume = {"type": "bind", "source": f"{FOLDER}/app.conf", "target": "/etc/app.conf"}
    service = {"image": "example/api:1", "restart": "always", "volumes": [volume]}
    paths = {f"{FOLDER}/app.conf": "missing"}
    prod = stack("prod", {"api": {}} if runs else None, declared={"api": service}, paths=paths)
    assert severity("compose.missing-bind-source/api//etc/app.conf@prod", prod) == expected


@pytest.mark.parametrize(("behind", "expected"), [(False, "critical"), (True, "high")])
def test_a_password_cannot_be_tried_at_a_client_of_the_service_that_asks_for_it(behind, expected):
    env, port = {"POSTGRES_PASSWORD": "postgres"}, {"container": "8000/tcp", "host_ip": ANY, "host_port": "8000"}
    others = {"db": {"image": "postgres:15.14", "env": env}} if behind else {}
    prod = stack("prod", {"api": {"env": env, "ports": [port]}, **others})
    assert severity("environment.default-password/POSTGRES_PASSWORD@prod", prod) == expected


@pytest.mark.parametrize(("image", "expected"), [("postgres:15.14", "high"), ("rabbitmq:3.13.7", "medium")])
def test_messages_in_passing_are_less_than_data(image, expected):
    assert severity("containers.data-not-kept/db@prod", stack("prod", {"db": {"image": image}})) == expected
