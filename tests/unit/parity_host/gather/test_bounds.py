"""What reading may cost a host is bounded in all, counted in bytes: sums over files, containers and configurations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fake_engine
import pytest

from parity_host.gather import configurations, configurations_in_project, container_facts, containers, host, project

KILO = 1024
LIMIT = 40 * KILO
SERVICE = "services:\n  web:\n    image: example/web:1\n"
NGINX = b"events { }\nhttp { server { listen 80; } }\n"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Bound a project's files; return the sizes of what is read."""
    sizes: list[int] = []
    really = project.read_limited

    def counted(path: str) -> bytes:
        data = really(path)
        sizes.append(len(data))
        return data

    monkeypatch.setattr(project, "ALL_FILES_LIMIT_BYTES", LIMIT)
    monkeypatch.setattr(project, "read_limited", counted)
    return sizes


def files_of(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = host.gather(fake_engine.asked(directory=str(directory)), "k" * 48, {})["project"]
    assert found["state"] == "seen"
    return found


def many_secrets(folder: Path) -> None:
    (folder / "secret").write_text("x" * 10 * KILO)
    for number in range(50):
        (folder / f"s{number}").hardlink_to(folder / "secret")
    named = "".join(f"  s{number}: {{file: ./s{number}}}\n" for number in range(50))
    (folder / "compose.yml").write_text(f"{SERVICE}secrets:\n{named}")


def one_env_file_again_and_again(folder: Path) -> None:
    (folder / "big.env").write_text("A=1\n" * 2 * KILO)
    (folder / "inc.yml").write_text(SERVICE)
    entries = "".join(f"  - {{path: inc.yml, env_file: big.env, project_directory: d{n}}}\n" for n in range(60))
    (folder / "compose.yml").write_text(f"include:\n{entries}{SERVICE}")


def one_compose_file_again_and_again(folder: Path) -> None:
    (folder / "inc.yml").write_text(f"{SERVICE}# {'x' * 9 * KILO}\n")
    entries = "".join(f"  - {{path: inc.yml, project_directory: d{number}}}\n" for number in range(60))
    (folder / "compose.yml").write_text(f"include:\n{entries}{SERVICE}")


@pytest.mark.parametrize("make", [many_secrets, one_env_file_again_and_again, one_compose_file_again_and_again])
def test_what_is_read_of_a_project_in_all(make: Any, tmp_path: Path, read: list[int]) -> None:
    make(tmp_path)
    facts = files_of(tmp_path)
    assert sum(read) <= LIMIT + 10 * KILO
    assert [why for why in facts["unread"] if "more than" in why], facts["unread"]


def test_a_compose_file_is_followed_as_often_as_there_is_room(
    tmp_path: Path, read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    one_compose_file_again_and_again(tmp_path)
    scanned: list[int] = []
    really = project.references
    monkeypatch.setattr(project, "references", lambda text: scanned.append(len(text)) or really(text))
    files_of(tmp_path)
    assert sum(scanned) <= LIMIT + 10 * KILO


def test_what_an_engine_answers_in_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "ALL_TEXTS_LIMIT", LIMIT)
    made = [fake_engine.container(f"s{number}", Config={"Env": ["A=" + "x" * 15 * KILO]}) for number in range(5)]
    with fake_engine.serving(fake_engine.answers(*made), tmp_path) as address:
        engine = host.gather(fake_engine.asked(address), "k" * 48, {})["engine"]
    assert [one["service"] for one in engine["containers"]] == ["s0", "s1"]
    assert len([why for why in engine["unread"] if "together have more than" in why]) == 3


@pytest.mark.parametrize(
    ("said", "kept"),
    [("short", "short"), ("a b " * 2000, "a b " * 999 + "a"), ("x" * 9000, "x" * 4000), ("a " + "x" * 9000, "a")],
)
def test_of_a_line_only_its_beginning_up_to_a_words_end(said: str, kept: str) -> None:
    assert container_facts.beginning(said).strip() == kept.strip()


def test_configurations_of_containers_in_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configurations, "ALL_TEXTS_LIMIT", 1)
    monkeypatch.setattr(configurations, "_WORKERS", 1)
    made = [fake_engine.container(f"nginx{number}", Config={"Image": "nginx:1.25"}) for number in range(3)]
    answers = fake_engine.answers(*made)
    answers.update({f"/containers/{one['Id']}/archive": {"/etc/nginx/nginx.conf": NGINX} for one in made})
    with fake_engine.serving(answers, tmp_path) as address:
        found = host.gather(fake_engine.asked(address), "k" * 48, {})["config"]["found"]
    assert [bool(one["files"]) for one in found] == [True, False, False]
    assert "have more than" in found[1]["unread"][0]


def test_configurations_of_a_project_in_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configurations_in_project, "ALL_TEXTS_LIMIT", 1)
    one = "image: nginx:1.25, volumes: ['./nginx.conf:/etc/nginx/nginx.conf']"
    services = "".join(f"  nginx{number}: {{{one}}}\n" for number in range(3))
    (tmp_path / "compose.yml").write_text(f"services:\n{services}")
    (tmp_path / "nginx.conf").write_bytes(NGINX)
    found = host.gather(fake_engine.asked(directory=str(tmp_path)), "k" * 48, {})["config"]["found"]
    assert [bool(one["files"]) for one in found] == [True, False, False]
    assert "have more than" in found[2]["unread"][0]
