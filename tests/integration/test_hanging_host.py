"""A host that never answers: it costs its own time limit, and the audit goes on with the others."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_files_only import inventory, project

LIMIT = 5


@pytest.fixture
def silent_engine(tmp_path: Path) -> Iterator[str]:
    """Yield the address of an engine that takes connections and never answers."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "docker.sock"))
        server.listen()
        yield f"unix://{tmp_path}/docker.sock"


def test_a_host_that_hangs_is_not_seen_and_the_others_are(audit, tmp_path, silent_engine):
    hanging = {"parity_docker_host": silent_engine, "parity_host_timeout": LIMIT}
    run = audit(inventory(tmp_path, {"dev": project(tmp_path / "d"), "prod": hanging}))
    assert f"prod-host could not be audited: it took more than {LIMIT} seconds (parity_host_timeout)." in run.output
    unseen = {piece["host"]: piece["why"] for piece in run.findings["unseen"] if piece["part"] == "host"}
    assert unseen == {"prod-host": f"took more than {LIMIT} seconds (parity_host_timeout)"}
    assert [one["name"] for one in run.findings["services"] if one["environments"].get("dev")] == ["api"]
