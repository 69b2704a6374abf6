"""Rules about one environment hold for what only files declare as for what runs; tools are not datastores."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

from parity.areas.containers.datastores import datastore_of, keeps_its_data
from parity.domain.stack import Mount, ServiceConfig

ALL = [{"target": 5432, "published": "5432", "protocol": "tcp"}]
VOLUME = {"type": "volume", "source": "data", "target": "/var/lib/postgresql/data"}


def rules(prod: dict[str, Any]) -> set[str]:
    return {found.rule for found in audited(stack("dev", declared={}), stack("prod", declared=prod)).values()}


@pytest.mark.parametrize(
    ("service", "rule"),
    [
        (
            {"image": "postgres:17", "restart": "always", "volumes": [VOLUME], "ports": ALL},
            "containers.datastore-exposed",
        ),
        ({"image": "postgres:17", "restart": "always"}, "containers.data-not-kept"),
        ({"image": "redis", "restart": "always"}, "containers.unpinned-image"),
        ({"image": "app:1", "ports": [{"target": 80, "published": "80"}]}, "containers.no-restart"),
        (
            {"image": "app:1", "restart": "always", "command": ["uvicorn", "a:b", "--reload"]},
            "containers.debug-command",
        ),
    ],
)
def test_files_alone_are_judged(service, rule):
    assert rule in rules({"db": service})


@pytest.mark.parametrize("image", ["shop-api", "registry.example/shop-web:latest", "web", "shop-site"])
def test_what_no_service_of_the_stack_builds_is_pulled(image):
    services = {
        "web": {"build": {"context": "/srv"}, "restart": "always"},
        "site": {"build": {"context": "/srv"}, "image": "example/site:1", "restart": "always"},
        "app": {"image": image, "restart": "always"},
    }
    assert "containers.unpinned-image" in rules(services)


@pytest.mark.parametrize(
    "more",
    [
        {"command": ["./generate-pages.sh"], "ports": [{"target": 80, "published": "80"}]},
        {"command": ["./migrate-and-serve.sh"]},
        {"command": ["nginx", "-g", "daemon off;"]},
    ],
)
def test_a_server_stays_up_whatever_its_script_does_first(more):
    assert "containers.no-restart" in rules({"nginx": {"image": "app:1", **more}})


@pytest.mark.parametrize(
    "services",
    [
        {
            "db": {
                "image": "postgres:17",
                "restart": "always",
                "volumes": [VOLUME],
                "ports": [{**ALL[0], "host_ip": "127.0.0.1"}],
            }
        },
        {
            "db": {
                "image": "postgres:17",
                "restart": "always",
                "volumes": [{**VOLUME, "target": "/var/lib/postgresql/data/"}],
            }
        },
        {"db": {"image": "mongo:8", "restart": "always", "volumes": [{**VOLUME, "target": "/data/db"}]}},
        {
            "db": {
                "image": "postgres:17",
                "restart": "always",
                "environment": {"PGDATA": "/pg"},
                "volumes": [{**VOLUME, "target": "/pg"}],
            }
        },
        {
            "metrics": {
                "image": "prometheuscommunity/postgres-exporter:v1",
                "restart": "always",
                "ports": [{"target": 9187, "published": "9187"}],
            }
        },
        {"web": {"image": "mongo-express:1", "restart": "always"}},
        {"migrate": {"image": "app:1", "healthcheck": {"test": ["CMD", "true"]}}},
        {
            "secrets": {"image": "app:1", "command": ["./generate-secrets.sh"]},
            "app": {"image": "app:1", "restart": "always", "depends_on": {"secrets": {"condition": "service_started"}}},
        },
        {"postgres": {"build": {"context": "/srv", "dockerfile": "docker/postgres-upgrade.dockerfile"}}},
        {
            "run": {"image": "app:1"},
            "app": {
                "image": "app:1",
                "restart": "always",
                "depends_on": {"run": {"condition": "service_completed_successfully"}},
            },
        },
        {"db": {"image": "postgres", "restart": "always", "scale": 0}},
        {
            "api": {"build": {"context": "/srv"}, "restart": "always"},
            "worker": {"image": "shop-api:latest", "restart": "always"},
        },
    ],
)
def test_what_is_well_is_silent(services):
    assert rules(services) & {
        "containers.datastore-exposed", "containers.data-not-kept", "containers.unpinned-image", "containers.no-restart"
    } == set()  # fmt: skip


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        ("postgres:17", "postgres"), ("bitnami/postgresql:16", "postgres"), ("pgvector/pgvector:pg17", "postgres"),
        ("timescale/timescaledb-ha:pg16", "postgres"), ("redis/redis-stack-server:7", "redis"), ("redis:7", "redis"),
        ("valkey/valkey:8", "redis"), ("rediscommander/redis-commander", ""), ("dpage/pgadmin4", ""),
        ("mongo-express", ""), ("prom/mysqld-exporter", ""), ("edoburu/pgbouncer", ""), ("minio/minio", ""),
        ("docker.elastic.co/kibana/kibana:8", ""), ("ghcr.io/acme/mongodb-backup:1", ""), ("", ""),
        ("redis.example.com/app", ""), ("postgres.example.com:5000/shop/api:2", ""), ("redis/app@sha256:6ab0", ""),
        ("backup.example.com/postgres:17", "postgres"), ("localhost:5000/mysql@sha256:6ab0", "mysql"),
    ],
)  # fmt: skip
def test_an_image_is_a_datastore_by_its_name(image, kind):
    found = datastore_of(image)
    assert (found.kind if found else "") == kind


def test_a_volume_that_nobody_named_goes_with_its_container():
    store = datastore_of("postgres:17")
    assert store is not None
    config = ServiceConfig("postgres:17", {}, (), 0, 0.0, {}, (), "always", None, None)

    def mounted(source: str) -> bool:
        mount = Mount("volume", source, "/var/lib/postgresql/data", read_only=False)
        return keeps_its_data(store, ServiceConfig(**{**config.__dict__, "mounts": (mount,)}))

    assert mounted("app_data")
    assert not mounted("9f" * 32)
    assert not mounted("")


@pytest.mark.parametrize(
    ("worker", "takes_tasks"),
    [
        ({"command": ["celery", "-A", "shop", "worker"]}, True),
        ({"command": ["python", "-m", "arq", "shop.Worker"]}, True),
        ({"command": ["python", "work.py"], "environment": {"BROKER_URL": "redis://redis:6379/0"}}, True),
        ({"entrypoint": ["/srv/celery-entrypoint.sh"]}, True),
        ({"command": ["python", "-m", "shop.worker"], "environment": {"REDIS_URL": "redis://redis:6379/0"}}, False),
    ],
)
def test_a_queue_is_lost_where_a_worker_names_one(worker, takes_tasks):
    redis = {"image": "redis:7", "restart": "always"}
    found = rules({"redis": redis, "worker": {"image": "app:1", "restart": "always", **worker}})
    assert ("containers.queue-not-kept" in found) is takes_tasks


@pytest.mark.parametrize(
    ("image", "target", "kept"),
    [
        ("postgres:15.14", "/var/lib/postgresql/data", True),
        ("postgres:15.14", "/var/lib/postgresql", False),
        ("postgres:18", "/var/lib/postgresql", True),
        ("postgres:18", "/var/lib/postgresql/18/docker", True),
        ("docker.io/library/postgres:16-alpine", "/var/lib/postgresql", False),
        ("postgres", "/var/lib/postgresql", True),
        ("postgres", "/var/lib/postgresql/data", True),
        ("mongo:8", "/data", False),
        ("mongo:8", "/data/db", True),
        ("bitnami/postgresql:16", "/bitnami", True),
        ("example/postgres:16", "/var/lib/postgresql", True),
        ("mysql:8", "/var/lib", False),
    ],
)
def test_a_mount_above_the_image_s_own_volume_keeps_nothing(image, target, kept):
    store = datastore_of(image)
    assert store is not None
    mount = Mount("volume", "data", target, read_only=False)
    config = ServiceConfig(image, {}, (), 0, 0.0, {}, (mount,), "always", None, None)
    assert keeps_its_data(store, config) is kept


@pytest.mark.parametrize(
    ("front", "other", "stays"),
    [
        ({}, {"environment": {"PWA_UPSTREAM": "pwa:3000"}}, True),
        ({}, {"environment": {"SITE": "http://pwa/"}}, True),
        ({"labels": {"traefik.http.routers.pwa.rule": "Host(`e.org`)"}}, {}, True),
        ({"environment": {"VIRTUAL_HOST": "e.org"}}, {}, True),
        ({}, {"environment": {"NAME": "pwa", "IMAGE": "example/pwa:1"}}, False),  # nothing says that it serves
        ({}, {"environment": {"SITE": "http://other-pwa:80"}}, False),
        ({"command": ["npm", "run", "migrate"], "entrypoint": ["prisma"]}, {"environment": {"A": "pwa:3000"}}, False),
    ],
)
def test_what_others_call_stays_up(front, other, stays):
    services = {
        "pwa": {"image": "example/front:1", **front},
        "api": {"image": "example/api:1", "restart": "always", **other},
    }
    assert ("containers.no-restart/pwa@prod" in audited(stack("prod", declared=services))) is stays
