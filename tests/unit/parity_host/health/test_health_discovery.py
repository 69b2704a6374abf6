"""Which programs containers run, and where their health is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from parity_host.health.celery import _read
from parity_host.health.http_endpoints import corrections, endpoints
from parity_host.health.kinds import kind_of
from parity_host.health.redis import password, read_info
from parity_host.health.targets import OF_IMAGE, Target, engine_host, target
from parity_host.secrets.redact import Redactor


def made(**fields: Any) -> Target:
    """Return a container as the engine describes it; `ports` maps container ports to `ip:port` on the host."""
    ports = {
        f"{port}/tcp": [dict(zip(("HostIp", "HostPort"), at.rsplit(":", 1), strict=True))]
        for port, at in fields.get("ports", {}).items()
    }
    test = fields.get("check")
    return target(
        {
            "Id": "abc",
            "Name": "/shop_" + fields.get("service", "api"),
            "State": {"Status": "running"},
            "Config": {
                "Image": fields.get("image", "shop/api:1"),
                "Cmd": fields.get("command", "").split() or None,
                "Entrypoint": fields.get("entrypoint"),
                "Env": fields.get("env", []),
                "Hostname": "abc123",
                "Labels": {"com.docker.compose.service": fields.get("service", "api"), **fields.get("labels", {})},
                "Healthcheck": {"Test": ["CMD-SHELL", test]} if test else None,
                "ExposedPorts": {f"{port}/tcp": {} for port in fields.get("exposed", ())},
            },
            "HostConfig": {"NetworkMode": fields.get("mode", "shop_default")},
            "NetworkSettings": {"Ports": ports, "Networks": {"shop_default": {"IPAddress": "172.20.0.5"}}},
        }
    )


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"command": "python3 -m celery -A tasks worker --pool solo"}, "celery-worker"),
        ({"entrypoint": ["sh", "-c"], "command": "alembic upgrade head && exec celery -A x.y beat"}, "celery-beat"),
        ({"command": "uv run celery -A x worker"}, "celery-worker"),
        ({"command": "/start-celeryworker"}, "celery-worker"),
        ({"command": "celery -A x flower"}, ""),
        ({"command": "uvicorn main:app"}, "web"),
        ({"command": "./wait-for-it.sh postgres:5432 -- gunicorn a.b"}, "web"),
        ({"command": "pg_dump -h postgres", "service": "job"}, ""),
        ({"image": "postgres:15", "entrypoint": ["docker-entrypoint.sh"], "command": "postgres"}, "postgres"),
        ({"image": "pgvector/pgvector:pg16", "service": "db"}, "postgres"),
        ({"image": "registry.example.org:5000/bitnami/redis@sha256:aa", "service": "cache"}, "redis"),
        ({"image": "prodrigestivill/postgres-backup-local", "service": "postgres"}, ""),
        ({"image": "oliver006/redis_exporter:v1", "service": "redis"}, ""),
        ({"image": "grafana/promtail:3"}, ""),
        ({"image": "bitnami/redis-sentinel:7.2"}, ""),
        ({"image": "shop/postgres_ui:1"}, ""),
        ({"image": "eqalpha/keydb:x86_64_v6.3.4"}, "redis"),
        ({"image": "grafana/loki:3.4.3"}, "loki"),
        ({"image": "jaegertracing/all-in-one:1.57"}, "jaeger"),
        ({"image": "shop/own", "service": "nginx_dev"}, "nginx"),
        ({"image": "shop/own", "service": "thing"}, ""),
    ],
)
def test_the_kind_of_a_container_is_told_by_its_command_then_its_image_then_its_name(fields, kind):
    container = made(**fields)
    assert kind_of(container.image, container.words, container.service) == kind


def found(
    fields: dict[str, Any], configured: Any = (), engine: str = ""
) -> list[tuple[str, str, str, tuple[str, ...]]]:
    container = made(**fields)
    own = [entry for entry in corrections(list(configured)) if not entry.problem]
    kind = kind_of(container.image, container.words, container.service)
    return [
        (one.kind, one.target, f"{one.addresses[0].ip}:{one.addresses[0].port}" if one.addresses else "", one.paths)
        for one in endpoints(container, kind, own, engine)
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"check": "curl -fsS http://localhost:8000/health/overall || exit 1", "ports": {8000: "127.0.0.1:18000"}},
            [("http", ":8000/health/overall", "127.0.0.1:18000", ("/health/overall",))],
        ),
        (
            {"check": "wget -qO- 127.0.0.1:${PORT:-8080}/ping"},
            [("http", ":8080/ping", "172.20.0.5:8080", ("/ping",))],
        ),
        (
            {"check": "curl http://localhost:$PORT/ping", "env": ["PORT=9000"]},
            [("http", ":9000/ping", "172.20.0.5:9000", ("/ping",))],
        ),
        (
            {"check": "python -c \"import urllib.request as u; u.urlopen('http://api:8000/h')\""},
            [("http", ":8000/h", "172.20.0.5:8000", ("/h",))],
        ),
        ({"check": "curl -f http://other-host:8000/health"}, []),
        ({"check": "curl -f http://169.254.169.254/latest"}, []),
        ({"check": "nc -z localhost 8000"}, []),
        ({"check": "pg_isready -h localhost:5432"}, []),
        (
            {"labels": {"parity.health": ":8000/healthz"}},
            [("http", ":8000/healthz", "172.20.0.5:8000", ("/healthz",))],
        ),
        (
            {"labels": {"parity.health": "/healthz"}, "ports": {3000: "0.0.0.0:3001"}},
            [("http", ":3000/healthz", "127.0.0.1:3001", ("/healthz",))],
        ),
        ({"labels": {"parity.health": "http://elsewhere.example.org/x"}}, []),
        ({"labels": {"parity.health": "/a b\r\nX: y"}}, []),
        (
            {"command": "uvicorn main:app", "ports": {8000: "0.0.0.0:8000"}},
            [("http", ":8000/health", "127.0.0.1:8000", ("/health", "/healthz", "/api/health"))],
        ),
        ({"command": "uvicorn main:app"}, []),
        ({"image": "grafana/grafana"}, [("grafana", ":3000/api/health", "172.20.0.5:3000", ("/api/health",))]),
        (
            {"image": "grafana/grafana", "check": "wget -qO- http://localhost:3000/api/health"},
            [("grafana", ":3000/api/health", "172.20.0.5:3000", ("/api/health",))],
        ),
        (
            {"image": "nginx:1.27", "ports": {80: "0.0.0.0:8081", 443: ":::8445"}},
            [("nginx", ":80/", "127.0.0.1:8081", ("/",)), ("nginx", ":443/", "::1:8445", ("/",))],
        ),
        (
            {"image": "jaegertracing/all-in-one", "ports": {16686: "0.0.0.0:16686"}},
            [("jaeger", ":16686/", "127.0.0.1:16686", ("/",))],
        ),
        (
            {"image": "grafana/loki", "mode": "host"},
            [
                ("loki", ":3100/ready", "127.0.0.1:3100", ("/ready",)),
                ("loki", ":3100/metrics", "127.0.0.1:3100", ("/metrics",)),
            ],
        ),
    ],
)
def test_endpoints_are_found_from_labels_health_checks_and_kinds(fields, expected):
    assert found(fields) == expected


def test_prometheus_is_asked_below_its_prefix():
    command = "--config.file=/etc/prometheus.yml --web.external-url=https://example.org/prometheus/"
    targets = [one[1] for one in found({"image": "prom/prometheus", "command": command})]
    assert targets[:2] == [":9090/prometheus/-/healthy", ":9090/prometheus/api/v1/targets?state=active"]


def test_an_entry_of_the_user_stands_in_the_place_of_what_was_found():
    check = {"check": "curl http://localhost:8000/health"}
    assert [one[1] for one in found(check, [{"service": "api", "path": "/up", "port": 9000}])] == [":9000/up"]
    assert [one[1] for one in found(check, [{"service": "api", "url": "https://shop.example.org/h"}])] == [
        "https://shop.example.org/h"
    ]
    assert [one[1] for one in found(check, [{"service": "api", "kind": "web"}])] == [":8000/health"]
    below = found({"image": "prom/prometheus"}, [{"service": "api", "path": "/p/", "kind": "prometheus"}])
    assert below[0][1] == ":9090/p/-/healthy"


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"service": "api", "url": "ftp://x/"}, "not an http"),
        ({"service": "api", "path": "no-slash"}, "not a path"),
        ({"service": "api", "port": "abc"}, "not a port"),
        ({"service": "api", "port": 99999}, "not a port"),
        ({"service": "api", "kind": "mysql"}, "not a kind"),
        ({"path": "/x"}, "an entry has no service"),
        (7, "an entry has no service"),
    ],
)
def test_an_entry_that_cannot_be_followed_says_why(entry, problem):
    assert problem in corrections([entry])[0].problem


def test_an_engine_on_another_machine_is_asked_there_and_not_at_this_ones_ports():
    assert engine_host("unix:///var/run/docker.sock") == engine_host("tcp://127.0.0.1:2375") == ""
    check = {"check": "curl http://localhost:8000/h", "ports": {8000: "0.0.0.0:18000"}}
    assert found(check, engine=engine_host("tcp://10.1.2.3:2376"))[0][2] == "10.1.2.3:18000"
    assert found({**check, "ports": {8000: "127.0.0.1:18000"}}, engine="10.1.2.3")[0][2] == ""


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"command": "redis-server --requirepass s3cret --maxmemory 64mb"}, "s3cret"),
        ({"command": "sh -c 'redis-server --requirepass \"s3cret\"'"}, "s3cret"),
        ({"command": "redis-server --requirepass $REDIS_PASSWORD", "env": ["REDIS_PASSWORD=s3cret"]}, "s3cret"),
        ({"command": "redis-server", "check": "redis-cli -a s3cret ping | grep PONG"}, "s3cret"),
        ({"command": "redis-server /etc/redis.conf", "env": ["REDIS_PASSWORD=s3cret"]}, "s3cret"),
        ({"command": "redis-server --save 60 1"}, ""),
    ],
)
def test_the_password_of_redis_is_found_where_its_container_has_it(fields, expected):
    assert password(made(**fields)) == expected


def test_of_info_only_numbers_and_words_are_kept():
    text = "redis_version:7.0.15\r\nused_memory:12\r\nmaxmemory:x\r\nmaxmemory_policy:a b\r\nused_memory:" + "9" * 50
    assert read_info(text, Redactor(b"k")) == {"version": "7.0.15", "memory_used": 12}


@pytest.mark.parametrize(
    ("line", "python", "app", "pool"),
    [
        ("python3 -m celery -A tasks worker --pool solo", "python3", "tasks", "solo"),
        (
            "/usr/local/bin/python /usr/local/bin/celery -A config.celery_app worker -l INFO",
            "/usr/local/bin/python",
            "config.celery_app",
            "",
        ),
        ("celery --app=proj:app worker -P gevent", "", "proj:app", "gevent"),
        ("sh -c 'exec celery -Aproj worker'", "", "proj", ""),
        ("celery worker -A proj", "", "proj", ""),
    ],
)
def test_how_celery_was_started_is_read_from_its_command(line, python, app, pool):
    (one,) = _read(tuple(line.split()), "worker")
    assert (one.python, one.app, one.pool) == (python, app, pool)


@pytest.mark.parametrize(
    ("command", "image", "exposed", "ports"),
    [
        (["node", "worker.js"], {"Cmd": ["node", "server.js"], "ExposedPorts": {"3000/tcp": {}}}, ["3000"], ()),
        (["node", "server.js"], {"Cmd": ["node", "server.js"], "ExposedPorts": {"3000/tcp": {}}}, ["3000"], (3000,)),
        (["node", "worker.js"], {"Cmd": ["node"], "ExposedPorts": {"3000/tcp": {}}}, ["3000", "9229"], (9229,)),
        (["uvicorn", "main:app"], {"Cmd": ["python3"], "ExposedPorts": {"8000/tcp": {}}}, ["8000"], (8000,)),
        (["node", "worker.js"], {}, ["3000"], (3000,)),  # the image is not known
    ],
)
def test_a_port_of_the_image_is_a_promise_of_its_own_command_only(command, image, exposed, ports):
    config = {"Cmd": command, "ExposedPorts": {f"{port}/tcp": {} for port in exposed}}
    found = target({"Config": config, OF_IMAGE: {"Config": image}})
    assert found.open_ports == ports
    asked = [one.ports for one in endpoints(found, "web", (), "")]
    assert asked == [ports[:1]] * bool(ports)
