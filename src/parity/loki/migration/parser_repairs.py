"""Repairs of what the parser refuses: fields that are gone, values written in a way their field does not take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Final

from parity.loki.decode import Decoded, Issue
from parity.loki.goscalar import resolve, whole
from parity.loki.goyaml import Node
from parity.loki.migration import edit
from parity.loki.migration.edit import CannotEdit, Path
from parity.loki.migration.plan import Step
from parity.loki.migration.special import SPECIAL, Memory, step_for
from parity.loki.tables import Table, go_name, read_yaml, releases, table

_LONG: Final = {"d": 24, "w": 24 * 7, "y": 24 * 365}
_LONG_DURATION: Final = re.compile(r"(?:\d+[ywd])+", re.ASCII)
_BINARY_SIZE: Final = re.compile(r"(\d+)\s*([KMGTPE])iB?\Z", re.ASCII | re.IGNORECASE)
_DATE: Final = re.compile(r"(\d{4})[-/](\d\d)[-/](\d\d)(?:T00:00:00(?:\.0+)?Z)?\Z", re.ASCII)


@cache
def removed() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Return knowledge/loki/removed.yml by type and field."""
    return {(entry["type"], entry["field"]): entry for entry in read_yaml("removed.yml")}


def repair_issue(text: str, issue: Issue, decoded: Decoded, fields: Table, memory: Memory) -> tuple[str, Step]:
    """Return the text without `issue` and the step that did it; raises CannotEdit with the reason where it must not."""
    if issue.kind == "unknown":
        return _unknown(text, issue, fields, memory)
    if issue.kind == "repeated":
        return _repeated(text, issue)
    return _mismatch(text, issue)


def _unknown(text: str, issue: Issue, fields: Table, memory: Memory) -> tuple[str, Step]:
    entry = removed().get((issue.type, issue.field))
    if entry is None:
        return _gone(text, issue, fields)
    path = issue.path
    why = f"`{issue.field}` is gone since Loki {entry['gone']}; {entry['why']}"
    if entry["do"] == "rename":
        renamed = edit.rename(text, path, entry["to"], issue.line)
        return renamed, step_for("renamed", issue, why, to=entry["to"])
    if entry["do"] == "delete":
        return edit.remove(text, path, issue.line), step_for("removed", issue, why)
    if entry["do"] == "move":
        return _move(text, issue, tuple(entry["to"].split(".")), why)
    if entry["do"] == "write-back":
        return _move(text, issue, (*path[:-1], *entry["to"].split(".")), why)
    return SPECIAL[entry["do"]](text, issue, why, memory)


def _move(text: str, issue: Issue, target: Path, why: str) -> tuple[str, Step]:
    written = edit.source(text, issue.path, issue.line)
    if written is None:
        raise CannotEdit("its value is not a plain one")
    shown = ".".join(map(str, target))
    without = edit.remove(text, issue.path, issue.line)
    if edit.find(text, target) is not None:
        return without, step_for("removed", issue, f"{why}, and `{shown}` is set already")
    if written in ("", "0", "0s", '""', "~", "null"):
        return without, step_for("removed", issue, f"{why}; it was not set to anything")
    return edit.put(without, target, written), step_for("moved", issue, why, to=shown)


def _gone(text: str, issue: Issue, fields: Table) -> tuple[str, Step]:
    """A field without an entry: said by the tables when it came or went; no release knows it: probably a slip."""
    known = [release for release in releases() if _accepts(table(str(release)), issue)]
    older = [release for release in known if release < fields.release]
    newer = [release for release in known if release > fields.release]
    if older:
        why = f"Loki {fields.release} does not know it; Loki {older[-1]} was the last in our tables that did"
    elif newer:
        why = f"it came with Loki {newer[0]}"
    else:
        near = _near(issue, fields)
        why = "no Loki release in our tables knows it" + (f"; did you mean `{near}`?" if near else "")
    return edit.remove(text, issue.path, issue.line), step_for("removed", issue, why, verify=not older)


def _accepts(fields: Table, issue: Issue) -> bool:
    names = ".".join(str(name) for name in issue.path if isinstance(name, str))
    return fields.kind(names) is not None or any(
        go_name(struct) == issue.type and issue.field in members for struct, members in fields.structs.items()
    )


def _near(issue: Issue, fields: Table) -> str:
    members = {name for struct, members in fields.structs.items() if go_name(struct) == issue.type for name in members}
    return next(iter(get_close_matches(issue.field, sorted(members), 1, 0.8)), "")


def _repeated(text: str, issue: Issue) -> tuple[str, Step]:
    first = edit.source(text, issue.path)
    second = edit.source(text, issue.path, issue.line)
    if first is None or first != second:
        raise CannotEdit("the two do not say the same, and only you know which is meant")
    place = edit.find(text, issue.path)
    if place is not None and place.key is not None and place.key.line == issue.line:
        raise CannotEdit("both stand on one line")
    return edit.remove(text, issue.path, issue.line), step_for("removed", issue, "it is set twice, to the same value")


def _mismatch(text: str, issue: Issue) -> tuple[str, Step]:
    place = edit.find(text, issue.path)
    if place is None or place.value.kind != "scalar" or place.value.line != issue.line:
        raise CannotEdit("only you know what was meant")
    written = rewritten(place.value, issue.type)
    if written is None:
        hint = "; Loki replaces ${…} only with -config.expand-env=true" if "${" in place.value.value else ""
        raise CannotEdit(f"only you know what was meant{hint}")
    return edit.replace(text, issue.path, written), step_for(
        "changed", issue, f"written so that {issue.type} can be read from it"
    )


def rewritten(node: Node, type_: str) -> str | None:
    """Return the same value as `type_` can be read from it, None where that would be a guess."""
    value = node.value
    if type_ == "time.Duration" and _LONG_DURATION.fullmatch(value):
        hours = sum(whole(number) * _LONG[unit] for number, unit in re.findall(r"(\d+)([ywd])", value))
        return f"{hours}h"
    if not node.implicit and type_ in ("bool", "int", "int64", "uint", "uint32", "float64"):
        plain = resolve(Node("scalar", node.line, node.start, node.end, value=value, implicit=True))
        wanted = "bool" if type_ == "bool" else "float" if type_ == "float64" else "int"
        return value if plain.tag in (wanted, "int" if wanted == "float" else wanted) else None
    if type_ in ("[]string", "flagext.StringSlice") and value and "${" not in value:
        return f'["{value}"]' if re.fullmatch(r"[\w.:/-]+", value) else None
    return None


def repair_fatal(text: str, decoded: Decoded) -> tuple[str, Step]:
    """Return the text with the value that ended the reading put right; raises CannotEdit where that is a guess."""
    path = decoded.fatal_path
    place = edit.find(text, path) if path else None
    if place is None or place.value.kind != "scalar":
        raise CannotEdit("only you know what was meant")
    value = place.value.value
    size = _BINARY_SIZE.match(value)
    if size:
        written = f"{size[1]}{size[2].upper()}B"
        why = "Loki writes powers of 1024 without the i"
    else:
        day = _DATE.match(value)
        if path[-1] != "from" or not day:
            raise CannotEdit("only you know what was meant")
        written = f"{day[1]}-{day[2]}-{day[3]}"
        why = "a period begins on a day, written YYYY-MM-DD"
    step = Step("changed", ".".join(map(str, path)), why, place.value.line)
    return edit.replace(text, path, written), step
