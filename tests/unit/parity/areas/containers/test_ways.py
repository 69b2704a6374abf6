"""Ways in which environments differ that are told apart from harmless ones."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

API = {"image": "example/api:1", "restart": "always", "build": {"context": "/srv/app"}}


def _found(dev: dict[str, Any], prod: dict[str, Any], rule: str) -> dict[str, tuple[str, str]]:
    found = audited(stack("dev", declared=dev), stack("prod", declared=prod))
    return {name: (one.status, one.severity.word) for name, one in found.items() if one.rule == rule}


@pytest.mark.parametrize(
    ("dev", "prod", "status"),
    [
        ("http://localhost:8000/", "http://127.0.0.1:80/api/health", "open"),
        ("http://localhost:8000/health", "http://127.0.0.1/health/", "expected"),
        ("http://localhost:8000", "pg_isready", "expected"),
    ],
)
def test_a_health_check_of_another_page(dev: str, prod: str, status: str) -> None:
    sides = [{"api": {**API, "healthcheck": {"test": ["CMD", "curl", page]}}} for page in (dev, prod)]
    rule = "containers.healthcheck-differs"
    assert _found(*sides, rule) == {f"{rule}/api@dev+prod": (status, "medium" if status == "open" else "info")}


def test_a_volume_at_another_place_is_one_finding() -> None:
    sides = [
        {"api": {**API, "volumes": [{"type": "volume", "source": "data", "target": target}]}} for target in ("/a", "/b")
    ]
    assert _found(*sides, "containers.mounts-differ") == {
        "containers.mounts-differ/api//b@dev+prod": ("open", "medium")
    }


@pytest.mark.parametrize(
    ("dev", "prod", "severity"),
    [
        ({"type": "bind", "source": "/srv/data"}, {"type": "volume", "source": "data"}, "low"),
        ({"type": "volume", "source": "data"}, {"type": "bind", "source": "/srv/data"}, "low"),
        ({"type": "volume", "source": "data"}, {"type": "tmpfs"}, "medium"),
        ({"type": "bind", "source": "/srv/app"}, {"type": "volume", "source": "code"}, "medium"),  # hides a new image's
    ],
)
def test_a_folder_and_a_volume_both_keep_data(dev: dict[str, str], prod: dict[str, str], severity: str) -> None:
    sides = [{"api": {**API, "volumes": [{**mount, "target": "/data"}]}} for mount in (dev, prod)]
    rule = "containers.mounts-differ"
    assert _found(*sides, rule) == {f"{rule}/api//data@dev+prod": ("open", severity)}


@pytest.mark.parametrize(
    ("dev", "prod", "severity"),
    [
        ([], [{"type": "bind", "source": "/srv/ledger", "target": "/app/ledger"}], "low"),
        ([], [{"type": "bind", "source": "/srv/shop.conf", "target": "/etc/shop.conf", "read_only": True}], "low"),
        ([{"type": "volume", "source": "data", "target": "/data"}], [{"type": "tmpfs", "target": "/data"}], "medium"),
    ],
)
def test_what_production_alone_mounts_is_lost_nowhere(dev: list[Any], prod: list[Any], severity: str) -> None:
    rule = "containers.mounts-differ"
    found = _found({"api": {**API, "volumes": dev}}, {"api": {**API, "volumes": prod}}, rule)
    assert set(found.values()) == {("open", severity)}


def _alone(name: str, **said: Any) -> dict[str, tuple[str, str]]:
    service = {"image": f"example/{name}:1", "restart": "always", **said}
    return _found({"api": API}, {"api": API, name: service}, "containers.service-missing")


WEB_PORT = [{"target": 80, "published": "80", "protocol": "tcp"}]


@pytest.mark.parametrize(
    ("name", "said", "severity"),
    [
        ("celery", {}, "medium"),
        ("mail-worker", {}, "medium"),
        ("proxy", {"ports": WEB_PORT}, "medium"),
        ("proxy", {}, "low"),
        ("docs-site", {"ports": WEB_PORT}, "low"),
        ("worker-monitor", {}, "low"),
    ],
)
def test_what_works_in_production_only_weighs_more(name: str, said: dict[str, Any], severity: str) -> None:
    assert _alone(name, **said) == {f"containers.service-missing/{name}@dev": ("open", severity)}


def test_many_workers_of_production_only_are_one_finding() -> None:
    workers = {
        f"{name}-worker": {"image": f"example/{name}:1", "restart": "always"} for name in ("a1", "b2", "c3", "d4", "e5")
    }
    found = _found({"api": API}, {"api": API, **workers}, "containers.service-missing")
    assert found == {"containers.service-missing@dev": ("open", "medium")}
