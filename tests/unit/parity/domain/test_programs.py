"""Which program a service runs."""

from __future__ import annotations

import pytest

from parity.compare.read_stack import read_stack
from parity.domain.programs import kinds


def service(name, image, command=None, entrypoint=None):
    declared = {"image": image, "entrypoint": entrypoint, "command": command}
    host = {
        "state": "seen",
        "engine": {},
        "project": {"state": "seen"},
        "rendered": {"state": "seen", "services": {name: declared}},
    }
    return read_stack({"environment": "dev", "hosts": {"h": host}}).services[name]


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("postgres:15.14", {"postgresql"}),
        ("bitnami/postgresql:16", {"postgresql"}),
        ("pgvector/pgvector:pg16", {"postgresql"}),
        ("postgis/postgis:16-3.4", {"postgresql"}),
        ("timescale/timescaledb:latest-pg16", {"postgresql"}),
        ("redis:7.2@sha256:" + "a" * 64, {"redis"}),
        ("redis/redis-stack:latest", {"redis"}),
        ("valkey/valkey:8", {"redis"}),
        ("eqalpha/keydb:x86_64_v6.3.4", {"redis"}),
        ("bitnami/redis-sentinel:7.2", {"redis"}),
        ("nginx", {"nginx"}),
        ("nginxinc/nginx-unprivileged:1.27", {"nginx"}),
        ("registry.example.org:5000/web/nginx:1", {"nginx"}),
        ("grafana/grafana:11.5.0", {"grafana"}),
        ("grafana/grafana-oss", {"grafana"}),
        ("grafana/loki:3.4.3", {"loki"}),
        ("grafana/promtail:3.4.3", {"promtail"}),
        ("prom/prometheus:v2.42.0", {"prometheus"}),
        ("jaegertracing/all-in-one:1.57", {"jaeger"}),
        ("python:3.12-slim", {"python"}),
        ("node:22", {"node"}),
        ("grafana/tempo:2", set()),
        ("prom/alertmanager", set()),
        ("oliver006/redis_exporter:v1", set()),
        ("nginx/nginx-prometheus-exporter:1", set()),
        ("prodrigestivill/postgres-backup-local", set()),
        ("redis/redisinsight", set()),
        ("grafana/loki-gen", set()),
        ("shop/postgres_ui:1", set()),
        ("dpage/pgadmin4", set()),
        ("", set()),
    ],
)
def test_the_image_tells(image, expected):
    assert kinds(service("thing", image)) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["celery", "-A", "tasks", "worker"], {"celery", "python"}),
        (["python3", "-m", "celery", "-A", "tasks", "beat"], {"celery", "python"}),
        (["python", "-u", "-m", "celery", "worker"], {"celery", "python"}),
        (["sh", "-c", "alembic upgrade head && exec celery -A tasks worker"], {"celery", "python"}),
        (["/wait-for-it.sh", "redis:6379", "--", "celery", "-A", "x", "worker"], {"celery", "python"}),
        (["/app/.venv/bin/uvicorn", "main:app"], {"python"}),
        (["gunicorn", "-k", "uvicorn.workers.UvicornWorker", "main:app"], {"python"}),
        (["python3.12", "worker.py"], {"python"}),
        (["granian", "--interface", "asgi", "main:app"], {"python"}),
        (["redis-server", "--requirepass", "x"], {"redis"}),
        (["nginx", "-g", "daemon off;"], {"nginx"}),
        (["postgres", "-c", "shared_buffers=16MB"], {"postgresql"}),
        (["gosu", "postgres", "redis-server"], {"redis"}),
        (["PYTHONUNBUFFERED=1", "celery", "worker"], {"celery", "python"}),
        (["./start.sh", "redis", "postgres"], set()),
        (["serve", "--backend", "celery"], set()),
    ],
)
def test_the_command_tells(command, expected):
    assert kinds(service("thing", "registry.example.org/shop/app:1", command)) == expected


def test_the_entrypoint_tells():
    assert kinds(service("thing", "app:1", entrypoint=["prometheus"])) == {"prometheus"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("celery_worker", {"celery", "python"}), ("redis-cache", {"redis"}), ("postgres-exporter", set()), ("api", set())],
)
def test_the_name_tells_only_where_nothing_else_does(name, expected):
    assert kinds(service(name, "app:1")) == expected
    assert kinds(service(name, "nginx:1")) == {"nginx"}
