"""A host that never answers: it costs its own time limit, and the audit goes on with the others."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
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


@pytest.fixture
def dripping_engine(tmp_path: Path) -> Iterator[str]:
    """Yield the address of an engine whose answers come a byte at a time and never end."""
    over = threading.Event()

    def drip(peer: socket.socket) -> None:
        with peer, suppress(OSError):
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
            while not over.wait(0.5):
                peer.sendall(b" ")

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=drip, args=(server.accept()[0],), daemon=True).start()

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "dripping.sock"))
        server.listen()
        threading.Thread(target=serve, daemon=True).start()
        yield f"unix://{tmp_path}/dripping.sock"
        over.set()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Yield a port where connections are taken, and nobody ever says that it is an SSH server."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield int(server.getsockname()[1])


def test_each_kind_of_slow_host_costs_its_own_limit_among_others(
    audit, tmp_path, silent_engine, dripping_engine, silent_port
):
    stuck = tmp_path / "stuck-ssh"  # a session that is open, and in which nothing happens any more
    stuck.write_text("#!/bin/sh\nexec sleep 30\n")
    stuck.chmod(0o755)
    by_ssh = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "parity_host_timeout": LIMIT}
    slow = {
        "silent-engine": {"parity_docker_host": silent_engine, "parity_host_timeout": LIMIT},
        "dripping-engine": {"parity_docker_host": dripping_engine, "parity_host_timeout": LIMIT},
        "stuck-ssh": {**by_ssh, "ansible_ssh_executable": str(stuck)},
    }
    if shutil.which("ssh"):
        slow["silent-ssh"] = {**by_ssh, "ansible_port": silent_port}
    files = project(tmp_path / "p")
    well = {f"well-{number}": files for number in range(10)}
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    groups = {"dev": {"hosts": {"dev-1": project(tmp_path / "d")}}, "prod": {"hosts": {**well, **slow}}}
    path = tmp_path / "hosts.yml"
    path.write_text(yaml.safe_dump({"all": {"vars": local, "children": groups}}))
    run = audit(path)
    assert "Traceback" not in run.output
    unseen = {piece["host"]: piece["why"] for piece in run.findings["unseen"] if piece["part"] == "host"}
    assert unseen == dict.fromkeys(slow, f"took more than {LIMIT} seconds (parity_host_timeout)")
    (prod,) = (one for one in run.findings["environments"] if one["name"] == "prod")
    assert {seen.partition("/")[0] for seen in prod["seen"]} == set(well)
