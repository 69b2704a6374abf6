"""Gives a message of nginx its class: by its words, and by what is known of its cause (`messages.yml`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from parity.programs.nginx.syntax.directives import GENERATIONS, table
from parity.programs.nginx.syntax.knowledge import load, version_of
from parity.programs.nginx.syntax.problem import Problem

UNCLASSIFIED: Final = "unclassified"
_PLACE: Final = re.compile(r" in (?P<file>[^\s\"][^\"\n]*):(?P<line>\d{1,9})\Z")
_CUT: Final = 1000  # characters: nginx cuts longer messages off, the closing quote with the rest
_COMMAND_LINE: Final = " in command line"
_ON_THE_COMMAND_LINE: Final = "The fault is in nginx's own command line (the text behind -g), not in a file. "


@dataclass(frozen=True)
class MessageKind:
    """One entry of messages.yml."""

    rule: str
    wording: str
    patterns: tuple[re.Pattern[str], ...]
    cause: str
    impact: str
    action: str
    remedy: str
    example: str
    names_directive: bool

    def match(self, message: str) -> re.Match[str] | None:
        """Return where the message is one of this kind."""
        for pattern in self.patterns:
            found = pattern.search(message)
            if found and not (self.names_directive and found["argument"] not in _directives()):
                return found
        return None


@cache
def kinds() -> tuple[MessageKind, ...]:
    """Return the known kinds of message, the closer look first."""
    return tuple(_kind(entry) for entry in load("messages.yml"))


def kind_of(rule: str, wording: str) -> MessageKind | None:
    """Return the kind with that rule id, if there are several the one for those words."""
    found = [kind for kind in kinds() if kind.rule == rule]
    return next((kind for kind in found if kind.wording == wording), found[0] if found else None)


def classify(message: str, level: str, *, rule: str | None = None) -> Problem:
    """Return the message as a Problem. `rule` is a cause that is known better than the words tell."""
    place = _PLACE.match(message, max(message.rfind(" in "), 0))
    text = message[: place.start()] if place else message
    kind, found = _find(message)
    if kind is None and len(text) >= _CUT:
        kind, found = _find(text + '"')
    named: dict[str, Any] = found.groupdict() if found else {}
    known = kind_of(rule, kind.wording if kind else UNCLASSIFIED) if rule else kind
    by_hand = text.endswith(_COMMAND_LINE)
    file, line = (place["file"], place["line"]) if place else (named.get("file"), named.get("line"))
    return Problem(
        message=message,
        level=level,
        rule="command_line" if by_hand else rule or (kind.rule if kind else UNCLASSIFIED),
        message_class=kind.wording if kind else UNCLASSIFIED,
        file=file,
        line=int(line[:9]) if line else None,
        directive=named.get("directive"),
        argument=named.get("argument"),
        cause=(_ON_THE_COMMAND_LINE if by_hand else "") + _fill(known.cause if known else "", named),
        impact=_fill(known.impact if known else "", named),
        action=_fill(known.action if known else "", named),
        remedy=known.remedy if known and not by_hand else "no",
    )


def _find(message: str) -> tuple[MessageKind | None, re.Match[str] | None]:
    for kind in kinds():
        found = kind.match(message)
        if found:
            return kind, found
    return None, None


def _fill(text: str, named: dict[str, Any]) -> str:
    for key in ("directive", "argument", "port", "address"):
        text = text.replace("{" + key + "}", str(named.get(key) or "it"))
    return text


def _kind(entry: dict[str, Any]) -> MessageKind:
    pattern = entry.get("pattern", [])
    patterns = pattern if isinstance(pattern, list) else [pattern]
    return MessageKind(
        rule=entry["class"],
        wording=entry.get("wording", entry["class"]),
        patterns=tuple(re.compile(pattern) for pattern in patterns),
        cause=entry["cause"],
        impact=entry["impact"],
        action=entry["action"],
        remedy=entry["remedy"],
        example=entry.get("example", ""),
        names_directive=entry.get("names_directive", False),
    )


@cache
def _directives() -> frozenset[str]:
    return frozenset(name for generation in GENERATIONS for name in table(version_of(generation)))
