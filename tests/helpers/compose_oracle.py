"""The real Compose, asked what it reads in env files and compose files."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

COMPOSE = shutil.which("docker-compose", path=str(Path(sys.executable).parent)) or "docker-compose"
# What the shell has set in every question; Compose's own PWD and COMPOSE_… are not asked for.
SHELL = {"HOME": "/home/of-nobody", "OUT": "outer $value", "EMPTY": ""}
# What lets a short-lived Go program waste less.
_QUICK = {"GOMAXPROCS": "1", "GOGC": "off"}
LONG = bool(os.environ.get("PARITY_LONG_TESTS"))

Values = dict[str, str]


class RefusedError(Exception):
    """Compose refused; the text is its own."""


def config(
    files: Mapping[str, str | bytes],
    arguments: Sequence[str] = ("--format", "json"),
    variables: Mapping[str, str] = SHELL,
    directory: str = ".",
) -> str:
    """Return what `docker-compose config` prints in a folder of these files; raises RefusedError."""
    with tempfile.TemporaryDirectory(prefix="parity-oracle-") as folder:
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        command = [COMPOSE, "--project-name", "p", "config", *arguments]
        done = subprocess.run(
            command, cwd=Path(folder, directory), env={**variables, **_QUICK}, capture_output=True, check=False
        )
        if done.returncode:
            raise RefusedError(done.stderr.decode(errors="replace").replace(folder, "").strip())
        return done.stdout.decode(errors="replace").replace(folder, "")


def model(
    files: Mapping[str, str | bytes],
    arguments: Sequence[str] = (),
    variables: Mapping[str, str] = SHELL,
    directory: str = ".",
) -> dict[str, Any]:
    """Return the rendered model."""
    loaded: dict[str, Any] = json.loads(config(files, ("--format", "json", *arguments), variables, directory))
    return loaded


def service_values(env_files: Sequence[bytes]) -> list[Values | str]:
    """Return for each file what a service gets from it as `env_file`, or Compose's words when it refuses the file.

    All files go through one process; only when one is refused, each half is asked alone.
    """
    if not env_files:
        return []
    services = {f"s{number}": {"image": "x", "env_file": f"{number}.env"} for number in range(len(env_files))}
    files: dict[str, str | bytes] = {f"{number}.env": data for number, data in enumerate(env_files)}
    try:
        rendered = model({"compose.yaml": json.dumps({"services": services}), **files})["services"]
    except RefusedError as refused:
        if len(env_files) == 1:
            return [str(refused)]
        middle = len(env_files) // 2
        return service_values(env_files[:middle]) + service_values(env_files[middle:])
    return [
        {
            key: value.replace("$$", "$")
            for key, value in (rendered[name].get("environment") or {}).items()
            if value is not None
        }
        for name in services
    ]


def project_values(env_file: bytes) -> Values | str:
    """Return what Compose's own variables are with the file as `.env`, or its words when it refuses the file."""
    try:
        printed = config({"compose.yaml": '{"services": {"a": {"image": "x"}}}', ".env": env_file}, ("--environment",))
    except RefusedError as refused:
        return str(refused)
    pairs = (line.partition("=") for line in printed.split("\n") if line)
    return {key: value for key, _, value in pairs if key not in ("PWD", "COMPOSE_PROJECT_NAME", *_QUICK)}
