"""What a command sets that decides about data, access or load, by the options' names: `knowledge/commands.yml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from parity.knowledge.entries import checked, checked_list
from parity.knowledge.files import FOLDER, read_yaml


@dataclass(frozen=True)
class Program:
    """A program: its commands, words of the images that run the first of them, and what its options decide."""

    programs: tuple[str, ...]
    images: tuple[str, ...]
    options: Mapping[str, str]


@dataclass(frozen=True)
class Unsafe:
    """What production must not run with: `what` it does, the `action`, and whether it `opens` the program to anybody.
    `alone`: it is wrong only where a container has a network of its own.

    `words` match a word of a command with the next; `only` and `unless` look at the image and the whole command.
    """

    words: re.Pattern[str]
    what: str
    action: str
    opens: bool
    alone: bool
    only: re.Pattern[str] | None
    unless: re.Pattern[str] | None

    def found_in(self, words: Sequence[str], image: str) -> str:
        """Return the words of a command that are at fault; nothing where none is."""
        whole = " ".join((image, *words))
        if (self.only and not self.only.search(whole)) or (self.unless and self.unless.search(whole)):
            return ""
        pairs = (f"{word} {value}" for word, value in pairwise(words) if not value.startswith("-"))
        return next((said for said in (*words, *pairs) if self.words.fullmatch(said)), "")


@dataclass(frozen=True)
class Commands:
    """Everything that `knowledge/commands.yml` says."""

    compared: tuple[Program, ...]
    unsafe: tuple[Unsafe, ...]

    def program(self, words: Sequence[str], image: str) -> Program | None:
        """Return what a command runs, else what its image does; None for a program that is not known."""
        named = {word.rpartition("/")[2] for word in words}
        by_name = (one for one in self.compared if named & set(one.programs))
        by_image = (one for one in self.compared if any(word in _last_part(image) for word in one.images))
        return next(by_name, None) or next(by_image, None)


_FILE: Final = FOLDER / "commands.yml"
_SECTIONS: Final = ("compared", "unsafe")
_COMPARED: Final = ("programs", "images", "options")
_UNSAFE: Final = ("words", "what", "action")


@cache
def load(path: Path = _FILE) -> Commands:
    """Return what a file says; raises ParityError naming it, the entry and the mistake."""
    data, origin = checked(read_yaml(path), path.name, _SECTIONS, _SECTIONS), path.name
    return Commands(
        compared=tuple(
            Program(
                tuple(one["programs"]),
                tuple(one["images"]),
                {name: subject for subject, names in one["options"].items() for name in names},
            )
            for one in checked_list(data, "compared", origin, _COMPARED, _COMPARED)
        ),
        unsafe=tuple(
            Unsafe(
                re.compile(one["words"]),
                one["what"],
                one["action"],
                one.get("opens", False),
                one.get("alone", False),
                re.compile(one["only"]) if "only" in one else None,
                re.compile(one["except"]) if "except" in one else None,
            )
            for one in checked_list(data, "unsafe", origin, (*_UNSAFE, "opens", "alone", "only", "except"), _UNSAFE)
        ),
    )


def settings(command: Sequence[str] | None, image: str) -> dict[str, str]:
    """Return the options of a command that matter, by name; none for a program that is not known here."""
    words = words_of(command or ())
    program = load().program(words, image)
    return {name: value for name, value in _options(words) if name in program.options} if program else {}


def decides(name: str) -> str:
    """Return what an option decides: authentication, persistence, eviction, tls or settings."""
    return next((one.options[name] for one in load().compared if name in one.options), "settings")


def changed(settings_by_environment: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the options in which environments differ."""
    names = sorted({name for found in settings_by_environment.values() for name in found})
    return [name for name in names if len({found.get(name) for found in settings_by_environment.values()}) > 1]


def words_of(command: Sequence[str]) -> list[str]:
    """Return the words of a command, those of a shell's `-c` among them."""
    return [part for word in command for part in word.split()]


def _last_part(image: str) -> str:
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield options with their values: `--name value`, `--name=value`, and PostgreSQL's `-c name=value`."""
    for word, following in pairwise([*words, ""]):
        if word == "-c" and "=" in following:
            name, _, value = following.partition("=")
            yield name, value
        elif word.startswith("--"):
            name, given, value = word[2:].partition("=")
            yield name, value if given else "" if following.startswith("-") else following
