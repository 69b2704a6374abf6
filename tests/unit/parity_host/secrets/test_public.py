"""What is known to be public stays readable: values of public projects' env examples, and what programs say."""

from __future__ import annotations

import ast
import errno
import os
import re
from pathlib import Path

import pytest
import yaml

from parity_host.compose.redaction import redact_compose
from parity_host.secrets.redact import HIDDEN_WORD, Redactor
from parity_host.secrets.token import UNKNOWN, parse

KEY = b"0" * 32
# Ways of doing something, as settings and the names of scripts have them.
MODES = """
    generate regenerate provision prepare bootstrap seed render rebuild reindex purge prune mirror passthrough bypass
    overwrite append truncate preserve discard prefer permissive enforce report mixed hybrid embedded interactive manual
    scheduled invite approval maintenance offline pause resume dynamic gradual recreate migrate skip force once
""".split()  # noqa: SIM905 - a table
# Pairs of variable and value from the env examples of 48 public projects, whose values were not used to write the tables (names of variables were).
PUBLIC = [line.partition("=")[::2] for line in (Path(__file__).parent / "public_values.env").read_text().splitlines()]
SIGNATURES = sorted((Path(__file__).parents[4] / "knowledge" / "signatures").glob("*.yml"))


def test_few_public_values_are_hidden() -> None:
    redactor = Redactor(KEY)
    hidden = [name for name, value in PUBLIC if redactor.value(name, value) != value]
    assert len(PUBLIC) >= 1000
    assert len(hidden) <= len(PUBLIC) * 0.05, len(hidden)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("A", "true"),
        ("A", "8080"),
        ("A", "3.5"),
        ("A", "1h30m"),
        ("A", "512Mi"),
        ("A", "debug"),
        ("A", "redis:6379"),
        ("A", "10.0.0.0/8"),
        ("A", "app.example.org"),
        ("A", "/var/lib/app/data.db"),
        ("A", "postgres:16-alpine"),
        ("A", "v1.22.3-rc1"),
        ("A", "https://app.example.org/api/v1?limit=10"),
        ("A", "amqp://app@mq:5672/%2f/messages"),
        ("A", "*/5 * * * *"),
        ("A", "de_DE.UTF-8"),
        ("A", "Europe/Berlin"),
        ("A", "redis,postgres,smtp"),
        ("A", "noreply@example.org"),
        ("SHOP_NAME", "lantern"),
        ("PGUSER", "shopdev"),
        ("DBNAME", "lantern"),
    ],
)
def test_a_public_form_is_shown(name: str, value: str) -> None:
    assert Redactor(KEY).value(name, value) == value


def test_what_is_not_known_leaves_as_a_fingerprint_that_says_so() -> None:
    redactor = Redactor(KEY)
    token = parse(redactor.value("SHOP_GREETING", "lantern"))
    assert token is not None
    assert (token.why, token.length) == (UNKNOWN, "len1to7")
    assert redactor.value("OTHER", "lantern") == redactor.value("SHOP_GREETING", "lantern")


def test_the_user_may_open_names() -> None:
    redactor = Redactor(KEY, ["SHOP_*"])
    assert redactor.value("SHOP_GREETING", "lantern lights") == "lantern lights"
    assert parse(redactor.value("SHOP_PASSWORD", "lantern")) is not None
    assert parse(redactor.value("GREETING", "lantern")) is not None


def test_an_address_with_a_path_that_is_no_word_is_shown_by_its_host() -> None:
    shown = Redactor(KEY).value("A", "https://flows.example.org/in/a8Kd93jf")
    assert shown.startswith("https://flows.example.org")
    assert "a8Kd93jf" not in shown


def test_names_of_things_are_known_in_logs() -> None:
    redactor = Redactor(KEY)
    assert redactor.said("cannot reach lantern") == f"cannot reach {HIDDEN_WORD}"
    redactor.know("shop-lantern-1")
    assert redactor.said("cannot reach lantern") == "cannot reach lantern"


@pytest.mark.parametrize("path", SIGNATURES, ids=lambda path: path.stem)
def test_every_signature_is_recognised_in_what_leaves(path: Path) -> None:
    *_, signatures = yaml.safe_load_all(path.read_text(encoding="utf-8"))
    redactor = Redactor(KEY)
    lost = []
    for one in signatures:
        for example in [one["example"]] if isinstance(one["example"], str) else one["example"]:
            said = "\n".join(redactor.said(line) for line in example.split("\n"))
            lost += [] if re.search(one["pattern"], said, re.M) else [(one["id"], said)]
    assert not lost


@pytest.mark.parametrize(
    "line",
    [
        "line 9: field max_transfer_retries not found in type ingester.Config",
        'nginx: [emerg] unknown directive "prox_pass" in /etc/nginx/conf.d/default.conf:3',
        '2026/11/24 09:47:37 [emerg] 1#1: host not found in upstream "api" in /etc/nginx/nginx.conf:12',
        "Traceback (most recent call last):",
        "sqlalchemy.exc.OperationalError: connection refused",
    ],
)
def test_what_programs_say_of_their_own_words_stays(line: str) -> None:
    assert Redactor(KEY).said(line) == line


def test_settings_of_compose_are_names() -> None:
    assert Redactor(KEY).value("COMPOSE_PROJECT_NAME", "shop2024x") == "shop2024x"
    assert Redactor(KEY).value("COMPOSE_PROFILES", "lantern,front7x9") == "lantern,front7x9"


OWN = sorted((Path(__file__).parents[4] / "src" / "parity_host").glob("*/*.py"))


@pytest.mark.parametrize(
    "path", [one for one in OWN if one.parent.name in ("engine", "health")], ids=lambda path: path.stem
)
def test_sentences_of_our_own_are_words_of_everybody(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    raised = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc is not None]
    texts = [one.value for node in raised for one in ast.walk(node) if isinstance(one, ast.Constant)]
    sentences = [text for text in texts if isinstance(text, str) and text.count(" ") > 1]
    assert [text for text in sentences if Redactor(KEY).said(text) != text] == []


@pytest.mark.parametrize("code", errno.errorcode)
def test_what_the_kernel_says_is_shown(code: int) -> None:
    assert Redactor(KEY).said(os.strerror(code)) == os.strerror(code)


@pytest.mark.parametrize("mode", MODES)
def test_a_word_of_a_mode_is_shown(mode: str) -> None:
    assert Redactor(KEY).value("CERTIFICATE_MODE", mode) == mode
    assert Redactor(KEY).command(f"./{mode}-volumes.sh --now") == f"./{mode}-volumes.sh --now"


def test_a_public_piece_of_a_hidden_text_is_shown_elsewhere() -> None:
    redactor = Redactor(KEY)
    program = """fetch('http://127.0.0.1:' + (process.env.PORT ?? 3001) + '/api/health').then((r) => { if (!r.ok) exit(1); })"""
    redacted = redact_compose(
        f'services:\n  a:\n    healthcheck:\n      test: [CMD, node, -e, "{program}"]\n', redactor
    )
    assert "127.0.0.1" not in redacted
    assert redactor.sweep({"port": "127.0.0.1:6379:6379"}) == {"port": "127.0.0.1:6379:6379"}
