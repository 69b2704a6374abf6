"""Env files with `format: raw`: read as the real Compose reads them, and redacted so that it reads the same."""

from __future__ import annotations

import json
from pathlib import Path

import compose_oracle
import pytest
from files_only import Side, audited, snapshot

from parity_host.envfile.raw import read_raw_env_file, redact_raw_env_file
from parity_host.envfile.reader import effective
from parity_host.secrets import token
from parity_host.secrets.redact import Redactor

FILES = {
    "dollars and quotes": b"A=/srv/$word\nB=\"q\" # c\nC='x'\nD=${OUT}\n",
    "spaces": b"  A= x \n\tB=1\n\n   \nC=\n",
    "comments": b"# A=1\n  # B=2\nC=3#\n",
    "line ends": b"A=1\r\nB=2\r\nC=3",
    "byte order mark": b"\xef\xbb\xbfA=1\n",
    "names alone": b"OUT\nNOWHERE\nA=1\n",
    "equals": b"A==b=c\n",
    "twice": b"A=1\nA=2\n",
    "a space in a name": b"A=1\nA B=2\n",
    "a space behind a name": b"A =2\n",
    "no name": b"=2\n",
    "no text": b"A=\xff\n",
    "export": b"export A=1\n",
}


def asked(data: bytes) -> dict[str, str] | str:
    compose = {"services": {"a": {"image": "x", "env_file": [{"path": "r.env", "format": "raw"}]}}}
    try:
        found = compose_oracle.model({"compose.yaml": json.dumps(compose), "r.env": data})["services"]["a"]
    except compose_oracle.RefusedError:
        return "refused"
    return {key: value.replace("$$", "$") for key, value in (found.get("environment") or {}).items()}


def read(data: bytes) -> dict[str, str] | str:
    parsed = read_raw_env_file(data, compose_oracle.SHELL)
    found = {key: entry.value for key, entry in effective(parsed).items() if entry.value is not None}
    return "refused" if parsed.problems else found


@pytest.mark.parametrize("name", FILES)
def test_it_is_read_as_compose_reads_it(name: str) -> None:
    assert read(FILES[name]) == asked(FILES[name])


@pytest.mark.parametrize("name", FILES)
def test_redacted_it_is_read_the_same(name: str) -> None:
    redacted = redact_raw_env_file(FILES[name], Redactor(b"k")).encode()
    assert asked(redacted) == asked(FILES[name])


def test_secrets_become_tokens_of_what_compose_makes_of_them() -> None:
    data = b"DB_PASSWORD='hunter$2x9Kt4'\n# note\nPORT=80\nKEY=-----BEGIN PRIVATE KEY-----\nMIIEabcdef0123\nABCDEF\n"
    text = redact_raw_env_file(data, Redactor(b"k"))
    password = token.make(b"k", "'hunter$2x9Kt4'")
    assert text.splitlines()[:3] == [f"DB_PASSWORD={password}", "", "PORT=80"]
    assert "MII" not in text
    assert "ABCDEF" not in text


@pytest.mark.parametrize(("form", "cut"), [("", True), (", format: raw", False)])
def test_only_what_compose_expands_is_cut(tmp_path: Path, form: str, cut: bool) -> None:
    (tmp_path / "compose.yaml").write_text(f"services: {{a: {{image: 'x:1', env_file: [{{path: r.env{form}}}]}}}}\n")
    (tmp_path / "r.env").write_text("MOTTO=/srv/$word\n")
    found = {one["rule"] for one in audited([Side("prod", tmp_path)])["findings"]}
    assert ("environment.dollar-cut" in found) is cut
    rendered = snapshot(Side("prod", tmp_path))["hosts"]["prod"]["rendered"]
    assert rendered["services"]["a"]["environment"]["MOTTO"] == ("/srv/" if cut else "/srv/$word")
