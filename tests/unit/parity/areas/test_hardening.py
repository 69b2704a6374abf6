"""What keeps a service apart from its host: production that does so less than another environment is told as such."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from files_only import Side, audited

from parity.areas.compose.hardening import is_weaker

# A setting, its value, another value, and whether each is weaker than the other.
TABLE: dict[str, tuple[str, Any, Any, bool, bool]] = {
    "kept capabilities": ("cap_drop", None, ["ALL"], True, False),
    "fewer dropped": ("cap_drop", ["CHOWN"], ["CHOWN", "SETUID"], True, False),
    "others dropped": ("cap_drop", ["CHOWN"], ["SETUID"], False, False),
    "all dropped": ("cap_drop", ["ALL"], ["CHOWN", "SETUID"], False, False),
    "writable": ("read_only", False, True, True, False),
    "new privileges": ("security_opt", None, ["no-new-privileges:true"], True, False),
    "without a profile": ("security_opt", ["seccomp:unconfined"], ["no-new-privileges"], True, False),
    "power that it is given": ("cap_add", ["NET_ADMIN"], None, False, False),
    "root": ("user", "0:0", "1000:1000", True, False),
    "the image's user": ("user", None, "1000", False, False),
}


@pytest.mark.parametrize("name", TABLE)
def test_which_value_is_weaker(name: str) -> None:
    key, one, other, first, second = TABLE[name]
    assert (is_weaker(key, one, other), is_weaker(key, other, one)) == (first, second)


@pytest.mark.parametrize(("where", "severity"), [("dev", "medium"), ("prod", "low")])
def test_only_what_production_lacks_is_medium(tmp_path: Path, where: str, severity: str) -> None:
    for environment in ("dev", "prod"):
        more = ", read_only: true" if environment == where else ""
        (tmp_path / environment).mkdir()
        text = f"services: {{a: {{image: 'x/a:1.0.1', restart: always{more}}}}}\n"
        (tmp_path / environment / "compose.yaml").write_text(text)
    found = audited([Side(one, tmp_path / one) for one in ("dev", "prod")])["findings"]
    assert [(one["id"], one["severity"]) for one in found] == [("compose.differs/a/read_only@dev+prod", severity)]
