"""What is told of images, by an engine that answers what a test says: nothing is told that was not seen."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import fake_engine
import pytest
from fake_engine import stat

from parity_host.gather import host, images

DIRECTORY, LINK, DEVICE = 1 << 31 | 0o755, 1 << 27 | 0o777, 1 << 26 | 0o644
DEBIAN = b'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nBUG_REPORT_URL=https://x\n'
DIGEST = "sha256:" + "a" * 64
ROOT = {"/": stat(0, DIRECTORY)}
CHECK = {"Healthcheck": {"Test": ["CMD", "curl", "localhost"]}, "Env": ["PATH=/usr/bin:/bin"]}


def image(name: str, **parts: Any) -> dict[str, Any]:
    return {"Id": f"sha256:{name}", "RepoTags": [f"{name}:1"], "Os": "linux", "Config": {}, **parts}


def told(
    folder: Path, one: dict[str, Any], files: dict[str, Any], own_image: Any = None, tags: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return the source `images` of a host with one container; `tags` are the images that its engine has by name."""
    answers = {
        **fake_engine.answers(one),
        f"/containers/{one['Id']}/archive": files,
        "/images/sha256:api/json": own_image or image("api"),
        **{f"/images/{name}/json": found for name, found in (tags or {}).items()},
    }
    with fake_engine.serving(answers, folder) as address:
        found: dict[str, Any] = host.gather(fake_engine.asked(address), "k" * 48, {})["images"]
    assert found["state"] == "seen", found
    return found


def own(found: dict[str, Any]) -> dict[str, Any]:
    (entry,) = found["containers"].values()
    assert isinstance(entry, dict)
    return entry


@pytest.mark.parametrize(
    "files",
    [
        {"/etc/os-release": DEBIAN},
        {"/etc/os-release": stat(21, LINK, "/usr/lib/os-release"), "/usr/lib/os-release": DEBIAN},
        {"/etc/os-release": stat(21, LINK, "../usr/lib/os-release"), "/usr/lib/os-release": DEBIAN},
        {"/usr/lib/os-release": DEBIAN},
    ],
)
def test_the_distribution_is_read(files: dict[str, Any], tmp_path: Path) -> None:
    found = told(tmp_path, fake_engine.container("api"), files)
    assert found["images"]["sha256:api"]["os"] == {
        "id": "debian",
        "version": "12",
        "name": "Debian GNU/Linux 12 (bookworm)",
    }


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"/etc/os-release": stat(100, DIRECTORY)},
        {"/etc/os-release": stat(100, DEVICE)},
        {"/etc/os-release": DEBIAN + b"#" * images.OS_RELEASE_BYTES},
        {"/etc/os-release": stat(9, LINK, "/etc/os-release")},
        {"/etc/os-release": "no header of an engine"},
        {"/etc/os-release": b"NAME=x\nVERSION_ID=1\n"},
        {"/etc/os-release": b"ID=$(id)\nVERSION_ID=`id`\n"},
    ],
)
def test_what_is_no_small_regular_file_tells_no_distribution(files: dict[str, Any], tmp_path: Path) -> None:
    found = told(tmp_path, fake_engine.container("api"), files)
    assert found["images"]["sha256:api"]["os"] == {}


@pytest.mark.parametrize(
    ("base", "content", "reads"), [("one", DEBIAN, 1), ("two", DEBIAN, 2), ("one", DEBIAN + b"#", 2)]
)
def test_what_one_base_brought_into_several_images_is_read_once(
    base: str, content: bytes, reads: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "_WORKERS", 1)
    asked: list[str] = []
    really = images.read

    def counted(engine: Any, container: str, path: str) -> Any:
        asked.append(path)
        return really(engine, container, path)

    monkeypatch.setattr(images, "read", counted)
    made = [("api", "one", DEBIAN), ("web", base, content)]
    ours = [
        {**fake_engine.container(name), images.OF_IMAGE: image(name, RootFS={"Layers": [layer, name]})}
        for name, layer, _ in made
    ]
    files = {
        f"/containers/{one['Id']}/archive": {"/etc/os-release": text}
        for one, (_, _, text) in zip(ours, made, strict=True)
    }
    with fake_engine.serving(files, tmp_path) as address:
        found = images.gather(address, {}, ours)
    assert [one["os"]["id"] for one in found["images"].values()] == ["debian", "debian"]
    assert len(asked) == reads


def test_what_is_no_regular_file_is_not_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(images, "read", lambda engine, container, path: asked.append(path))
    for mode in (DIRECTORY, DEVICE):
        told(tmp_path, fake_engine.container("api"), {"/etc/os-release": stat(100, mode)})
    assert asked == []


@pytest.mark.parametrize(
    ("files", "lacks"),
    [
        ({**ROOT, "/bin/curl": b"x"}, ""),
        ({**ROOT, "/usr/bin/curl": stat(9, LINK, "/opt/curl"), "/opt/curl": b"x"}, ""),
        ({**ROOT, "/usr/bin/curl": stat(9, 0o755, "/its/own/path")}, ""),  # as Podman says of what is no link
        ({**ROOT, "/usr/local/bin/curl": b"x"}, "curl"),  # not on the PATH
        (ROOT, "curl"),
        ({**ROOT, "/usr/bin/curl": stat(9, LINK, "/opt/gone")}, "curl"),
        ({**ROOT, "/usr/bin/curl": stat(9, 0o644)}, None),  # there, and not for everybody
        ({**ROOT, "/usr/bin/curl": stat(9, DIRECTORY)}, None),
        ({**ROOT, "/usr/bin/curl": "no header of an engine"}, None),
        ({}, None),  # the container was removed meanwhile
    ],
)
def test_a_program_of_a_health_check_is_looked_up(files: dict[str, Any], lacks: str | None, tmp_path: Path) -> None:
    found = told(tmp_path, fake_engine.container("api", Config=CHECK), files)
    assert own(found).get("check_lacks") == lacks


def test_what_may_be_in_memory_is_not_judged(tmp_path: Path) -> None:
    one = fake_engine.container("api", Config=CHECK, HostConfig={"Tmpfs": {"/usr/bin": ""}})
    assert "check_lacks" not in own(told(tmp_path, one, ROOT))


def test_a_script_needs_its_shell(tmp_path: Path) -> None:
    config = {"Healthcheck": {"Test": ["CMD-SHELL", "curl localhost"]}}
    files = {**ROOT, "/usr/bin/curl": b"x"}
    assert own(told(tmp_path, fake_engine.container("api", Config=config), files))["check_lacks"] == "/bin/sh"
    files["/bin/sh"] = stat(9, LINK, "/bin/busybox")
    files["/bin/busybox"] = b"x"
    assert own(told(tmp_path, fake_engine.container("api", Config=config), files))["check_lacks"] == ""


def test_an_image_of_another_system_is_not_searched(tmp_path: Path) -> None:
    one = fake_engine.container("api", Config=CHECK)
    assert "check_lacks" not in own(told(tmp_path, one, ROOT, image("api", Os="windows")))


@pytest.mark.parametrize(
    ("name", "tags", "named", "expected"),
    [
        ("api:1", ["api:1"], image("new"), None),
        ("api", ["api:latest"], image("new"), None),
        (
            "api:1",
            [],
            image("new", Created="2026-11-20T08:00:00Z"),
            {"id": "sha256:new", "created": "2026-11-20T08:00:00Z"},
        ),
        ("api:1", ["other:1"], image("api"), None),  # the engine's own spelling of the name
        ("api:1", [], None, None),  # the tag is gone
        ("api:1", [], "no image", None),
        (f"api@{DIGEST}", [], image("new"), None),
        ("sha256:api", [], image("new"), None),
    ],
)
def test_what_a_tag_names_now(name: str, tags: list[str], named: Any, expected: Any, tmp_path: Path) -> None:
    one = fake_engine.container("api", Config={"Image": name})
    found = told(tmp_path, one, {}, image("api", RepoTags=tags), {} if named is None else {name: named})
    assert own(found).get("tag_names") == expected


def test_what_an_image_says_of_itself_leaves_in_a_known_form_only(tmp_path: Path) -> None:
    labels = {
        "org.opencontainers.image.revision": "4f1c2ab9" * 5,
        "org.opencontainers.image.version": "hunter2 is the password",
        "org.opencontainers.image.created": "2026-11-01T08:00:00Z",
        "org.opencontainers.image.source": "https://token@example.org/",
        "secret": "hunter2",
    }
    told_of = image(
        "api",
        Created="2026-11-02T08:00:00Z",
        Architecture="arm64",
        Variant="v8",
        RepoDigests=[f"example.org/api@{DIGEST}", "odd"],
        RootFS={"Type": "layers", "Layers": ["sha256:1"]},
        Config={"Labels": labels},
    )
    found = told(tmp_path, fake_engine.container("api"), {}, told_of)["images"]["sha256:api"]
    assert found.pop("layers")
    assert found == {
        "created": "2026-11-02T08:00:00Z",
        "platform": "linux/arm64/v8",
        "digests": [f"example.org/api@{DIGEST}"],
        "labels": {"revision": "4f1c2ab9" * 5, "created": "2026-11-01T08:00:00Z"},
        "os": {},
    }


def replicas(count: int, image_of: str) -> list[dict[str, Any]]:
    first = fake_engine.container("api", Config=CHECK, Image=image_of)
    found = []
    for number in range(count):
        one = copy.deepcopy(first)
        one["Id"] = f"{number:012d}"
        found.append(one)
    return found


@pytest.mark.parametrize(("missing_in", "heads"), [(None, 4), (1, 7)])
def test_what_one_replica_has_is_not_looked_up_again(
    missing_in: int | None, heads: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that somebody installed in one container is said to be in that one only."""
    looked: list[str] = []
    really = images.stat

    def counted(engine: Any, container: str, path: str) -> Any:
        looked.append(path)
        return really(engine, container, path)

    monkeypatch.setattr(images, "stat", counted)
    ours = [{**one, images.OF_IMAGE: image("api")} for one in replicas(3, "sha256:api")]
    answers: dict[str, Any] = {f"/containers/{one['Id']}/archive": {**ROOT, "/bin/curl": b"x"} for one in ours}
    if missing_in is not None:
        answers = {f"/containers/{one['Id']}/archive": {**ROOT} for one in ours}
        answers[f"/containers/{ours[missing_in]['Id']}/archive"]["/bin/curl"] = b"x"
    with fake_engine.serving(answers, tmp_path) as address:
        found = images.gather(address, {}, ours)
    lacks = [found["containers"][one["Id"]]["check_lacks"] for one in ours]
    assert lacks == ([""] * 3 if missing_in is None else ["curl", "", ""])
    assert len(looked) == heads


def test_looking_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MOST_LOOKS", 3)
    found = told(tmp_path, fake_engine.container("api", Config=CHECK), {**ROOT, "/etc/os-release": DEBIAN})
    assert "check_lacks" not in own(found)
    assert found["unread"] == ["images were not all looked at: too many of them, or too slow an engine"]
    monkeypatch.setattr(images, "SECONDS", -1.0)
    found = told(tmp_path, fake_engine.container("api", Config=CHECK), {**ROOT, "/etc/os-release": DEBIAN})
    assert found["images"]["sha256:api"]["os"] == {}
    assert found["unread"]


def test_where_there_is_no_engine_nothing_is_told(tmp_path: Path) -> None:
    assert images.gather(f"unix://{tmp_path}/none", {}, [])["state"] == "absent"
    assert images.gather("ssh://host", {}, [])["state"] == "unseen"
