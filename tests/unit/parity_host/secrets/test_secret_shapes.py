"""What random characters are, measured on random strings and held against words, paths and digests."""

from __future__ import annotations

import string

import pytest
from secret_samples import ALNUM, B64, BASE32, BASE36, HEX, URLSAFE, Dice, samples

from parity_host.secrets.shapes import (
    find_issued,
    find_private_keys,
    find_random,
    likeness_to_words,
    looks_opaque,
    looks_random,
)


def _found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_random(text)]


@pytest.mark.parametrize(
    ("alphabet", "length", "least"),
    [
        (B64, 20, 0.96),
        (B64, 40, 0.99),
        (URLSAFE, 22, 0.95),
        (URLSAFE, 43, 0.99),
        (ALNUM, 20, 0.97),
        (ALNUM, 32, 0.99),
        (BASE36, 24, 0.98),
        (BASE36, 40, 0.99),
        (BASE32, 32, 0.98),
        (HEX, 32, 0.99),
        (HEX, 64, 1.0),
        (string.ascii_letters, 32, 0.85),
    ],
)
def test_random_strings_are_recognised(alphabet: str, length: int, least: float) -> None:
    dice = Dice(1)
    drawn = ["".join(dice.choice(alphabet) for _ in range(length)) for _ in range(500)]
    assert sum(_found("x: " + text) == [text] for text in drawn) >= least * len(drawn)


@pytest.mark.parametrize(
    "text",
    [
        "personal_assistant_production_worker_2",
        "com.example.assistant.configuration.DatabaseAutoConfiguration",
        "/usr/local/lib/python3.11/site-packages/sqlalchemy/engine/base.py",
        "/var/lib/docker/overlay2/config",
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "gss_krb5_rfc1964_keydata",
        "20220623.1-1+deb12u2~bpo11+1",
        "2.41780725174450611770e-1",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "0000000000000000000000000000000000000000",
        "deadbeefdeadbeef",
        "sha256:" + "0f1e2d3c4b5a6978" * 4,
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "ec2-203-0-113-25.compute-1.amazonaws.com",
        "assistant.c9akciq32abc.eu-west-1.rds.amazonaws.com:5432",
        "2025-09-15T11:25:00.123456789Z",
        "sentence-transformers/all-MiniLM-L6-v2",
        "word " * 4000,
        "camelCaseNamesOfManyWordsAreNotRandom",
    ],
)
def test_words_paths_and_digests_are_not(text: str) -> None:
    assert _found(text) == []
    assert not looks_random(text)


def test_of_a_path_only_the_random_part_is_taken() -> None:
    dice = Dice(2)
    key = dice.of(ALNUM, 32)
    assert _found("/srv/uploads/" + key + "/index.html") == [key]
    assert _found("https://hooks.example.com/a/" + key) == [key]
    assert _found("image/png/" + key) == [key]
    # In base64 a slash separates nothing.
    assert _found("x=kT9vZr2L/mQ8xW4bN+7cJ1pF6hY3/dS5gA0==") == ["kT9vZr2L/mQ8xW4bN+7cJ1pF6hY3/dS5gA0=="]


def test_a_long_text_is_judged_piece_by_piece() -> None:
    dice = Dice(3)
    assert len(_found(dice.of(B64, 5000))) == 1
    assert _found("words-and-words-" * 300) == []
    assert len(_found("words-and-words-" * 300 + dice.of(ALNUM, 400))) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tr0ub4dor&3xyz", True),
        ("x9f8q7w6", True),
        ("kTvZrLmQxWbNcJpFhYdSgAqR", True),
        ("GOC" + "SPX-q7Rt9Lw2Xz5Vb8Nm", True),
        ("hunter2", False),
        ("personal", False),
        ("worker-12", False),
        ("has some spaces q7Rt9Lw2", False),
        ("eu-west-1", False),
        ("6ba7b810-9dad-11d1-80b4-00c04fd430c8", False),
        ("Host(`api`)", False),
        ("ab12", False),
    ],
)
def test_what_looks_made_up(text: str, expected: bool) -> None:
    assert looks_opaque(text) is expected


def test_likeness() -> None:
    assert likeness_to_words("ab") is None
    assert (likeness_to_words("environment_variable") or 0) > 0.9
    assert (likeness_to_words("kT9vZr2LmQ8xW4bN7cJ1") or 0) < 0.3


def test_private_keys_are_taken_whole_and_public_ones_left() -> None:
    dice = Dice(4)
    body = "\n".join(dice.of(B64, 64) for _ in range(3))
    for kind in ("PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "PGP PRIVATE KEY BLOCK"):
        block = f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----"
        text = "a\n" + block + "\nb"
        assert [text[span.start : span.end] for span in find_private_keys(text)] == [block]
        cut = text[: text.index("-----END")]
        assert [cut[span.start : span.end] for span in find_private_keys(cut)] == [cut[2:]]
    public = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----"
    assert list(find_private_keys(public)) == []
    assert _found(public) == []
    assert list(find_private_keys("-----BEGIN " + "PRIVATE KEY-----\n")) == []


ISSUED = [
    "AWS access key id",
    "Google API key",
    "Google OAuth secret",
    "GitHub token",
    "GitLab token",
    "Slack bot token",
    "Stripe secret key",
    "SendGrid",
    "Mailgun",
    "Notion",
    "language model key",
    "model hub",
    "npm",
    "PyPI",
    "JSON web token",
    "bcrypt",
    "argon2",
    "Django hash",
    "PostgreSQL SCRAM",
    "Telegram bot",
    "Discord bot",
    "Vault token",
    "Doppler",
    "DigitalOcean",
    "Docker Hub",
    "Grafana",
    "New Relic",
    "Shopify",
    "Airtable",
    "age",
    "Tailscale",
    "Mailchimp",
    "Microsoft Entra secret",
]


@pytest.mark.parametrize("shape", ISSUED)
def test_the_keys_of_known_issuers_are_taken_whole(shape: str) -> None:
    drawn = [sample.value for sample in samples(seed=6, each=30) if sample.shape == shape]
    assert len(drawn) == 30
    found = 0
    for value in drawn:
        text = f"x={value}, y"
        found += value in [text[span.start : span.end] for span in find_issued(text)]
    assert found >= 29


@pytest.mark.parametrize(
    "text",
    [
        "sk-learn-is-a-library-of-python",
        "key-value-store-of-great-length",
        "api_documentation_of_the_server",
        "npm_config_registry_of_the_host",
        "AKIA is short",
        "SG.short.x",
    ],
)
def test_a_prefix_alone_is_no_key(text: str) -> None:
    assert list(find_issued(text)) == []
