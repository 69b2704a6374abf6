"""A service that an environment lacks without missing it is low; one that has work there is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from stacks import FOLDER, audited, stack

from parity.domain.findings import Finding

APP: Mapping[str, Any] = {"image": "example/app:1", "restart": "always"}


def missing(dev: Mapping[str, Any], prod: Mapping[str, Any]) -> dict[str, Finding]:
    found = audited(stack("dev", declared=dev), stack("prod", declared=prod))
    return {one.service: one for one in found.values() if one.rule == "containers.service-missing"}


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ({"build": {"context": FOLDER}, "command": ["echo", "built, and done"]}, "low"),
        ({"build": {"context": FOLDER}, "command": ["sh", "-c", "exit 0"]}, "low"),
        ({"build": {"context": FOLDER}, "command": ["serve"]}, "medium"),
        ({"build": {"context": FOLDER}, "command": ["manage.py", "migrate"]}, "medium"),
        ({"image": "example/core:1", "command": ["echo", "hello"]}, "medium"),
    ],
)
def test_a_base_image_is_no_service(said, severity):
    assert missing({"app": APP, "core": said}, {"app": APP})["core"].severity.word == severity


def test_an_image_that_another_build_starts_from_is_no_service():
    core = {"build": {"context": f"{FOLDER}/core"}}
    app = {**APP, "build": {"context": FOLDER, "additional_contexts": {"core": "service:core"}}}
    assert missing({"app": app, "core": core}, {"app": APP})["core"].severity.word == "low"


@pytest.mark.parametrize(("store_in_prod", "severity"), [(False, "low"), (True, "medium")])
def test_a_job_is_missed_only_where_what_it_prepares_is(store_in_prod, severity):
    store = {"image": "example/store:1", "restart": "always"}
    job = {"image": "minio/mc:1", "depends_on": {"store": {"condition": "service_started"}}}
    prod = {"app": APP, **({"store": store} if store_in_prod else {})}
    assert missing({"app": APP, "store": store, "buckets": job}, prod)["buckets"].severity.word == severity


def one_image(*folders: str, more: Mapping[str, Any] | None = None) -> dict[str, Finding]:
    dev = {f"part{number}": {**APP, "build": {"context": folder}} for number, folder in enumerate(folders)}
    proxy = {"image": "nginx:1.29", "ports": [{"target": 80, "published": "8080", "mode": "ingress"}]}
    web = [{"target": 80, "published": "8123", "mode": "ingress"}]
    whole = {"build": {"context": FOLDER, "dockerfile": "all.Dockerfile"}, "restart": "always", "ports": web}
    return missing({**dev, "nginx": proxy}, {"whole": whole, **(more or {})})


def test_what_another_environment_builds_into_one_image_is_there():
    found = one_image(f"{FOLDER}/back", f"{FOLDER}/front")
    assert {name: one.severity.word for name, one in found.items() if "prod" in one.environments} == {
        "nginx": "low", "part0": "low", "part1": "low",
    }  # fmt: skip


def test_several_images_have_no_unnamed_parts():
    more = {"other": {**APP, "build": {"context": f"{FOLDER}/other"}}}
    found = one_image(f"{FOLDER}/back", f"{FOLDER}/front", more=more)
    assert {one.severity.word for one in found.values() if "prod" in one.environments} == {"medium"}


@pytest.mark.parametrize(
    ("drivers", "severity"),
    [
        ({"CACHE_DRIVER": "file", "SESSION_DRIVER": "file"}, "low"),
        ({"CACHE_DRIVER": "file", "QUEUE_CONNECTION": "redis"}, "medium"),
        ({}, "medium"),
    ],
)
def test_a_cache_that_no_driver_names_is_unused(drivers, severity):
    app = {**APP, "environment": {"REDIS_HOST": "redis", **drivers}}
    redis = {"image": "redis:7.4", "restart": "always"}
    assert missing({"app": app, "redis": redis}, {"app": app})["redis"].severity.word == severity


def test_a_worker_and_its_scheduler_are_missing_together():
    prod = {"app": APP, **{name: {**APP, "command": [name]} for name in ("celery_worker", "celery_beat")}}
    found = missing({"app": APP}, prod)
    assert set(found) == {"celery_worker"}
    assert {piece.service for piece in found["celery_worker"].evidence} == {"celery_worker", "celery_beat", ""}


@pytest.mark.parametrize(("command", "is_missing"), [("celery worker -B", False), ("celery worker", True)])
def test_a_worker_may_run_the_schedule_itself(command, is_missing):
    worker = {**APP, "command": command.split()}
    prod = {"app": APP, "worker": worker, "beat": {**APP, "command": ["celery", "beat"]}}
    assert ("beat" in missing({"app": APP, "worker": worker}, prod)) is is_missing


@pytest.mark.parametrize("name", ["pgsql", "psql", "postgis"])
def test_a_database_goes_by_many_names(name):
    dev = {"app": APP, name: {"image": "postgres:15"}}
    assert missing(dev, {"app": APP, "postgres": {"image": "postgres:17-alpine"}}) == {}


STORE = {"image": "postgres:16", "restart": "always"}
BUILT = {"restart": "always", "build": {"context": FOLDER}}


@pytest.mark.parametrize(
    ("dev", "prod", "told"),
    [
        ({}, {"web": BUILT, "api": BUILT}, "medium"),
        ({"login": {"image": "keycloak/keycloak:26"}}, {"web": BUILT, "api": BUILT}, "medium"),
        ({}, {"web": {"image": "shop.net/own/web:1"}, "api": {"image": "shop.net/own/api:1"}}, "medium"),
        ({}, {"web": BUILT}, ""),
        ({"tool": BUILT}, {"web": BUILT, "api": BUILT}, ""),
        ({"site": {"image": "own/site:1"}}, {"web": {"image": "own/web:1"}, "api": {"image": "own/api:1"}}, ""),
        ({"site": {"image": "other/site:1"}}, {"web": BUILT, "api": BUILT}, ""),
        ({}, {"proxy": {"image": "nginx:1.27"}, "cache": {"image": "redis:7"}}, ""),
    ],
)
def test_an_application_that_development_runs_in_no_container_is_one_finding(dev, prod, told):
    sides = [stack(e, declared={"db": STORE, **own}) for e, own in (("dev", dev), ("prod", prod))]
    found = audited(*sides).get("containers.service-missing@dev")
    assert (found.severity.word if found else "") == told
