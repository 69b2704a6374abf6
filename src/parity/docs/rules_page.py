"""`docs/rules.md`, made from the rules: `python -m parity.docs.rules_page`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from parity.areas.register import AREAS
from parity.judge import knowledge
from parity.knowledge.rules import Rule
from parity.report.text import markdown

PAGE: Final = Path(__file__).resolve().parents[3] / "docs" / "rules.md"
_HEAD: Final = """# The rules

Made from `knowledge/rules/` by `make docs`. A rule's severity is that of production and of other environments. Findings
of the area `logs` have one rule for each [signature](signatures.md).
"""


def page() -> str:
    """Return the page: a table of rules for each area, in the order of the report."""
    rules = knowledge.load().rules
    return _HEAD + "".join(_area(area.name, area.title, rules) for area in AREAS if area.name != "logs")


def _area(name: str, title: str, rules: dict[str, Rule]) -> str:
    own = sorted((rule for rule in rules.values() if rule.id.startswith(f"{name}.")), key=lambda rule: rule.id)
    return f"\n## {title}\n\n" + "\n".join(_table(own)) + "\n"


def _table(rules: list[Rule]) -> Iterator[str]:
    yield "| rule | production / elsewhere | why | what to do |"
    yield "| --- | --- | --- | --- |"
    for rule in rules:
        severity = f"{rule.production.word} / {rule.elsewhere.word}"
        yield f"| `{rule.id}` | {severity} | {markdown(rule.impact)} | {markdown(rule.action)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
