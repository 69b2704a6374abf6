"""A program of the host in a folder that is its root: what it finds there, and what it cannot do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from parity_host.remedy import tree_root

PYTHON = "/usr/bin/python3"
SOURCES = Path(tree_root.__file__).parents[1]
USERS = {"root": 0, "a user": 65534}
# Runs the function under test and prints how the program ended.
CALL = """
import json, sys
sys.path.insert(0, sys.argv[1])
from parity_host.remedy import tree_root
try:
    ran = tree_root.run(sys.argv[2], "/usr/bin/python3", ["-c", sys.argv[3]], 20)
    print(json.dumps([ran.returncode, ran.stdout.decode(), ran.stderr.decode()]))
except tree_root.CannotRunAsRootError as error:
    print(json.dumps([-1, "", str(error)]))
"""


class Tree:
    """A folder that is to be the root, and the user who runs something in it."""

    def __init__(self, place: Path, uid: int) -> None:
        self.folder, self._place, self.uid = place / "tree", place, uid
        self.folder.mkdir()
        shutil.copytree(SOURCES, place / "lib/parity_host")
        for path in (place, *place.rglob("*")):
            os.chown(path, uid, uid, follow_symlinks=False)

    def run(self, program: str) -> tuple[int, str, str]:
        argv = [PYTHON, "-c", CALL, str(self._place / "lib"), str(self.folder), program]
        done = subprocess.run(
            argv, user=self.uid, group=self.uid, extra_groups=[], capture_output=True, text=True, check=True
        )
        code, out, errors = json.loads(done.stdout)
        return code, out, errors


@pytest.fixture(params=USERS)
def tree(request: pytest.FixtureRequest) -> Iterator[Tree]:
    place = Path(tempfile.mkdtemp(prefix="parity-test-"))
    try:
        made = Tree(place, USERS[request.param])
        code, _, errors = made.run("pass")
        if request.param != "root" and code:
            pytest.skip(f"the kernel gives users no name spaces here: {errors.strip()}")
        for path in made.folder.iterdir():  # what that run left
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        yield made
    finally:
        shutil.rmtree(place)


def test_the_root_is_the_folder_with_the_hosts_programs_beside_what_is_in_it(tree):
    (tree.folder / "etc").mkdir()
    (tree.folder / "etc/own").write_text("own")
    code, out, errors = tree.run("import os; print(sorted(os.listdir('/')), open('/etc/own').read(), os.getuid())")
    assert code == 0, errors
    assert "'etc'" in out
    assert "'usr'" in out
    assert {"'home'", "'root'", "'proc'", "'sys'", "'var'"}.isdisjoint(out.split())
    assert out.split()[-2:] == ["own", "0"]


def test_nothing_in_the_folder_can_be_run_or_loaded(tree):
    library = next(Path("/usr/lib").rglob("libz.so.1")).resolve()
    shutil.copy(library, tree.folder / "module.so")
    shutil.copy("/bin/true", tree.folder / "true")
    (tree.folder / "true").chmod(0o755)
    code, _, errors = tree.run("import ctypes; ctypes.CDLL('/module.so')")
    assert (code, "failed to map segment from shared object" in errors) == (1, True), errors
    code, _, errors = tree.run("import os; os.execv('/true', ['true'])")
    assert (code, "PermissionError" in errors) == (1, True), errors


def test_the_hosts_programs_cannot_be_written_and_its_devices_are_not_there(tree):
    code, _, errors = tree.run("open('/usr/made', 'w')")
    assert (code, "Read-only file system" in errors) == (1, True), errors
    code, out, errors = tree.run("import os; print(sorted(os.listdir('/dev')))")
    assert (code, out.strip()) == (0, "['full', 'null', 'random', 'stderr', 'stdout', 'urandom', 'zero']"), errors
    assert not Path("/usr/made").exists()


def test_its_network_is_a_loopback_of_its_own_on_which_every_address_can_be_bound(tree):
    code, _, errors = tree.run("import socket; socket.create_server(('10.9.8.7', 80))")
    assert code == 0, errors
    code, _, errors = tree.run("import socket; socket.create_connection(('192.0.2.1', 80), 1)")
    assert (code, "unreachable" in errors) == (1, True), errors


@pytest.mark.parametrize("name", ["usr", "dev", ".parity", "lib64"])
def test_a_link_in_the_folder_leads_no_mount_elsewhere(tree, name):
    outside = tree.folder.parent / "outside"
    outside.mkdir()
    os.chown(outside, tree.uid, tree.uid)
    (tree.folder / name).symlink_to(outside)
    code, _, errors = tree.run("pass")
    assert code == 0, errors
    assert list(outside.iterdir()) == []


def test_one_that_does_not_end_is_ended(tree):
    before = subprocess.run(["pgrep", "-f", "time.sleep.54321"], capture_output=True, check=False).stdout
    with pytest.raises(tree_root.CannotRunAsRootError, match="did not finish within 1 seconds"):
        tree_root.run(str(tree.folder), PYTHON, ["-c", "import time; time.sleep(54321)"], 1)
    assert subprocess.run(["pgrep", "-f", "time.sleep.54321"], capture_output=True, check=False).stdout == before


# What escapes from a root that is one by chroot(2) alone: another root below, and up from there.
ESCAPE = "import os; os.mkdir('/a'); os.chroot('/a'); os.chdir('../../../../../../..'); os.chroot('.'); print(os.listdir('/'))"


@pytest.mark.parametrize(
    "program", [ESCAPE, "import os, stat; os.mknod('/disk', 0o600 | stat.S_IFBLK, os.makedev(254, 0))"]
)
def test_code_that_is_run_after_all_cannot_leave_the_folder(tree, program):
    code, out, errors = tree.run(program)
    assert (code, "PermissionError" in errors, out) == (1, True, ""), errors


def test_code_that_is_run_after_all_has_no_capability_and_sees_no_process(tree):
    told = (
        "import ctypes, os; print(os.getpid(), [ctypes.CDLL(None).prctl(23, n, 0, 0, 0) for n in range(64)].count(1))"
    )
    code, out, errors = tree.run(told)
    assert (code, out.split()) == (0, ["1", "0"]), errors
