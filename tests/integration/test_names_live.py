"""What is said of names is held against Docker's own answers, in containers made for it."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator

import pytest

from parity.compare.name_resolution import AnswerKind, Names
from parity.compare.read_stack import read_stack
from parity_host.gather import containers
from parity_host.secrets.redact import Redactor

LABEL = "com.docker.compose"


def docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def made(lab_image: str) -> Iterator[tuple[str, Names]]:
    """Two networks of a project with containers on them, one of another project, and what is read of them."""
    own = f"names-files-{uuid.uuid4().hex[:8]}"
    front, back = f"{own}-front", f"{own}-back"

    def start(service: str, *options: str, project: str = own) -> None:
        labels = [f"{LABEL}.project={project}", f"{LABEL}.service={service}"]
        words = [word for label in labels for word in ("--label", label)]
        docker("run", "-d", "--name", f"{own}-{service}", *words, *options, lab_image, "sleep", "300")

    try:
        docker("network", "create", front)
        docker("network", "create", back)
        start("api", "--network", back, "--network-alias", "api", "--network-alias", "backend")
        start("down", "--network", front, "--network-alias", "down")
        docker("stop", "-t", "0", f"{own}-down")
        start("both", "--network", front, "--network-alias", "both", "--hostname", "inner")
        docker("network", "connect", "--alias", "twice", back, f"{own}-both")
        start("outside", "--network", front, "--network-alias", "foreign", project=f"{own}-other")
        start("alone")
        start("web", "--network", front, "--network-alias", "web", "--add-host", "fixed:10.0.0.9")
        start("beside", "--network", f"container:{own}-web")
        asked = containers.ContainerOptions("", own, "", "", 0)
        facts = {"state": "seen", "engine": containers.gather(asked, {}, Redactor(b"key"))}
        yield own, Names(read_stack({"environment": "dev", "hosts": {"here": facts}}))
    finally:
        services = ("api", "down", "both", "outside", "alone", "web", "beside")
        subprocess.run(["docker", "rm", "-f", *(f"{own}-{s}" for s in services)], capture_output=True, check=False)
        subprocess.run(["docker", "network", "rm", front, back], capture_output=True, check=False)


def test_docker_answers_as_is_said(made):
    own, names = made
    hosts = ["api", "backend", "down", "both", "BOTH", "twice", "foreign", "web", "fixed", "gone", "inner"]
    hosts += [f"{own}-api", f"{own}-both", f"{own}-outside", f"both.{own}-front", f"api.{own}-front", "both.", "alone"]
    seen = set()
    for service in ("web", "both", "api", "beside", "alone"):
        (asker,) = names.of(service)
        for host in hosts:
            said = names.ask(asker, host).kind
            seen.add(said)
            script = ["exec", f"{own}-{service}", "getent", "ahostsv4", host]
            answered = subprocess.run(["docker", *script], capture_output=True, check=False, timeout=60).returncode == 0
            if said is AnswerKind.RESOLVES:
                # Docker answers to a host name since its release 25 only: that it may is all that is said.
                assert answered or host == "inner", (service, host, said)
            elif said is not AnswerKind.UNPROVABLE:
                assert not answered, (service, host, said)
    assert seen == set(AnswerKind)


def test_the_causes_are_told_apart(made):
    own, names = made
    (web,), (alone,) = names.of("web"), names.of("alone")
    said = {
        host: names.ask(web, host).kind for host in ("api", "down", "gone", "foreign", "twice", "fixed", "tasks.api")
    }
    assert said == {
        "api": AnswerKind.APART,
        "down": AnswerKind.DOWN,
        "gone": AnswerKind.ABSENT,
        "foreign": AnswerKind.RESOLVES,
        "twice": AnswerKind.APART,
        "fixed": AnswerKind.RESOLVES,
        "tasks.api": AnswerKind.UNPROVABLE,
    }
    assert names.ask(web, "fixed", hosts_file=False).kind is AnswerKind.ABSENT
    assert names.ask(alone, "api").kind is AnswerKind.NAMELESS
    assert f"{own}-back" in names.ask(web, "api").why
