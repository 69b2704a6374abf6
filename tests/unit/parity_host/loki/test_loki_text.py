"""No secret of a Loki file leaves its host, however YAML writes it; what Loki makes of the file stays the same."""

from __future__ import annotations

import contextlib
import datetime
import random
from pathlib import Path

import pytest
import yaml

from parity.programs.loki.check.check import check
from parity.programs.loki.read.releases import releases
from parity_host.loki.files import redact
from parity_host.secrets.redact import Redactor
from parity_host.secrets.sealing import CannotSealError, Sealer

KEY = b"k" * 48
TODAY = datetime.date(2026, 11, 24)
SECRET = "lunarViolet35"
CASES = sorted((Path(__file__).resolve().parents[3] / "cases/loki").rglob("*.yaml"))
SHAPES = [
    "secret_access_key: {s}",
    "secret_access_key:\n  {s}",
    "secret_access_key:\n\n  # why\n  {s}",
    "secret_access_key: '{s}'",
    'secret_access_key:\n  "{s}"',
    "secret_access_key: !!str {s}",
    "secret_access_key: &a {s}",
    "secret_access_key: !!str &a\n  {s}",
    "secret_access_key: |\n  {s}",
    "secret_access_key: >-\n  {s}\n  {s}",
    "secret_access_key: |2-\n    {s}",
    "secret_access_key: first\n  {s}",
    "secret_access_key: 'first\n  {s}'",
    'secret_access_key: "first\n  {s}"',
    'secret_access_key: "\\x6cunarViolet35"',
    "? secret_access_key\n: {s}",
    "? secret_access_key\n:\n  {s}",
    '"secret_access_key": {s}',
    "'secret_access_key' :   {s}",
    "{{secret_access_key: {s}}}",
    '{{"secret_access_key":"{s}"}}',
    "{{a: b, ? secret_access_key : {s}}}",
    "[{{secret_access_key: {s}}}]",
    "aws: {{secret_access_key:\n  {s}}}",
    "api_keys: [{s}]",
    "api_keys:\n- {s}",
    "api_keys:\n  - a\n  -\n    {s}",
    "access: &x {s}\nsecret_access_key: *x",
    "list: &x [{s}]\napi_keys: *x",
    "<<: {{secret_access_key: {s}}}",
    "# secret_access_key: {s}",
    "a: b # {s}",
    "---\nsecret_access_key: {s}\n...\n---\nsecret_access_key: {s}",
    "secret_access_key: {s}\r\nother: 1\r",
    "secret_access_key:\r\n  {s}\r",
    "-\n  secret_access_key: {s}",
    "deep:\n  - - secret_access_key:\n        {s}",
    "url: http://user:{s}@host/x",
    "password: {s} # not this",
    "password: {s}#this too",
]
# What is no YAML from some line on, and what Loki says of it must still be seen.
BROKEN = [
    "a: [\n{}",
    "a: 'x\nb: 1\n{}",
    "a: @\n{}",
    "a: b: c\n{}",
    "\ta: 1\n{}",
    "a: 1\n b: 2\n{}",
    "{}\n}}\n",
    "a: *none]\n{}",
]


def shapes(secret: str) -> list[str]:
    return [shape.format(s=secret) + "\n" for shape in SHAPES]


@pytest.mark.parametrize("text", shapes(SECRET))
def test_no_form_of_yaml_shows_it(text: str) -> None:
    shown = redact(text, Redactor(KEY))
    assert SECRET not in shown
    assert "unarViolet35" not in shown
    assert shown.count("\n") == text.count("\n")


@pytest.mark.parametrize("text", [text for text in shapes(SECRET) if "\\x" not in text])
@pytest.mark.parametrize("broken", BROKEN)
def test_nor_does_a_file_that_is_no_yaml(text: str, broken: str) -> None:
    whole = broken.format(text)
    shown = redact(whole, Redactor(KEY))
    assert SECRET not in shown
    assert shown.count("\n") == whole.count("\n")


@pytest.mark.parametrize("text", shapes(SECRET))
def test_what_is_yaml_stays_the_same_yaml(text: str) -> None:
    def keys(node: object) -> object:
        if isinstance(node, dict):
            return {key: keys(value) for key, value in node.items()}
        return [keys(item) for item in node] if isinstance(node, list) else type(node)

    before, after = (list(yaml.safe_load_all(one)) for one in (text, redact(text, Redactor(KEY))))
    assert [keys(one) for one in before] == [keys(one) for one in after]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_loki_says_the_same_of_it(path: Path) -> None:
    text = path.read_text()
    for version in (str(releases()[-1]), "2.9.0"):
        before, after = (check(one, version, TODAY) for one in (text, redact(text, Redactor(KEY))))
        assert [(one.rule, one.line, one.path) for one in before] == [(one.rule, one.line, one.path) for one in after]


def test_sealed_text_is_opened_byte_for_byte() -> None:
    chance = random.Random(20261130)  # noqa: S311 - no secret
    texts = [*shapes(SECRET), *(path.read_text() for path in CASES)]
    for text in [*texts, *("".join(chance.sample(shapes("anOther77Value"), 3)) for _ in range(200))]:
        sealer = Sealer(KEY)
        sealed = sealer.seal(text, redact)
        assert sealer.unseal(sealed, sealed) == text


def test_two_environments_with_one_secret_show_one_token() -> None:
    one, other = (redact(text, Redactor(KEY)) for text in (SHAPES[0].format(s=SECRET), SHAPES[1].format(s=SECRET)))
    assert one.split()[-1] == other.split()[-1] != ""


def test_nothing_is_raised_over_any_text() -> None:
    chance = random.Random(7)  # noqa: S311 - no secret
    signs = "ab:\n\r -?&*!|>'\"%@`#{}[],~\t"
    for _ in range(1500):
        text = "".join(chance.choice(signs) for _ in range(chance.randint(0, 40)))
        assert redact(text, Redactor(KEY)).count("\n") == text.count("\n")
        with contextlib.suppress(CannotSealError):
            Sealer(KEY).seal(text, redact)
