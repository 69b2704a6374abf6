"""Breaks valid configurations in the ways people and editors do, and in some that nobody does."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from contextlib import suppress

from parity.programs.nginx.syntax.tokens import Reader, Statement, Unreadable, Word

Tree = Mapping[str, bytes]

CHARS = [*b"""; { } " ' $ \\ # ( ) ~ / = * : . , 0 9 k m s a Z - _ % ^ | ? ! @ [ ]""".split(), b" ", b"\n", b"\t"]
WORDS = b"""on off yes 0 1 8080 80 10m 10MB 60s 60sec 1y -1 4k 8k 64k 500 404 all any default http https $host $nosuch
${host} ${host $ "" '' / /api/ ~ ~* = ^~ @x .* (a [a a) *.example.com 127.0.0.1 127.0.0.1:99999 [::1]:80 unix:
http://127.0.0.1 http://127.0.0.1:8000/x ssl http2 backup weight=0 zone=a:1m zone=a levels=3 main combined GET TLSv1.3
TLS1.3 error timeout always last break redirect if_not_empty 10.0.0.1/8 10.0.0.0/33 5% 101% text/html """.split()
NAMES = b"""server location listen server_name root alias proxy_pass proxy_set_header add_header return rewrite if set map
upstream include types error_page limit_req limit_req_zone access_log log_format ssl_certificate ssl_protocols gzip
keepalive_timeout client_max_body_size try_files index allow deny expires resolver events http stream user geo
proxy_cache proxy_buffers worker_processes worker_connections least_conn keepalive fastcgi_pass fastcgi_param
internal auth_basic default_type charset http2 ssl proxy_timeout preread_timeout protocol zone hash""".split()
SNIPPETS = [
    b"\xef\xbb\xbf", b"\xc2\xa0", b"\xe2\x80\x9c", b"\r\n", b";;", b"}}", b"{{", b"\n}\n", b"server {", b"location / {",
    b"if ($x) {", b"# comment\n", b"'", b'"', b"\\", b"${", b"proxy_pass http://127.0.0.1:1;", b"listen 8080;",
    b"include nothere.conf;", b"include conf.d/*.conf;", b"include nginx.conf;", b"return 200;", b"a" * 4100,
]  # fmt: skip


def mutants(base: Tree, seed: int, count: int) -> list[tuple[str, dict[str, bytes]]]:
    """Return (what was done, the tree) `count` times; the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - to be repeatable, not secret
    paths = [path for path in sorted(base) if not path.startswith("certs/")]
    weights = [len(base[path]) ** 0.7 for path in paths]
    found = []
    while len(found) < count:
        tree = dict(base)
        done = []
        for _ in range(rng.choice([1, 1, 1, 1, 2])):
            path = rng.choices(paths, weights)[0]
            operation = rng.choices(OPERATIONS, [weight for _, weight in WEIGHTED])[0]
            tree[path] = operation(rng, tree[path])
            done.append(f"{operation.__name__} {path}")
        if tree != base:
            found.append((", ".join(done), tree))
    return found


def statements(data: bytes) -> list[Statement]:
    """Return what can be read of a file that may be broken already."""
    found = []
    with suppress(Unreadable):
        found = [statement for statement in Reader(data).statements() if statement.words or statement.kind == "}"]
    return found or [Statement(";", (Word(data[:1], 0, 1),), 0, len(data), 1)]


def words(data: bytes) -> list[Word]:
    """Return all words of a file, or one that stands for it."""
    return [word for statement in statements(data) for word in statement.words] or [Word(b"", 0, 0)]


def _cut(data: bytes, start: int, end: int, put: bytes = b"") -> bytes:
    return data[:start] + put + data[end:]


def drop_char(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) or 1)
    return _cut(data, at, at + 1)


def put_char(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return _cut(data, at, at, rng.choice(CHARS))


def change_char(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) or 1)
    return _cut(data, at, at + 1, rng.choice(CHARS))


def drop_mark(rng: random.Random, data: bytes) -> bytes:
    places = [at for at, char in enumerate(data) if char in b";{}\"'"]
    return drop_char(rng, data) if not places else _cut(data, at := rng.choice(places), at + 1)


def double_mark(rng: random.Random, data: bytes) -> bytes:
    places = [at for at, char in enumerate(data) if char in b";{}\"'"]
    return put_char(rng, data) if not places else _cut(data, at := rng.choice(places), at, data[at : at + 1])


def put_snippet(rng: random.Random, data: bytes) -> bytes:
    edges = [statement.end for statement in statements(data)] + [0, rng.randrange(len(data) + 1)]
    at = rng.choice(edges)
    return _cut(data, at, at, rng.choice(SNIPPETS))


def drop_word(rng: random.Random, data: bytes) -> bytes:
    word = rng.choice(words(data))
    return _cut(data, word.start, word.end)


def double_word(rng: random.Random, data: bytes) -> bytes:
    word = rng.choice(words(data))
    return _cut(data, word.end, word.end, b" " + data[word.start : word.end])


def change_word(rng: random.Random, data: bytes) -> bytes:
    word = rng.choice(words(data))
    return _cut(data, word.start, word.end, rng.choice(WORDS))


def take_other_word(rng: random.Random, data: bytes) -> bytes:
    one, two = rng.choice(words(data)), rng.choice(words(data))
    return _cut(data, one.start, one.end, data[two.start : two.end])


def add_word(rng: random.Random, data: bytes) -> bytes:
    word = rng.choice(words(data))
    return _cut(data, word.end, word.end, b" " + rng.choice(WORDS))


def rename(rng: random.Random, data: bytes) -> bytes:
    word = rng.choice([statement.words[0] for statement in statements(data) if statement.words] or words(data))
    return _cut(data, word.start, word.end, rng.choice(NAMES))


def misspell(rng: random.Random, data: bytes) -> bytes:
    word = rng.choice([statement.words[0] for statement in statements(data) if statement.words] or words(data))
    name = word.value
    at = rng.randrange(len(name) + 1)
    how = rng.randrange(3)
    changed = [name[:at] + name[at + 1 :], name[:at] + b"s" + name[at:], name[: at - 1] + name[at : at + 1] + name[at:]]
    return _cut(data, word.start, word.end, changed[how])


def change_value(rng: random.Random, data: bytes) -> bytes:
    """Change one letter of an argument."""
    word = rng.choice([word for statement in statements(data) for word in statement.words[1:]] or words(data))
    at = rng.randrange(word.start, max(word.end, word.start + 1))
    how = rng.choice([b"", rng.choice(CHARS), rng.choice(CHARS) + data[at : at + 1]])
    return _cut(data, at, at + 1, how)


def drop_statement(rng: random.Random, data: bytes) -> bytes:
    statement = rng.choice(statements(data))
    return _cut(data, statement.start, statement.end)


def double_statement(rng: random.Random, data: bytes) -> bytes:
    statement = rng.choice(statements(data))
    return _cut(data, statement.end, statement.end, b"\n" + data[statement.start : statement.end])


def move_statement(rng: random.Random, data: bytes) -> bytes:
    found = statements(data)
    what, where = rng.choice(found), rng.choice(found)
    text = data[what.start : what.end]
    if where.end <= what.start:
        return _cut(_cut(data, what.start, what.end), where.end, where.end, b"\n" + text)
    return _cut(_cut(data, where.end, where.end, b"\n" + text), what.start, what.end)


def copy_statement(rng: random.Random, data: bytes) -> bytes:
    found = statements(data)
    what, where = rng.choice(found), rng.choice(found)
    return _cut(data, where.end, where.end, b"\n" + data[what.start : what.end])


def double_block(rng: random.Random, data: bytes) -> bytes:
    """Write a whole block twice."""
    found = statements(data)
    opened = [number for number, statement in enumerate(found) if statement.kind == "{"]
    if not opened:
        return double_statement(rng, data)
    number = rng.choice(opened)
    depth, last = 0, number
    for last in range(number, len(found)):
        depth += {"{": 1, "}": -1}.get(found[last].kind, 0)
        if not depth:
            break
    block = data[found[number].start : found[last].end]
    return _cut(data, found[last].end, found[last].end, b"\n" + block)


def cut_off(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


WEIGHTED: list[tuple[Callable[[random.Random, bytes], bytes], int]] = [
    (drop_char, 4), (put_char, 4), (change_char, 4), (drop_mark, 6), (double_mark, 4), (put_snippet, 5), (drop_word, 6),
    (double_word, 4), (change_word, 8), (take_other_word, 6), (add_word, 4), (rename, 6), (misspell, 4),
    (change_value, 8), (drop_statement, 4), (double_statement, 5), (move_statement, 6), (copy_statement, 6),
    (double_block, 4), (cut_off, 1),
]  # fmt: skip
OPERATIONS = [operation for operation, _ in WEIGHTED]
