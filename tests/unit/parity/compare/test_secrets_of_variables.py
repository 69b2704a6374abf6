"""A variable that is the value of a secret or config of a compose file is read by Compose."""

from __future__ import annotations

import pytest
from stacks import audited, stack


@pytest.mark.parametrize(
    ("section", "used"), [("secrets: {db: {environment: DB_PW}}", True), ("secrets: {db: {file: DB_PW}}", False)]
)
def test_a_secret_that_is_a_variable_is_used(section: str, used: bool) -> None:
    text = f"services: {{app: {{image: 'example/app:1', secrets: [db]}}}}\n{section}\n"
    files = {"compose.yml": ("compose", text), ".env": ("project", "DB_PW=Hd5Rw3Yb6Cq1Js0G\n")}
    side = stack("prod", declared={"app": {"image": "example/app:1", "restart": "always"}}, files=files)
    assert any("environment.unused" in one for one in audited(side)) is not used
