"""Compose files leave the host without a secret, and Compose makes the same of what is left."""

import functools
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import yaml_oracle
from compose_oracle import LONG, RefusedError, model
from compose_texts import REFUSED, RENDERED
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yaml_texts import yaml_texts

from parity_host.compose.redaction import redact_compose
from parity_host.envfile.reader import effective, read_env_file
from parity_host.envfile.redaction import redact_env_file
from parity_host.secrets import token
from parity_host.secrets.redact import Redactor

SECRET = re.compile("[hH]unter2|S3cr3t|HUNTER2")
NUMBERS = ("12345678", "true")  # they stand under the names of secrets in one text


def redactor() -> Redactor:
    return Redactor(b"k" * 32)


def shown(text: str) -> str:
    return token.TOKEN.sub("<>", text)


def service(lines: str) -> str:
    """Return a compose file with one service of these lines, which are indented by four spaces."""
    return "services:\n  a:\n    image: x\n" + lines


def same_but_for_secrets(before: Any, after: Any, place: str = "") -> None:
    """Compare two models; what differs must be a text with a token in it."""
    if isinstance(before, dict) and isinstance(after, dict):
        assert [shown(key) for key in before] == [shown(key) for key in after] or set(before) == set(after), place
        for key in before:
            same_but_for_secrets(before[key], after[key], f"{place}.{key}")
    elif isinstance(before, list) and isinstance(after, list):
        assert len(before) == len(after), place
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            same_but_for_secrets(one, other, f"{place}[{number}]")
    elif before != after:
        assert isinstance(before, str), (place, before, after)
        assert isinstance(after, str), (place, before, after)
        assert token.find(after), (place, before, after)
        assert SECRET.search(before) or before in NUMBERS, (place, before, after)


def structure(text: str) -> list[tuple[Any, ...]]:
    return [(path, is_key) for path, _, is_key in yaml_oracle.scalars(text)]


@functools.cache
def answers() -> dict[str, Any]:
    """Return what Compose makes of each hand-made text and of what is left of it, asked side by side."""
    texts = [*RENDERED.values(), *REFUSED.values()]
    texts = [*{*texts, *(redact_compose(text, redactor()) for text in texts)}]
    with ThreadPoolExecutor(4) as pool:
        return dict(zip(texts, pool.map(lambda text: outcome({"compose.yaml": text}), texts), strict=True))


def outcome(files: dict[str, str], profiles: str = "") -> Any:
    """Return the rendered model, or Compose's words when it refuses."""
    try:
        return model(files, variables={"COMPOSE_PROFILES": profiles})
    except RefusedError as refused:
        return str(refused)


@pytest.mark.parametrize("text", RENDERED.values(), ids=RENDERED)
def test_compose_makes_the_same_of_it(text: str) -> None:
    redacted = redact_compose(text, redactor())
    assert not SECRET.search(redacted)
    assert redacted.count("\n") == text.count("\n")
    assert isinstance(answers()[text], dict)
    assert isinstance(answers()[redacted], dict)
    same_but_for_secrets(answers()[text], answers()[redacted])
    assert structure(redacted) == structure(
        text if "\t" not in text else text.replace("\t", " ")
    )  # PyYAML takes no tabs
    assert redact_compose(redacted, redactor()).replace("\r", "") == redacted.replace("\r", "")


# Name, text, and what is left of it; None for all of it.
EXACT: list[tuple[str, str, str | None]] = [
    ("plain", "a: b\nPASSWORD: hunter2 # c\n", 'a: b\nPASSWORD: "<>" #\n'),
    ("single-quoted", "A_PASSWORD: 'hunter2'\nb: 'x'\n", "A_PASSWORD: \"<>\"\nb: 'x'\n"),
    ("list", "- PASSWORD=hunter2\n- A = b\n- C=${D}\n", '- "PASSWORD=<>"\n- A = b\n- C=${D}\n'),
    ("variable in a name", "- ${X}_PASSWORD=hunter2\n- ${X:-A}=b\n", '- "${X}_PASSWORD=<>"\n- ${X:-A}=b\n'),
    ("list with a colon and a space", "- PASSWORD=hunter2: x\n", '- "PASSWORD=<>": "<>"\n'),
    ("block", "PASSWORD: | # hunter2\n  hunter2\n\n\nb: c\n", 'PASSWORD: "<>"\n\n\n\nb: c\n'),
    ("in brackets over lines", "{PASSWORD: 'hunter2\n  x', b: c}\n", '{PASSWORD: "<>"\n , b: c}\n'),
    ("default", "PASSWORD: ${X:-hunter2}\n", 'PASSWORD: "${X:-<>}"\n'),
    ("reference alone", "PASSWORD: ${X}\nB_PASSWORD: $X\n", "PASSWORD: ${X}\nB_PASSWORD: $X\n"),
    ("references with text", "URL: postgres://${U}:${P}@${H}/x\n", "URL: postgres://${U}:${P}@${H}/x\n"),
    ("message", "PASSWORD: ${X:?set X, not password=hunter2}\n", 'PASSWORD: "${X:?set X, not password=<>}"\n'),
    ("cut password", "PASSWORD: S3cr3t$hunter2\n", 'PASSWORD: "<>"\n'),
    ("cut password in a url", "URL: http://u:S3cr3t$hunter2@$H/x\n", 'URL: "http://u:<>@$H/x"\n'),
    ("harmless defaults", "A_PASSWORD_FILE: ${F:-/run/secrets/a}\nTOKEN_TTL_MINUTES: ${T:-30}\n", None),
    ("dollars beside a secret", "URL: http://u:hunter2@h/?a=$$b\n", 'URL: "http://u:<>@h/?a=$$b"\n'),
    ("anchor", "a: &x hunter2\nPASSWORD: *x\n", 'a: &x "<>"\nPASSWORD: *x\n'),
    ("tag", "PASSWORD: !!str hunter2\n", 'PASSWORD: !!str "<>"\n'),
    ("anchored list", "a: &x [hunter2, {b: c}]\nd: {passwords: *x}\n", 'a: &x ["<>", {b: c}]\nd: {passwords: *x}\n'),
    ("empty block", "a:\n  b_password: |\n  c: d\n", "a:\n  b_password: |\n  c: d\n"),
    ("many references", "X: " + "$A-" * 400 + "\n", 'X: "<>"\n'),
    (
        "a command with references in one of its words",
        "command: celery -A shop flower --basic_auth=${U}:${P} --url_prefix=flower\n",
        "command: celery -A shop flower --basic_auth=${U}:${P} --url_prefix=flower\n",
    ),
    (
        "a secret beside a reference",
        "command: celery -A shop flower --basic_auth=${U}:hunter2${P} --port=5555\n",
        'command: "celery -A shop flower --basic_auth=${U}<>${P} --port=5555"\n',
    ),
    (
        "what is left of a secret whose beginning was a reference",
        "command: app --token $Y-rest --port 80\n",
        'command: "app --token <> --port 80"\n',
    ),
    (
        "a secret of several words with a reference",
        'command: redis-server --requirepass hunter2"${A} S3cr3t" --save 60\n',
        'command: "<>${A}<>"\n',
    ),
    (
        "a list of queues",
        "command: [celery, -Q, 'high_priority,medium_priority,low_priority,suggested_users,import_triggered,misc']\n",
        None,
    ),
    ("tabs", "a:\tb\t# c\nd: |\t# e\n  f\tg\nh: 'i\tj'\n", "a: b #\nd: |\t#\n  f\tg\nh: 'i\tj'\n"),
    ("nothing to hide", "a: [b, {c: d}]\n", None),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in EXACT], ids=[row[0] for row in EXACT])
def test_redacts(text: str, expected: str | None) -> None:
    assert shown(redact_compose(text, redactor())) == (text if expected is None else expected)


def test_a_name_in_a_script_is_no_secret_elsewhere() -> None:
    hides = redactor()
    text = service(
        '    command: sh -c \'test -n "$$QUBEX_API_SECRET" || echo "QUBEX_API_SECRET is empty"; ls /qubexui\'\n'
    )
    redact_compose(text, hides)
    rest = {"QUBEX_API_SECRET": "", "mounts": ["/qubexui/src"]}
    assert hides.sweep(rest) == rest


def test_the_token_is_the_one_of_the_containers_value() -> None:
    one = redactor()
    text = redact_compose(
        service('    environment:\n      A_PASSWORD: "a$$b\\x41"\n      B_PASSWORD: >-\n        two\n        words\n'),
        one,
    )
    found = model({"compose.yaml": text})["services"]["a"]["environment"]
    assert found == {"A_PASSWORD": one.value("PASSWORD", "a$bA"), "B_PASSWORD": one.value("PASSWORD", "two words")}


def refusal(text: str) -> tuple[str, str]:
    """Return what Compose says to a file: where, and in which words."""
    said = answers()[text]
    assert isinstance(said, str)
    said = shown(said)
    place = re.search(r"L(?P<from>\d+)\.C\d+(?:-(?:L(?P<to>\d+)\.)?C\d+)?: ", said)
    return (place.group("to") or place.group("from"), said[place.end() :]) if place else ("", said)


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_compose_refuses_it_refuses_again(text: str) -> None:
    redacted = redact_compose(text, redactor())
    assert not SECRET.search(redacted)
    assert redacted.count("\n") == text.count("\n")
    before, after = refusal(text), refusal(redacted)
    assert before[0] == after[0]
    assert SECRET.sub("<>", before[1]) == after[1] or "<>" in after[1]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (
            "services:\n  a:\n    environment:\n      [x]: hunter2\n    command: hunter2\n",
            4,
            "a collection is used as a key",
        ),
        ("- " * 200 + "hunter2\n", 1, "nested more than"),
        ("a: b\nc: d\x07hunter2\n", 2, "control characters"),
    ],
)
def test_says_from_where_on_it_hides(text: str, line: int, words: str) -> None:
    redacted = redact_compose(text, redactor())
    assert "hunter2" not in redacted
    assert redacted.count("\n") == text.count("\n")
    assert words in redacted.split("\n")[line - 1]
    with pytest.raises(RefusedError):
        model({"compose.yaml": redacted})


# The ten cases of shared/facts/compose-and-env.md that an audit must survive, as far as the text of files goes.
BASE = "services:\n  a:\n    image: x\n    environment: {DB_PASSWORD: hunter2}\n"
CASES: list[tuple[str, dict[str, str], str]] = [
    (
        "every service behind a profile",
        {"compose.yaml": service("    profiles: [prod]\n    environment: {DB_PASSWORD: hunter2}\n")},
        "*",
    ),
    (
        "every service behind a profile, unnamed",
        {"compose.yaml": service("    profiles: [prod]\n    environment: {DB_PASSWORD: hunter2}\n")},
        "",
    ),
    (
        "reset and override",
        {
            "compose.yaml": BASE,
            "compose.override.yaml": "services:\n  a:\n    environment: !override\n      API_TOKEN: S3cr3t\n"
            "    image: !reset null\n    build: .\n",
        },
        "",
    ),
    (
        "env_file beside the file",
        {"compose.yaml": service("    env_file: ./env/a.env\n"), "env/a.env": "DB_PASSWORD=hunter2\nA=1\n"},
        "",
    ),
    (
        "env_file of the host",
        {"compose.yaml": service("    env_file: /nowhere/a.env\n    environment: {DB_PASSWORD: hunter2}\n")},
        "",
    ),
    (
        "env_file that need not be there",
        {
            "compose.yaml": service(
                "    env_file: [{path: gone.env, required: false}]\n    environment: {DB_PASSWORD: hunter2}\n"
            )
        },
        "",
    ),
    (
        "override of a missing service",
        {
            "compose.yaml": BASE,
            "compose.override.yaml": "services:\n  b:\n    environment:\n      - API_TOKEN=S3cr3t\n",
        },
        "",
    ),
    (
        "variables in names",
        {
            "compose.yaml": service("    environment:\n      - ${P}_PASSWORD=hunter2\n      - ${P}_LOG=info\n"),
            ".env": "P=DB\n",
        },
        "",
    ),
    (
        "required under an inactive profile",
        {"compose.yaml": BASE + "  b:\n    profiles: [x]\n    image: y:${NEED:?set it}\n"},
        "",
    ),
    (
        "one service split in two",
        {
            "compose.yaml": BASE,
            "compose.override.yaml": "services:\n  a-one:\n    image: x\n    environment: {DB_PASSWORD: hunter2}\n"
            "  a-two:\n    image: x\n",
        },
        "",
    ),
    (
        "extends and include",
        {
            "compose.yaml": "include: [inc/other.yaml]\n"
            "services:\n  a:\n    extends: {file: base.yaml, service: base}\n",
            "base.yaml": "services:\n  base:\n    image: x\n    environment: {DB_PASSWORD: hunter2}\n",
            "inc/other.yaml": "services:\n  o:\n    image: y\n    command: app --password S3cr3t\n",
        },
        "",
    ),
    (
        "COMPOSE_FILE in .env",
        {
            "one.yaml": BASE,
            "two.yaml": "services:\n  b:\n    image: y:$TAG\n    environment: ['API_TOKEN=${T}']\n",
            ".env": "COMPOSE_PATH_SEPARATOR=;\nCOMPOSE_FILE=one.yaml;two.yaml\nTAG=5 # hunter2\nT='S3cr3t'\n",
        },
        "",
    ),
    ("the same file on both sides", {"compose.yaml": BASE, "compose.override.yaml": BASE}, ""),
]


def redacted_project(files: dict[str, str]) -> dict[str, str]:
    one = redactor()
    lookup = {
        key: entry.value
        for key, entry in effective(read_env_file(files.get(".env", "").encode())).items()
        if entry.value is not None
    }
    return {
        name: redact_compose(text, one)
        if name.endswith(".yaml")
        else redact_env_file(text.encode(), one, {} if name == ".env" else lookup)
        for name, text in files.items()
    }


@pytest.mark.parametrize(("files", "profiles"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_the_cases_an_audit_must_survive(files: dict[str, str], profiles: str) -> None:
    redacted = redacted_project(files)
    # `T` says nothing of a secret: that it is one shows where it is used, and is the redactor's sweep to find.
    assert not SECRET.search("".join(text for name, text in redacted.items() if name != ".env"))
    before, after = outcome(files, profiles), outcome(redacted, profiles)
    if isinstance(before, str) or isinstance(after, str):
        assert before == after
    else:
        same_but_for_secrets(before, after)


KEYS = st.sampled_from(
    ["a", "environment", "PASSWORD", "DB_PASSWORD", "log level", "x-y", "é", "12", "null", "it's", "- d", "two\nlines"]
)
WORDS = st.sampled_from(
    [
        "b",
        "x y",
        "multi\nline",
        "two\n\nlines\n",
        "  lead",
        "a: b",
        "# no",
        "$X",
        "${Y:-z}",
        "a$$b",
        "it's",
        '"q"',
        "",
        "true",
        "😀",
        "long words " * 9,
        "http://h:80/p",
    ]
)
PLANTED = st.sampled_from(
    [
        "hunter2",
        "hunter2 S3cr3t",
        "hunter2\nS3cr3t\n",
        "hunter2 " * 12,
        "'hunter2\"",
        "hunter2: S3cr3t",
        "# hunter2",
        " hunter2\t",
    ]
)


def planted(draw: st.DrawFn, data: Any, key: str = "") -> Any:
    """Return the data with secrets under the names of secrets, and with some more in lists."""
    if isinstance(data, dict):
        return {name: planted(draw, value, name) for name, value in data.items()}
    if isinstance(data, list):
        return [
            planted(draw, value, key)
            if draw(st.booleans()) or isinstance(value, (dict, list))
            else "PASSWORD=" + draw(PLANTED)
            for value in data
        ]
    return draw(PLANTED) if "PASSWORD" in key and isinstance(data, str) else data


@settings(
    max_examples=6000 if LONG else 60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=not LONG,
)
@given(yaml_texts(WORDS, KEYS, planted))
def test_generated_texts_keep_their_structure_and_lose_their_secrets(text: str) -> None:
    redacted = redact_compose(text, redactor())
    assert not SECRET.search(redacted)
    assert redacted.count("\n") == text.count("\n")
    before, after = yaml_oracle.scalars(text), yaml_oracle.scalars(redacted)
    assert [(path, is_key) for path, _, is_key in before] == [(path, is_key) for path, _, is_key in after]
    for (path, old, _), (_, new, _) in zip(before, after, strict=True):
        assert new == old or token.find(new), (path, old, new)
