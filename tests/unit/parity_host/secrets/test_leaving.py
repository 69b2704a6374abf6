"""What leaves a host can be written as UTF-8, tells apart what differs, and names a file so that it is found again."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

import fake_engine
import pytest

from parity_host.gather import host
from parity_host.health import http_readers
from parity_host.health.http_probe import HttpAnswer
from parity_host.remedy import remedy
from parity_host.secrets.leaving import read_back, spelled, written
from parity_host.secrets.redact import Redactor

PIECES = ["a", "é", "\udce9", "\ud800", "\udbff\udc00", "\ufffd", "<", "e9>", "d800>", "\U0001f600", "\udc7f", "\udd00"]
TEXTS = ["".join(parts) for count in range(4) for parts in itertools.product(PIECES, repeat=count)]
MAIN = "http { include conf.d/*.conf; }\nevents {}\n"


def test_every_text_can_be_written_and_comes_back_as_it_was() -> None:
    for text in TEXTS:
        written(text).encode()
        assert read_back(written(text)) == text


def test_different_texts_stay_different() -> None:
    assert len({written(text) for text in TEXTS}) == len(set(TEXTS))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain <e9>", "plain <e9>"),
        ("caf\udce9.conf", "caf\ufffd<e9>.conf"),
        ("\ud800", "\ufffd<d800>"),
        ("grüß \ufffd dich", "grüß \ufffd dich"),
        ("\ufffd<e9>", "\ufffd<<e9>"),
    ],
)
def test_how_it_reads(text: str, expected: str) -> None:
    assert written(text) == expected


def test_names_and_nested_data_are_written_too() -> None:
    assert written({"\udce9": [{"a": "\udce9"}, ("\ud800",), 1, None]}) == {
        spelled("\udce9"): [{"a": spelled("\udce9")}, [spelled("\ud800")], 1, None]
    }


def project(folder: Path, *names: bytes) -> None:
    """Make a project whose nginx includes files of these names."""
    (folder / "compose.yml").write_text(
        "services:\n  web:\n    image: nginx:1.25\n    volumes:\n"
        "    - ./nginx.conf:/etc/nginx/nginx.conf\n    - ./conf.d:/etc/nginx/conf.d\n"
    )
    (folder / "nginx.conf").write_text(MAIN)
    (folder / "conf.d").mkdir()
    for number, name in enumerate(names):
        (Path(os.fsdecode(os.fsencode(folder / "conf.d") + b"/" + name))).write_text(
            f"server {{ listen {8000 + number}; }}\n"
        )


def config_files(folder: Path) -> dict[str, Any]:
    facts = host.gather(fake_engine.asked(directory=str(folder)), "k" * 48, {})
    json.dumps(facts, ensure_ascii=False).encode()
    found: dict[str, Any] = facts["config"]["found"][0]["files"]
    return found


def test_a_name_in_latin_1_loses_nothing(tmp_path: Path) -> None:
    project(tmp_path, b"caf\xe9.conf", b"caf\xe8.conf", "café.conf".encode())
    assert set(config_files(tmp_path)) == {
        "/etc/nginx/conf.d/caf\ufffd<e8>.conf",
        "/etc/nginx/conf.d/caf\ufffd<e9>.conf",
        "/etc/nginx/conf.d/café.conf",
        "/etc/nginx/nginx.conf",
    }


@pytest.mark.parametrize("named", ["café.conf".encode(), b"caf\xe9.conf"])
def test_an_include_by_name_is_read(tmp_path: Path, named: bytes) -> None:
    project(tmp_path, named)
    (tmp_path / "nginx.conf").write_bytes(MAIN.encode().replace(b"*.conf", named))
    assert len(config_files(tmp_path)) == 2


def test_a_remedy_finds_the_file_by_its_real_name(tmp_path: Path) -> None:
    project(tmp_path, b"caf\xe9.conf")
    path = next(path for path in config_files(tmp_path) if "caf" in path)
    of = {"directory": str(tmp_path), "compose_files": [], "env_files": []}
    asked = remedy.RemedyOptions("nginx", "", "", [{"path": path}], False, False, 5.0, "web", of)
    read = remedy.read(asked, "k" * 48, {})
    json.dumps(read, ensure_ascii=False).encode()
    assert read["said"] == []
    one = read["files"][path]
    new = one["sealed"].replace("8000", "8080")
    done = remedy.repair(
        asked._replace(files=[{"path": path, "digest": one["digest"], "sealed": new}]), "k" * 48, {}, False
    )
    json.dumps(done, ensure_ascii=False).encode()
    assert done["state"] == "changed"
    assert (
        Path(os.fsdecode(os.fsencode(tmp_path / "conf.d") + b"/caf\xe9.conf")).read_text()
        == "server { listen 8080; }\n"
    )


def test_a_name_that_no_file_can_have_is_refused_in_words(tmp_path: Path) -> None:
    project(tmp_path)
    of = {"directory": str(tmp_path), "compose_files": [], "env_files": []}
    path = "/etc/nginx/conf.d/\ufffd<d800>.conf"
    asked = remedy.RemedyOptions("nginx", "", "", [{"path": path}], False, False, 5.0, "web", of)
    read = remedy.read(asked, "k" * 48, {})
    assert read["state"] == "refused"
    json.dumps(read, ensure_ascii=False).encode()


def test_a_health_answer_with_half_a_character_is_read() -> None:
    body = b'{"status": "ok", "a\\ud800": "b\\udfff", "list": ["\\ud83d\\ude00"]}'
    answer = HttpAnswer(200, {"content-type": "application/json"}, body, True, 0.1)
    found = http_readers.read("http", "/health", answer, Redactor(b"k" * 48))
    assert found.facts["health"] == {"status": "ok", "a\\ud800": "b\\udfff", "list": ["\U0001f600"]}
