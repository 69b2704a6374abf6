"""A general template obliges an environment that has one of its own only to the secrets that it leaves open."""

from __future__ import annotations

import pytest
from stacks import FOLDER, audited, stack


def prod(general: str) -> dict[str, object]:
    files = {
        ".env": ("project", "A=1\n"),
        "env.prod.template": ("template", "A=1\nB=\n"),
        "env.template": ("template", general),
    }
    snapshot = stack("prod", declared={}, files=files)
    snapshot["hosts"]["prod1"]["project"]["general_template"] = f"{FOLDER}/env.template"
    return audited(snapshot)


@pytest.mark.parametrize(
    ("line", "missing"),
    [('LOGIN_SECRET=""', True), ("LOGIN_SECRET=", True), ("STORE=s3", False), ("STORE=", False), ("A=", False)],
)
def test_only_open_secrets_of_the_general_template_are_missing(line, missing):
    found = prod(f"{line}\n")
    name = line.partition("=")[0]
    assert (f"environment.template-key-missing/{name}@prod" in found) is missing
    assert "environment.template-key-missing/B@prod" in found


def test_the_finding_names_its_template():
    assert "env.template" in prod("LOGIN_SECRET=\n")["environment.template-key-missing/LOGIN_SECRET@prod"].cause
