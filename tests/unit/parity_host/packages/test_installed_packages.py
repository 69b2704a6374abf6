"""What package managers write down of what they installed, and what a container may write there instead."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from parity_host.packages import direct, installed
from parity_host.packages.installed import MOST_PACKAGES

DPKG = b"""Package: libssl3
Status: install ok installed
Priority: optional
Maintainer: Nobody <nobody@example.org>
Architecture: amd64
Multi-Arch: same
Source: openssl
Version: 3.0.17-1~deb12u2
Depends: libc6 (>= 2.34)
Conffiles:
 /etc/ssl/x 0123456789abcdef0123456789abcdef
Description: Secure Sockets Layer toolkit
 Version: 9.9 is in the text of a description
 .
 Package: nor is this

Package: libssl3
Status: install ok installed
Architecture: i386
Version: 3.0.15-1~deb12u1

Package: old-tool
Status: deinstall ok config-files
Version: 1.0-1

Package: broken
Status: install ok half-installed
Version: 1.0-1

Package: bind9-libs
Status: hold ok installed
Version: 1:9.18.33-1~deb12u2
"""
DISTROLESS = b"""Package: tzdata
Architecture: all
Version: 2025a-0+deb12u1

Package: base-files
Version: 12.4+deb12u9
"""
APK = b"""C:Q1abcdefghijklmnopqrstuvwxyz0=
P:musl
V:1.2.5-r0
A:x86_64
F:lib
R:ld-musl-x86_64.so.1
P:not-at-the-beginning-of-a-record-but-a-package
V:1.0-r1

C:Q1bcdefghijklmnopqrstuvwxyz01=
P:libssl3
V:3.3.2-r4
"""
NPM = {
    "name": "shop",
    "lockfileVersion": 3,
    "packages": {
        "node_modules/express": {"version": "4.21.1", "resolved": "https://token@registry.example.org/e.tgz"},
        "node_modules/@scope/ui": {"version": "2.0.0-rc.1"},
        "node_modules/express/node_modules/qs": {"version": "6.13.0"},
        "node_modules/qs": {"version": "6.11.0"},
        "node_modules/jest": {"version": "29.7.0", "dev": True},
        "node_modules/@esbuild/linux-x64": {"version": "0.24.0", "optional": True},
        "node_modules/shared": {"resolved": "packages/shared", "link": True},
        "packages/shared": {"version": "1.0.0"},
    },
}
COMPOSER = {
    "packages": [
        {"name": "symfony/console", "version": "v7.1.5", "dist": {"url": "https://token@example.org/x.zip"}},
        {"name": "monolog/monolog", "version": "3.7.0"},
        {"name": "phpunit/phpunit", "version": "11.4.0"},
    ],
    "dev": True,
    "dev-package-names": ["phpunit/phpunit"],
}


@pytest.mark.parametrize(
    ("read", "content", "found"),
    [
        (installed.dpkg, DPKG, {"bind9-libs": "1:9.18.33-1~deb12u2", "libssl3": "3.0.15-1~deb12u1 3.0.17-1~deb12u2"}),
        (installed.dpkg, DISTROLESS, {"base-files": "12.4+deb12u9", "tzdata": "2025a-0+deb12u1"}),
        (
            installed.apk,
            APK,
            {"libssl3": "3.3.2-r4", "musl": "1.2.5-r0", "not-at-the-beginning-of-a-record-but-a-package": "1.0-r1"},
        ),
        (
            installed.npm,
            json.dumps(NPM).encode(),
            {"@scope/ui": "2.0.0-rc.1", "express": "4.21.1", "qs": "6.11.0 6.13.0"},
        ),
        (
            installed.composer,
            json.dumps(COMPOSER).encode(),
            {"monolog/monolog": "3.7.0", "symfony/console": "7.1.5"},
        ),
    ],
)
def test_the_lists_of_package_managers(read: Callable[[bytes], Any], content: bytes, found: dict[str, str]) -> None:
    assert read(content) == found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("requests-2.32.3.dist-info", {"requests": "2.32.3"}),
        ("PyYAML-6.0.2.dist-info", {"pyyaml": "6.0.2"}),
        ("ruamel.yaml-0.18.6.dist-info", {"ruamel-yaml": "0.18.6"}),
        ("typing_extensions-4.12.2.dist-info", {"typing-extensions": "4.12.2"}),
        ("torch-2.5.1+cpu.dist-info", {"torch": "2.5.1+cpu"}),
        ("epoch-1!2.0.dist-info", {"epoch": "1!2.0"}),
        ("old-1.0-py3.11.egg-info", {"old": "1.0"}),
        ("nothing.egg-info", {}),
        ("~equests-2.32.3.dist-info", {}),  # what pip leaves of an interrupted upgrade
        ("*-info", {}),
    ],
)
def test_the_names_of_python_distributions(name: str, found: dict[str, str]) -> None:
    assert installed.python([f"/usr/local/lib/python3.12/site-packages/{name}"]) == found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("rack-3.1.8.gemspec", {"rack": "3.1.8"}),
        ("google-protobuf-4.28.3-x86_64-linux.gemspec", {"google-protobuf": "4.28.3"}),
        ("rails-8.0.0.rc2.gemspec", {"rails": "8.0.0.rc2"}),
        ("net-http-0.4.1.gemspec", {"net-http": "0.4.1"}),
        ("rack.gemspec", {}),
    ],
)
def test_the_names_of_gems(name: str, found: dict[str, str]) -> None:
    assert installed.gems([f"/usr/local/bundle/specifications/{name}"]) == found


JSON_READERS = (installed.npm, installed.composer)


@pytest.mark.parametrize("read", JSON_READERS)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b'{"packages": 7}',
        b"[" * 200_000,
        b'{"packages": {"node_modules/x": {"ver',
        b"\xff\xfe\0",
        b"1" * 100_000,
    ],
)
def test_what_is_no_list_is_not_known(read: Callable[[bytes], Any], content: bytes) -> None:
    assert read(content) is None


@pytest.mark.parametrize(
    "version",
    ["1.0\x1b[31m", "1.0\n", "$(id)", "<b>", "`x`", "git+ssh://token@example.org/x", "x" * 200, "", None, 7, ["1"]],
)
def test_what_has_no_form_of_a_version_is_no_package(version: Any) -> None:
    content = {"packages": {"node_modules/x": {"version": version}, "node_modules/y": {"version": "1.0.0"}}}
    assert installed.npm(json.dumps(content).encode()) == {"y": "1.0.0"}
    if isinstance(version, str):
        written = f"Package: x\nStatus: install ok installed\nVersion: {version}\n\n"
        assert installed.dpkg(written.encode()) in ({}, {"x": "1.0"})


@pytest.mark.parametrize("name", ["x\x1b]0;", "../../etc/passwd ", "<script>", "a b", "x" * 200, ""])
def test_what_has_no_form_of_a_name_is_no_package(name: str) -> None:
    assert installed.dpkg(f"Package: {name}\nStatus: install ok installed\nVersion: 1\n".encode()) == {}
    assert installed.npm(json.dumps({"packages": {f"node_modules/{name}": {"version": "1"}}}).encode()) == {}


def test_more_than_anybody_installs_is_not_known() -> None:
    many = "".join(f"P:p{number}\nV:1\n\n" for number in range(MOST_PACKAGES + 1))
    assert installed.apk(many.encode()) is None
    assert len(installed.apk(many[: -len("P:p4000\nV:1\n\n")].encode()) or ()) == MOST_PACKAGES


HOSTILE = [
    b"Package:" + b" " * 4_000_000,
    b"\n" * 4_000_000,
    b"Package: x\n" * 400_000,
    b"V:1\nP:" + b"a" * 4_000_000,
    b"\0" * 4_000_000,
]


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("read", [installed.dpkg, installed.apk])
def test_four_megabytes_of_anything_are_read_in_no_time(read: Callable[[bytes], Any], content: bytes) -> None:
    started = time.process_time()
    assert read(content) in ({}, None)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("line", ["a-" + "1-" * 300_000, "a" * 600_000 + ".gemspec", "-1" * 150 + ".dist-inf"])
def test_no_name_of_a_file_takes_long(line: str) -> None:
    started = time.process_time()
    assert installed.python([line] * 3) == installed.gems([line] * 3) == {}
    assert time.process_time() - started < 1


REQUIREMENTS = """# comment
--index-url https://user:token@pypi.example.org/simple
-r base.txt
Django==4.2.16
uvicorn[standard]>=0.32,<1 # server
typing_extensions
colorama ; sys_platform == "win32"
requests==2.32.3 \\
    --hash=sha256:aaaa
git+https://token@example.org/x.git#egg=x
local @ file:///x
"""
PROJECT = """[build-system]
requires = ["hatchling"]
[project]
name = "shop"
dependencies = [
    "fastapi>=0.115",
    "celery[redis]==5.4.0",
    'colorama; sys_platform == "win32"',
]
[dependency-groups]
dev = ["pytest"]
[tool.hatch.envs.test]
dependencies = ["coverage"]
"""


def test_a_number_of_a_million_digits_takes_no_time() -> None:
    """Python 3.8 has no limit for the digits of a number that it reads; this one is made to have none."""
    known = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        started = time.process_time()
        assert installed.npm(b'{"packages": ' + b"1" * 1_000_000 + b"}") is None
        assert direct.named("npm", {"package.json": b'{"dependencies": ' + b"1" * 250_000 + b"}"}) == []
        assert time.process_time() - started < 1
    finally:
        sys.set_int_max_str_digits(known)


def test_what_an_application_names_itself() -> None:
    assert direct.named("python", {"requirements.txt": REQUIREMENTS.encode()}) == [
        "django",
        "requests",
        "typing-extensions",
        "uvicorn",
    ]
    assert direct.named("python", {"pyproject.toml": PROJECT.encode()}) == ["celery", "fastapi"]
    assert direct.named("python", {"pyproject.toml": PROJECT.partition("[dependency")[2].encode()}) == []
    one_line = b'[project]\ndependencies = ["fastapi", "celery[redis]"]\nkeywords = ["web"]\n'
    assert direct.named("python", {"pyproject.toml": one_line}) == ["celery", "fastapi"]
    package = {
        "dependencies": {"express": "^4"},
        "devDependencies": {"jest": "*"},
        "optionalDependencies": {"fsevents": "*"},
    }
    assert direct.named("npm", {"package.json": json.dumps(package).encode()}) == ["express"]
    required = {
        "require": {"php": ">=8.3", "ext-intl": "*", "symfony/console": "^7"},
        "require-dev": {"phpunit/phpunit": "*"},
    }
    assert direct.named("composer", {"composer.json": json.dumps(required).encode()}) == ["symfony/console"]
    gemfile = b'source "https://rubygems.org"\ngem "rails", "~> 8"\ngem("puma")\ngroup :test do\n  gem "rspec"\nend\n'
    assert direct.named("gem", {"Gemfile": gemfile}) == ["puma", "rails"]


@pytest.mark.parametrize("kind", direct.FILES)
@pytest.mark.parametrize(
    "content",
    [
        b"[" * 400_000,
        b"dependencies = [" * 60_000,
        b"[project]\n" + b'dependencies = ["a\n' * 60_000,
        b"a" * 4_000_000,
        b"a \n" * 1_000_000,
        (b"a" + b" " * 390 + b";\n") * 10_000,
        (b"a" + b" " * 100_000 + b"[" * 100_000) * 10,
        (b'"' + b"a" * 199) * 20_000,
        b"[project]\ndependencies = [\n" + (b'"' + b"a" * 250 + b"\n") * 10_000,
        b"gem" + b" " * 1_000_000,
        b"gem '" * 200_000,
        b"\xff\0" * 100,
    ],
)
def test_hostile_files_name_nothing_that_matters_and_take_no_time(kind: str, content: bytes) -> None:
    started = time.process_time()
    found = direct.named(kind, {name: content for name, _ in direct.FILES[kind]})
    assert len(found) <= 500
    assert time.process_time() - started < 1
