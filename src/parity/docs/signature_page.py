"""The table of all signatures in `docs/signatures.md`, made from the data: `python -m parity.docs.signature_page`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from parity.judge import knowledge
from parity.knowledge.signatures import Signature
from parity.report.text import markdown

PAGE: Final = Path(__file__).resolve().parents[3] / "docs" / "signatures.md"
_MARK: Final = "<!-- the rest is made by parity.signature_page -->\n"


def table(signatures: Iterable[Signature]) -> str:
    """Return the signatures as a Markdown table, by id."""
    lines = [
        "| signature | programs | severity (production / elsewhere) | what it means |",
        "| --- | --- | --- | --- |",
    ]
    for signature in sorted(signatures, key=lambda one: one.id):
        rule = signature.rule
        name = f'<a id="{rule.id}"></a>`{signature.id}`'
        programs = ", ".join(sorted(signature.applies_to))
        severity = f"{rule.production.word} / {rule.elsewhere.word}"
        lines.append(f"| {name} | {programs} | {severity} | {markdown(rule.cause)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the table into the page, below its mark."""
    text, mark, _ = PAGE.read_text(encoding="utf-8").partition(_MARK)
    PAGE.write_text(f"{text}{mark}\n{table(knowledge.load().signatures)}", encoding="utf-8")


if __name__ == "__main__":
    main()
