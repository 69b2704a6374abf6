"""No text that a user can meet has a phrase of `banned_phrases.yml`; each is reported with its place and what to write."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
TEXTS = (
    "README.md",
    "CONTRIBUTING.md",
    "Makefile",
    "*.yml",
    "docs/*.md",
    "inventory/**/*.yml",
    "knowledge/**/*.yml",
    "lab/*.yml",
    "lab/*.md",
    "playbooks/**/*.yml",
    "roles/**/*",
    "templates/**/*",
    "filter_plugins/*.yml",
)
# Whole modules: what they document is in a literal.
CODE = (
    "src/**/*.py",
    "library/*.py",
    "action_plugins/*.py",
    "callback_plugins/*.py",
    "filter_plugins/*.py",
    "lab/*.py",
)
# Whose docstrings users read: docs/repairs.md is made from them.
DOCSTRINGS = ("src/parity/programs/nginx/repair/",)


def banned() -> dict[str, re.Pattern[str]]:
    """Return, by what to write, how the phrase to replace is found."""
    entries = yaml.safe_load((ROOT / "tests/unit/banned_phrases.yml").read_text(encoding="utf-8"))
    return {
        f"{entry.get('phrase') or entry['pattern']} → {entry['write']}": re.compile(
            entry.get("pattern") or r"\b" + re.escape(entry["phrase"]).replace(r"\ ", r"\s+") + r"\b", re.IGNORECASE
        )
        for entry in entries
    }


BANNED = banned()


def found(text: str) -> Iterator[str]:
    """Yield the banned phrases in a text, each with what to write."""
    return (entry for entry, pattern in BANNED.items() if pattern.search(" ".join(text.split())))


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the string literals of a module, with their lines; docstrings only where users read them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    read = path.relative_to(ROOT).as_posix().startswith(DOCSTRINGS)
    unread = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)} if not read else set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in unread:
            yield node.lineno, node.value


def places(path: Path) -> Iterator[str]:
    """Yield a line for each banned phrase in a file."""
    name = path.relative_to(ROOT).as_posix()
    if path.suffix == ".py":
        for line, text in literals(path):
            yield from (f"{name}:{line}: {entry}" for entry in found(text))
    else:
        lines = path.read_text(encoding="utf-8").splitlines()
        if not [*found(" ".join(line.lstrip(" #-") for line in lines))]:
            return  # nor is there one in any two lines
        for number, (line, following) in enumerate(zip(lines, [*lines[1:], ""], strict=True), 1):
            both = f"{line} {following.lstrip(' #-')}"
            hits = [*found(line), *(entry for entry in found(both) if entry not in {*found(line), *found(following)})]
            yield from (f"{name}:{number}: {entry}" for entry in hits)


# A list of words that nobody reads as sentences.
WORDS = ROOT / "src/parity_host/secrets/known_words.py"


def files() -> list[Path]:
    """Return every file with texts that users can meet."""
    listed = {path for pattern in (*TEXTS, *CODE) for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(path for path in listed - {WORDS} if "__pycache__" not in path.parts and "run" not in path.parts)


def test_no_text_has_a_banned_phrase() -> None:
    lines = [line for path in files() for line in places(path)]
    assert not lines, "\n".join(lines)


def test_a_banned_phrase_is_found_across_lines() -> None:
    assert [*found("The container is\n made anew.")]
    assert [*found("It is HELD against the plan.")]
    assert not [*found("It is recommended to recreate the container.")]
