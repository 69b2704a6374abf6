"""What production has less of, stages of development, listeners on loopback, modes that only development has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from stacks import audited, stack

from parity.areas.compose.capacity import less_in_production
from parity.domain.findings import Finding

APP: Mapping[str, Any] = {"image": "example/app:1", "restart": "always"}
PROD = frozenset({"prod"})


def sides(dev: Mapping[str, Any], prod: Mapping[str, Any]) -> dict[str, Finding]:
    return audited(stack("dev", declared={"app": {**APP, **dev}}), stack("prod", declared={"app": {**APP, **prod}}))


@pytest.mark.parametrize(
    ("key", "dev", "prod", "less"),
    [
        ("deploy.replicas", 4, None, True),
        ("deploy.replicas", 4, 2, True),
        ("deploy.replicas", None, 2, False),
        ("deploy.replicas", 4, 0, False),  # a service that is off is another finding
        ("scale", 3, 1, True),
        ("shm_size", "1073741824", None, True),
        ("shm_size", "33554432", None, False),
        ("ulimits", {"nofile": {"soft": 65536, "hard": 65536}}, {"nofile": 1024}, True),
        ("ulimits", {"nofile": 65536}, None, True),
        ("ulimits", {"nofile": 65536}, {"nofile": -1}, False),
        ("ulimits", {"nofile": 65536}, {"nofile": {"soft": 65536, "hard": 65536}}, False),
        ("ulimits", "65536", 12, False),  # nothing that Compose renders
        ("stop_signal", "9", "1", False),
    ],
)
def test_production_has_less(key: str, dev: object, prod: object, less: bool) -> None:
    assert less_in_production(key, {"dev": dev, "prod": prod}, PROD) is less


def test_less_than_one_other_environment_is_not_less_than_all() -> None:
    assert not less_in_production("scale", {"dev": 4, "qa": 1, "prod": 2}, PROD)


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("development", True),
        ("dev", True),
        ("web-dev", True),
        ("DEV", True),
        ("development_server", True),
        ("devices", False),
        ("latest", False),
        ("production", False),
        ("runtime", False),
    ],
)
def test_a_stage_of_development(stage: str, said: bool) -> None:
    build = {"build": {"context": "/srv/app", "target": stage}}
    assert ("compose.development-stage/app@prod" in sides(build, build)) is said


@pytest.mark.parametrize(
    ("service", "said"),
    [
        ({"command": ["gunicorn", "app", "-b", "127.0.0.1:8000"]}, True),
        ({"command": ["sh", "-c", "exec uvicorn app --host localhost"]}, True),
        ({"command": ["gunicorn", "app", "--bind=127.0.0.1:8000"]}, True),
        ({"command": ["gunicorn", "app", "-b", "0.0.0.0:8000"]}, False),
        ({"command": ["gunicorn", "app", "-b", "127.0.0.1:8000"], "network_mode": "host"}, False),
        ({"command": ["gunicorn", "app", "-b", "127.0.0.1:8000"], "network_mode": "service:proxy"}, False),
        ({"command": ["sh", "-c", "gunicorn app -b 127.0.0.1:8000 & nginx"]}, False),
        ({"command": ["mysqladmin", "ping", "--host", "127.0.0.1"]}, False),
    ],
)
def test_a_server_on_its_own_loopback(service: Mapping[str, Any], said: bool) -> None:
    found = sides(service, service)
    assert bool([one for one in found if one.startswith("containers.unsafe-option/app/")]) is said


@pytest.mark.parametrize(
    ("name", "dev", "prod", "status"),
    [
        ("PAYPAL_MODE", "sandbox", "live", "expected"),
        ("PAYPAL_MODE", "live", "sandbox", "open"),
        ("GF_AUTH_ANONYMOUS_ENABLED", "true", "false", "expected"),
        ("GF_AUTH_ANONYMOUS_ENABLED", "false", "true", "open"),
        ("XPACK_SECURITY_ENABLED", "false", "true", "expected"),
        ("FEATURE_X", "false", "true", "open"),
        ("ALLOWED_HOSTS", "*", "shop.example.org", "expected"),
        ("JDBC_URL", "jdbc:postgresql://dev.corp.example/a?ssl=true", "jdbc:postgresql://pg.corp.example/a", "open"),
        ("JDBC_URL", "jdbc:postgresql://dev.corp.example/a", "jdbc:postgresql://pg.corp.example/a", "expected"),
    ],
)
def test_what_only_development_may_have(name: str, dev: str, prod: str, status: str) -> None:
    found = sides({"environment": {name: dev}}, {"environment": {name: prod}})
    assert found[f"environment.differs/{name}@dev+prod"].status == status


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("JAVA_TOOL_OPTIONS", "-Xmx1g -agentlib:jdwp=transport=dt_socket,server=y,address=*:5005", True),
        ("NODE_OPTIONS", "--max-old-space-size=512 --inspect=0.0.0.0:9229", True),
        ("JAVA_TOOL_OPTIONS", "-Xmx1g -XX:+UseG1GC", False),
        ("NODE_OPTIONS", "--max-old-space-size=512", False),
    ],
)
def test_a_debugger_in_production(name: str, value: str, said: bool) -> None:
    found = sides({}, {"environment": {name: value}})
    assert (f"environment.debug-in-production/{name}@prod" in found) is said


@pytest.mark.parametrize(
    ("waited", "said"),
    [
        ({"image": "valkey/valkey:8.0"}, True),
        ({"image": "apache/kafka:3.8.0"}, True),
        ({"image": "example/own:1"}, False),
        ({"image": "example/own:1", "healthcheck": {"disable": True}}, True),
        ({"image": "example/own:1", "healthcheck": {"test": ["NONE"]}}, True),
        ({"image": "valkey/valkey:8.0", "healthcheck": {"test": ["CMD", "valkey-cli", "ping"]}}, False),
        ({"build": {"context": "/srv/own"}}, False),
    ],
)
def test_waiting_for_what_is_never_checked(waited: Mapping[str, Any], said: bool) -> None:
    waits = {**APP, "depends_on": {"other": {"condition": "service_healthy", "required": True}}}
    found = audited(stack("prod", declared={"app": waits, "other": {"restart": "always", **waited}}))
    assert ("compose.waits-for-nothing/app/other@prod" in found) is said


@pytest.mark.parametrize(
    ("dev", "prod", "status"),
    [
        (["redis-server"], ["redis-server", "--appendonly", "yes"], "expected"),
        (["redis-server", "--appendonly", "no"], ["redis-server", "--appendonly", "yes"], "expected"),
        (["redis-server", "--appendonly", "yes"], ["redis-server"], "open"),
        (["redis-server"], ["redis-server", "--save", ""], "open"),
    ],
)
def test_persistence_of_production_only(dev: list[str], prod: list[str], status: str) -> None:
    image = {"image": "redis:7.2", "volumes": [{"type": "volume", "source": "data", "target": "/data"}]}
    found = sides({**image, "command": dev}, {**image, "command": prod})
    (one,) = [found[name] for name in found if name.startswith("containers.option-differs/app/")]
    assert one.status == status


@pytest.mark.parametrize(
    ("target", "prod", "said"),
    [
        ("/etc/app/settings.toml", {}, True),
        ("/etc/app/settings.toml", {"image": "example/app:2"}, False),  # another image may hold other settings
        ("/usr/local/etc/php/conf.d/xdebug.ini", {}, False),
        ("/app/src", {}, False),
    ],
)
def test_a_settings_file_that_production_does_not_mount(target: str, prod: Mapping[str, Any], said: bool) -> None:
    mounted = {"volumes": [{"type": "bind", "source": "/srv/files/x", "target": target}]}
    found = sides(mounted, prod)[f"containers.mounts-differ/app/{target}@dev+prod"]
    assert (found.status == "open") is said
