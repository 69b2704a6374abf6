"""What a comparison of two configurations yields, and how grave it is (`knowledge/nginx/gravity.yml`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from functools import cache
from typing import Final

from parity.programs.nginx.model.types import Place, Setting
from parity.programs.nginx.syntax.knowledge import load

HIGH: Final = "high"
MEDIUM: Final = "medium"
LOW: Final = "low"
INFO: Final = "info"
_FILE: Final = "gravity.yml"


class Aspect(Enum):
    """What differs where no directive has a name for it. The values are parts of findings' ids: never reworded."""

    RETURN_CODE = "return code"
    RETURN_HOST = "return host"
    RETURN_TEXT = "return text"
    URI_PART = "URI part"
    LOOKED_UP_LATE = "name resolved at each request"
    DEFAULT_SERVER = "default server"
    STEPS = "order of steps"
    EXPRESSIONS = "order of regular expressions"


def named(*words: str) -> str:
    """Return the name of a setting that belongs to something: `zone one rate`. It is part of findings' ids."""
    return " ".join(words)


@dataclass(frozen=True)
class Record:
    """One difference in meaning.

    kind: what sort of thing differs (`location`, `handler`, `header`, `limit`, …); setting: which one, as ids have it
    server, location: where it is in force, by the names of the left configuration; empty where it is in several
    left, right: what each has, for people; None where it has none
    left_place, right_place: where that is said; for what is absent, where it would be or what took it away
    gravity: high, medium, low, or info for what each environment may have its own of
    elsewhere: the further places (server, location) in which the same line makes the same difference
    """

    kind: str
    setting: str
    left: str | None
    right: str | None
    left_place: Place | None
    right_place: Place | None
    gravity: str
    server: str = ""
    location: str = ""
    elsewhere: tuple[tuple[str, str], ...] = ()

    @property
    def lacking(self) -> str:
        """Which side has nothing: left, right, or neither."""
        return "left" if self.left is None else "right" if self.right is None else ""


Side = tuple[str | None, Place]  # what one side has, and where


def one_sided(
    kind: str, setting: str, sides: tuple[Side | None, Side | None], absent: tuple[Place, Place], gravity: str
) -> Record:
    """Return a record in which a side may have nothing: its place is then where it would be."""
    left, right = sides
    return Record(
        kind,
        setting,
        left[0] if left else None,
        right[0] if right else None,
        left[1] if left else absent[0],
        right[1] if right else absent[1],
        gravity,
    )


@cache
def grade(directive: str, *, lost: bool, section: str = "settings") -> tuple[str, str]:
    """Return kind and gravity of a difference in a setting."""
    for entry in load(_FILE)[section]:
        if any(fnmatchcase(directive, pattern) for pattern in entry["settings"]):
            return str(entry["kind"]), str(entry["lost" if lost else "other"])
    raise AssertionError(f"{_FILE}: the last entry of {section} must fit every setting")


@cache
def answered_by(directive: str) -> str:
    """Return how a request must be answered for a setting to count; empty where that is no matter."""
    return _group("answered_by", directive)


@cache
def switched_by(directive: str) -> str:
    """Return the switch that must be on for a setting to count; empty where there is none."""
    return _group("switched_by", directive)


def _group(section: str, directive: str) -> str:
    groups: dict[str, list[str]] = load(_FILE)[section]
    return next((name for name, patterns in groups.items() if any(fnmatchcase(directive, one) for one in patterns)), "")


def is_off(setting: Setting | None) -> bool:
    """Whether a setting is absent or switched off."""
    return setting is None or setting.value in (("off",), ("none",), frozenset({"off"}), frozenset({("none", 0)}))
