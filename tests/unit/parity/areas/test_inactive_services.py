"""Services whose profiles are not active: what only they need is no fault, as the real Compose sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from files_only import Side, audited

BOTH = "services:\n  a: {image: 'x/a:1.0.1'%s}\n  b: {image: 'x/b:1.0.1', profiles: [debug], env_file: [gone.env]}\n"


@pytest.mark.parametrize(
    ("also", "profiles", "rule"),
    [
        ("", (), "compose.optional-file-missing"),
        ("", ("debug",), "compose.missing-file"),
        (", env_file: [gone.env]", (), "compose.missing-file"),
    ],
)
def test_an_env_file_of_theirs_may_be_missing(tmp_path: Path, also: str, profiles: tuple[str, ...], rule: str) -> None:
    (tmp_path / "compose.yaml").write_text(BOTH % also)
    found = audited([Side("prod", tmp_path, profiles=profiles)])["findings"]
    about = [one["rule"] for one in found if "gone.env" in one["id"]]
    assert about == [rule]
    assert not [one for one in found if one["rule"] == "compose.refused"]
