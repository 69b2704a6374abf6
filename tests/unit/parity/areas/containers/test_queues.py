"""Queues that workers are told to take from: in production, somebody has to take from each."""

from __future__ import annotations

import pytest
from stacks import audited, stack


def _severity(dev: dict[str, str], prod: dict[str, str]) -> str:
    sides = []
    for environment, commands in (("dev", dev), ("prod", prod)):
        declared = {
            name: {"image": "example/app:1", "restart": "always", "command": command.split("|")}
            for name, command in commands.items()
        }
        sides.append(stack(environment, declared=declared))
    found = audited(*sides).get("containers.command-differs/worker@dev+prod")
    return found.severity.word if found else ""


@pytest.mark.parametrize(
    ("dev", "prod", "severity"),
    [
        ("celery|-A|shop|worker|-Q|default,mails", "celery|-A|shop|worker|-Q|default", "medium"),
        (
            "sh|-c|celery -A shop worker --queues=default,mails",
            "sh|-c|celery -A shop worker --queues=default",
            "medium",
        ),
        ("celery|worker|-Qdefault,mails", "celery|worker|-Qdefault", "medium"),
        ("bundle|exec|sidekiq|-q|mails,2|-q|default", "bundle|exec|sidekiq|-q|default", "medium"),
        ("php|artisan|queue:work|--queue=high,mails", "php|artisan|queue:work|--queue=high", "medium"),
        ("celery|worker|-Q|default", "celery|worker|-Q|default,mails", "low"),  # more than development
        ("celery|worker|-Q|default,mails", "celery|worker", "info"),  # takes from all that the code names
    ],
)
def test_a_queue_that_production_s_worker_has_lost(dev: str, prod: str, severity: str) -> None:
    assert _severity({"worker": dev}, {"worker": prod}) == severity


@pytest.mark.parametrize(
    ("other", "severity"),
    [
        ("celery|worker|-Q|mails", "low"),
        ("celery|worker", "low"),
        ("celery|beat", "medium"),
        ("celery|worker|-Q|reports", "medium"),
    ],
)
def test_another_worker_may_take_from_it(other: str, severity: str) -> None:
    dev, prod = "celery|worker|-Q|default,mails", "celery|worker|-Q|default"
    assert _severity({"worker": dev, "other": other}, {"worker": prod, "other": other}) == severity
