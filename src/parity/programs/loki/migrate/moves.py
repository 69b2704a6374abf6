"""Moving a setting's value to another place, written as that place reads it, with the comment behind it."""

from __future__ import annotations

from parity.programs.loki.go.durations import parse_go, parse_model, print_model
from parity.programs.loki.go.scalars import whole
from parity.programs.loki.migrate import edit
from parity.programs.loki.migrate.edit import CannotEdit, Path
from parity.programs.loki.migrate.plan import MigrationStep
from parity.programs.loki.read.releases import FieldTable

_MILLISECOND = 10**6
_UNSET = ("", "0", "0s", '""', "~", "null")


def move(
    text: str, path: Path, target: Path, why: str, fields: FieldTable, line: int | None = None
) -> tuple[str, MigrationStep]:
    """Return `text` with the value at `path` (the one on `line` if given) at `target` instead, and the step.

    What is set at `target` already stays; a value that stands for nothing is only removed.
    """
    written = edit.source(text, path, line)
    if written is None:
        place = edit.find(text, path, line)
        used = place is not None and edit.is_used(text, place.value)
        raise CannotEdit("it defines an anchor that is used elsewhere" if used else "its value is not a scalar")
    from_, to = ".".join(map(str, path)), ".".join(map(str, target))
    without = edit.remove(text, path, line)
    there = edit.find(text, target)
    if there is not None and not there.value.is_null:
        same = edit.value(text, target) == edit.value(text, path, line)
        which = "" if same else " to a different value: keep the intended one"
        return without, MigrationStep(
            "removed", from_, f"{why}, and `{to}` is already set{which}", line, verify=not same
        )
    if written in _UNSET:
        return without, MigrationStep("removed", from_, f"{why}; it had no value", line)
    comment = edit.trailing_comment(text, path, line)
    value = _fitting(written, target, fields)
    if target[:1] == path[:1]:  # a block with nothing else in it must not be taken out and made anew
        return edit.remove(edit.put(text, target, value, comment), path), MigrationStep("moved", from_, why, line, to)
    return edit.put(without, target, value, comment), MigrationStep("moved", from_, why, line, to)


def _fitting(written: str, target: Path, fields: FieldTable) -> str:
    """Return a duration as its new place reads it.

    Prometheus' durations know no fractions and nothing below a millisecond, Go's no days, and a bare number is
    nanoseconds to Go.
    """
    bare = written.strip("\"'")
    nanoseconds = whole(written) if written.isdecimal() else parse_go(bare)
    if nanoseconds is None or fields.type(".".join(map(str, target))) != "model.Duration":
        return written
    if nanoseconds % _MILLISECOND:
        raise CannotEdit("set the intended duration")
    try:
        parse_model(bare)
    except ValueError:
        return print_model(nanoseconds)
    return written
