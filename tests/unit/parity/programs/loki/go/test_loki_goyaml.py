"""What go-yaml version 2 says of odd YAML; every expectation was printed by gopkg.in/yaml.v2 2.4.0 itself."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from parity.programs.loki.check.check import check
from parity.programs.loki.read.decode import decode
from parity.programs.loki.read.releases import table

TODAY = date(2026, 1, 1)
VERSION = "3.4.3"

SYNTAX = [
    ("server:\n  a: b: c\n", "yaml: line 2: mapping values are not allowed in this context"),
    ("server: {a: b\ncommon: x\n", "yaml: line 1: did not find expected ',' or '}'"),
    ('server: "abc\n', "yaml: line 2: found unexpected end of stream"),
    ("a: 1\n\tb: 2\n", "yaml: line 2: found a tab character that violates indentation"),
    ("server:\n  a: 1\n b: 2\n", "yaml: line 2: did not find expected key"),
    ("a: *nope\n", "yaml: unknown anchor 'nope' referenced"),
    ("a: @x\n", "yaml: found character that cannot start any token"),
    ("a: %x\n", "yaml: found character that cannot start any token"),
    ("<<: 5\n", "yaml: map merge requires map or sequence of maps as the value"),
]


@pytest.mark.parametrize(("text", "said"), SYNTAX)
def test_syntax_errors(text: str, said: str) -> None:
    assert [str(problem) for problem in check(text, VERSION, TODAY)] == [said]


NOTED = [
    (
        "server:\n  http_listen_port: 1\n  http_listen_port: 2\n",
        "line 3: field http_listen_port already set in type server.Config",
    ),
    ("[a]: 1\n", "line 1: cannot unmarshal !!seq into string"),
    ("- a\n", "line 1: cannot unmarshal !!seq into loki.ConfigWrapper"),
    ("word\n", "line 1: cannot unmarshal !!str `word` into loki.ConfigWrapper"),
    ("server: 5\n", "line 1: cannot unmarshal !!int `5` into server.Config"),
    ("server:\n- a\n", "line 2: cannot unmarshal !!seq into server.Config"),
    ("auth_enabled: 'yes'\n", "line 1: cannot unmarshal !!str `yes` into bool"),
    ("auth_enabled: perhaps so\n", "line 1: cannot unmarshal !!str `perhaps so` into bool"),
    ("auth_enabled: perhaps not\n", "line 1: cannot unmarshal !!str `perhaps...` into bool"),
    ("auth_enabled: 2020-10-24\n", "line 1: cannot unmarshal !!timestamp `2020-10-24` into bool"),
    ("ballast_bytes: 99999999999999999999\n", "line 1: cannot unmarshal !!float `9999999...` into int"),
    ("ballast_bytes: 1_x\n", "line 1: cannot unmarshal !!str `1_x` into int"),
    ("shutdown_delay: 5 m\n", "line 1: cannot unmarshal !!str `5 m` into time.Duration"),
    ("target: [all]\n", "line 1: cannot unmarshal !!seq into string"),
    ("common: {instance_interface_names: eth0}\n", "line 1: cannot unmarshal !!str `eth0` into []string"),
    ("5: x\n", "line 1: field 5 not found in type loki.ConfigWrapper"),
    ("~: x\n", "line 1: field  not found in type loki.ConfigWrapper"),
    ("limits_config:\n  ruler_remote_write_headers: {a: b, a: c}\n", 'line 2: key "a" already set in map'),
]


@pytest.mark.parametrize(("text", "said"), NOTED)
def test_noted_errors(text: str, said: str) -> None:
    assert [str(problem) for problem in check(text, VERSION, TODAY) if problem.wave == 1] == [said]


TAKEN = [  # text, path, value
    ("auth_enabled: on\n", ("auth_enabled",), True),
    ("auth_enabled: n\n", ("auth_enabled",), False),
    ("ballast_bytes: 0x10\n", ("ballast_bytes",), 16),
    ("ballast_bytes: 010\n", ("ballast_bytes",), 8),
    ("ballast_bytes: 1_000\n", ("ballast_bytes",), 1000),
    ("ballast_bytes: 1.9\n", ("ballast_bytes",), 1),
    ("shutdown_delay: 300\n", ("shutdown_delay",), 300),
    ("shutdown_delay: 1h30m\n", ("shutdown_delay",), 5400 * 10**9),
    ("http_prefix: 2020-10-24\n", ("http_prefix",), "2020-10-24"),
    ("target: read,write\n", ("target",), ["read", "write"]),
    ("limits_config: {max_line_size: 256kb}\n", ("limits_config", "max_line_size"), 262144),
    ("limits_config: {retention_period: 1w2d}\n", ("limits_config", "retention_period"), 9 * 86400 * 10**9),
    (
        "server: &s {http_listen_port: 1}\ninternal_server: {<<: *s, enable: true}\n",
        ("internal_server", "http_listen_port"),
        1,
    ),
    ("a: &a 5\n---\nb: 1\n", (), None),
]


@pytest.mark.parametrize(("text", "path", "value"), TAKEN)
def test_values_are_taken_as_go_takes_them(text: str, path: tuple[str, ...], value: object) -> None:
    found = decode(text, table(VERSION)).values
    for name in path:
        found = found[name]
    assert not path or found == value


def test_a_few_aliases_that_stand_for_millions_are_refused() -> None:
    names = [f"a{depth}" for depth in range(9)]
    lines = [f"{names[0]}: &{names[0]} [x, x]"]
    for below, name in itertools.pairwise(names):
        lines.append(f"{name}: &{name} [{', '.join([f'*{below}'] * 9)}]")
    text = "memberlist:\n  join_members:\n  - x\n" + "\n".join(lines) + "\n"
    assert len(check(text, VERSION, TODAY)) < 20


@pytest.mark.parametrize("text", ["[" * 5000, "{a: " * 5000, "a:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 500))])
def test_deep_nesting_ends_in_a_sentence(text: str) -> None:
    assert str(check(text, VERSION, TODAY)[0]) == "yaml: document is nested too deeply"


@pytest.mark.parametrize("text", ["", "# nothing\n", "\n\n", "\ufeff# mark\n"])
def test_a_file_without_settings_has_no_parser_error(text: str) -> None:
    assert all(problem.wave == 2 for problem in check(text, VERSION, TODAY))


def test_a_document_that_is_null_unsets_every_default() -> None:
    assert check("---\n", VERSION, TODAY)[0].rule == "common.too-many-stores"
