"""repair on configurations that were broken on purpose: the healthy one comes back, and real nginx takes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live_nginx import PROGRAMS
from nginx_mutation.oracle import Nginx, ask
from repair_breakages import BREAKAGES, HEALTHY, MAIN, Breakage
from repair_meaning import meaning

from parity.programs.nginx.check.check import check
from parity.programs.nginx.repair.repair import repair

STYLES = {
    "plain": lambda data: data,
    "crlf": lambda data: data.replace(b"\n", b"\r\n"),
    "tabs": lambda data: data.replace(b"    ", b"\t"),
    "two blanks": lambda data: data.replace(b"    ", b"  "),
    "no final newline": lambda data: data.removesuffix(b"\n"),
    "latin-1": lambda data: data.replace("Grüße".encode(), "Grüße".encode("latin-1")),
}


def spelled() -> Iterator[Any]:
    """Yield every breakage in every style: the plain one and another in each run, the rest in the long tier."""
    for at, breakage in enumerate(BREAKAGES):
        for number, style in enumerate(STYLES):
            in_each = number in (0, 1 + at % (len(STYLES) - 1))
            marks = [] if in_each else [pytest.mark.long_run]
            yield pytest.param(breakage, style, marks=marks, id=f"{breakage.name}-{style}")


@pytest.mark.parametrize(("breakage", "style"), [*spelled()])
def test_the_healthy_one_comes_back(breakage: Breakage, style: str) -> None:
    write = STYLES[style]
    healthy = {path: write(data) for path, data in HEALTHY.items()}
    plan = repair({path: write(data) for path, data in breakage.broken().items()}, MAIN, "1.31")
    assert plan.left == ()
    assert plan.steps
    assert meaning(plan.files, "1.31") == meaning(healthy, "1.31")
    if breakage.same_bytes and style in ("plain", "crlf", "no final newline", "latin-1"):
        assert plan.files == healthy
    for path, data in plan.files.items():
        assert (b"\r\n" in data) == (b"\r\n" in healthy[path])
        assert data.count(b"\r\n") in (0, data.count(b"\n"))
    again = repair(plan.files, MAIN, "1.31")
    assert (again.steps, again.left, again.files) == ((), (), plan.files)


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda one: one.name)
def test_each_breakage_is_one(breakage: Breakage) -> None:
    assert check(breakage.broken(), MAIN, "1.31")
    assert not check(HEALTHY, MAIN, "1.31")


@pytest.mark.parametrize("nginx", PROGRAMS, ids=lambda nginx: nginx.version)
def test_nginx_takes_what_was_repaired(nginx: Nginx) -> None:
    trees = [
        {path.removeprefix("/etc/nginx/"): data for path, data in repair(one.broken(), MAIN, "1.31").files.items()}
        for one in BREAKAGES
    ]
    answers = ask(nginx, trees)
    assert [(one.name, said.output) for one, said in zip(BREAKAGES, answers, strict=True) if said.code != 0] == []


_PIECES = st.sampled_from(
    [b"server {", b"location / {", b"}", b";", b" ", b"\n", b"\r\n", b"listen 80", b"proxy_pass api", b'"', b"'", b"{",
     b"http {", b"events {}", b"map $a $b {", b"include *.conf;", b"#", b"\xa0", b"\xff\xfe", b"\xef\xbb\xbf", b"10MB",
     b"add_header X a b; c", b"if ($a == b) {", b"\0", b"root /x", b"~ ^/[0-9]{4}/", b"location @x {", b"upstream u {"]
)  # fmt: skip
_DATA = st.one_of(st.binary(max_size=200), st.lists(_PIECES, max_size=30).map(b"".join))


@pytest.mark.long_run
@settings(max_examples=150, deadline=None)
@given(first=_DATA, second=_DATA, output=st.text(max_size=60))
def test_anything_gives_a_plan(first: bytes, second: bytes, output: str) -> None:
    files = {MAIN: b"events {}\nhttp {\n" + first + b"\n}\n", "/etc/nginx/a.conf": second, "/etc/nginx/b.conf": first}
    for tree in (files, {MAIN: first, "/etc/nginx/a.conf": second}):
        plan = repair(tree, MAIN, "1.22", output)
        assert set(plan.files) == set(tree)
        again = repair(plan.files, MAIN, "1.22", output)
        assert again.files == plan.files
        assert again.steps == ()


@pytest.mark.long_run
@settings(max_examples=100, deadline=None)
@given(path=st.sampled_from(sorted(HEALTHY)), data=st.data())
def test_a_hole_anywhere_is_repaired_or_left(path: str, data: st.DataObject) -> None:
    text = HEALTHY[path]
    start = data.draw(st.integers(0, len(text) - 1))
    size = data.draw(st.integers(1, 12))
    tree = {**HEALTHY, path: text[:start] + text[start + size :]}
    plan = repair(tree, MAIN, "1.31")
    faults = [problem for problem in check(plan.files, MAIN, "1.31") if problem.level != "warn"]
    assert bool(faults) == any(left.problem.level != "warn" for left in plan.left)
    assert plan.steps or plan.files == tree
