"""The sweep: what was met is found again, in every spelling, and nothing harmless is torn apart."""

from __future__ import annotations

import base64
import copy
import html
import json
import pickle
import random
import re
from urllib.parse import quote, quote_plus

import pytest
from secret_marks import KEY

from parity_host.secrets import sweep
from parity_host.secrets.redact import Redactor
from parity_host.secrets.sweep import Index, encodings, is_telling
from parity_host.secrets.token import make

WORD_LIKE = re.compile(r"[A-Za-z]+|[0-9]+|[a-z]+(?:[_-][a-z]+)*")
SECRET = "p@ss/w\"rd'7 $x&ü+"


@pytest.fixture
def redactor() -> Redactor:
    met = Redactor(KEY)
    met.value("DB_PASSWORD", SECRET)
    return met


@pytest.mark.parametrize(
    "spelled",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        quote(SECRET, safe="").lower().replace("%c3%bc", "%c3%bc"),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(SECRET)[1:-1])[1:-1],
        SECRET.replace("$", "$$"),
        SECRET.replace("'", "''"),
        SECRET.replace("'", "'\\''"),
        repr(SECRET)[1:-1],
        html.escape(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
    ],
)
def test_every_spelling_is_found(redactor: Redactor, spelled: str) -> None:
    token = make(KEY, SECRET)
    shown = redactor.sweep({"a": ["x" + spelled + "y", 7, None, True, (spelled,)], "url " + spelled: {"b": spelled}})
    assert shown == {"a": ["x" + token + "y", 7, None, True, [token]], "url " + token: {"b": token}}


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "user:"])
def test_the_middle_of_a_longer_base64_is_found(redactor: Redactor, before: str) -> None:
    encoded = base64.b64encode((before + SECRET + "tail").encode()).decode()
    shown = redactor.sweep(encoded)
    assert make(KEY, SECRET) in shown
    assert not any(encoded[at : at + 16] in shown for at in range(4, len(encoded) - 20))


@pytest.mark.parametrize("length", range(6, 16))
def test_base64_of_any_length_is_found_whole(length: int) -> None:
    redactor = Redactor(KEY)
    secret = "q3cret-xyz-q7w8"[:length]
    redactor.value("DB_PASSWORD", secret)
    encoded = base64.b64encode(secret.encode()).decode()
    assert redactor.sweep(f"a {encoded} b") == f"a {make(KEY, secret)} b"
    assert redactor.sweep(f"a {encoded.rstrip('=')} b") == f"a {make(KEY, secret)} b"


def test_the_longest_comes_first_and_ends_of_texts_are_seen() -> None:
    redactor = Redactor(KEY)
    for value in ("s3cret-one", "s3cret-one-and-more", "other7secret"):
        redactor.value("X_PASSWORD", value)
    assert redactor.sweep("s3cret-one-and-more s3cret-one") == make(KEY, "s3cret-one-and-more") + " " + make(
        KEY, "s3cret-one"
    )
    # A log line that was cut: what is left of the secret at its end is hidden all the same.
    line = "GET /health " * 20
    token = make(KEY, "other7secret")
    assert redactor.sweep(line + "other7se") == line + token
    assert redactor.sweep(line + "other7secretother7") == line + token + token
    assert redactor.sweep(line + "other") == line + "other"
    assert redactor.sweep("other7se") == "other7se"


def test_a_word_is_not_taken_for_a_secret_that_was_cut() -> None:
    redactor = Redactor(KEY)
    redactor.value("X_SECRET", "production-k3y")
    for text in ("production", "GET /health " * 20 + "production"):
        assert redactor.sweep(text) == text


@pytest.mark.parametrize(
    "common",
    [
        "postgres",
        "admin",
        "redis",
        "production",
        "true",
        "5432",
        "aaaaaaaa",
        "12345678",
        "abc",
        "x7",
        "container",
        "password",
    ],
)
def test_common_words_and_short_ones_are_left(common: str) -> None:
    redactor = Redactor(KEY)
    redactor.value("DB_PASSWORD", common)
    text = f"image {common}:15 in {common}"
    assert redactor.sweep({"image": text}) == {"image": text}


@pytest.mark.parametrize(
    ("secret", "text", "swept"),
    [
        ("rabbit", "rabbitmq says rabbit.", "rabbitmq says {}."),
        ("sunshine", "sunshines sunshine", "sunshines {}"),
        ("834215", "x834215 834215", "x834215 {}"),
        ("hunter2", "xhunter2y", "x{}y"),
    ],
)
def test_words_and_numbers_are_found_where_they_stand_alone(secret: str, text: str, swept: str) -> None:
    redactor = Redactor(KEY)
    redactor.value("DB_PASSWORD", secret)
    assert redactor.sweep(text) == swept.format(make(KEY, secret))


def test_a_password_that_is_its_users_name_is_left_elsewhere() -> None:
    redactor = Redactor(KEY)
    redactor.value("POSTGRES_USER", "personal_assistant")
    redactor.value("POSTGRES_PASSWORD", "personal_assistant")
    redactor.value("DATABASE_URL", "postgresql://kevin7:kevin7@db/app")
    facts = {"containers": [{"name": "personal_assistant_api"}, {"name": "kevin7"}]}
    assert redactor.sweep(facts) == facts


def test_names_of_facts_stay_even_if_a_password_is_one() -> None:
    redactor = Redactor(KEY)
    redactor.value("DB_PASSWORD", "log_tail")
    assert redactor.sweep({"log_tail": ["x log_tail y"]}) == {"log_tail": [f"x {make(KEY, 'log_tail')} y"]}


def test_what_is_inside_a_secret_is_found_too() -> None:
    redactor = Redactor(KEY)
    pair = base64.b64encode(b"admin:hunter2-and-more").decode()
    redactor.text("Authorization: Basic " + pair)
    lines = ["q7" * 16, "w8e9" * 8]
    redactor.value("TLS_KEY", "\n".join(("-----BEGIN " + "PRIVATE KEY-----", *lines, "-----END " + "PRIVATE KEY-----")))
    assert redactor.sweep("login hunter2-and-more ok") == "login " + make(KEY, "hunter2-and-more") + " ok"
    assert lines[0] not in redactor.sweep("read " + lines[0])
    assert lines[1] not in redactor.sweep("read " + lines[1])


def test_two_redactors_know_nothing_of_each_other(redactor: Redactor) -> None:
    assert Redactor(KEY).sweep(SECRET) == SECRET


def test_what_is_remembered_cannot_be_had(redactor: Redactor) -> None:
    assert repr(redactor) == str(redactor) == "<Redactor>"
    assert not hasattr(redactor, "__dict__")
    for take in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError) as failure:
            take(redactor)
        assert SECRET not in str(failure.value)


def test_telling_and_encodings() -> None:
    assert is_telling("hunter2")
    assert not is_telling("short")
    assert "hunter2" in encodings("hunter2")
    assert all(len(form) >= 6 for form in encodings("p@ss7"))


def spans_by_trying(known: dict[str, str], text: str) -> list[tuple[int, int]]:
    """Return where known secrets stand, by trying each form at each place: slow, and plainly right."""
    forms = {form for met in known if is_telling(met) for form in encodings(met)}
    found, done = [], 0
    for at in range(len(text)):
        ends = []
        for form in forms if at >= done else ():
            end = at + len(form)
            bounded = WORD_LIKE.fullmatch(form) is not None
            around = text[at - 1 : at] * bool(at) + text[end : end + 1]
            if text.startswith(form, at) and not (bounded and any(sign.isalnum() for sign in around)):
                ends.append(end)
            elif end > len(text) >= 200 and not bounded and form.startswith(text[at:]) and is_telling(text[at:]):
                ends += [len(text)] if not ends else []
        whole = [end for end in ends if text[at:end] in forms]
        if ends and len(text) - at >= 6:
            done = max(whole or ends)
            found.append((at, done))
    return found


def test_what_is_found_is_what_trying_everything_finds() -> None:
    chance = random.Random(5)  # noqa: S311 - no secret
    for _ in range(150):
        start = "".join(chance.choice("ab1") for _ in range(6))
        ends = [
            "".join(chance.choice("ab1-_") for _ in range(chance.randint(0, 5))) for _ in range(chance.randint(1, 12))
        ]
        known = {start + end: start + end for end in ends}
        pieces = [*known, start, "a", "1", "-", " ", "zz", " " * chance.choice((1, 200))]
        text = "".join(chance.choice(pieces) for _ in range(chance.randint(1, 30)))
        text += chance.choice(list(known))[: chance.randint(0, 11)]
        found = [(span.start, span.end) for span in Index(known).find(text)]
        assert found == spans_by_trying(known, text), (known, text)


class Counted(str):
    """A form that counts how often it is measured, which is done wherever it is looked for."""

    __slots__ = ()
    looked = 0

    def __len__(self) -> int:
        Counted.looked += 1
        return str.__len__(self)


@pytest.mark.parametrize("count", [100, 1000])
def test_many_secrets_with_one_beginning_cost_little_more_than_one(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(sweep, "encodings", lambda secret: {Counted(secret)})
    known = {secret: secret for secret in (f"aaaaaa{number:014}" for number in range(count))}
    text = ("a" * 60 + "\n") * 333
    Counted.looked = 0
    assert list(Index(known).find(text)) == []
    assert 0 < Counted.looked <= len(text) * (count.bit_length() + 2)
