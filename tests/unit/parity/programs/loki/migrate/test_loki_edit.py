"""Edits of YAML text: the setting changes and nothing else does."""

from __future__ import annotations

import time

import pytest

from parity.programs.loki.migrate import edit
from parity.programs.loki.migrate.edit import CannotEdit, Path

BLOCK = """\
# head
a:
  one: 1   # first
  # about two
  two: "2"
  three:
    - x
    - y: 1
      z: 2
b: {p: 1, q: {r: 2}, s: [1, 2]}
c: |
  text
  more
d:
# tail
"""

REMOVED = [
    (("a", "one"), "  one: 1   # first\n"),
    (("a", "two"), '  two: "2"\n'),
    (("a", "three"), "  three:\n    - x\n    - y: 1\n      z: 2\n"),
    (("b",), "b: {p: 1, q: {r: 2}, s: [1, 2]}\n"),
    (("b", "p"), "p: 1, "),
    (("b", "q"), "q: {r: 2}, "),
    (("b", "q", "r"), "q: {r: 2}, "),  # the block it empties goes with it
    (("b", "s"), ", s: [1, 2]"),
    (("c",), "c: |\n  text\n  more\n"),
    (("d",), "d:\n"),
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("path", "gone"), REMOVED)
def test_remove(path: Path, gone: str, newline: str) -> None:
    text, gone = BLOCK.replace("\n", newline), gone.replace("\n", newline)
    assert edit.remove(text, path) == text.replace(gone, "", 1)


def test_remove_the_first_key_of_a_list_entry() -> None:
    assert edit.remove(BLOCK, ("a", "three", 1, "y")) == BLOCK.replace("- y: 1\n      z: 2", "- z: 2")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: &x {b: 1}\nc: *x\n", ("a",)),
        ("a: &x {b: 1}\nc: *x\n", ("c", "b")),
        ("a:\n- b: 1\n", ("a", 0, "b")),
        ("a: {<<: {b: 1}}\n", ("a", "b")),
    ],
)
def test_remove_refuses_what_would_touch_more(text: str, path: Path) -> None:
    with pytest.raises(CannotEdit):
        edit.remove(text, path)


def test_a_large_block_goes_in_time_and_its_comments_stay() -> None:
    settings = "".join(f"  s{number}: |\n    # text\n  # note {number}\n" for number in range(3000))
    comments = "".join(f"# note {number}\n" for number in range(2999))
    start = time.process_time()
    assert edit.remove(f"bogus:\n{settings}", ("bogus",)).startswith(comments)
    assert time.process_time() - start < 3


PUT = [  # text, path, text afterwards
    ("a:\n  b: 1\nc: 2\n", ("a", "x"), "a:\n  b: 1\n  x: v\nc: 2\n"),
    ("a:\n    b: 1 # n\n\nc: 2\n", ("a", "x"), "a:\n    b: 1 # n\n    x: v\n\nc: 2\n"),
    ("a: 1", ("b", "x"), "a: 1\nb:\n  x: v\n"),
    ("a:\nc: 2\n", ("a", "x"), "a:\n  x: v\nc: 2\n"),
    ("a: {}\n", ("a", "x"), "a: {x: v}\n"),
    ("a: {b: 1}\n", ("a", "x", "y"), "a: {b: 1, x: {y: v}}\n"),
    ("a: {b: 1 }\n", ("a", "b"), "a: {b: v }\n"),
    ("a:\n- b: 1\n  c:\n    d: 2\n", ("a", 0, "c", "x"), "a:\n- b: 1\n  c:\n    d: 2\n    x: v\n"),
    ("a:\n  b: |\n    t\nc: 1\n", ("a", "x"), "a:\n  b: |\n    t\n  x: v\nc: 1\n"),
    ("a:\r\n  b: 1\r\n", ("a", "x"), "a:\r\n  b: 1\r\n  x: v\r\n"),
    ("a:\n  b:\n", ("a", "x"), "a:\n  b:\n  x: v\n"),
    ("# é\na:\n  b: 'ü' # ß\n", ("a", "x"), "# é\na:\n  b: 'ü' # ß\n  x: v\n"),
]


@pytest.mark.parametrize(("text", "path", "after"), PUT)
def test_put(text: str, path: Path, after: str) -> None:
    assert edit.put(text, path, "v") == after


@pytest.mark.parametrize(
    ("text", "path"), [("a: *x\n", ("b",)), ("- a\n", ("b",)), ("", ("b",)), ("a: 5\n", ("a", "b"))]
)
def test_put_refuses_what_it_cannot_do(text: str, path: Path) -> None:
    with pytest.raises(CannotEdit):
        edit.put(text, path, "v")


def test_rename_and_replace() -> None:
    assert edit.rename("a: {b: 1, c: 2}\n", ("a", "b"), "x") == "a: {x: 1, c: 2}\n"
    assert edit.rename("a: {b: 1, c: 2}\n", ("a", "b"), "c") == "a: {c: 2}\n"
    assert edit.replace("a: 'b' # c\n", ("a",), "d") == "a: d # c\n"
    assert edit.replace("a:\n", ("a",), "d") == "a: d\n"
    with pytest.raises(CannotEdit):
        edit.replace("a: &x b\nc: *x\n", ("a",), "d")
