"""An audit over SSH, as a user who is in the group `docker` and has no other right: sshd on loopback."""

from __future__ import annotations

import contextlib
import grp
import json
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

USER = "parity-ssh-test"
SSHD = shutil.which("sshd") or "/usr/sbin/sshd"
SECRET = "Vb7xQ2mK9tLr4Wz8"
COMPOSE = f"""
name: parity-ssh
services:
  api:
    image: ${{LAB_IMAGE}}
    command: sleep infinity
    init: true
    labels: {{parity.ssh-test: "1"}}
    environment: {{API_PASSWORD: {SECRET}, DEBUG: "true"}}
networks:
  default:
    labels: {{parity.ssh-test: "1"}}
"""


@dataclass(frozen=True)
class Reached:
    """Where sshd listens, the key that opens it, and what its user has."""

    port: int
    key: Path
    home: Path
    python: str


def missing() -> str:
    """Return what this machine lacks for the test, or nothing."""
    if os.geteuid() != 0:
        return "only root can make the unprivileged user"
    if not Path(SSHD).exists():
        return "sshd is not installed"
    return ""


@pytest.fixture
def ssh(engine: None, tmp_path: Path) -> Iterator[Reached]:
    """An sshd on a free loopback port, and a user of the group `docker` without any other right."""
    if lack := missing():
        if os.environ.get("PARITY_REQUIRE_ENGINE"):
            pytest.fail(f"the audit over SSH must run, and {lack}")
        pytest.skip(f"{lack}: the audit over SSH did not run")
    subprocess.run(["userdel", "--remove", USER], capture_output=True, check=False)
    subprocess.run(["useradd", "--create-home", "--groups", docker_group(), "--shell", "/bin/sh", USER], check=True)
    # An account made without a password is locked, and sshd lets no locked account in.
    subprocess.run(["usermod", "--password", "*", USER], check=True)
    home = Path(pwd.getpwnam(USER).pw_dir)
    sshd = None
    try:
        python = python_of_the_user()
        key = tmp_path / "key"
        for name in (key, tmp_path / "host_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(name)], check=True)
        authorized = Path("/etc/ssh") / f"{USER}.keys"
        shutil.copy(key.with_suffix(".pub"), authorized)
        port = free_port()
        Path("/run/sshd").mkdir(exist_ok=True)
        options = {
            "Port": port,
            "ListenAddress": "127.0.0.1",
            "HostKey": tmp_path / "host_key",
            "AuthorizedKeysFile": authorized,
            "PasswordAuthentication": "no",
            "UsePAM": "no",
            "PidFile": "none",
            "AllowUsers": USER,
            "Subsystem": "sftp internal-sftp",
        }
        words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        sshd = subprocess.Popen([SSHD, "-D", "-e", "-f", "/dev/null", *words], stderr=subprocess.DEVNULL)
        wait_for(port)
        yield Reached(port, key, home, python)
    finally:
        if sshd is not None:
            sshd.terminate()
            sshd.wait(10)
        (Path("/etc/ssh") / f"{USER}.keys").unlink(missing_ok=True)
        subprocess.run(["pkill", "-u", USER], capture_output=True, check=False)
        subprocess.run(["userdel", "--remove", USER], capture_output=True, check=False)


def docker_group() -> str:
    """Return the group that may talk to the engine, and let it."""
    sock = Path("/var/run/docker.sock")
    group = grp.getgrgid(sock.stat().st_gid).gr_name
    if group != "root":
        return group
    subprocess.run(["groupadd", "--force", "docker"], check=True)
    shutil.chown(sock, group="docker")
    return "docker"


def python_of_the_user() -> str:
    """Return a Python that the user may run: what lies below /root, as pyenv's do, is not for them."""
    for candidate in ("/usr/bin/python3", "/usr/local/bin/python3"):
        words = ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups", candidate, "-c", "import json, ssl"]
        if Path(candidate).exists() and subprocess.run(words, capture_output=True, check=False).returncode == 0:
            return candidate
    pytest.fail("no Python that an unprivileged user may run: apt-get install python3")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    pytest.fail("sshd did not start")


@pytest.fixture
def stack(ssh: Reached, lab_image: str) -> Iterator[Path]:
    """A stack in the user's home, which Compose brought up."""
    folder = ssh.home / "app"
    folder.mkdir()
    (folder / "compose.yml").write_text(COMPOSE)
    (folder / ".env").write_text(f"LAB_IMAGE={lab_image}\nDATABASE_PASSWORD={SECRET}\n")
    shutil.chown(folder, USER)
    for path in folder.iterdir():
        shutil.chown(path, USER)
        path.chmod(0o600)
    unreadable = folder / "private.env"
    unreadable.write_text("A=1\n")
    unreadable.chmod(0o600)  # root's: the user cannot read it
    (folder / "compose.override.yml").write_text(
        "services: {api: {env_file: [{path: private.env, required: false}]}}\n"
    )
    up = ["docker-compose", "-f", "compose.yml", "up", "--detach"]
    subprocess.run(up, cwd=folder, check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(
            ["docker-compose", "-f", "compose.yml", "down", "-t", "0"], cwd=folder, check=True, capture_output=True
        )


def test_an_unprivileged_user_audits_over_ssh(ssh, stack, audit, tmp_path):
    host = {
        "ansible_host": "127.0.0.1",
        "ansible_port": ssh.port,
        "ansible_user": USER,
        "ansible_ssh_private_key_file": str(ssh.key),
        "ansible_ssh_common_args": "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes",
        "ansible_python_interpreter": ssh.python,
        "parity_project": "parity-ssh",
    }
    files = {"parity_project_dir": str(stack), "parity_compose_files": ["compose.yml", "compose.override.yml"]}
    inventory = tmp_path / "hosts.json"
    inventory.write_text(
        json.dumps({"dev": {"hosts": {"by-ssh": host}}, "prod": {"hosts": {"by-ssh-too": {**host, **files}}}})
    )
    run = audit(inventory, "-vvv")
    hosts = {
        name: found
        for environment in ("dev", "prod")
        for name, found in json.loads((run.report / f"snapshots/{environment}.json").read_text())["hosts"].items()
    }
    assert {name: found["state"] for name, found in hosts.items()} == {"by-ssh": "seen", "by-ssh-too": "seen"}, (
        run.output[-3000:]
    )
    for found in hosts.values():
        (api,) = found["engine"]["containers"]
        assert (api["service"], api["state"], api["environment"]["DEBUG"]) == ("api", "running", "true")
        assert found["project"]["directory"] == str(stack)
    # Root's file is not read, and the report says so.
    assert any(
        "private.env" in json.dumps(piece) and "permission" in json.dumps(piece).lower()
        for piece in run.findings["unseen"]
    ), run.findings["unseen"]
    assert SECRET not in run.output
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
    # The user's home holds what it held: Ansible's own folder is all that came.
    assert {path.name for path in stack.iterdir()} == {".env", "compose.yml", "compose.override.yml", "private.env"}
