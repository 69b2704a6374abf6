"""Secrets and configs that Compose makes of variables: `up` fails where nothing sets one."""

from __future__ import annotations

from pathlib import Path

import pytest
from files_only import Side, audited

SECRETS = (
    "services: {a: {image: 'x/a:1.0.1', restart: always, secrets: [key]}}\nsecrets: {key: {environment: APP_KEY}}\n"
)


@pytest.mark.parametrize(
    ("env", "items"), [("APP_KEY=q8sd7Kd9s\n", []), ("OTHER=1\n", ["APP_KEY"]), (None, ["APP_KEY"])]
)
def test_a_secret_is_made_of_a_variable_that_is_set(tmp_path: Path, env: str | None, items: list[str]) -> None:
    for environment in ("dev", "prod"):
        (tmp_path / environment).mkdir()
        (tmp_path / environment / "compose.yaml").write_text(SECRETS)
        text = "APP_KEY=d8sk29dkL\n" if environment == "dev" else env
        if text is not None:
            (tmp_path / environment / ".env").write_text(text)
    found = audited([Side(one, tmp_path / one) for one in ("dev", "prod")])["findings"]
    assert [one["item"] for one in found if one["rule"] == "compose.required-variable"] == items
