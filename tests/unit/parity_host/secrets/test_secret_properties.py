"""What must hold for every text: nothing planted survives, nothing changes when it is done twice, nothing crashes."""

from __future__ import annotations

import json
import string
import time
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from parity_host.secrets.redact import Redactor
from parity_host.secrets.token import TOKEN, find

KEY = b"a key for tests"
QUICK = settings(deadline=None, max_examples=40)
_SIGNS = "!#%^*()-_=+[]{}:;,.<>/?|~@&"
# A secret of any printable characters, but not one that is an option, a reference or a common word.
_FIRST = st.sampled_from(["p4", "Zq", "x9", "Ab", "k7"])
ANY_SECRET = st.builds(
    lambda a, b, c: a + b + c,
    _FIRST,
    st.text(string.ascii_letters + string.digits + _SIGNS + " \"'\\`$éß漢", min_size=6, max_size=40),
    _FIRST,
)
WORD_SECRET = st.builds(
    lambda a, b, c: a + "7" + b + c,
    _FIRST,
    st.text(string.ascii_letters + string.digits + "!#%^*-_+./~@", min_size=5, max_size=40),
    _FIRST,
)
PLAIN_SECRET = st.builds(
    lambda a, b: a + "7" + b, _FIRST, st.text(string.ascii_letters + string.digits + "-_", min_size=6, max_size=40)
)
NAME = st.sampled_from(
    [
        "DB_PASSWORD",
        "PGPASSWORD",
        "api_key",
        "apiKey",
        "client-secret",
        "spring.datasource.password",
        "REDIS_PASS",
        "JWT_SECRET",
        "AUTH_TOKEN",
        "MYSQL_PWD",
        "SECRET_KEY",
        "smtpPassword",
    ]
)
# What may stand before and behind; without the secrets' own characters, or a piece of one could be in it by chance.
AROUND = st.text("\u03b1\u00e9\u6f22 \t\n.,:;=()[]{}<>|&!?*+-_/\"'`\\$#%@^~\0\u202e", max_size=30)


def _gone(secret: str, shown: str, around: str = "") -> None:
    assert secret not in shown
    # Neither may a good part of it be left.
    half = max(6, len(secret) // 2)
    assert not any(
        secret[at : at + half] in TOKEN.sub("\0", shown).replace(around or "\0", "\0")
        for at in range(len(secret) - half + 1)
    )


@QUICK
@given(NAME, ANY_SECRET)
def test_nothing_of_a_secret_variable_is_left(name: str, secret: str) -> None:
    _gone(secret, Redactor(KEY).value(name, secret))


@pytest.mark.parametrize(
    "template",
    [
        "postgresql://prod_user:{}@postgres:5432/app",
        "redis://:{}@redis:6379/0",
        "amqp://app:{}@mq1:5672/vhost",
        "mongodb+srv://app:{}@cluster0.example.net/app?retryWrites=true",
        "mysql+pymysql://root:{}@mysql/app",
    ],
)
@QUICK
@given(secret=ANY_SECRET)
def test_nothing_of_an_encoded_password_is_left(template: str, secret: str) -> None:
    shown = Redactor(KEY).value("DATABASE_URL", template.format(quote(secret, safe="")))
    _gone(secret, shown)
    _gone(quote(secret, safe=""), shown)
    assert shown.startswith(template.partition("{}")[0])


@pytest.mark.parametrize(
    "template", ["postgresql://prod_user:{}@postgres:5432/app", "redis://:{}@redis:6379/0", "amqp://app:{}@mq1/"]
)
@QUICK
@given(secret=WORD_SECRET)
def test_nothing_of_an_unescaped_password_is_left(template: str, secret: str) -> None:
    _gone(secret, Redactor(KEY).value("DATABASE_URL", template.format(secret)))


@pytest.mark.parametrize(
    "template",
    [
        '{}="{}"',
        "{}: '{}'",
        '"{}": "{}"',
        "export {}='{}'",
        'level=info msg="start" {}="{}" port=8000',
        '{{"a": 1, "{}": "{}", "b": [2]}}',
        "# {}={}",
        "{}={}",
        "  - {}={}",
    ],
)
@QUICK
@given(around=AROUND, name=NAME, secret=PLAIN_SECRET)
def test_nothing_of_a_named_secret_in_text_is_left(template: str, around: str, name: str, secret: str) -> None:
    shown = Redactor(KEY).text(around + "\n" + template.format(name, secret) + "\n" + around)
    _gone(secret, shown.replace(name, "\0"), around)  # a secret may hold a word of its name


@pytest.mark.parametrize("template", ["{}={}", "export {}={}", "  - {}={}", "#{}={}"])
@QUICK
@given(name=st.sampled_from(["DB_PASSWORD", "PGPASSWORD", "API_KEY", "JWT_SECRET"]), secret=WORD_SECRET)
def test_nothing_of_an_unquoted_variable_is_left(template: str, name: str, secret: str) -> None:
    _gone(secret, Redactor(KEY).text("A=1\n" + template.format(name, secret) + "\nB=2"), name)


@pytest.mark.parametrize("quote", ["'", '"', "`"])
@QUICK
@given(around=AROUND, name=NAME, secret=ANY_SECRET)
def test_nothing_of_a_quoted_value_is_left(quote: str, around: str, name: str, secret: str) -> None:
    assume(quote not in secret and not secret.endswith("\\"))
    _gone(secret, Redactor(KEY).text(f"{around}\n{name} = {quote}{secret}{quote} {around}"), around)


@QUICK
@given(name=NAME, secret=ANY_SECRET)
def test_nothing_of_a_secret_in_json_is_left(name: str, secret: str) -> None:
    shown = Redactor(KEY).text(json.dumps({"port": 1, name: secret, "host": "db"}))
    _gone(json.dumps(secret)[1:-1], shown)
    assert json.loads(shown)["host"] == "db"


@pytest.mark.parametrize(
    "words",
    [
        ("redis-server", "--requirepass", "{}"),
        ("mysqladmin", "ping", "-uroot", "-p{}"),
        ("mysqld", "--password={}"),
        ("curl", "-u", "admin:{}", "http://api:8000"),
        ("psql", "postgresql://u:{}@db/app"),
        ("sshpass", "-p", "{}", "ssh", "host"),
        ("java", "-Dfoo.password={}", "-jar", "x.jar"),
        ("prog", "--api-key", "{}"),
        ("env", "PGPASSWORD={}", "pg_dump", "app"),
    ],
)
@QUICK
@given(secret=WORD_SECRET)
def test_nothing_of_a_secret_in_a_command_is_left(words: tuple[str, ...], secret: str) -> None:
    argv = [word.replace("{}", secret) for word in words]
    shown = Redactor(KEY).argv(argv)
    _gone(secret, "\n".join(shown))
    assert shown[0] == words[0]
    assert len(shown) == len(words)
    quoted = " ".join("'" + word + "'" for word in argv)
    _gone(secret, Redactor(KEY).command(quoted))
    _gone(secret, "\n".join(Redactor(KEY).argv(["CMD-SHELL", quoted])))


@QUICK
@given(st.lists(WORD_SECRET, min_size=1, max_size=5), AROUND, st.sampled_from(["{}", "x{}y", "a/{}/b", '"{}"', "/{}?"]))
def test_the_sweep_finds_what_was_met(secrets: list[str], around: str, template: str) -> None:
    redactor = Redactor(KEY)
    for number, secret in enumerate(secrets):
        redactor.value(f"DB_PASSWORD_{number}", secret)
    for secret in secrets:
        planted = around + template.format(secret) + around
        data = {"log": [planted, {planted: 1}], "url": quote(secret, safe=""), "json": json.dumps(secret)}
        shown = json.dumps(redactor.sweep(data))
        assert secret not in shown
        assert secret not in redactor.sweep(planted)


@QUICK
@given(st.one_of(st.text(), WORD_SECRET, st.builds("{}={}".format, NAME, st.text())))
def test_doing_it_twice_changes_nothing(text: str) -> None:
    redactor = Redactor(KEY)
    once = redactor.text(text)
    assert redactor.text(once) == once
    assert Redactor(b"another key").text(once) == once
    for name in ("DB_PASSWORD", "SETTING"):
        shown = redactor.value(name, text)
        assert redactor.value(name, shown) == shown
    line = redactor.command(text)
    assert redactor.command(line) == line
    words = redactor.argv(text.split(" "))
    assert redactor.argv(words) == words
    swept = redactor.sweep({"a": [once, text]})
    assert redactor.sweep(swept) == swept


@QUICK
@given(NAME, ANY_SECRET)
def test_a_token_is_the_same_everywhere(name: str, secret: str) -> None:
    assume('"' not in secret and "\\" not in secret and "$" not in secret)
    redactor = Redactor(KEY)
    token = redactor.value(name, secret)
    assert Redactor(KEY).value("OTHER_PASSWORD", secret) == token
    assert Redactor(b"another").value(name, secret) != token
    assert redactor.text(f'{name}="{secret}"') == f'{name}="{token}"'
    assert redactor.argv(["prog", "--password=" + secret]) == ["prog", "--password=" + token]
    url = "postgresql://u:%s@h:5432/db"
    assert redactor.value("DATABASE_URL", url % quote(secret, safe="")) == url % token


@QUICK
@given(st.text(alphabet=st.characters(exclude_categories=())), NAME)
@example("\ud800", "DB_PASSWORD")
@example("\x00" * 50, "DB_PASSWORD")
@example("password=\ud83d\u202e\x00", "DB_PASSWORD")
def test_no_text_is_too_odd(text: str, name: str) -> None:
    redactor = Redactor(KEY)
    redactor.value(name, text)
    redactor.value("SETTING", text)
    redactor.value(text, text)
    redactor.text(text)
    redactor.command(text)
    redactor.argv([text, text])
    redactor.sweep({text: [text, None, 1, True, {"a": text}]})


MILLION = 1_000_000
PIECES = [
    "a",
    "=",
    "://",
    '"',
    "'",
    "`",
    "\\",
    "a=",
    "key=",
    "password=",
    'password="',
    "password: ",
    "a.",
    "a-",
    "-",
    "@",
    ":",
    "a:b@",
    "a://",
    "a://b:c@",
    "{",
    "[",
    "<",
    "<a>",
    "$",
    "${",
    "password=${A:-",
    "$2b$",
    "eyJhbGciOi.",
    "0",
    "0a",
    "Ab1/",
    "cookie: a=b; ",
    "identified by '",
    "authorization: bearer ",
    "--password ",
    "?token=",
    "password is ",
    "user x >",
    "-----BEGIN " + "PRIVATE KEY-----",
    "parity-secret-",
    "x/",
    "AB12-",
    "\0",
    "é",
    " ",
    "\t",
    "password=a,",
    "secret=[",
    "1:",
    "u/p@",
]


@pytest.mark.parametrize("piece", PIECES)
def test_no_line_takes_long(piece: str) -> None:
    line = (piece * (MILLION // len(piece) + 1))[:MILLION]
    start = time.process_time()
    Redactor(KEY).text(line)
    assert time.process_time() - start < 1


@pytest.mark.parametrize("piece", ["a", "=", "://", '"', "'", "password=", "--password ", "a://b:c@", "$(", "|"])
def test_no_value_and_no_command_takes_long(piece: str) -> None:
    line = (piece * (MILLION // len(piece) + 1))[:MILLION]
    start = time.process_time()
    Redactor(KEY).value("SETTING", line)
    Redactor(KEY).command(line)
    Redactor(KEY).argv([line])
    assert time.process_time() - start < 3


def test_a_sweep_takes_time_for_the_text_only() -> None:
    redactor = Redactor(KEY)
    for number in range(200):
        redactor.value(f"DB_PASSWORD_{number}", f"s3cr{number}t-{number * 7919}")
    lines = [f"2025-09-15 11:25:00 GET /health 200 worker-{number}" for number in range(4000)] + ["x s3cr7t-55433 y"]
    start = time.process_time()
    shown = redactor.sweep({"log": lines})
    assert time.process_time() - start < 1
    assert shown["log"][:-1] == lines[:-1]
    assert len(find(shown["log"][-1])) == 1
