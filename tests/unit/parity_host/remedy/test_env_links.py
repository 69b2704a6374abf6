"""Links in the place of an env file or its template: a container may have put them there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parity_host.remedy import env
from parity_host.secrets.redact import Redactor

KEY = "the key of this test"
HOSTS = "MODE=fast\n# the old password was hunter2\nNOTION_KEY=\n"


def repaired(path: Path, template: Path | None, directory: Path) -> dict[str, Any]:
    digest = Redactor(KEY.encode()).fingerprint(path.read_bytes())
    asked = env.EnvFileOptions(
        str(path), str(template or ""), digest, ["TOKEN_URL", "NOTION_KEY"], {"TOKEN_URL": "http://a/b"}
    )
    values = {"TOKEN_URL": "http://a/b", "NOTION_KEY": "nt-7Yp2cV9kQ4"}
    return env.repair(asked._replace(values=values, directory=str(directory)), KEY, {}, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = tmp_path / "srv/shop/docker"
    (made / "config").mkdir(parents=True)
    (made / "app.env").write_text("MODE=fast\n")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/environment").write_text(HOSTS)
    (tmp_path / "etc/app.env").write_text("MODE=fast\n")
    return made


@pytest.mark.parametrize("folder", [False, True], ids=["file", "folder"])
def test_a_link_out_of_the_project_leads_to_no_file_of_the_host(project: Path, tmp_path: Path, folder: bool) -> None:
    path = project / "config/app.env"
    if folder:
        path.parent.rmdir()
        path.parent.symlink_to(tmp_path / "etc")
    else:
        path.symlink_to(tmp_path / "etc/app.env")
    done = repaired(path, None, project)
    assert done["state"] == "refused"
    assert "outside the project directory" in done["said"][0]
    assert sorted(one.name for one in (tmp_path / "etc").iterdir()) == ["app.env", "environment"]
    assert (tmp_path / "etc/app.env").read_text() == "MODE=fast\n"


def test_a_template_that_is_a_link_brings_no_comment_of_a_file_of_the_host(project: Path, tmp_path: Path) -> None:
    template = project / ".env.template"
    template.symlink_to(tmp_path / "etc/environment")
    done = repaired(project / "app.env", template, project)
    assert done["state"] == "refused"
    assert "hunter2" not in (project / "app.env").read_text()


def test_a_link_within_the_folder_above_the_projects_is_followed(project: Path) -> None:
    shared = project.parent / "shared.env"
    shared.write_text("MODE=fast\n")
    (project / "app.env").unlink()
    (project / "app.env").symlink_to("../shared.env")
    assert repaired(project / "app.env", None, project)["state"] == "changed"
    assert "TOKEN_URL=http://a/b" in shared.read_text()
    assert (project / "app.env").is_symlink()


def test_a_project_whose_folder_is_a_link_is_followed(project: Path, tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to(project)
    assert repaired(tmp_path / "current/app.env", None, tmp_path / "current")["state"] == "changed"
