"""What a repository configures is not run, nothing outside of it is read, and nothing in it changes.

Each case first shows with the real git that its trap is one; then the host's facts are gathered next to the same trap.
"""

from __future__ import annotations

import ctypes
import json
import os
import pty
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from git_checkouts import Repository, facts, prepared, state

SOURCE = Path(__file__).resolve().parents[2] / "src"
HELPERS = Path(__file__).resolve().parents[1] / "helpers"
_OPENED, _READ = 0x20, 0x1  # IN_OPEN, IN_ACCESS: inotify(7)


class Trap:
    """A repository, a program that leaves a canary, and a folder outside that nobody may look into."""

    def __init__(self, folder: Path) -> None:
        self.one = Repository(folder / "one")
        self.canary = folder / "canary"
        self.outside = folder / "outside"
        self.outside.mkdir()
        (self.outside / "secret").write_text("cobalt-heron-41\n")
        self.program = folder / "program"
        self.program.write_text(f"#!/bin/sh\ntouch {self.canary}\n")
        self.program.chmod(0o755)

    def set(self, name: str, value: str | Path) -> None:
        self.one.git("config", name, str(value))

    def attributes(self, line: str) -> None:
        self.one.commit("attributes", **{".gitattributes": line + "\n"})

    def touched(self) -> None:
        """Give a file another time, so that git has to look into it."""
        os.utime(self.one.folder / "app.env", (1, 1))

    def git(self, *words: str, **settings: object) -> None:
        self.one.git(*words, check=False, stdin=subprocess.DEVNULL, timeout=20, **settings)


def fsmonitor(trap: Trap) -> Callable[[], None]:
    trap.set("core.fsmonitor", trap.program)
    return lambda: trap.git("status")


def clean_filter(trap: Trap) -> Callable[[], None]:
    trap.attributes("*.env filter=x")
    trap.set("filter.x.clean", trap.program)
    trap.touched()
    return lambda: trap.git("status")


def process_filter(trap: Trap) -> Callable[[], None]:
    trap.attributes("*.env filter=x")
    trap.set("filter.x.process", trap.program)
    trap.touched()
    return lambda: trap.git("status")


def textconv(trap: Trap) -> Callable[[], None]:
    trap.set("diff.x.textconv", trap.program)
    trap.attributes("*.env diff=x")
    (trap.one.folder / "app.env").write_text("MODE=slow\n")
    return lambda: trap.git("diff")


def diff_driver(trap: Trap) -> Callable[[], None]:
    trap.set("diff.external", trap.program)
    (trap.one.folder / "app.env").write_text("MODE=slow\n")
    return lambda: trap.git("diff")


def hook(trap: Trap) -> Callable[[], None]:
    (trap.one.folder / ".git/hooks/post-index-change").symlink_to(trap.program)
    trap.touched()
    return lambda: trap.git("status")


def hooks_path(trap: Trap) -> Callable[[], None]:
    (trap.outside / "post-index-change").symlink_to(trap.program)
    trap.set("core.hooksPath", trap.outside)
    trap.touched()
    return lambda: trap.git("status")


def ssh_command(trap: Trap) -> Callable[[], None]:
    trap.set("core.sshCommand", trap.program)
    trap.set("remote.origin.url", "ssh://git@host.invalid/app.git")
    return lambda: trap.git("fetch", "origin")


def alias(trap: Trap) -> Callable[[], None]:
    trap.set("alias.st", f"!{trap.program}")
    return lambda: trap.git("st")


def pager(trap: Trap) -> Callable[[], None]:
    trap.set("core.pager", trap.program)

    def log() -> None:
        child, terminal = pty.fork()
        if not child:
            os.chdir(trap.one.folder)
            os.execvp("git", ["git", "log"])  # noqa: S606 - the real pager needs a terminal
        while True:
            try:
                if not os.read(terminal, 1024):
                    break
            except OSError:
                break
        os.waitpid(child, 0)

    return log


def included(trap: Trap) -> Callable[[], None]:
    (trap.outside / "config").write_text(f"[core]\n\tfsmonitor = {trap.program}\n")
    trap.set("include.path", trap.outside / "config")
    return lambda: trap.git("status")


def promisor(trap: Trap) -> Callable[[], None]:
    """A partial clone fetches what it lacks, from wherever its configuration says."""
    trap.set("core.repositoryFormatVersion", "1")
    trap.set("extensions.partialClone", "origin")
    trap.set("remote.origin.promisor", "true")
    trap.set("remote.origin.url", f"ext::{trap.program}")
    trap.set("protocol.ext.allow", "always")
    blob = trap.one.git("rev-parse", "HEAD:app.env")
    (trap.one.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    (trap.one.folder / "app.env").write_text("MODE=slow\n")
    return lambda: trap.git("diff")


def submodule_update(trap: Trap) -> Callable[[], None]:
    library = Repository(trap.outside.parent / "library")
    trap.one.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(library.folder), "lib")
    trap.one.commit("library")
    trap.one.git("-C", "lib", "commit", "-q", "--allow-empty", "-m", "more")
    trap.set("submodule.lib.update", f"!{trap.program}")
    trap.one.git("config", "-f", ".git/modules/lib/config", "core.fsmonitor", str(trap.program))
    return lambda: trap.git("submodule", "update")


RUNS = [
    fsmonitor,
    clean_filter,
    process_filter,
    textconv,
    diff_driver,
    hook,
    hooks_path,
    ssh_command,
    alias,
    pager,
    included,
    promisor,
    submodule_update,
]


@pytest.mark.parametrize("make", RUNS, ids=lambda make: make.__name__)
def test_nothing_that_a_repository_configures_is_run(
    tmp_path: Path, make: Callable[[Trap], Callable[[], None]]
) -> None:
    trap = Trap(tmp_path)
    spring = make(trap)
    before = state(trap.one.folder)
    gather = prepared(trap.one.folder)
    with watched(trap.outside) as events:
        found = gather()
        assert events() == 0
    assert (found["state"], found["branch"]) == ("seen", "main")
    assert not trap.canary.exists()
    assert state(trap.one.folder) == before
    spring()
    assert trap.canary.exists(), "the real git does not run it either: this trap shows nothing"


def dot_git_file(trap: Trap) -> None:
    (trap.one.folder / ".git").rename(trap.outside / "repository")
    (trap.one.folder / ".git").write_text(f"gitdir: {trap.outside / 'repository'}\n")


def dot_git_link(trap: Trap) -> None:
    (trap.one.folder / ".git").rename(trap.outside / "repository")
    (trap.one.folder / ".git").symlink_to(trap.outside / "repository")


def moved(name: str) -> Callable[[Trap], None]:
    def move(trap: Trap) -> None:
        path = trap.one.folder / name
        target = trap.outside / path.name
        path.rename(target)
        path.symlink_to(target)

    move.__name__ = "link_" + name.strip(".").replace("/", "_")
    return move


def alternates(trap: Trap) -> None:
    (trap.one.folder / ".git/objects").rename(trap.outside / "objects")
    (trap.one.folder / ".git/objects/info").mkdir(parents=True)
    (trap.one.folder / ".git/objects/info/alternates").write_text(f"{trap.outside / 'objects'}\n")


def common_directory(trap: Trap) -> None:
    for name in ("objects", "refs"):
        (trap.one.folder / ".git" / name).rename(trap.outside / name)
    (trap.one.folder / ".git/commondir").write_text(f"{trap.outside}\n")


def work_tree(trap: Trap) -> None:
    trap.set("core.worktree", trap.outside)


def excludes_and_attributes(trap: Trap) -> None:
    trap.set("core.excludesFile", trap.outside / "secret")
    trap.set("core.attributesFile", trap.outside / "secret")


def tracked_file(trap: Trap) -> None:
    (trap.one.folder / "app.env").unlink()
    (trap.one.folder / "nginx/default.conf").unlink()
    (trap.one.folder / "app.env").write_text("MODE=fast\n")
    (trap.one.folder / "nginx/default.conf").symlink_to(trap.outside / "secret")


def index_that_leads_out(trap: Trap) -> None:
    """Names of the same length as those that git wrote."""
    index = trap.one.folder / ".git/index"
    index.write_bytes(
        index.read_bytes()
        .replace(b"app/main.py\0", b"../outside/\0")
        .replace(b"nginx/default.conf", b"../outside/./secre")
    )


def submodule_that_leads_out(trap: Trap) -> None:
    library = Repository(trap.outside / "library")
    trap.one.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(library.folder), "lib")
    trap.one.commit("library")
    (trap.one.folder / "lib/.git").write_text("gitdir: ../.git/modules/../../../outside/library/.git\n")


READS = [
    dot_git_file,
    dot_git_link,
    *map(moved, (".git/HEAD", ".git/index", ".git/refs", ".git/refs/heads", ".git/refs/heads/main", ".git/objects")),
    *map(moved, (".git/config", "nginx", "app")),
    alternates,
    common_directory,
    work_tree,
    excludes_and_attributes,
    tracked_file,
    index_that_leads_out,
    submodule_that_leads_out,
]


@pytest.mark.parametrize("make", READS, ids=lambda make: make.__name__)
def test_nothing_outside_of_a_repository_is_read(tmp_path: Path, make: Callable[[Trap], None]) -> None:
    trap = Trap(tmp_path)
    make(trap)
    before = state(tmp_path)
    # Compose follows links to what it mounts, and so does the source that reads its files.
    gather = prepared(trap.one.folder)
    with watched(trap.outside) as events:
        found = gather()
        assert events() == 0
        state(trap.outside)
        assert events() > 0, "nobody would have seen it"
    assert "cobalt-heron" not in json.dumps(found)
    assert state(tmp_path) == before


def damaged(name: str, content: bytes) -> Callable[[Trap], None]:
    def damage(trap: Trap) -> None:
        (trap.one.folder / name).write_bytes(content)

    damage.__name__ = f"{name}-{content[:12]!r}"
    return damage


def fifo(name: str) -> Callable[[Trap], None]:
    def make(trap: Trap) -> None:
        path = trap.one.folder / name
        path.unlink(missing_ok=True)
        os.mkfifo(path)

    make.__name__ = "fifo_" + name
    return make


def bomb(trap: Trap) -> None:
    commit = trap.one.git("rev-parse", "HEAD")
    path = trap.one.folder / ".git/objects" / commit[:2] / commit[2:]
    path.chmod(0o644)
    path.write_bytes(zlib.compress(b"commit 300000000\0" + b"\n" * 300_000_000, 9))


def circle(trap: Trap) -> None:
    (trap.one.folder / ".git/refs/heads/main").write_text("ref: refs/heads/main\n")


BROKEN = [
    *(
        damaged(".git/HEAD", content)
        for content in (b"", b"\0" * 60, b"ref: ../../etc/passwd\n", b"ref: refs/heads/../x\n")
    ),
    *(
        damaged(".git/index", content)
        for content in (b"", b"DIRC\0\0\0\2\xff\xff\xff\xff", b"DIRC\0\0\0\4\0\0\0\3" + b"\xff" * 300)
    ),
    *(damaged(".git/packed-refs", content) for content in (b"\xff\xfe", b"^" * 1000, b"x" * 5_000_000)),
    *map(fifo, (".git/HEAD", ".git/index", ".git/packed-refs", ".git/FETCH_HEAD", "nginx/default.conf")),
    bomb,
    circle,
]


@pytest.mark.parametrize("make", BROKEN, ids=lambda make: make.__name__)
def test_a_broken_repository_costs_nothing_but_its_facts(tmp_path: Path, make: Callable[[Trap], None]) -> None:
    trap = Trap(tmp_path)
    make(trap)
    done = subprocess.run([sys.executable, "-c", _GATHER, str(trap.one.folder)], capture_output=True, text=True, timeout=20, check=False,
                          env={**os.environ, "PYTHONPATH": f"{SOURCE}:{HELPERS}"})  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout)["state"] in ("seen", "absent", "unseen")


# With little memory, and without any way to start a program: an audit hook (PEP 578) ends the process.
_GATHER = """
import json, os, resource, sys
from pathlib import Path
from git_checkouts import facts
resource.setrlimit(resource.RLIMIT_AS, (400_000_000, 400_000_000))
def hook(event, arguments):
    if event.partition(".")[0] in ("subprocess", "socket", "ctypes") or event in ("os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.system"):
        os._exit(9)
sys.addaudithook(hook)
print(json.dumps(facts(Path(sys.argv[1]))))
"""


def test_a_repository_of_somebody_else_is_read(tmp_path: Path) -> None:
    """Git refuses it (safe.directory), since it would run its configuration; here nothing is run."""
    one = Repository(tmp_path / "one")
    for path in (one.folder, *one.folder.rglob("*")):
        os.chown(path, 65534, 65534)
    assert "dubious ownership" in subprocess.run(
        ["git", "status"], cwd=one.folder, capture_output=True, text=True, check=False,
        env={**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"},
    ).stderr  # fmt: skip
    assert facts(one.folder)["state"] == "seen"


def test_no_git_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Repository(tmp_path / "one")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert facts(one.folder)["state"] == "seen"


@contextmanager
def watched(folder: Path) -> Iterator[Callable[[], int]]:
    """Count how often something below a folder is opened or read."""
    library = ctypes.CDLL(None, use_errno=True)
    descriptor = library.inotify_init1(os.O_NONBLOCK)
    assert descriptor >= 0
    try:
        for path in (folder, *(path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink())):
            assert library.inotify_add_watch(descriptor, bytes(path), _OPENED | _READ) >= 0

        def events() -> int:
            try:
                return len(os.read(descriptor, 65536))
            except BlockingIOError:
                return 0

        yield events
    finally:
        os.close(descriptor)
