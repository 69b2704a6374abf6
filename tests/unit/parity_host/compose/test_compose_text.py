"""The encodings in which Compose reads a compose file."""

from __future__ import annotations

from pathlib import Path

import pytest
from files_only import Side, snapshot

from parity_host.compose.text import decoded

TEXT = "services:\n  api:\n    image: example/app:1.2.3\n    labels: {owner: Jörg}\n"
ENCODED = {
    "utf-8": TEXT.encode(),
    "utf-16-le": b"\xff\xfe" + TEXT.encode("utf-16-le"),
    "utf-16-be": b"\xfe\xff" + TEXT.encode("utf-16-be"),
}


@pytest.mark.parametrize("data", ENCODED.values(), ids=ENCODED)
def test_its_text(data: bytes) -> None:
    assert decoded(data) == TEXT


@pytest.mark.parametrize("data", [b"a: caf\xe9\n", b"\xff\xfea", b"\xfe\xff\xd8\x00\x00a"])
def test_no_text(data: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        decoded(data)


@pytest.mark.parametrize("data", [ENCODED["utf-16-le"], ENCODED["utf-16-be"]])
def test_it_is_rendered(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_bytes(data)
    (facts,) = snapshot(Side("dev", tmp_path))["hosts"].values()
    assert facts["rendered"]["state"] == "rendered"
    assert facts["rendered"]["services"]["api"]["image"] == "example/app:1.2.3"
