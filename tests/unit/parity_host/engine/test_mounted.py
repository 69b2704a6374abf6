"""A container's path on its host: through its bind mounts, and never out of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parity_host.engine.mounted import NotOnHostError, host_path


def inspected(*mounts: tuple[str, object, str]) -> dict[str, Any]:
    return {"Mounts": [{"Type": kind, "Source": str(s), "Destination": d, "Name": "data"} for kind, s, d in mounts]}


def test_a_file_that_is_mounted_and_one_in_a_folder_that_is(tmp_path: Path) -> None:
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "other").mkdir()
    seen = inspected(
        ("bind", tmp_path / "main.conf", "/etc/nginx/nginx.conf"),
        ("bind", tmp_path / "conf.d", "/etc/nginx/conf.d"),
        ("bind", tmp_path / "other", "/etc/nginx"),
    )
    assert host_path(seen, "/etc/nginx/nginx.conf") == str(tmp_path / "main.conf")
    assert host_path(seen, "/etc/nginx/conf.d/site.conf") == str(tmp_path / "conf.d/site.conf")
    assert host_path(seen, "/etc/nginx/mime.types") == str(tmp_path / "other/mime.types")


def test_a_link_is_followed_as_the_container_follows_it(tmp_path: Path) -> None:
    (tmp_path / "enabled").mkdir()
    (tmp_path / "available").mkdir()
    (tmp_path / "enabled" / "site").symlink_to("/etc/nginx/available/site")
    (tmp_path / "enabled" / "other").symlink_to("../available/other")
    seen = inspected(("bind", tmp_path, "/etc/nginx"))
    assert host_path(seen, "/etc/nginx/enabled/site") == str(tmp_path / "available/site")
    assert host_path(seen, "/etc/nginx/enabled/other") == str(tmp_path / "available/other")


def test_a_folder_that_leads_out_of_the_mount_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "secret").mkdir()
    (tmp_path / "site" / "conf.d").symlink_to(tmp_path / "secret")
    (tmp_path / "site" / "passwd").symlink_to("/etc/passwd")
    (tmp_path / "site" / "round").symlink_to("round")
    seen = inspected(("bind", tmp_path / "site", "/etc/nginx"))
    for path, said in (
        ("conf.d/x.conf", "is a link out of"),
        ("passwd", "part of the image"),
        ("round", "symbolic link loop"),
    ):
        with pytest.raises(NotOnHostError, match=said):
            host_path(seen, f"/etc/nginx/{path}")


def test_what_lies_in_a_volume_or_in_the_image_is_refused() -> None:
    seen = inspected(("volume", "/var/lib/docker/volumes/data/_data", "/etc/loki"))
    with pytest.raises(NotOnHostError, match="in the volume data; change it at its source"):
        host_path(seen, "/etc/loki/config.yaml")
    with pytest.raises(NotOnHostError, match="part of the image"):
        host_path(seen, "/etc/lokis/config.yaml")
