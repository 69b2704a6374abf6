"""The measured cases and what the real Loki said of each, taken apart for comparison."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

CASES = Path(__file__).resolve().parents[1] / "cases" / "loki"
_VALIDATION = re.compile(r'msg="validating config" err="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Verdict:
    """What one release of the real Loki did with one file."""

    name: str
    version: str
    exit: int
    said: str

    @property
    def file(self) -> str:
        """What the file was called when it was measured."""
        return "config.yaml" if self.name.startswith("w2-") else f"{self.name}.yaml"

    @property
    def text(self) -> str:
        return (CASES / f"{self.name}.yaml").read_bytes().decode()


@cache
def verdicts() -> tuple[Verdict, ...]:
    """Every case on every release it was measured on."""
    content: dict[str, dict[str, dict[str, Any]]] = json.loads((CASES / "verdicts.json").read_text(encoding="utf-8"))
    return tuple(
        Verdict(name, version, said["exit"], _message(said["output"]))
        for name, releases in content.items()
        for version, said in releases.items()
    )


@cache
def by_case() -> dict[str, list[Verdict]]:
    """The verdicts of each case, release by release: one test per case keeps the suite quick."""
    cases: dict[str, list[Verdict]] = {}
    for verdict in verdicts():
        cases.setdefault(verdict.name, []).append(verdict)
    return cases


def _message(lines: list[str]) -> str:
    """Loki's message without what differs from run to run: time, caller, level, addresses, warnings."""
    if lines and lines[0].startswith("failed parsing config"):
        return "\n".join(lines)
    if lines and lines[0].startswith("panic"):
        return lines[0]
    for line in lines:
        match = _VALIDATION.search(line)
        if match:
            return str(json.loads(f'"{match[1]}"'))
    return ""
