"""The main file that nobody mounts: that of nginx's own image is known, that of any other is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from files_only import Side, audited


@pytest.mark.parametrize(
    ("image", "told"),
    [("nginx:1.27", False), ("nginxinc/nginx-unprivileged:1.27", False), ("example/nginx:1.27.1", True)],
)
def test_the_main_file_of_the_official_image_is_nothing_to_compare_by_hand(
    tmp_path: Path, image: str, told: bool
) -> None:
    text = (
        f"services: {{web: {{image: '{image}', restart: always, "
        "volumes: ['./site.conf:/etc/nginx/conf.d/default.conf:ro']}}\n"
    )
    for environment in ("dev", "prod"):
        (tmp_path / environment).mkdir()
        (tmp_path / environment / "compose.yaml").write_text(text)
        (tmp_path / environment / "site.conf").write_text("server { listen 80; return 204; }\n")
    found = audited([Side(one, tmp_path / one) for one in ("dev", "prod")])["findings"]
    assert any(one["rule"] == "nginx.not-compared" for one in found) is told
