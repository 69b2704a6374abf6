"""The scanner finds the scalars that PyYAML finds, and tells nothing from where it does not understand a text."""

import time

import pytest
import yaml
import yaml_oracle
from compose_oracle import LONG
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yaml_texts import yaml_texts

from parity_host.yaml.scalars import write_quoted
from parity_host.yaml.scan import Scan, line_at, line_starts, scan

TEXTS = [
    "a: b\n",
    "a:\n  b: c\n  d: e\nf: g",
    "a:\n- x\n- y\nb: z",
    "a:\n  - x\n  -\n    y\n  -\n  - z\n",
    "- - x\n  - y\n- k: v\n  l: w\n",
    "- \n- a\n-\n",
    "-\n  c: 3\n-   d: 4\n    e: 5\n",
    "a:\n- b: c\n  d:\n  - e\n- f\ng: h\n",
    "a: {b: c, d: [e, f], g: , h}\n",
    'a: [x,\n  y, # c\n  "z"]\nb: 1',
    "a: [b\n, c,\n]\n",
    "k: {a: b c, \"d\":e, 'f' : g,h: i}\n",
    "k: [-, -x, a-b, a:b, http://h:1/p]\n",
    '[a: b, c, "d": {e: f}]\n',
    "{? a : b, ? 'c d' : e, f: g}\n",
    "a: {}\nb: []\nc: [[], {}]\n",
    'a: "x\n  y\n\n  z"\n',
    "a: 'it''s\n  b'\n",
    'a: "x\\n\\u00e9\\x41\\\n   y \\\n\n  z"\n',
    'a: "\\0\\a\\b\\t\\n\\v\\f\\r\\e\\ \\"\\/\\\\\\N\\_\\L\\P\\U0001F600"\n',
    "a: |\n  l1\n   l2\n\n  l3\n\n\nb: >-\n  f1\n  f2\n\n  f3\n   i\n  f4\n",
    "a: |2\n   x\n  y\n",
    "a: |1-\n x\nb: |-1\n x\nc: >2+\n  y\n\n",
    "a: |+\n  x\n\n",
    "a: >\n\n  x\n  y\n\nb: c\n",
    "a: |\nb: c\n",
    "a:\n  b: |\n  c: d\n",
    "a:\n- |\n x\n- >\n  y\n",
    "a: | # c\n  x\n # no comment\n# a comment\n",
    "a: |\n  x",
    "a: |\r\n  x\r\n  y\r\nb: c\r\n",
    "a: &x b\nc: *x\n*x : d\n",
    "a: &x\n  b: c\nd:\n  <<: *x\n  e: f\n",
    "a:\n  - &x b\n  - *x\n  - &y\n    c: d\n",
    "&x k: v\n",
    "a: &x\nb: c\n",
    "- &a\n- b\n",
    "a: !reset null\nb: !override [x]\nc: !!str 5\nd: !t\ne: !<tag:x> y\n",
    "x: &x !t v\ny: !t &y v\nk:\n  !x\n  a: b\n",
    "# c\na: b # d\n#e",
    "a: 5 # |\n  # z\nb: x",
    "a: b#c\nd: 'e'#f\n",
    "a:   \n\n  # comment\n  b: c\n\n\n  d: e\n",
    "a: b c\n  d e\n\n  f\ng: h",
    "a: b:c\nd: http://x/y?z=1#f\ne: -x\n",
    "k: a - b\nl: -1\nm: ?x\nn: :x\n",
    "? a\n: b\n? c\n? |\n  d\n: - e\n",
    "a b : c\n'q k': d\n\"r\" : e\n",
    "---\na: b\n---\nc: d\n...\n---\n- e\n",
    "--- x\n",
    "--- |\n  x\n",
    "%YAML 1.1\n---\na: b\n",
    '{"a": "b", "c": ["d", {"e": 1}], "f": "\\u00e9"}',
    '{\n  "a":"b",\n  "c": [ "d" ]\n}\n',
    "\ufeffa: b\r\nc:\r\n  - d\r\n",
    "foo",
    '"foo"',
    "",
    "\n",
    "# x",
    "é: ü 😀\n",
    "a: b %\nc: d@e `f` !g &h *i\n",
]


def found(scanned: Scan) -> list[tuple[tuple[str | int, ...], str, bool]]:
    return [(scalar.path, scalar.value, scalar.is_key) for scalar in scanned.scalars]


@pytest.mark.parametrize("text", TEXTS)
def test_finds_what_pyyaml_finds(text: str) -> None:
    scanned = scan(text)
    assert scanned.problem is None
    assert found(scanned) == yaml_oracle.scalars(text)
    for scalar in scanned.scalars:
        written = text[scalar.start : scalar.end]
        assert written[0] == {"single": "'", "double": '"', "literal": "|", "folded": ">"}.get(scalar.style, written[0])
        assert scalar.style != "plain" or written.split()[0] == scalar.value.split()[0]


NOT_UNDERSTOOD = [
    ("a: b\n c: d\n", 2, 0, "mapping-values"),
    ("a: b\nc: d: e\n", 2, 5, "mapping-values"),
    ("x: y\na:\n\tb: c\n", 3, 8, "tab"),
    ("a: b\n\tc", 2, 0, "tab"),
    ("a: |\n \tx\n", 2, 0, "tab"),
    ("a:\n  - b\n c: d\n", 3, 9, "indentation"),
    ("- a\nb: c\n", 2, 4, "indentation"),
    ("a: - b\n", 1, 0, "block-entry"),
    ("a: 'x' y\n", 1, 0, "indentation"),
    ("a: b\nc\n", 2, 5, "colon"),
    ("a: {x: y\nb: c", 1, 0, "mapping-values"),
    ("a: [x,\ny", 2, 7, "unterminated-flow"),
    ("a: [x}\n", 1, 0, "unterminated-flow"),
    ("a: b\nc: 'x\ny\n", 2, 5, "unterminated"),
    ('a: "x\n---\ny"\n', 1, 0, "unterminated"),
    ('a: "\\q"\n', 1, 0, "escape"),
    ('a: "\\ud83d"\n', 1, 0, "escape"),
    ("a: @b\n", 1, 0, "character"),
    ("a: `b\n", 1, 0, "character"),
    ("a: %b\n", 1, 0, "character"),
    ("a: b\nc: d\x07\n", 2, 5, "character"),
    ("a: b\rc: d\n", 1, 0, "character"),
    ("a: |x\n  b\n", 1, 0, "block-scalar"),
    ("[a]: b\n", 1, 0, "unsupported"),
    ("? [a]\n: b\n", 1, 0, "unsupported"),
    ("- " * (101) + "a\n", 1, 0, "depth"),
    ("[" * (101) + "\n", 1, 0, "depth"),
]


@pytest.mark.parametrize(("text", "line", "start", "kind"), NOT_UNDERSTOOD)
def test_says_what_it_does_not_understand(text: str, line: int, start: int, kind: str) -> None:
    scanned = scan(text)
    assert scanned.problem is not None
    assert scanned.problem[:3] == (line, start, kind)
    assert all(scalar.end <= start for scalar in scanned.scalars)
    assert scanned.problem.message


def test_a_scalar_that_ends_where_the_fault_is_is_not_told() -> None:
    """A quote that is not closed takes in what follows up to the next: the text before that is not what it seems."""
    scanned = scan('a: b\nc: "x\nPASSWORD: p\nd: "y\n')
    assert scanned.problem is not None
    assert (scanned.problem.line, scanned.problem.start) == (4, 5)
    assert [scalar.value for scalar in scanned.scalars] == ["a", "b"]


def test_tells_comments_anchors_and_aliases() -> None:
    text = "# one\na: &x b # two\nc: [*x, # three\n  d]\ne: |  # four\n  # text\n"
    scanned = scan(text)
    assert sorted(text[start:end] for start, end in scanned.comments) == ["# four", "# one", "# three", "# two"]
    assert scanned.anchors == {"x": [("a",)]}
    assert [(alias.path, alias.name) for alias in scanned.aliases] == [(("c", 0), "x")]
    starts = line_starts(text)
    assert [line_at(starts, scalar.start) for scalar in scanned.scalars] == [2, 2, 3, 4, 5, 5]


WORDS = [
    "a", "foo", "bar baz", "x: y", "# no", "a#b", "- d", "-", "", "null", "true", "12", "é", '"q"', "it's",
    "multi\nline", "two\n\nlines\n", "  lead", "trail  ", "tab\tx", "{b}", "[c]", "a, b", "&x", "*y", "!t", "%p",
    "@q", "`r", "?", "? x", ":", ": x", "x:", "http://h:80/p?q=1#f", "\n", "\n\nx", "#c\n- y\n", "  ind\nless", "😀",
    "a\\b", "$X ${Y:-z}", ">", "---", "--- x", "...", "=", "<<", "~", "key: v\n  a\n", "\x07bell", "x\n ",
    "\ttab first\n x",
]  # fmt: skip
KEYS = st.sampled_from([word for word in WORDS if len(word) < 60])
INSERTED = [
    " ",
    "\n",
    ":",
    ": ",
    "- ",
    "#",
    " #",
    '"',
    "'",
    "  ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\t",
    "|",
    ">",
    "x",
    "&a ",
    "*a ",
    "!t ",
    "? ",
    "\n  ",
    "\n- ",
]


def expected(text: str) -> list[yaml_oracle.Found] | None:
    try:
        return yaml_oracle.scalars(text)
    except yaml.YAMLError:
        return None


@settings(
    max_examples=8000 if LONG else 60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=not LONG,
)
@given(yaml_texts(st.sampled_from([*WORDS, "long words " * 12]), KEYS), st.data())
def test_agrees_with_pyyaml_on_generated_texts(text: str, data: st.DataObject) -> None:
    scanned = scan(text)
    assert scanned.problem is None
    assert found(scanned) == yaml_oracle.scalars(text)
    # Damaged, a text may be anything; where both still understand it, they understand the same.
    at = data.draw(st.integers(0, len(text)))
    damaged = text[:at] + data.draw(st.sampled_from(INSERTED)) + text[at + data.draw(st.integers(0, 1)) :]
    scanned, theirs = scan(damaged), expected(damaged)
    # PyYAML takes a `?` in brackets for a sign where Compose's reader takes it for text.
    if scanned.problem is None and theirs is not None and "?" not in text:
        assert found(scanned) == theirs


@pytest.mark.parametrize("value", [*WORDS, "\x85\u2028\u2029\ufeff\x00\x1f\x7f", "\\n\"'", "a" * 2000])
def test_writes_what_yaml_reads_back(value: str) -> None:
    assert yaml.safe_load(f"a: {write_quoted(value)} # c") == {"a": value}
    assert "\n" not in write_quoted(value)


SIZE = 100_000
LARGE = {
    "block scalar": "a: |\n" + "  line of text\n" * (SIZE // 15),
    "escaped quotes": 'a: "' + '\\"' * (SIZE // 2) + '"',
    "open quote": 'a: "' + "\\" * SIZE,
    "nested lists": "- " * (SIZE // 2),
    "brackets": "[" * SIZE,
    "quotes in quotes": "a: " + "''" * (SIZE // 2),
    "colons and signs": "a: " + "x:y#z " * (SIZE // 6),
    "plain over lines": "a: b\n" + "  c\n" * (SIZE // 4),
    "spaces": "a:" + " " * SIZE,
    "comments": "#x\n" * (SIZE // 3),
    "colons": ":" * SIZE,
    "anchors": "&a " * (SIZE // 3),
    "spaces in quotes": 'a: "x' + (" " * 50 + "\n") * (SIZE // 51) + '"',
    "keys and an open bracket": "k: v\n" * (SIZE // 20) + "x: [",
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    scan(text)
    assert (
        time.process_time() - start < 1.5
    )  # a fifth of that where nothing else runs; a quadratic search takes minutes
