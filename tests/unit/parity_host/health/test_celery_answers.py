"""Celery is asked once for containers in which it would say the same."""

from __future__ import annotations

import threading

import pytest

from parity_host.health.celery_answers import Answers
from parity_host.health.targets import Target, target

APP = ("tasks", "")


def container(name: str, **environment: str) -> Target:
    variables = {"REDIS_URL": "redis://redis:6379/0", **environment}
    config = {"Image": "app:1", "Env": [f"{key}={value}" for key, value in variables.items()]}
    return target({"Id": name, "Config": config, "NetworkSettings": {"Networks": {"app": {"IPAddress": "10.0.0.2"}}}})


BEAT, WORKER = container("beat"), container("worker", WORKERS="4")


class Celery:
    """Notes for which part it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, part: str) -> dict[str, object]:
        self.asked.append(part)
        return {"nodes": ["w@x"], **({"schedule": [], "scheduler": "s"} if part == "beat" else {})}


def test_a_worker_and_beat_that_are_alike_are_asked_once_and_for_all():
    celery, answers = Celery(), Answers([BEAT])
    worker = answers.of(WORKER, APP, "worker", celery)
    beat = answers.of(BEAT, APP, "beat", celery)
    assert celery.asked == ["beat"]
    assert worker == {"nodes": ["w@x"]}
    assert beat == {"nodes": ["w@x"], "schedule": [], "scheduler": "s"}


def test_they_are_asked_once_at_the_same_time_too():
    celery, answers = Celery(), Answers([BEAT])
    threads = [threading.Thread(target=answers.of, args=(WORKER, APP, "worker", celery)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert celery.asked == ["beat"]


@pytest.mark.parametrize(
    ("other", "app"),
    [
        (container("other", REDIS_URL="redis://elsewhere/0"), APP),
        (container("other", CELERY_BROKER="elsewhere"), APP),
        (BEAT._replace(image="app:2"), APP),
        (BEAT._replace(networks=("app", "data")), APP),
        (BEAT, ("other", "")),
        (BEAT, ("tasks", "redis://elsewhere/0")),
    ],
)
def test_another_broker_application_image_or_network_is_asked_apart(other, app):
    celery, answers = Celery(), Answers([other])
    answers.of(WORKER, APP, "worker", celery)
    answers.of(other, app, "beat", celery)
    assert len(celery.asked) == 2


def test_a_container_that_could_not_be_asked_does_not_count():
    celery, answers = Celery(), Answers([BEAT])

    def fails(_: str) -> dict[str, object]:
        raise OSError("no exec")

    with pytest.raises(OSError, match="no exec"):
        answers.of(BEAT, APP, "beat", fails)
    assert answers.of(WORKER, APP, "worker", celery) == {"nodes": ["w@x"]}
    assert celery.asked == ["worker"]
