"""One fault of a service is one finding, whichever rules see it; and what each environment has its own of is expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from stacks import audited, stack

from parity.domain.findings import Finding

ALWAYS = {"restart": "always"}
OPEN = {"target": 5432, "published": "5432", "protocol": "tcp"}


def sides(dev: Mapping[str, Any], prod: Mapping[str, Any], **parts: Any) -> dict[str, Finding]:
    return audited(stack("dev", declared=dev, **parts), stack("prod", declared=prod))


def of(found: Mapping[str, Finding], rule: str) -> list[str]:
    return sorted(one for one in found if one.startswith((f"{rule}/", f"{rule}@")))


def test_an_open_datastore_is_not_told_again_as_a_port():
    db = {"image": "rabbitmq:4", **ALWAYS}
    ports = [{**OPEN, "target": number, "published": str(number)} for number in (5672, 15672)]
    found = sides({"db": db}, {"db": {**db, "ports": ports}})
    assert of(found, "containers.datastore-exposed") == ["containers.datastore-exposed/db/5672/tcp@prod"]
    assert of(found, "containers.ports-differ") == []
    assert "port 5672, 15672" in found["containers.datastore-exposed/db/5672/tcp@prod"].title


@pytest.mark.parametrize(
    ("image", "port", "words"),
    [
        ("memcached:1", 11211, "without a password"),
        ("zookeeper:3", 2181, "without a password"),
        ("postgres:17", 5432, "try passwords"),
    ],
)
def test_a_store_without_passwords_is_said_to_have_none(image, port, words):
    service = {"image": image, **ALWAYS, "ports": [{**OPEN, "target": port}]}
    found = sides({"db": service}, {"db": service})
    assert words in found[f"containers.datastore-exposed/db/{port}/tcp@prod"].impact


def test_a_weaker_restart_policy_is_told_once():
    app = {"image": "example/app:1", "ports": [OPEN]}
    found = sides({"app": {**app, **ALWAYS}, "web": app}, {"app": app, "web": app})
    assert of(found, "containers.restart-differs") == ["containers.restart-differs/app@dev+prod"]
    assert of(found, "containers.no-restart") == ["containers.no-restart/web@prod"]


def test_a_name_that_leads_nowhere_tells_that_its_service_is_missing():
    app = {"image": "example/app:1", **ALWAYS, "environment": {"FITS_HOST": "fits"}, "networks": {"app": None}}
    fits = {"image": "example/fits:1", **ALWAYS, "networks": {"app": None}}
    found = sides({"app": app, "fits": fits}, {"app": app})
    assert of(found, "containers.unresolvable") == ["containers.unresolvable/app/FITS_HOST@prod"]
    assert of(found, "containers.service-missing") == []


def test_one_source_folder_is_told_once_and_two_are_told_twice():
    def mounted(folder: str) -> dict[str, Any]:
        volume = {"type": "bind", "source": folder, "target": "/app"}
        return {"image": "example/app:1", **ALWAYS, "build": {"context": folder}, "volumes": [volume]}

    services = {"web": mounted("/srv/web"), "worker": mounted("/srv/web"), "site": mounted("/srv/site")}
    found = sides(services, services)
    assert of(found, "containers.source-mounted") == [
        "containers.source-mounted//app@prod", "containers.source-mounted/site//app@prod"
    ]  # fmt: skip


def test_the_services_of_one_file_are_missing_together():
    app = {"app": {"image": "example/app:1", **ALWAYS}}
    extra = {name: {"image": f"example/{name}:1", **ALWAYS} for name in ("shipper", "counter", "mailhog")}
    text = "services: {shipper: {image: 'example/shipper:1'}, counter: {image: 'example/counter:1'}, mailhog: {image: 'x'}}\n"
    found = sides({**app, **extra}, app, files={"more.yml": ("compose", text)})
    assert of(found, "containers.service-missing") == [
        "containers.service-missing/docker/more.yml@prod", "containers.service-missing/mailhog@prod"
    ]  # fmt: skip
    assert (
        found["containers.service-missing/docker/more.yml@prod"].title
        == "2 services exist only in dev: counter, shipper"
    )
    assert found["containers.service-missing/mailhog@prod"].status == "expected"
    partly = {"more.yml": ("compose", text.replace("services: {", "services: {app: {image: 'example/app:1'}, "))}
    for files in ({}, partly):
        assert len(of(sides({**app, **extra}, app, files=files), "containers.service-missing")) == 3


@pytest.mark.parametrize(
    ("dev", "prod", "status", "severity"),
    [
        ("redis:7", "redis:7.2.4", "open", "low"),
        ("traefik:v3", "traefik:v3.3", "open", "low"),
        ("redis:7.2", "redis:7.20", "open", "medium"),
        ("postgres:17", "postgres:17-alpine", "open", "medium"),
        ("example/app:test", "example/app:prod", "expected", "info"),
        ("example/app:debug", "example/app", "open", "medium"),
    ],
)
def test_tags_that_may_be_one_release_weigh_less(dev, prod, status, severity):
    found = sides({"app": {"image": dev, **ALWAYS}}, {"app": {"image": prod, **ALWAYS}})
    one = found["containers.image-differs/app@dev+prod"]
    assert (one.status, one.severity.word) == (status, severity)


def test_a_tag_that_a_variable_left_empty_is_told_by_compose():
    found = sides({"app": {"image": "example/app:debug", **ALWAYS}}, {"app": {"image": "example/app:", **ALWAYS}})
    assert of(found, "containers.image-differs") == []


@pytest.mark.parametrize(
    ("dev", "prod", "item", "status"),
    [
        (["--maxmemory", "1gb"], ["--maxmemory", "2gb"], "maxmemory", "expected"),
        ([], ["--maxmemory", "2gb"], "maxmemory", "open"),
        (["--maxmemory-policy", "noeviction"], ["--maxmemory-policy", "allkeys-lru"], "maxmemory-policy", "open"),
        (["--appendonly", "yes"], [], "appendonly", "open"),
    ],
)
def test_sizes_are_an_environments_own_and_what_is_lost_is_not(dev, prod, item, status):
    cache = {"image": "redis:7.2", **ALWAYS}
    found = sides(
        {"c": {**cache, "command": ["redis-server", *dev]}}, {"c": {**cache, "command": ["redis-server", *prod]}}
    )
    assert found[f"containers.option-differs/c/{item}@dev+prod"].status == status


def test_a_database_of_development_may_lose_what_production_keeps():
    db = {"image": "postgres:17", **ALWAYS}
    command = ["postgres", "-c", "fsync=off"]
    name = "containers.option-differs/db/fsync@dev+prod"
    assert sides({"db": {**db, "command": command}}, {"db": {**db, "command": ["postgres"]}})[name].status == "expected"
    assert sides({"db": {**db, "command": ["postgres"]}}, {"db": {**db, "command": command}})[name].status == "open"


def test_a_client_that_follows_a_public_service_may_be_unpinned():
    services = {"certbot": {"image": "certbot/certbot", **ALWAYS}, "app": {"image": "example/app", **ALWAYS}}
    found = sides(services, services)
    assert found["containers.unpinned-image/certbot@prod"].severity.word == "low"
    assert found["containers.unpinned-image/app@prod"].severity.word == "medium"


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("createbuckets", {"image": "minio/mc"}),
        ("buckets", {"image": "minio/mc", "entrypoint": ["/bin/sh", "-c", "mc mb shop; exit 0;"]}),
        ("schema", {"image": "flyway/flyway:11"}),
        ("db", {"image": "example/app:1", "command": ["alembic", "upgrade", "head"]}),
        (
            "web",
            {
                "image": "example/app:1",
                "command": ["sh", "-c", "python manage.py migrate && python manage.py loaddata x"],
            },
        ),
    ],
)
def test_jobs_need_no_restart_policy(name, service):
    waiting = {"image": "example/x:1", **ALWAYS, "depends_on": {name: {"condition": "service_started"}}}
    assert of(sides({}, {name: service, "x": waiting}), "containers.no-restart") == []


@pytest.mark.parametrize(
    "service",
    [
        {
            "image": "example/app:1",
            "command": ["sh", "-c", "python manage.py migrate && gunicorn app"],
            "ports": [OPEN],
        },
        {"image": "example/app:1", "expose": ["3000"]},
        {"image": "prom/alertmanager:v0.27.0"},
        {"image": "mongo:8"},
    ],
)
def test_servers_need_one_whatever_tells_that_they_serve(service):
    assert of(sides({}, {"site": service}), "containers.no-restart") == ["containers.no-restart/site@prod"]
