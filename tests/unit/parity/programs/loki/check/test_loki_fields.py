"""Made from the tables themselves: every struct gets a field it does not know, every field a value it cannot hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from parity.programs.loki.check.check import check
from parity.programs.loki.read.releases import FieldTable, go_name, releases, table

TODAY = date(2026, 1, 1)
VERSIONS = [str(release) for release in releases()]
FEW = [VERSIONS[1], VERSIONS[6], VERSIONS[-1]]
WRONG = {  # rough word of the table: a value that cannot be read, and what go-yaml or the type's reader says
    "int": ("abc", "cannot unmarshal !!str `abc` into {type}"),
    "uint": ("-1", "cannot unmarshal !!int `-1` into {type}"),
    "bool": ("maybe", "cannot unmarshal !!str `maybe` into bool"),
    "float": ("x1", "cannot unmarshal !!str `x1` into float64"),
    "string": ("[a]", "cannot unmarshal !!seq into string"),
    "list<string>": ("one", "cannot unmarshal !!str `one` into {type}"),
    "map<string>": ("one", "cannot unmarshal !!str `one` into map[string]string"),
}
WRONG_BY_TYPE = {
    "time.Duration": ("1d", "cannot unmarshal !!str `1d` into time.Duration"),
    "model.Duration": ("1x", 'unknown unit "x" in duration "1x"'),
    "flagext.ByteSize": ("1qb", 'strconv.UnmarshalText: parsing "1QB": invalid syntax'),
    "flagext.Secret": ("{a: b}", "cannot unmarshal !!map into string"),
    "log.Level": ("loud", 'unrecognized log level "loud"'),
    "config.TLSVersion": ("TLS99", "unknown TLS version: TLS99"),
}


def reachable(fields: FieldTable) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each struct with one way to it through structs alone; lists and maps need entries and are left out."""
    seen = {fields.root}
    queue: list[tuple[str, tuple[str, ...]]] = [(fields.root, ())]
    while queue:
        struct, path = queue.pop(0)
        yield struct, path
        for name, kind in fields.structs[struct].items():
            inner = kind.removeprefix("@")
            if kind.startswith("@") and inner not in seen and inner in fields.structs:
                seen.add(inner)
                queue.append((inner, (*path, name)))


def nested(path: tuple[str, ...], last: str) -> str:
    """A file that sets only `last` (a line) below `path`; the last line is the one that matters."""
    lines = [f"{'  ' * depth}{name}:" for depth, name in enumerate(path)]
    return "\n".join([*lines, "  " * len(path) + last]) + "\n"


@pytest.mark.parametrize("version", VERSIONS)
def test_unknown_field_in_every_struct(version: str) -> None:
    fields = table(version)
    tried = 0
    for struct, path in reachable(fields):
        if "<any>" in fields.structs[struct]:
            continue
        problem = check(nested(path, "no_such_field: 1"), version, TODAY)[0]
        assert str(problem) == f"line {len(path) + 1}: field no_such_field not found in type {go_name(struct)}"
        assert (problem.field, problem.type, problem.wave) == ("no_such_field", go_name(struct), 1)
        tried += 1
    assert tried > 80


@pytest.mark.parametrize("version", FEW)
def test_wrong_value_in_every_field(version: str) -> None:
    fields = table(version)
    tried = 0
    for struct, path in reachable(fields):
        for name, kind in fields.structs[struct].items():
            type_ = fields.go_type(struct, name, kind)
            value, words = WRONG_BY_TYPE.get(type_) or WRONG.get(kind) or ("", "")
            if type_ == "flagext.StringSliceCSVMulti":
                continue  # one text is as good as a list
            if not value or "remote" in "".join(path) or struct.startswith("config.plain"):
                continue  # Prometheus' own structs refuse the rest of themselves
            problem = check(nested(path, f"{name}: {value}"), version, TODAY)[0]
            assert problem.text == words.format(type=type_), (struct, name)
            tried += 1
    assert tried > 500


@pytest.mark.parametrize("version", FEW)
def test_every_field_holds_a_fitting_value(version: str) -> None:
    fitting = {
        "int": "1",
        "uint": "1",
        "bool": "yes",
        "float": "0.5",
        "string": "text",
        "duration": "90s",
        "bytes": "1MB",
    }
    fields = table(version)
    for struct, path in reachable(fields):
        for name, kind in fields.structs[struct].items():
            if kind not in fitting or "remote_write" in path or struct.startswith("config.plain"):
                continue  # a remote write client without its URL refuses itself
            problems = check(nested(path, f"{name}: {fitting[kind]}"), version, TODAY)
            assert not [problem for problem in problems if problem.rule.startswith("parser.")], (struct, name)
