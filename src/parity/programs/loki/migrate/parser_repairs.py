"""Repairs of what the parser refuses: fields that are gone, values written in a way their field does not take."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Final

from parity.programs.loki.go.scalars import resolve, whole
from parity.programs.loki.go.yaml_nodes import YamlNode
from parity.programs.loki.migrate import edit
from parity.programs.loki.migrate.carried_values import SPECIAL, Memory, step_for
from parity.programs.loki.migrate.edit import CannotEdit, Path
from parity.programs.loki.migrate.moves import move
from parity.programs.loki.migrate.plan import MigrationStep
from parity.programs.loki.read.decode import Decoded, Issue
from parity.programs.loki.read.releases import FieldTable, Release, go_name, read_yaml, releases, table

_LONG: Final = {"d": 24, "w": 24 * 7, "y": 24 * 365}
_LONG_DURATION: Final = re.compile(r"(?:\d{1,9}[ywd])+", re.ASCII)
_BINARY_SIZE: Final = re.compile(r"(\d+)\s*([KMGTPE])iB?\Z", re.ASCII | re.IGNORECASE)
_TAB: Final = re.compile(r" *\t\s*[^\s#]")
_MOST_LINES: Final = 20
_DATE: Final = re.compile(r"(\d{4})[-/](\d\d)[-/](\d\d)(?:T00:00:00(?:\.0+)?Z)?\Z", re.ASCII)


@cache
def removed() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Return knowledge/loki/removed.yml by type and field."""
    return {(entry["type"], entry["field"]): entry for entry in read_yaml("removed.yml")}


def repair_issue(text: str, issue: Issue, fields: FieldTable, memory: Memory) -> tuple[str, MigrationStep]:
    """Return the text without `issue` and the step that did it; raises CannotEdit with the reason where it must not."""
    if issue.kind == "unknown":
        return _unknown(text, issue, fields, memory)
    if issue.kind == "repeated":
        return _repeated(text, issue)
    return _mismatch(text, issue)


def _unknown(text: str, issue: Issue, fields: FieldTable, memory: Memory) -> tuple[str, MigrationStep]:
    entry = removed().get((issue.type, issue.field))
    if entry is None or Release.parse(entry["gone"]) > fields.release:  # not gone yet: not there yet
        return _gone(text, issue, fields, memory)
    path = issue.path
    why = f"`{issue.field}` was removed in Loki {entry['gone']}; {entry['why']}"
    if entry["do"] == "rename":
        return _renamed(text, issue, entry["to"], why)
    if entry["do"] == "delete":
        return edit.remove(text, path, issue.line), step_for("removed", issue, why)
    if entry["do"] == "move":
        return move(text, path, tuple(entry["to"].split(".")), why, fields, issue.line)
    if entry["do"] == "move-inside":
        return move(text, path, (*path[:-1], *entry["to"].split(".")), why, fields, issue.line)
    return SPECIAL[entry["do"]](text, issue, why, memory)


def _gone(text: str, issue: Issue, fields: FieldTable, memory: Memory) -> tuple[str, MigrationStep]:
    """A field without an entry: said by the tables when it came or went; no release knows it: probably a slip."""
    known = [release for release in releases() if _accepts(table(str(release)), issue)]
    older = [release for release in known if release < fields.release]
    newer = [release for release in known if release > fields.release]
    if older:
        why = f"Loki {fields.release} does not have it; Loki {older[-1]} was the last known release that did"
    elif newer:
        why = f"it was added in Loki {newer[0]}"
    else:
        members = _members(issue, fields)
        same = [name for name in members if _bare(name) == _bare(issue.field)]
        if len(same) == 1:
            return _renamed(text, issue, same[0], "it is written in snake_case", verify=True)
        if meant := _meant_block(text, issue, fields):
            return _renamed(text, issue, meant, "all of its settings belong to that block", verify=True)
        block = _empty_above(text, issue, fields, memory)
        if block:
            memory.filled.add(block)
            why = f"`{block[-1]}` above it is empty and accepts this setting: the indentation was lost"
            to = ".".join(map(str, (*block, issue.field)))
            return edit.indent(text, issue.path, issue.line), step_for("moved", issue, why, to=to, verify=True)
        slip = _slip(issue.field, members)
        if slip and _one_may_stay(text, issue, (*issue.path[:-1], slip)):
            why = "no known Loki release has it, and the other name differs only by a typo"
            return _renamed(text, issue, slip, why, verify=True)
        near = next(iter(get_close_matches(issue.field, sorted(members), 1, 0.8)), "")
        why = "no known Loki release has it"
        if near:
            why += f"; did you mean `{near}`?"
        elif blocks := _blocks(str(fields.release)).get(issue.field, ()):
            why += f"; it is a setting of {' and '.join(f'`{block}`' for block in blocks)}"
    return edit.remove(text, issue.path, issue.line), step_for("removed", issue, why, verify=not older)


def _renamed(text: str, issue: Issue, name: str, why: str, *, verify: bool = False) -> tuple[str, MigrationStep]:
    """The field under another name; where that is set as well, it stays."""
    target = (*issue.path[:-1], name)
    if edit.find(text, target) is None:
        return edit.rename(text, issue.path, name, issue.line), step_for("renamed", issue, why, to=name, verify=verify)
    same = edit.value(text, target) == edit.value(text, issue.path, issue.line)
    which = "" if same else " to a different value: keep the intended one"
    why = f"{why}, and `{name}` is already set{which}"
    return edit.remove(text, issue.path, issue.line), step_for("removed", issue, why, verify=not same)


def _one_may_stay(text: str, issue: Issue, target: Path) -> bool:
    """Whether `target` is not there, or is a value beside a value; two blocks may each have what the other has not."""
    missing = edit.find(text, target) is None
    return missing or None not in (edit.value(text, target), edit.value(text, issue.path, issue.line))


def _slip(field: str, members: Collection[str]) -> str:
    """The one known name that a letter or two tell apart; another word (`_mb`) would be another unit."""
    alike = [name for name in members if name.count("_") == field.count("_") and abs(len(name) - len(field)) <= 2]
    found = get_close_matches(field, sorted(alike), 2, 0.9)
    return found[0] if len(found) == 1 else ""


def _meant_block(text: str, issue: Issue, fields: FieldTable) -> str:
    """The one block beside it that is not there yet, is called alike and has every setting that this one has."""
    place = edit.find(text, issue.path, issue.line)
    names = {key.value for key, _ in place.value.pairs()} if place and place.value.kind == "mapping" else set()
    above = ".".join(map(str, issue.path[:-1]))
    struct = (fields.kind(above) or "").partition("@")[2] if above else fields.root
    alike = []
    for name, kind in fields.structs.get(struct, {}).items():
        known = fields.structs.get(kind.partition("@")[2], {}).keys() if kind.startswith("@") else set()
        called = issue.field.endswith(name) or get_close_matches(issue.field, [name], 1, 0.8)
        if names and names <= known and called and edit.find(text, (*issue.path[:-1], name)) is None:
            alike.append(name)
    return alike[0] if len(alike) == 1 else ""


def _empty_above(text: str, issue: Issue, fields: FieldTable, memory: Memory) -> Path | None:
    """The empty block right above a setting that belongs into it, as where the blanks before it are missing."""
    place = edit.find(text, issue.path, issue.line)
    if place is None or place.holder.flow:
        return None
    for key, value in reversed(place.holder.pairs()[: place.number]):
        block: Path = (*issue.path[:-1], key.value)
        kind = fields.kind(".".join(map(str, block)))
        if kind is None:
            continue
        empty = (value.is_null and value.start == value.end) or block in memory.filled
        return block if empty and fields.has(kind.partition("@")[2], issue.field) else None
    return None


@cache
def _blocks(release: str) -> Mapping[str, tuple[str, ...]]:
    """The blocks at the top of a file that have a setting, by the setting's name."""
    fields = table(release)
    found: dict[str, tuple[str, ...]] = {}
    for block, kind in fields.structs[fields.root].items():
        for name in fields.structs.get(kind.partition("@")[2], {}) if kind.startswith("@") else ():
            found[name] = (*found.get(name, ()), block)
    return found


def _accepts(fields: FieldTable, issue: Issue) -> bool:
    names = ".".join(str(name) for name in issue.path if isinstance(name, str))
    return fields.kind(names) is not None or any(
        go_name(struct) == issue.type and issue.field in members for struct, members in fields.structs.items()
    )


def _members(issue: Issue, fields: FieldTable) -> set[str]:
    """The fields that the release knows where `issue` stands."""
    return {name for struct, members in fields.structs.items() if go_name(struct) == issue.type for name in members}


def _bare(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _repeated(text: str, issue: Issue) -> tuple[str, MigrationStep]:
    first = edit.source(text, issue.path)
    second = edit.source(text, issue.path, issue.line)
    if first is None or first != second:
        raise CannotEdit("the two values differ: keep the right one")
    place = edit.find(text, issue.path)
    if place is not None and place.key is not None and place.key.line == issue.line:
        raise CannotEdit("both are on the same line")
    return edit.remove(text, issue.path, issue.line), step_for("removed", issue, "it is set twice, to the same value")


def _mismatch(text: str, issue: Issue) -> tuple[str, MigrationStep]:
    place = edit.find(text, issue.path)
    if place is None or place.value.kind != "scalar" or place.value.line != issue.line:
        raise CannotEdit("set the intended value")
    written = rewritten(place.value, issue.type)
    if written is None:
        raise CannotEdit(_only_you(place.value.value))
    return edit.replace(text, issue.path, written), step_for("changed", issue, f"written as a valid {issue.type}")


def _only_you(value: str) -> str:
    hint = "; Loki replaces ${…} only with -config.expand-env=true" if "${" in value else ""
    return f"set the intended value{hint}"


def rewritten(node: YamlNode, type_: str) -> str | None:
    """Return the same value as `type_` can be read from it, None where that would be a guess."""
    value = node.value
    if type_ == "time.Duration" and _LONG_DURATION.fullmatch(value):
        hours = sum(whole(number) * _LONG[unit] for number, unit in re.findall(r"(\d+)([ywd])", value))
        return f"{hours}h"
    if not node.implicit and type_ in ("bool", "int", "int64", "uint", "uint32", "float64"):
        plain = resolve(YamlNode("scalar", node.line, node.start, node.end, value=value, implicit=True))
        wanted = "bool" if type_ == "bool" else "float" if type_ == "float64" else "int"
        return value if plain.tag in (wanted, "int" if wanted == "float" else wanted) else None
    if type_ in ("[]string", "flagext.StringSlice") and value and "${" not in value:
        return f'["{value}"]' if re.fullmatch(r"[\w.:/-]+", value) else None
    return None


def _tabs(text: str) -> str:
    lines = [str(number) for number, line in enumerate(text.splitlines(), 1) if _TAB.match(line)]
    if not lines:
        return "set the intended value"
    where = ", ".join(lines[:_MOST_LINES])
    return f"YAML does not allow tabs at the start of a line: replace them with spaces on line {where}"


def repair_fatal(text: str, decoded: Decoded) -> tuple[str, MigrationStep]:
    """Return the text with the value that ended the reading put right; raises CannotEdit where that is a guess."""
    path = decoded.fatal_path
    place = edit.find(text, path) if path else None
    if place is None or place.value.kind != "scalar":
        raise CannotEdit(_tabs(text) if decoded.fatal.startswith("yaml: ") else "set the intended value")
    value = place.value.value
    size = _BINARY_SIZE.match(value)
    if size:
        written = f"{size[1]}{size[2].upper()}B"
        why = "Loki writes binary units without the i"
    else:
        day = _DATE.match(value)
        if path[-1] != "from" or not day:
            raise CannotEdit(_only_you(value))
        written = f"{day[1]}-{day[2]}-{day[3]}"
        why = "the date of a period is written YYYY-MM-DD"
    step = MigrationStep("changed", ".".join(map(str, path)), why, place.value.line)
    return edit.replace(text, path, written), step
