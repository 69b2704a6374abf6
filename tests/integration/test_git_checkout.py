"""Git checkouts as the real git makes them: what Parity reads is what git says of them."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from git_checkouts import FILES, Repository, facts, running, state

from parity_host.secrets.redact import Redactor


def changed(found: dict[str, object]) -> dict[str, str]:
    return {str(one["path"]): str(one["how"]) for one in found["changed"]}  # type: ignore[attr-defined]


def packed(one: Repository) -> None:
    one.git("gc", "-q", "--aggressive")


def loose(one: Repository) -> None:
    pass


def multi(one: Repository) -> None:
    packed(one)
    one.git("multi-pack-index", "write")
    one.git("commit-graph", "write", "--reachable")


@pytest.mark.parametrize("stored", [loose, packed, multi])
@pytest.mark.parametrize("options", [(), ("--object-format=sha256",)], ids=["sha1", "sha256"])
def test_commits_are_those_of_git(
    tmp_path: Path, stored: Callable[[Repository], None], options: tuple[str, ...]
) -> None:
    one = Repository(tmp_path / "one", *options)
    for number in range(30):
        one.commit(f"change {number}", app__main_py="\n".join(f"print({number + line})" for line in range(80)))
    one.git("checkout", "-q", "-b", "side", "HEAD~5")
    one.commit("on the side", side="1")
    one.git("checkout", "-q", "main")
    one.hours += 1
    one.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    stored(one)
    found = facts(one.folder)
    listed = [line.split() for line in one.git("log", "--format=%H %P").splitlines()]
    assert found["state"] == "seen"
    assert (found["commit"], found["branch"]) == (listed[0][0], "main")
    assert {(one["id"], *one["parents"]) for one in found["commits"]} == {
        tuple(name[:16] for name in line) for line in listed
    }
    assert found["committed"] == int(one.git("log", "-1", "--format=%ct"))
    assert (found["changed"], found["others"], found["not_compared"]) == ([], [], 0)


def edit(one: Repository) -> None:
    (one.folder / "app.env").write_text("MODE=slow\n")


def staged(one: Repository) -> None:
    edit(one)
    one.git("add", "-A")


def deleted(one: Repository) -> None:
    (one.folder / "nginx/default.conf").unlink()


def linked(one: Repository) -> None:
    (one.folder / "nginx/default.conf").unlink()
    (one.folder / "nginx/default.conf").symlink_to("/etc/hostname")


def replaced(one: Repository) -> None:
    deleted(one)
    (one.folder / "nginx/default.conf").mkdir()


def same_size_and_time(one: Repository) -> None:
    status = (one.folder / "app.env").stat()
    (one.folder / "app.env").write_text("MODE=fas2\n")
    os.utime(one.folder / "app.env", ns=(status.st_atime_ns, status.st_mtime_ns))


def conflict(one: Repository) -> None:
    one.git("checkout", "-q", "-b", "other")
    one.commit("theirs", **{"app.env": "MODE=theirs\n"})
    one.git("checkout", "-q", "main")
    one.commit("ours", **{"app.env": "MODE=ours\n"})
    one.git("merge", "-q", "other", check=False)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (edit, {"app.env": "modified"}),
        (staged, {"app.env": "staged"}),
        (deleted, {"nginx/default.conf": "deleted"}),
        (linked, {"nginx/default.conf": "replaced"}),
        (replaced, {"nginx/default.conf": "replaced"}),
        (same_size_and_time, {"app.env": "modified"}),
        (conflict, {"app.env": "conflict"}),
    ],
)
@pytest.mark.parametrize("version", [2, 4])
def test_a_changed_file_that_the_stack_reads_is_named(
    tmp_path: Path, change: Callable[[Repository], None], expected: dict[str, str], version: int
) -> None:
    one = Repository(tmp_path / "one")
    one.git("update-index", "--index-version", str(version))
    change(one)
    before = state(one.folder)
    found = facts(one.folder)
    assert changed(found) == expected
    assert found["others"] == []
    assert state(one.folder) == before


def test_what_is_read_as_what(tmp_path: Path) -> None:
    one = Repository(tmp_path / "one")
    for name in FILES:
        with (one.folder / name).open("a") as file:
            file.write("# more\n")
    found = facts(one.folder)
    assert {entry["path"]: entry["role"] for entry in found["changed"]} == {
        "compose.yml": "compose-file",
        "app.env": "env-file",
        "nginx/default.conf": "mounted-file",
    }
    assert found["others"] == ["app/main.py"]
    written = facts(one.folder, running(one.folder, read_only=False, app="/app"))
    assert {entry["path"]: entry["role"] for entry in written["changed"]}["app/main.py"] == "writable-file"


def test_copied_files_are_not_changed(tmp_path: Path) -> None:
    """A copy has other times, owners and inodes than the index saw."""
    one = Repository(tmp_path / "one")
    shutil.copytree(one.folder, tmp_path / "copy", symlinks=True, copy_function=shutil.copyfile)
    found = facts(tmp_path / "copy")
    assert (found["changed"], found["others"]) == ([], [])
    # Of the same size, and not read by the stack: nobody looked inside.
    assert found["not_compared"] == 1


def test_what_git_does_not_look_at_is_not_looked_at(tmp_path: Path) -> None:
    one = Repository(tmp_path / "one")
    one.git("update-index", "--assume-unchanged", "app.env")
    one.git("update-index", "--skip-worktree", "nginx/default.conf")
    edit(one)
    deleted(one)
    assert changed(facts(one.folder)) == {}


@pytest.mark.parametrize(
    "attributes", ["*.env filter=secret\n", "/app.env ident\n", "[attr]hid filter=crypt\n*.env hid\n"]
)
def test_a_file_that_a_filter_stores_otherwise_is_not_called_changed(tmp_path: Path, attributes: str) -> None:
    one = Repository(tmp_path / "one")
    one.commit("attributes", **{".gitattributes": attributes})
    edit(one)
    (one.folder / "compose.yml").open("a").write("# more\n")
    found = facts(one.folder)
    assert changed(found) == {"compose.yml": "modified"}
    assert found["not_compared"] == 1


def test_lines_that_end_otherwise_are_not_changed(tmp_path: Path) -> None:
    one = Repository(tmp_path / "one")
    one.git("config", "core.autocrlf", "true")
    (one.folder / "app.env").write_bytes(b"MODE=fast\r\n")
    assert one.git("diff", "--stat") == ""
    assert changed(facts(one.folder)) == {}


def test_a_commit_is_on_a_remote_or_not(tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin")
    one = origin.clone(tmp_path / "one")
    assert facts(one.folder)["on_remote"] is True
    origin.commit("later")
    one.git("fetch", "-q")
    assert facts(one.folder)["on_remote"] is True
    one.commit("hotfix", **{"app.env": "MODE=fixed\n"})
    assert facts(one.folder)["on_remote"] is False
    one.git("tag", "-a", "v1", "-m", "released")
    found = facts(one.folder)
    assert (found["on_remote"], found["tags"]) == (True, ["v1"])
    one.git("pack-refs", "--all")
    assert facts(one.folder)["tags"] == ["v1"]
    one.git("tag", "-d", "v1")
    one.git("push", "-q", "origin", "HEAD:refs/heads/hotfix")
    assert facts(one.folder)["on_remote"] is True
    one.git("pack-refs", "--all")
    assert facts(one.folder)["on_remote"] is True


def test_without_a_remote_nobody_knows(tmp_path: Path) -> None:
    assert facts(Repository(tmp_path / "one").folder)["on_remote"] is None


def test_what_was_only_fetched_is_on_a_remote(tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin")
    one = origin.clone(tmp_path / "one")
    origin.git("checkout", "-q", "--detach")
    wanted = origin.commit("deploy")
    origin.git("update-ref", "refs/deploys/7", wanted)
    one.git("fetch", "-q", "origin", "refs/deploys/7")
    one.git("checkout", "-q", "FETCH_HEAD")
    found = facts(one.folder)
    assert (found["commit"], found["branch"], found["on_remote"]) == (wanted, "", True)


def test_a_shallow_clone_says_what_it_has(tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin")
    origin.commit("second")
    origin.commit("third")
    one = origin.clone(tmp_path / "one", "--depth=1")
    found = facts(one.folder)
    assert (found["shallow"], len(found["commits"]), found["on_remote"]) == (True, 1, True)
    one.hours = origin.hours
    one.commit("hotfix")
    assert facts(one.folder)["on_remote"] is False


def test_a_submodule_at_another_commit(tmp_path: Path) -> None:
    library, one = Repository(tmp_path / "library"), Repository(tmp_path / "one")
    one.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(library.folder), "vendor/lib")
    one.commit("with a library")
    assert facts(one.folder)["submodules"] == []
    recorded = library.git("rev-parse", "HEAD")
    inner = one.folder / "vendor/lib"
    (inner / "app.env").write_text("MODE=other\n")
    one.git("-C", str(inner), "commit", "-qam", "changed")
    (found,) = facts(one.folder)["submodules"]
    assert (found["path"], found["recorded"]) == ("vendor/lib", recorded)
    assert found["commit"] == one.git("-C", str(inner), "rev-parse", "HEAD")


def test_compose_files_that_no_repository_tracks_have_no_checkout(tmp_path: Path) -> None:
    one = Repository(tmp_path / "one")
    (one.folder / "inner").mkdir()
    (one.folder / "inner/compose.yml").write_text("services: {}\n")
    assert facts(one.folder / "inner")["state"] == "absent"
    (tmp_path / "compose.yml").write_text("services: {}\n")
    assert facts(tmp_path)["state"] == "absent"


def test_the_compose_file_may_be_below_the_root_or_behind_a_link(tmp_path: Path) -> None:
    one = Repository(tmp_path / "one")
    one.commit("deeper", docker__compose="", **{"docker/compose.yml": "services: {api: {image: a}}\n"})
    (tmp_path / "current").symlink_to(one.folder)
    (one.folder / "docker/compose.yml").open("a").write("# more\n")
    for folder in (one.folder / "docker", tmp_path / "current/docker"):
        found = facts(folder)
        assert (found["root"], changed(found)) == (str(one.folder), {"docker/compose.yml": "modified"})


def test_a_linked_worktree_is_not_read(tmp_path: Path) -> None:
    one = Repository(tmp_path / "one")
    one.git("worktree", "add", "-q", str(tmp_path / "two"))
    found = facts(tmp_path / "two")
    assert found["state"] == "absent"
    assert "linked worktree" in found["reason"]


def test_an_empty_repository_around_is_none(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "compose.yml").write_text("services: {}\n")
    assert facts(tmp_path)["state"] == "absent"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://oauth2:glpat-Zx81mQ0vKs7@git.example.org/team/app.git", "https://git.example.org/team/app.git"),
        ("https://ghp_Ab3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3gH6@github.com/o/r", "https://github.com/o/r"),
        ("ssh://git@git.example.org:2222/team/app.git", "ssh://git.example.org:2222/team/app.git"),
        ("git@github.com:o/r.git", "github.com:o/r.git"),
        ("https://git.example.org/app.git?private_token=Zx81mQ0vKs7", "https://git.example.org/app.git"),
    ],
)
def test_a_remote_is_shown_without_its_user_and_token(tmp_path: Path, url: str, shown: str) -> None:
    one = Repository(tmp_path / "one")
    one.git("remote", "add", "origin", url)
    redactor = Redactor(b"k" * 48)
    found = facts(one.folder, redactor=redactor)
    assert found["remotes"] == {"origin": shown}
    swept = str(redactor.sweep({"elsewhere": url}))
    assert "Zx81mQ0vKs7" not in swept
    assert "ghp_" not in swept


def test_a_repository_of_fifty_thousand_files_is_read_in_bounded_time(tmp_path: Path) -> None:
    one = Repository(tmp_path / "one")
    for number in range(50):
        one.git("commit", "-q", "--allow-empty", "-m", f"change {number}")
    for folder in range(500):
        (one.folder / f"data/{folder}").mkdir(parents=True)
        for number in range(100):
            (one.folder / f"data/{folder}/{number}.txt").touch()
    one.commit("data")
    edit(one)
    started = time.process_time()
    found = facts(one.folder)
    taken = time.process_time() - started
    assert changed(found) == {"app.env": "modified"}
    assert len(found["commits"]) == 52
    assert taken < 0.5, taken
