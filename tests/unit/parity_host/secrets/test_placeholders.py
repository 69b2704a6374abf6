"""Which values only stand where a real one should."""

from __future__ import annotations

import pytest
from secret_samples import samples

from parity_host.secrets.placeholders import KINDS, placeholder_class

TABLE = {
    "yourhere": [
        "your_dev_microsoft_client_secret_here",
        "your-api-key",
        "YOUR_SECRET_KEY",
        "<your-api-key>",
        "your secret here",
        "yourpassword",
        "yourdomain.com",
        "https://yourdomain.com/callback",
        "put-your-key-here",
        "secret_key_here",
        "insert_the_token_here",
        "sk-your-openai-key",
        '"your_key"',
        "enter-your-password",
        "apikeyhere",
    ],
    "changeme": [
        "changeme",
        "CHANGE_ME",
        "change-me",
        "changeme123",
        "please-change",
        "change_this_in_production",
        "ChangeMeNow",
        "replace_me",
        "replace-with-real-key",
        "dev-secret-change-me-please",
        "set_me",
        "fill_me_in",
        "to-be-changed",
        "fixme",
        "rotate-me",
        "super-secret-change-in-production",
        "django-insecure-" + "q7x)w2",
    ],
    "template": [
        "<api-key>",
        "{{ vault_password }}",
        "{{db.password}}",
        "xxx",
        "XXXXXXXX",
        "sk-xxxxxxxxxxxx",
        "***",
        "********",
        "TODO",
        "TBD",
        "todo: ask ops",
        "...",
        "[your key]"[:1] + "api key]",
        "__SECRET__",
        "%PASSWORD%",
        "placeholder",
        "redacted",
        "xxxx-xxxx-xxxx",
    ],
    "default": [
        "postgres",
        "Admin",
        "password",
        "P@ssw0rd",
        "guest",
        "minioadmin",
        "root",
        "secret",
        "admin123",
        "mysecretpassword",
        "supersecretkey",
        "letmein",
        "keyboard cat".replace(" ", "-"),
    ],
    "repeated": [
        "aaaaaa",
        "111111",
        "0000",
        "12345678",
        "abcdef",
        "654321",
        "abababab",
        "0123456789abcdef",
        "qwertyuiop",
    ],
    "example": [
        "example-key",
        "AKIA" + "IOSFODNN7EXAMPLE",
        "foo",
        "bar",
        "dummy_token",
        "fake-secret",
        "sample",
        "https://example.com/x",
    ],
    "none": [
        "",
        " ",
        "hunter2",
        "correct horse battery",
        "5432",
        "true",
        "production",
        "prod_user",
        "10.0.0.1",
        "https://api.internal/v1",
        "noreply@corp.test",
        "INFO",
        "Tr0ub4dor&3",
        "${PASSWORD}",
        "Forget about your troubles, come on, be happy today",
        "yours-truly-7",
        "redis://redis:6379/0",
        "/etc/ssl/private/key.pem",
        "exchange",
        "themeeting",
        "a.b.c",
        "15m",
        "3.11.9",
        "{}",
        "[]",
        "*",
        "-",
        "x",
        "xx",
        "foobarbaz7",
    ],
}


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in TABLE.items() for value in values])
def test_the_kind_of_a_value(kind: str, value: str) -> None:
    assert placeholder_class(value) == kind


def test_the_kinds_are_those_of_the_table() -> None:
    assert set(TABLE) == set(KINDS)


def test_real_secrets_are_no_placeholders() -> None:
    parts = [part for sample in samples(seed=5, each=20) for part in sample.parts]
    taken = [part for part in parts if placeholder_class(part) != "none"]
    assert len(taken) <= len(parts) // 1000
