"""A worker that another environment runs as several is there; any other service that is not there is missing."""

from __future__ import annotations

import pytest
from stacks import audited, stack


@pytest.mark.parametrize(
    ("dev", "prod", "missing"),
    [
        (["celery"], ["celery-worker", "celery-beat"], False),
        (["worker"], ["worker_worker-low"], False),
        (["celery"], ["celery-beat"], True),
        (["celery"], ["celery-flower"], True),
        (["celery", "celery-worker"], ["celery-worker"], True),
        (["app"], ["app-worker"], True),
    ],
)
def test_a_worker_of_several_services_is_there(dev, prod, missing):
    sides = [
        {name: {"image": f"example/{name}:1", "restart": "always"} for name in ["api", *names]} for names in (dev, prod)
    ]
    found = audited(stack("dev", declared=sides[0]), stack("prod", declared=sides[1]))
    assert (f"containers.service-missing/{dev[0]}@prod" in found) is missing
