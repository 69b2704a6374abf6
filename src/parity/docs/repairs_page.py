"""`docs/repairs.md`, made from what the remedies are made of: `python -m parity.docs.repairs_page`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from parity.programs.loki.migrate.parser_repairs import removed
from parity.programs.nginx.repair.register import REPAIRS, Repair
from parity.programs.nginx.syntax.messages import MessageKind, kinds
from parity.report.text import code

PAGE: Final = Path(__file__).resolve().parents[3] / "docs" / "repairs.md"
_HEAD: Final = """# What the remedies repair

Made by `make docs` from `knowledge/nginx/messages.yml`, the repairs in `src/parity/programs/nginx/repair/` and
`knowledge/loki/removed.yml`. A repair is made only if the files prove it, its fault is gone afterwards, and no new one
appears. Faults that need your decision are listed with the reason and, if there is a fix, with the lines to add.
"""
_LOKI: Final = """
## Loki: removed settings

In addition: settings that this release does not know are removed, blocks that become empty are deleted, values are
written in the form that their type requires, and settings that the validation then requires (structured metadata, the
store of delete requests, the data directory) are added if the file determines their value. Steps that are not certain,
such as removing a setting that no release knows, are marked for your review.

| setting | removed in | what happens to it | why |
| --- | --- | --- | --- |
"""
_FIELD: Final = re.compile(r"\{(?:directive|argument|port|address)\}")
_DONE: Final = {
    "move": "moved to",
    "move-inside": "moved, in its block, to",
    "rename": "renamed to",
    "delete": "removed",
}


def page() -> str:
    """Return the page: nginx's classes of faults by whether they are repaired, then Loki's settings."""
    # A class may have several kinds, of which some are repaired and others are not; the most general one is last.
    repaired = [kind.rule in REPAIRS and kind.remedy != "no" for kind in kinds()]
    fixed = {kind.rule: kind for kind, is_repaired in zip(kinds(), repaired, strict=True) if is_repaired}
    others = {kind.rule: kind for kind, is_repaired in zip(kinds(), repaired, strict=True) if not is_repaired}
    done = (_row(kind, " ".join(map(_sentence, REPAIRS[name]))) for name, kind in sorted(fixed.items()))
    left = (_row(kind, kind.action) for _, kind in sorted(others.items()))
    return "".join(
        (
            _HEAD,
            _table("nginx: repaired if the files prove the fix", "what is done", done),
            _table("nginx: needs your decision", "what to do", left),
            _LOKI,
            "\n".join(_loki()) + "\n",
        )
    )


def _table(title: str, last: str, rows: Iterable[str]) -> str:
    head = f"\n## {title}\n\n| class | what it is | {last} |\n| --- | --- | --- |\n"
    return head + "\n".join(rows) + "\n"


def _row(kind: MessageKind, done: str) -> str:
    return f"| `{kind.rule}` | {_cell(kind.cause)} | {_cell(done)} |"


def _sentence(repair: Repair) -> str:
    return (repair.__doc__ or "").partition("\n")[0]


def _loki() -> Iterator[str]:
    for (type_, name), entry in sorted(removed().items()):
        done = " ".join(filter(None, (_DONE.get(entry["do"], "moved"), code(entry.get("to", "")))))
        yield f"| `{type_}`: `{name}` | {entry['gone']} | {done} | {_cell(entry['why'])} |"


def _cell(text: str) -> str:
    """Return a sentence of ours as a table's cell; its Markdown stays."""
    return _FIELD.sub("…", " ".join(text.split()).replace("|", "\\|"))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
