"""What a compose file names elsewhere is found, with who names it and where."""

import time

import pytest

from parity_host.compose.references import PathReference, references, volume_source

TEXT = """\
include:
  - one.yaml
  - path: [two.yaml, ../three.yaml]
    env_file: inc.env
  - {path: four.yaml, env_file: [a.env, b.env]}
x-app: &app
  env_file: &files [.env, ./app.env]
  build: {context: ./app, dockerfile: docker/Dockerfile}
x-deep: &deep
  <<: *app
services:
  plain:
    env_file: .env
    build: .
    label_file: [labels.env]
  list:
    env_file:
      - .env
      - path: ./${STAGE}.env
        required: false
        format: raw
      - path: must.env
    extends:
      file: base.yaml
      service: base
    build:
      dockerfile: Dockerfile.dev
  merged:
    <<: *app
  deep: {<<: [*deep]}
  aliased:
    env_file: *files
  mounts:
    volumes:
      - ./conf:/etc/conf:ro
      - /var/run/docker.sock:/var/run/docker.sock
      - ~/data:/data
      - data:/data
      - /anonymous
      - ${DATA:-./d}:/d
      - ${DATA_DIR}/pg:/pg
      - C:\\certs:/certs
      - type: bind
        source: ./long
        target: /long
      - {type: volume, source: named, target: /v}
  remote:
    build: https://example.com/repo.git#main
    extends: list
  remote2:
    build: {context: git@example.com:x/y.git, dockerfile: D}
  remote3:
    build: {context: sub/, dockerfile: /abs/Dockerfile}
configs:
  c: {file: ./c.conf}
  d: {content: "x"}
secrets:
  s: {file: ./s.txt}
  e: {environment: S}
volumes:
  v: {driver_opts: {type: none, o: bind, device: /srv/v}}
  w: {driver_opts: {type: nfs, o: addr=1.2.3.4, device: ":/x"}}
"""

FOUND = [
    ("include", "one.yaml", "", 2),
    ("include", "two.yaml", "", 3),
    ("include", "../three.yaml", "", 3),
    ("env_file", "inc.env", "", 4),
    ("include", "four.yaml", "", 5),
    ("env_file", "a.env", "", 5),
    ("env_file", "b.env", "", 5),
    ("env_file", ".env", "aliased", 7),
    ("env_file", "./app.env", "aliased", 7),
    ("env_file", ".env", "merged", 7),
    ("env_file", "./app.env", "merged", 7),
    ("env_file", ".env", "deep", 7),
    ("env_file", "./app.env", "deep", 7),
    ("context", "./app", "merged", 8),
    ("dockerfile", "./app/docker/Dockerfile", "merged", 8),
    ("context", "./app", "deep", 8),
    ("dockerfile", "./app/docker/Dockerfile", "deep", 8),
    ("env_file", ".env", "plain", 13),
    ("context", ".", "plain", 14),
    ("label_file", "labels.env", "plain", 15),
    ("env_file", ".env", "list", 18),
    ("env_file", "./${STAGE}.env", "list", 19),
    ("env_file", "must.env", "list", 22),
    ("extends", "base.yaml", "list", 24),
    ("dockerfile", "./Dockerfile.dev", "list", 27),
    ("bind", "./conf", "mounts", 35),
    ("bind", "/var/run/docker.sock", "mounts", 36),
    ("bind", "~/data", "mounts", 37),
    ("mount", "${DATA:-./d}", "mounts", 40),
    ("bind", "${DATA_DIR}/pg", "mounts", 41),
    ("bind", "C:\\certs", "mounts", 42),
    ("bind", "./long", "mounts", 44),
    ("context", "sub/", "remote3", 53),
    ("dockerfile", "/abs/Dockerfile", "remote3", 53),
    ("config", "./c.conf", "", 55),
    ("secret", "./s.txt", "", 58),
    ("bind", "/srv/v", "", 61),
]


def test_finds_what_is_named() -> None:
    found = references(TEXT)
    assert sorted(reference[:4] for reference in found) == sorted(FOUND)
    assert [reference.line for reference in found] == sorted(reference.line for reference in found)


def test_says_what_need_not_be_there_and_what_is_read_as_it_stands() -> None:
    found = {reference.path: reference for reference in references(TEXT) if reference.kind == "env_file"}
    assert (found["./${STAGE}.env"].required, found["./${STAGE}.env"].format) == (False, "raw")
    assert (found["must.env"].required, found["must.env"].format) == (True, "")


@pytest.mark.parametrize(
    ("short", "source"),
    [
        ("./a:/b", "./a"),
        ("ab:/b:ro", "ab"),
        ("a:/b:ro", "a:/b"),  # as Compose has it
        ("/b", None),
        ("${A:-./x}:/b", "${A:-./x}"),
        ("${A:-C:\\x}/y:/b", "${A:-C:\\x}/y"),
        ("C:/x:/b", "C:/x"),
        ("$A:/b", "$A"),
        ("${A:/b", None),
        (":/b", None),
    ],
)
def test_takes_a_mount_apart(short: str, source: str | None) -> None:
    assert volume_source(short) == source


def test_a_file_that_is_not_understood_gives_what_stands_before() -> None:
    assert references("services:\n  a:\n    env_file: .env\n    build: x: y\n") == [
        PathReference("env_file", ".env", "a", 3)
    ]
    assert references("\0") == []


def test_aliases_of_aliases_do_not_explode() -> None:
    lines = ["x-0: &a0 [x]"] + [f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 400)}]" for n in range(1, 5)]
    start = time.process_time()
    assert references("\n".join([*lines, "services: {a: {env_file: *a4}}"])) == []
    assert time.process_time() - start < 5
