"""The token: what it is made of, and that it is told apart from everything else."""

from __future__ import annotations

import re

import pytest

from parity_host.secrets import token
from parity_host.secrets.redact import Redactor
from parity_host.secrets.token import TOKEN, Token, find, make, parse

KEY = b"a key for tests"


@pytest.mark.parametrize(
    ("value", "length", "placeholder"),
    [
        ("hunter2", "len1to7", "none"),
        ("hunter23", "len8to15", "none"),
        ("q7" * 7 + "z", "len8to15", "none"),
        ("q7" * 7 + "zx", "len16to31", "none"),
        ("a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p", "len16to31", "none"),
        ("a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6", "len32to63", "none"),
        ("a1b2c3d4e5f6g7h8" * 4, "len64up", "none"),
        ("changeme", "len8to15", "changeme"),
        ("your_dev_microsoft_client_secret_here", "len32to63", "yourhere"),
        ("postgres", "len8to15", "default"),
    ],
)
def test_a_token_tells_length_and_placeholder(value: str, length: str, placeholder: str) -> None:
    token = make(KEY, value)
    assert re.fullmatch("[a-z0-9-]+", token)
    assert value not in token or value == placeholder
    parsed = parse(token)
    assert parsed is not None
    assert (parsed.length, parsed.placeholder) == (length, placeholder)
    assert re.fullmatch("[0-9a-f]{32}", parsed.fingerprint)


def test_the_fingerprint_is_of_key_and_value() -> None:
    # RFC 4231 gives no test vector for a key of ours; this one was made with `openssl dgst -sha256 -hmac`.
    assert make(b"key", "value").startswith("parity-secret-90fbfcf15e74a36b89dbdb2a721d9aec-")
    assert make(KEY, "s3cret-1") == make(KEY, "s3cret-1")
    assert make(KEY, "s3cret-1") != make(KEY, "s3cret-2")
    assert make(KEY, "s3cret-1") != make(b"another", "s3cret-1")


def test_a_value_of_half_a_character_has_a_token() -> None:
    assert parse(make(KEY, "\ud800" * 9)) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "parity-secret-",
        "parity-secret-90fbfcf15e74a36b89dbdb2a721d9aec",
        "parity-secret-90fbfcf15e74a36b89dbdb2a721d9aec-len9-none",
        "parity-secret-90fbfcf15e74a36b89dbdb2a721d9aec-len1to7-sure",
        "parity-secret-90FBFCF15E74A36B89DBDB2A721D9AEC-len1to7-none",
        "parity-secret-90fbfcf15e74a36b89dbdb2a721d9ae-len1to7-none",
        "x parity-secret-90fbfcf15e74a36b89dbdb2a721d9aec-len1to7-none",
        "parity-secret-90fbfcf15e74a36b89dbdb2a721d9aec-len1to7-none\n",
    ],
)
def test_what_is_no_token(text: str) -> None:
    assert parse(text) is None


def test_tokens_are_found_where_letters_follow_them() -> None:
    one, two = make(KEY, "s3cret-1"), make(KEY, "changeme")
    text = "x" + one + "none" + two + two + "s"
    assert [TOKEN.search(text) is not None, len(find(text))] == [True, 3]
    assert find(text) == [parse(one), parse(two), parse(two)]
    assert TOKEN.sub("", text) == "xnones"
    assert find("nothing here") == []
    assert Token(*("secret", "a" * 32, "len1to7", "none")).placeholder == "none"


def test_a_password_that_is_a_name_everybody_sees_says_so() -> None:
    redactor = Redactor(b"k" * 48)
    said = {
        "PASSWORD": redactor.value("POSTGRES_PASSWORD", "Orchard"),
        "URL": redactor.value("DATABASE_URL", "postgresql://orchard:Orchard@db/shop"),
        "TOKEN": redactor.value("API_TOKEN", "gatehouse"),
        "NONE": redactor.value("AWS_SECRET_ACCESS_KEY", "null"),
        "REAL": redactor.value("API_SECRET", "Vx8kQ2mZ7tLp4Wn9"),
    }
    redactor.value("POSTGRES_USER", "orchard")
    redactor.value("DB_HOST", "null")
    redactor.names(["gatehouse"])
    swept = redactor.sweep([said])[0]
    assert {name: token.find(text)[0].placeholder for name, text in swept.items()} == {
        "PASSWORD": "default",
        "URL": "default",
        "TOKEN": "default",
        "NONE": "none",
        "REAL": "none",
    }
    assert [one.fingerprint for one in token.find(str(swept))] == [one.fingerprint for one in token.find(str(said))]
