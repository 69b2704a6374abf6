"""Compose files are written anew such that Compose reads in them what it reads in the host's."""

from __future__ import annotations

import pytest
from compose_oracle import RefusedError as ComposeRefused
from compose_oracle import model

from parity.record.compose_yaml import DEPTH_LIMIT, RefusedError, read, write

# Plain, and in both quotes where they fit.
SCALARS = [
    *("1", "012", "0o12", "0x1F", "0b11", "1_000", "+12", "-7", "1e3", ".5", "1.", "12:30:45"),
    *(
        "true",
        "True",
        "yes",
        "no",
        "on",
        "off",
        "y",
        "~",
        "null",
        "NULL",
        "",
        "2020-01-01",
        "2001-12-14 21:59:43.10",
        "2001-12-14 21:59:43 -5",
        "2001-1-1 1:2:3Z",
    ),
    *(
        "8080:80",
        "22:22",
        "a b",
        "a: b",
        "a #b",
        "#b",
        "- a",
        "---",
        "...",
        "<<",
        "=",
        "!x",
        "&a",
        "*a",
        "@a",
        "%a",
        "`a",
    ),
    *(
        "é",
        "\u2028",
        "\x85",
        "😀",
        "\ufeffx",
        "$$A",
        "${A:-b c}",
        "C:\\x",
        "a\\nb",
        "it''s",
        'say \\"x\\"',
        "[a, b]",
        "{a: b}",
    ),
    *(
        "x" * 2000,
        "http://u:p@h:80/p?q=1#f",
        "-",
        ":",
        "a:",
        ":a",
        "trailing ",
        "1.2.3.4",
        "0777",
        "1e",
        "0x",
        "infinity",
    ),
]
DOCUMENTS = {
    "anchors": "x-a: &a {image: x, labels: &l {k: v}}\nservices:\n  s: {<<: *a, user: '1'}\n  t: {<<: [*a, {user: b}], labels: *l}\n",
    "tags": "services: {s: {image: !!str 1, user: !!str 007, stdin_open: !!bool true, labels: {a: !!int 3, b: !!null ~}}}\n",
    "blocks": "services:\n  s:\n    image: x\n    command: |\n      a\n       b\n\n    user: >-\n      c\n      d\n    domainname: |+\n      e\n\n",
    "quotes": 'services: {s: {image: "a\\\n   b", user: \'c\n\n  d\', hostname: "\\u00e9\\x41\\t\\0"}}\n',
    "flow": "services: {s: {image: x, dns: [a, 'b', \"c\", d,], environment: {A: , 'B':1, ? C : d}}}\n",
    "documents": "services: {s: {image: x, environment: [A=1]}}\n---\nservices: {s: {user: a, environment: !override [B=1]}}\n",
    "reset": "services: {s: {image: x, ports: ['80:80']}}\n---\nservices: {s: {ports: !reset [], image: y}}\n",
    "directives": "%YAML 1.1\n---\nservices: {s: {image: x}}\n...\n# end\n",
    "byte order mark": "\ufeffservices:\n  s:\n    image: x\n",
    "carriage returns": "services:\r\n  s:\r\n    image: x\r\n    command: |\r\n      a\r\n      b\r\n",
    "long key": f"services: {{s: {{image: x, labels: {{{'k' * 900}: v, ? {'l' * 1500} : w}}}}}}\n",
    "numbers as keys": "services: {s: {image: x, labels: {a.b/c: 1, '2': b}}}\n",
    "no value": "services:\n  s:\n    image: x\n    environment:\n      A:\n      B: ''\nvolumes:\n  v:\n",
}


@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=DOCUMENTS)
def test_compose_reads_the_same(text: str):
    assert model({"compose.yaml": anew(text)}) == model({"compose.yaml": text})


def test_compose_reads_every_scalar_as_the_same():
    texts = [form for scalar in SCALARS for form in (scalar, f"'{scalar}'", f'"{scalar}"')]
    items = [f"  - {text}\n" for text in texts] + [
        f"  - {{{text}: 1}}\n" for text in texts if text[:1] in ("'", '"') and "x" * 100 not in text
    ]
    kept = [item for item in items if readable(f"x:\n{item}")]
    document = "services: {s: {image: x}}\nx-all:\n" + "".join(kept)
    ours = model({"compose.yaml": anew(document)}, ("--no-interpolate",))
    assert len(kept) > 200
    assert ours == model({"compose.yaml": document}, ("--no-interpolate",))


REFUSED = {
    "not closed": ("a: [b\n", 2, "did not find expected ',' or ']'"),
    "key twice": ("a:\n  b: 1\n  c: 2\n  b: 3\n", 4, 'mapping key "b" already defined at line 2'),
    "key that is a list": ("a:\n  ? [b]\n  : 1\n", 2, "a mapping key is not a string"),
    "unknown alias": ("a: 1\nb: *c\n", 2, "unknown anchor 'c' referenced"),
    "another version": ("%YAML 1.2\n---\na: 1\n", 1, "found incompatible YAML document"),
    "deep": ("[" * 100_000, 1, f"it is nested more than {DEPTH_LIMIT} levels deep"),
    "deep in blocks": ("- " * 5000, 1, f"it is nested more than {DEPTH_LIMIT} levels deep"),
    "circle": ("a: &a\n  b: *a\n", 0, "its aliases expand to too much: Compose rejects excessive aliasing"),
    "laughs": (
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
        ),
        0,
        "its aliases expand to too much: Compose rejects excessive aliasing",
    ),
    "aliases of a long text": (
        f"a: &a {'x' * 100_000}\nb: [{', '.join(['*a'] * 100)}]\n",
        0,
        "its aliases expand to too much: Compose rejects excessive aliasing",
    ),
    "large": ("a: " + "x" * 5_000_000, 0, "it is larger than 4 MB"),
    "many": ("[" + "a," * 200_000 + "]", 0, "it has more than 100000 entries"),
    "control character": ("a: \x01\n", 0, "control characters are not allowed"),
}


@pytest.mark.parametrize(("text", "line", "message"), REFUSED.values(), ids=REFUSED)
def test_refuses(text: str, line: int, message: str):
    with pytest.raises(RefusedError) as refused:
        anew(text)
    assert (str(refused.value), refused.value.line) == (message, line)


def test_half_a_character_is_no_error():
    assert "a" in anew("a: \ud800\udc80\n")


def test_compose_refuses_a_key_twice_too():
    with pytest.raises(ComposeRefused, match='line 4: mapping key "b" already defined at line 2'):
        model({"compose.yaml": REFUSED["key twice"][0]})


def readable(text: str) -> bool:
    try:
        anew(text)
    except RefusedError:
        return False
    return True


def anew(text: str) -> str:
    return write(read(text))
