"""What a container wrote since a remedy began, from a real engine."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from nginx_containers import docker

from parity_host.engine.client import Engine, find_endpoint
from parity_host.remedy import service_log

WRITES = "echo of before; trap 'echo of now' USR1; while true; do sleep 0.1; done"


@pytest.fixture
def container(lab_image: str) -> Iterator[str]:
    made = docker("run", "-d", "--entrypoint", "sh", lab_image, "-c", WRITES)
    yield made
    docker("rm", "-f", made)


def wrote(container: str, began: float) -> str:
    engine = Engine(find_endpoint("", {}), {})
    engine.negotiate()
    return service_log.since(engine, container, began, str.upper)


def until(container: str, began: float, text: str) -> str:
    deadline = time.monotonic() + 20
    while text not in (said := wrote(container, began)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return said


def test_what_it_wrote_before_is_no_reason_for_what_is_now(container: str) -> None:
    assert until(container, 0.0, "BEFORE") == "OF BEFORE"
    began = time.time()
    assert wrote(container, began) == "no log output since"
    docker("kill", "--signal", "USR1", container)
    assert until(container, began, "NOW") == "OF NOW"


def test_a_container_that_is_gone_has_no_log(container: str) -> None:
    assert wrote("nobody-is-called-so", 0.0) == "its log cannot be read"
