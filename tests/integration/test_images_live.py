"""What is said of images is held against a real engine, which pulled them from a registry made for it."""

from __future__ import annotations

import datetime
import json
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import registry as registries

from parity.judge import knowledge
from parity.judge.audit import Settings, audit
from parity_host.gather import containers, images
from parity_host.secrets.redact import Redactor

LABEL = "com.docker.compose"
RELEASE = {
    "debian": b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    "alpine": b"ID=alpine\nVERSION_ID=3.18.4\nPRETTY_NAME='Alpine Linux v3.18'\n",
}
# A whole version, so that its tag is meant to stay.
TAG = "1.4.2"


def docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def based_on(name: str, **files: bytes) -> dict[str, bytes | str]:
    """Return the files of an image: os-release behind a link, as distributions have it, and programs by name."""
    programs = {f"/usr/bin/{program}": content for program, content in files.items()}
    return {"/etc/os-release": "../usr/lib/os-release", "/usr/lib/os-release": RELEASE[name], **programs}


class Stacks:
    """Two projects on one engine, as environments."""

    def __init__(self, registry: registries.Registry, address: str) -> None:
        self.registry = registry
        self.name = f"images4-{uuid.uuid4().hex[:8]}"
        self.repository = f"{address}/{self.name}"
        self.made: list[str] = []

    def push(
        self, name: str, files: Mapping[str, bytes | str], created: str = "2026-11-01T08:00:00Z", **labels: str
    ) -> None:
        """Put an image into the registry and pull it."""
        told = {f"org.opencontainers.image.{label}": value for label, value in labels.items()}
        self.registry.tag(f"{self.name}/{name}", self.registry.image(files, told, created, "amd64"))
        self.pull(name)

    def pull(self, name: str, platform: str = "linux/amd64") -> None:
        docker("pull", "-q", "--platform", platform, f"{self.repository}/{name}")

    def create(self, environment: str, service: str, image: str, *words: str, run: bool = False) -> str:
        """Make a container of a service; it does not run unless that is asked for."""
        labels = {f"{LABEL}.project": f"{self.name}-{environment}", f"{LABEL}.service": service}
        given = [word for label, value in labels.items() for word in ("--label", f"{label}={value}")]
        name = f"{self.name}-{environment}-{service}"
        self.made.append(name)
        docker(
            *(("run", "-d") if run else ("create",)),
            "--name",
            name,
            "--restart",
            "always",
            *given,
            *words,
            *image.split(),
        )
        return name

    def images(self) -> list[str]:
        """Return the ids of all images that were made, those without a tag too."""
        listed = [
            json.loads(line)
            for line in docker("images", "-a", "--digests", "--no-trunc", "--format", "{{json .}}").splitlines()
        ]
        return sorted({one["ID"] for one in listed if one["Repository"].startswith(self.repository)})

    def snapshot(self, environment: str) -> dict[str, Any]:
        seen: list[dict[str, Any]] = []
        asked = containers.ContainerOptions("", f"{self.name}-{environment}", "", "", 0)
        engine = containers.gather(asked, {}, Redactor(b"key"), seen)
        told = images.gather("", {}, seen)
        assert (engine["state"], told["state"], told["unread"]) == ("seen", "seen", [])
        facts = {"state": "seen", "engine": engine, "images": told}
        return {
            "schema": 2,
            "environment": environment,
            "production": environment == "prod",
            "run": "one",
            "taken": "2026-11-24T08:00:00Z",
            "hosts": {f"{environment}1": facts},
        }

    def findings(self) -> dict[str, dict[str, Any]]:
        data = audit(
            [self.snapshot("dev"), self.snapshot("prod")], knowledge.load(), Settings(), "2026-11-24T08:00:00Z", "0"
        )
        return {one["id"]: one for one in data["findings"] if one["area"] == "images" or "unhealthy" in one["id"]}


@pytest.fixture
def stacks(engine: None) -> Iterator[Stacks]:
    with registries.serving() as (registry, address):
        made = Stacks(registry, address)
        try:
            yield made
        finally:
            subprocess.run(["docker", "rm", "-f", *made.made], capture_output=True, check=False)
            subprocess.run(["docker", "rmi", "-f", *made.images()], capture_output=True, check=False)


def open_ones(found: Mapping[str, Mapping[str, Any]]) -> set[str]:
    return {name for name, one in found.items() if one["status"] == "open"}


def test_a_tag_that_was_moved_between_two_pulls(stacks: Stacks) -> None:
    """The tag of `api` was pushed again; that of `web` was not, and is pulled twice."""
    stacks.push(f"api:{TAG}", based_on("debian", api=b"old"), revision="a" * 40)
    stacks.push(f"web:{TAG}", based_on("debian", web=b"one"), revision="a" * 40)
    for service in ("api", "web"):
        stacks.create("dev", service, f"{stacks.repository}/{service}:{TAG}")
    stacks.push(f"api:{TAG}", based_on("debian", api=b"new"), "2026-11-20T08:00:00Z", revision="a" * 40)
    stacks.pull(f"web:{TAG}")
    for service in ("api", "web"):
        stacks.create("prod", service, f"{stacks.repository}/{service}:{TAG}")
    found = stacks.findings()
    # One engine has both: dev's container runs what the tag named before.
    assert open_ones(found) == {"images.content-differs/api@dev+prod", "images.not-recreated/api@dev"}
    first, second = found["images.content-differs/api@dev+prod"]["evidence"]
    assert "created 2026-11-01" in first["shown"]
    assert "created 2026-11-20" in second["shown"]
    assert found["images.content-differs/api@dev+prod"]["severity"] == "medium"


def test_images_of_other_commits_under_one_tag(stacks: Stacks) -> None:
    stacks.push(f"api:{TAG}", based_on("debian", api=b"old"), revision="a" * 40, version="1.4.2")
    dev = stacks.create("dev", "api", f"{stacks.repository}/api:{TAG}")
    stacks.push(f"api:{TAG}", based_on("debian", api=b"new"), revision="b" * 40, version="1.4.2")
    stacks.create("prod", "api", f"{stacks.repository}/api:{TAG}")
    found = stacks.findings()
    assert open_ones(found) == {"images.revision-differs/api@dev+prod", "images.not-recreated/api@dev"}
    assert "aaaaaaaaaaaa (dev) / bbbbbbbbbbbb (prod)" in found["images.revision-differs/api@dev+prod"]["title"]
    docker("rm", "-f", dev)
    stacks.create("dev", "api", f"{stacks.repository}/api:{TAG}")
    assert stacks.findings() == {}


def test_an_index_has_one_digest_for_every_platform(stacks: Stacks) -> None:
    made = {
        name: stacks.registry.image(based_on("debian", api=name.encode()), {}, "2026-11-01T08:00:00Z", name)
        for name in ("amd64", "arm64")
    }
    stacks.registry.tag(f"{stacks.name}/api:{TAG}", stacks.registry.index(made))
    image = f"{stacks.repository}/api:{TAG}"
    stacks.pull(f"api:{TAG}", "linux/arm64")
    stacks.create("dev", "api", f"--platform linux/arm64 {image}")
    stacks.pull(f"api:{TAG}")
    stacks.create("prod", "api", image)
    found = stacks.findings()
    assert found["images.platform-differs/api@dev+prod"]["status"] == "expected"
    assert "linux/arm64 (dev) / linux/amd64 (prod)" in found["images.platform-differs/api@dev+prod"]["title"]
    assert not any("content" in name or "revision" in name for name in found)


def test_an_image_that_was_built_on_its_host_differs_by_nature(stacks: Stacks) -> None:
    stacks.push(f"api:{TAG}", based_on("debian", api=b"pulled"))
    image = f"{stacks.repository}/api:{TAG}"
    stacks.create("prod", "api", image)
    files = registries.packed(based_on("debian", api=b"built"))
    subprocess.run(["docker", "import", "-", image], input=files, capture_output=True, check=True)
    stacks.create("dev", "api", f"{image} /none")
    found = stacks.findings()
    assert found["images.content-differs/api@dev+prod"]["status"] == "expected"
    assert open_ones(found) == {"images.not-recreated/api@prod"}  # one engine has both


def test_bases_and_the_end_of_their_support(stacks: Stacks) -> None:
    for service, dev, prod in (("api", "debian", "alpine"), ("web", "debian", "debian")):
        for environment, base in (("dev", dev), ("prod", prod)):
            stacks.push(f"{service}-{environment}:{TAG}", based_on(base, **{service: environment.encode()}))
            stacks.create(environment, service, f"{stacks.repository}/{service}-{environment}:{TAG}")
    found = stacks.findings()
    assert open_ones(found) == {"images.base-differs/api@dev+prod", "images.unsupported-base/api/alpine-3.18@prod"}
    assert found["images.base-differs/api@dev+prod"]["severity"] == "medium"
    assert "unsupported since 2025-05-09" in found["images.unsupported-base/api/alpine-3.18@prod"]["title"]


CHECKS: dict[str, tuple[list[str], bool]] = {
    "shell": (["--health-cmd", "wget -q http://localhost/ || exit 1"], True),
    "fallback": (["--health-cmd", "wget -q http://localhost/ || curl --version"], False),
    "there": (["--health-cmd", "curl --version"], False),
    "failing": (["--health-cmd", "curl -fs http://localhost:9/ || exit 1"], False),
}


def test_a_health_check_whose_program_is_missing(stacks: Stacks, lab_image: str) -> None:
    """Docker itself says which checks cannot run: that of `shell`; that of `failing` runs, and fails."""
    for service, (words, _) in CHECKS.items():
        stacks.create(
            "prod",
            service,
            f"{lab_image} sleep 300",
            "--health-interval",
            "1s",
            "--health-retries",
            "1",
            *words,
            run=True,
        )
    stacks.create("dev", "shell", f"{lab_image} sleep 300")
    for service, health in (
        ("shell", "unhealthy"),
        ("failing", "unhealthy"),
        ("there", "healthy"),
        ("fallback", "healthy"),
    ):
        wait_for(lambda service=service: state(stacks, service)["Status"], health)
    assert "wget: not found" in state(stacks, "shell")["Log"][-1]["Output"]
    found = stacks.findings()
    lacking = {name for name in open_ones(found) if name.startswith("images.check")}
    assert lacking == {"images.check-program-missing/shell/wget@prod"}
    assert found["containers.unhealthy/shell@prod"]["caused_by"] == "images.check-program-missing/shell/wget@prod"
    assert found["containers.unhealthy/failing@prod"]["caused_by"] == ""


def test_a_script_needs_a_shell_that_an_image_from_scratch_lacks(stacks: Stacks) -> None:
    stacks.push(f"api:{TAG}", based_on("debian", curl=b"x"))
    image = f"{stacks.repository}/api:{TAG}"
    stacks.create("dev", "api", image)
    stacks.create("prod", "api", image, "--health-cmd", "curl localhost")
    assert open_ones(stacks.findings()) == {"images.check-program-missing/api//bin/sh@prod"}


def test_looking_runs_and_changes_nothing(stacks: Stacks, lab_image: str) -> None:
    name = stacks.create(
        "prod",
        "api",
        f"{lab_image} sleep 300",
        "--health-cmd",
        "wget -q localhost",
        "--health-interval",
        "1h",
        run=True,
    )
    stopped = stacks.create("prod", "web", lab_image, "--health-cmd", "wget -q localhost")
    before = [
        docker("diff", name),
        docker("top", name, "-eo", "pid,args"),
        docker("inspect", "-f", "{{json .State}}", stopped),
    ]
    since = datetime.datetime.now(datetime.UTC).isoformat()
    assert [
        one.get("check_lacks") for one in stacks.snapshot("prod")["hosts"]["prod1"]["images"]["containers"].values()
    ] == ["wget"] * 2
    until = datetime.datetime.now(datetime.UTC).isoformat()
    after = [
        docker("diff", name),
        docker("top", name, "-eo", "pid,args"),
        docker("inspect", "-f", "{{json .State}}", stopped),
    ]
    assert after == before
    events = docker(
        "events", "--since", since, "--until", until, "--format", "{{json .}}", "--filter", f"container={name}"
    )
    assert not [line for line in events.splitlines() if "exec" in json.loads(line)["Action"]]


def state(stacks: Stacks, service: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        docker("inspect", "-f", "{{json .State.Health}}", f"{stacks.name}-prod-{service}")
    )
    return found


def wait_for(read: Callable[[], str], wanted: str) -> None:
    deadline = time.monotonic() + 60
    while read() != wanted:
        assert time.monotonic() < deadline, (read(), wanted)
        time.sleep(0.3)
