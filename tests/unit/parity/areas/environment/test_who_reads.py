"""A variable is missed by what reads it: the program of an image, and the services that get it by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from stacks import audited, stack

from parity.judge import knowledge

APP: Mapping[str, Any] = {"image": "example/app:1", "restart": "always"}


@pytest.mark.parametrize(
    ("service", "missed"),
    [
        ({"image": "redis:7"}, False),
        ({"image": "docker.io/library/redis:7-alpine"}, False),
        ({"image": "registry.example.org:5000/library/postgres@sha256:1"}, False),
        ({"image": "quay.io/minio/minio"}, False),
        ({"image": "example/redis:7"}, True),  # somebody's own
        ({"image": "redis:7", "build": {"context": "."}}, True),
        ({"image": "redis:7", "command": ["sh", "-c", "redis-server --port $QUEUE_SIZE"]}, True),
        ({"image": "redis:7", "command": ["/start.sh"]}, True),
        ({"image": "redis:7", "entrypoint": ["/own"]}, True),
        ({"image": "redis:7", "healthcheck": {"test": ["CMD-SHELL", "x ${QUEUE_SIZE}"]}}, True),
        ({"image": "postgres:16", "volumes": [
            {"type": "bind", "source": "/srv/init", "target": "/docker-entrypoint-initdb.d"}]}, True),
    ],
)  # fmt: skip
def test_a_program_that_is_known_reads_its_own_variables(service, missed):
    sides = [
        stack(name, declared={"store": {"restart": "always", **service, "environment": environment}})
        for name, environment in (("dev", {"QUEUE_SIZE": "alpha", "TZ": "CET"}), ("prod", {}))
    ]
    found = audited(*sides)
    assert ("environment.missing/QUEUE_SIZE@prod" in found) == missed
    assert "environment.missing/TZ@prod" in found


def test_a_script_of_a_database_reads_no_signing_key():
    mounted = {"type": "bind", "source": "/srv/init", "target": "/docker-entrypoint-initdb.d"}
    store = {"image": "postgres:16", "restart": "always", "volumes": [mounted]}
    secrets = {"SECRET_KEY": "Vx8kQ2mZ7tLp4Wn9", "READER_PASSWORD": "Hd5Rw3Yb6Cq1Js0G"}
    found = audited(*(stack(name, declared={"db": {**store, "environment": secrets}}) for name in ("dev", "prod")))
    assert "environment.same-secret/SECRET_KEY@dev+prod" not in found
    assert "environment.same-secret/READER_PASSWORD@dev+prod" in found


def shared(
    prod: Mapping[str, Mapping[str, Any]], dev_names: str = "", by_name: str = "", value: str = "alpha"
) -> dict[str, Any]:
    """Return findings where dev gives QUEUE by a shared env file, and prod by name, to `prod`'s services."""
    each = "".join(f"  {name}: {{image: 'example/app:1', env_file: app.env{by_name if name == dev_names else ''}}}\n"
                   for name in prod)  # fmt: skip
    dev = stack(
        "dev",
        declared={name: {**APP, "environment": {"QUEUE": value, "A": "1", "B": "1"}} for name in prod},
        files={"compose.yml": ("compose", f"services:\n{each}"), "app.env": ("env_file", f"QUEUE={value}\nA=1\nB=1\n")},
    )
    return audited(dev, stack("prod", declared=prod))


def test_a_variable_that_a_side_sets_where_it_is_read_is_not_missing():
    web = {**APP, "environment": {"QUEUE": "alpha", "A": "1"}}
    other = {"image": "example/other:1", "restart": "always", "environment": {"A": "1"}}
    found = shared({"web": web, "other": other})
    assert found["environment.missing/QUEUE@prod"].status == "expected"
    assert found["environment.missing/B@prod"].status == "open"


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({"environment": {"A": "1", "B": "1", "C": "1", "D": "1"}}, "open"),
        ({"environment": {"A": "1"}}, "expected"),  # set up in another way
        ({"environment": {"A": "1", "B": "1", "C": "1", "D": "1"}, "restart": "no"}, "expected"),  # a migration
    ],
)
def test_a_twin_of_a_reader_reads_it_too(settings, status):
    web = {**APP, "environment": {"A": "1", "B": "1", "C": "1", "D": "1", "QUEUE": "alpha"}}
    found = shared({"web": web, "worker": {**APP, **settings}})
    assert found["environment.missing/QUEUE@prod"].status == status


def test_a_twin_for_which_the_other_side_names_others_is_none():
    web = {**APP, "environment": {"A": "1", "B": "1", "C": "1", "D": "1", "QUEUE": "alpha"}}
    worker = {**APP, "environment": {"A": "1", "B": "1", "C": "1", "D": "1"}}
    found = shared({"web": web, "worker": worker}, "web", ", environment: {QUEUE: alpha}")
    assert found["environment.missing/QUEUE@prod"].status == "expected"


def test_a_reader_that_lacks_it_is_reported_with_it():
    web, worker = {**APP, "environment": {"QUEUE": "alpha"}}, {**APP, "environment": {"A": "1"}}
    found = shared({"web": worker, "worker": web}, "web", ", environment: {QUEUE: alpha}")
    assert found["environment.missing/QUEUE@prod"].status == "open"


@pytest.mark.parametrize(
    ("image", "known"),
    [
        ("postgres", True),
        ("ghcr.io/example/postgres:1", False),
        ("public.ecr.aws/docker/library/postgres:16", True),
        ("localhost:5000/postgres", True),
        ("bitnami/postgres", False),
    ],
)
def test_images_are_known_by_their_name_in_any_registry(image, known):
    assert (knowledge.load().images.of(image) is not None) == known
