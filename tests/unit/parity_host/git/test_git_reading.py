"""The parts of a Git repository that are read, without git: addresses, names, attributes, packs."""

from __future__ import annotations

from pathlib import Path

import pytest

from parity_host.gather.checkout import shown_address
from parity_host.git.attributes import Attributes
from parity_host.git.inside import folder
from parity_host.git.objects import _applied
from parity_host.git.refs import is_name
from parity_host.secrets.redact import Redactor


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("/srv/git/app.git", "/srv/git/app.git"),
        ("../app", "../app"),
        ("git@host:app.git", "host:app.git"),
        ("host:app.git", "host:app.git"),
        ("https://a:b@c@host/app@2.git#x", "https://host/app@2.git"),
        ("https://host", "https://host"),
        ("ext::sh -c 'curl -u me:Zx81mQ0vKs7 host'", None),
    ],
)
def test_an_address_loses_what_opens_it(url: str, shown: str | None) -> None:
    found = shown_address(url, Redactor(b"k" * 48))
    assert "Zx81mQ0vKs7" not in found
    assert shown is None or found == shown


@pytest.mark.parametrize("name", ["refs/heads/main", "refs/heads/feature/x-1", "refs/heads/größe", "refs/tags/v1.2@rc"])
def test_names_that_git_allows(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    ["refs/heads/../x", "refs/heads//x", "refs/heads/a b", "refs/heads/x.lock", "refs/heads/.x", "refs/heads/x/", "HEAD",
     "refs/heads/a\x00", "refs/heads/x^", "refs/heads/a@{1}", "refs/" + "x" * 300],
)  # fmt: skip
def test_names_that_git_refuses(name: str) -> None:
    assert not is_name(name)


@pytest.mark.parametrize(
    ("lines", "path", "stored"),
    [
        ("*.env filter=crypt", "config/app.env", True),
        ("*.env text eol=lf", "config/app.env", False),
        ("config/** filter=lfs diff=lfs", "config/deep/app.env", True),
        ("/config/*.env ident", "config/app.env", True),
        ("docs/*.env filter=crypt", "config/app.env", False),
        ("# *.env filter=crypt", "config/app.env", False),
        ("*.env -filter", "config/app.env", False),
        ("*.txt working-tree-encoding=UTF-16", "a.txt", True),
        ("[attr]hid filter=crypt\n*.env hid", "app.env", True),
        ("[attr]hid diff=crypt\n*.env hid", "app.env", False),
    ],
)
def test_filters_are_known_by_the_attributes(tmp_path: Path, lines: str, path: str, stored: bool) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitattributes").write_text(lines + "\n")
    top = folder(str(tmp_path))
    assert Attributes(top, top.below(".git")).stored_otherwise(path) is stored


def test_attributes_below_the_root_are_read(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "config").mkdir()
    (tmp_path / "config/.gitattributes").write_text("*.env filter=crypt\n")
    top = folder(str(tmp_path))
    attributes = Attributes(top, top.below(".git"))
    assert attributes.stored_otherwise("config/app.env")
    assert not attributes.stored_otherwise("app.env")


@pytest.mark.parametrize(
    "delta",
    [b"", b"\x05\x05", b"\x05\x05\x00", b"\x05\xff\xff\xff\xff\x7f", b"\x04\x04\x91\x00\x05", b"\x05\x05\x91\xff\x05"],
)
def test_a_damaged_delta_is_refused(delta: bytes) -> None:
    with pytest.raises((ValueError, IndexError)):
        _applied(b"abcde", delta, 1000)


def test_no_name_leads_out_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret").write_text("x")
    (tmp_path / "in/link").symlink_to(tmp_path)
    inside = folder(str(tmp_path / "in"))
    for name in ("../secret", "link/secret", "link", "/etc/hostname", "./x", "", "a\0b"):
        with pytest.raises((OSError, ValueError)):
            inside.read(name, 100)
