"""What comes from a host may be made to hurt: check and explain answer quickly to it, and never with a traceback."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

import pytest

from parity.programs.nginx.check.check import check
from parity.programs.nginx.syntax.explain import explain
from parity.programs.nginx.syntax.problem import Problem

MAIN = "/etc/nginx/nginx.conf"
HEAD = b"events{}\nhttp{\n"
SIZE = 1 << 18
SECONDS = 4.0  # of this process; a quarter of a megabyte takes a fraction of one on an idle machine


def _filled(text: str) -> str:
    return text * (SIZE // len(text))


def _quick(work: Callable[[], Sequence[Problem]]) -> None:
    began = time.process_time()
    work()
    assert time.process_time() - began < SECONDS


CONFIGURATIONS = {
    "braces": b"{" * SIZE,
    "nested blocks": HEAD + b"server{" + b"location /a{" * (SIZE // 12),
    "unknown blocks": b"a{" * (SIZE // 2),
    "NUL bytes": b"\0" * SIZE,
    "ranges of ports": HEAD + b"server{listen 1-65535;}" * 50 + b"}",
    "servers": HEAD + b"".join(b"server{server_name a%d;}\n" % number for number in range(8000)) + b"}",
    "a large table of names": HEAD
    + b"server_names_hash_max_size 100000000;server{}server{server_name "
    + b" ".join(b"a%d.example.com" % number for number in range(10000))
    + b";}}",
    "a large map": HEAD
    + b"map_hash_max_size 100000000;map $host $x{"
    + b"".join(b"k%d v;" % number for number in range(20000))
    + b"}}",
    "upstreams": HEAD + b"".join(b"upstream u%d {server 10.0.0.1:80;}\n" % n for n in range(7000)) + b"}",
    "formats": HEAD + b"".join(b"log_format f%d a;\n" % n for n in range(12000)) + b"}",
    "zones": HEAD + b"".join(b"limit_conn_zone $host zone=z%d:1m;\n" % n for n in range(7000)) + b"}",
    "patterns": HEAD
    + b"map $uri $x{"
    + b"".join(b'"~%b%d" v;\n' % (b"(a{1}[^b-c])" * 330, number) for number in range(60))
    + b"}}",
    "a long number": HEAD + b"client_max_body_size " + b"9" * 4000 + b"m;}",
}
TREES = {
    "files that include the next one twice": {
        MAIN: HEAD + b"include f0;}",
        **{f"/etc/nginx/f{n}": b"include f%d;include f%d;" % (n + 1, n + 1) for n in range(40)},
        "/etc/nginx/f40": b"",
    },
    "one large file included often": {
        MAIN: HEAD + b"include a.conf;\n" * 10_000 + b"}",
        "/etc/nginx/a.conf": b"#" + b"\n" * SIZE,
    },
    "patterns over many directories": {
        MAIN: HEAD + b"".join(b"include */*/*%d*;\n" % n for n in range(1000)) + b"}",
        **{f"/etc/nginx/a/{n}/{n}.conf": b"" for n in range(1000)},
    },
    "paths that are none": {
        MAIN: b'events{}include ../../../../*;include [;include "";include "\0";include \xff*;',
        "": b"x",
        "a/../..": b"{",
    },
}
L = "nginx: [emerg] "
OUTPUTS = {
    "quotes": L + '"' * SIZE,
    "an open quote": L + 'invalid value "x\n' + _filled("abc\n"),
    "places": L + _filled("a in b:1"),
    "a long name": L + 'unknown directive "' + "\u00a0" * SIZE + '"',
    "many messages": "".join(f'{L}unknown directive "x{n}" in /a:{n}\n' for n in range(8000)),
    "the same beginning": L + _filled('cannot load certificate "a":'),
    "prefixes": _filled("a | "),
    "colours": _filled("\x1b[36m"),
    "test failed": _filled("nginx: configuration file "),
    "a long line number": L + 'unknown directive "x" in /a:' + "9" * 5000,
    "line breaks": L + 'unexpected "' + "\n" * SIZE,
}


@pytest.mark.long_run
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_configuration(name: str) -> None:
    _quick(lambda: check({MAIN: CONFIGURATIONS[name]}, MAIN))


@pytest.mark.long_run
@pytest.mark.parametrize("name", TREES)
def test_a_tree(name: str) -> None:
    _quick(lambda: check(TREES[name], MAIN))


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output(name: str) -> None:
    _quick(lambda: explain(OUTPUTS[name]))


def test_arbitrary_bytes() -> None:
    rng = random.Random(20261124)  # noqa: S311
    for _ in range(300):
        data = bytes(rng.choice(b"{};\"'\\$ \n#ab(){}~=*@[]\0\xff") for _ in range(rng.randrange(400)))
        found = check({MAIN: HEAD + b"server{" + data}, MAIN, rng.choice(["1.22", "1.25.3", "1.31"]))
        assert list(explain("".join(f"nginx: [{one.level}] {one.message}\n" for one in found[:1])))
