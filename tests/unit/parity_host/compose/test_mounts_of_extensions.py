"""A mount is shown alike in a service and in an extension that services take over; what else an extension has is not."""

from __future__ import annotations

import pytest

from parity_host.compose.redaction import redact_compose
from parity_host.secrets.redact import Redactor

SECRET = "Hd5Rw3Yb6Cq1Js0GkT9v"


@pytest.mark.parametrize("mount", [".:/opt/geotrek-admin", "..:/srv/geotrek", "data:/opt/geotrek-admin:ro"])
def test_a_mount_of_an_extension_is_shown(mount):
    text = f"x-app: &app\n  volumes:\n    - {mount}\nservices:\n  app:\n    <<: *app\n"
    assert redact_compose(text, Redactor(b"one key for all")) == text


@pytest.mark.parametrize(
    "text",
    [
        f"x-app: &app\n  volumes:\n    - {SECRET}\nservices: {{}}\n",
        f"x-app:\n  labels:\n    volumes:\n      - {SECRET}\nservices: {{}}\n",
        f"x-app:\n  volumes: {SECRET}\nservices: {{}}\n",
    ],
)
def test_a_secret_in_its_place_is_not(text):
    assert SECRET not in redact_compose(text, Redactor(b"one key for all"))
