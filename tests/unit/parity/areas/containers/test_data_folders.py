"""Where a store keeps its data is what its own command and variables say, and the image's folder only without them."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

MINIO = "minio/minio:RELEASE.2024-01-01T00-00-00Z"


def _lost(image: str, mounted: str, **service: Any) -> list[str]:
    volumes = [{"type": "volume", "source": "data", "target": mounted}]
    declared = {"image": image, "restart": "always", "ports": [], "healthcheck": {"test": ["CMD", "x"]}, **service}
    found = audited(stack("prod", declared={"store": {**declared, "volumes": volumes}}))
    return [one.rule for one in found.values() if one.rule in ("containers.state-not-kept", "containers.data-not-kept")]


@pytest.mark.parametrize(
    ("image", "mounted", "service"),
    [
        (MINIO, "/mnt/data", {"environment": {"MINIO_VOLUMES": "/mnt/data"}}),
        (MINIO, "/export", {"command": ["server", "/export"]}),
        (MINIO, "/export", {"command": ["minio", "server", "--console-address", ":9001", "/export"]}),
        (MINIO, "/export", {"entrypoint": ["sh", "-c", "minio server /export"]}),
        (MINIO, "/disk1", {"command": ["server", "/disk{1...4}"]}),  # nobody can tell from this mount alone
        ("mysql:8.4", "/srv/mysql", {"command": ["--datadir=/srv/mysql"]}),
        ("mongo:7", "/srv/mongo", {"command": ["mongod", "--dbpath", "/srv/mongo"]}),
        ("postgres:15.14", "/srv/pg", {"environment": {"PGDATA": "/srv/pg"}}),
        ("getmeili/meilisearch:v1.6", "/srv/meili", {"environment": {"MEILI_DB_PATH": "/srv/meili"}}),
        ("elasticsearch:8.15.0", "/srv/es", {"environment": {"path.data": "/srv/es"}}),
    ],
)
def test_a_folder_that_the_container_names_counts(image, mounted, service):
    assert not _lost(image, mounted, **service)
    assert _lost(image, "/somewhere/else", **service) or "{" in str(service)


@pytest.mark.parametrize(
    ("image", "mounted", "service"),
    [
        (MINIO, "/data", {"environment": {"MINIO_VOLUMES": "/mnt/data"}}),
        (MINIO, "/data", {"command": ["server", "/export"]}),
        ("mysql:8.4", "/var/lib/mysql", {"command": ["--datadir=/srv/mysql"]}),
    ],
)
def test_the_image_s_own_folder_does_not_count_then(image, mounted, service):
    assert _lost(image, mounted, **service)


@pytest.mark.parametrize(
    ("image", "said", "ways", "path"),
    [
        ("postgres", {}, ("newest-release",), "/var/lib/postgresql"),
        ("docker.io/library/postgres:alpine", {}, ("newest-release",), "/var/lib/postgresql"),
        ("postgres:17.2", {}, (), "/var/lib/postgresql/data"),
        ("postgres:18", {}, (), "/var/lib/postgresql"),
        ("postgres:latest", {"environment": {"PGDATA": "/srv/pg"}}, (), "/srv/pg"),
        ("example/postgres:latest", {}, (), "/var/lib/postgresql/data"),
    ],
)
def test_the_advice_is_right_for_the_newest_postgresql(image, said, ways, path):
    found = audited(stack("prod", declared={"store": {"image": image, "restart": "always", **said}}))
    one = found["containers.data-not-kept/store@prod"]
    assert one.ways == ways
    assert f"stores its data at {path}," in one.cause
