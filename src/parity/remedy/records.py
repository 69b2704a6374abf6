"""What remedies changed: the records that they write, and that the next audit reads."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from parity.domain.untrusted import text, texts
from parity_host.secrets.sealing import shown

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.-]+")
# Where roles write their records, below the folder of reports.
RECORDS: Final = "remedies"


def record(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the file's name and content by which the next audit knows what a remedy did.

    `before` and `after` in `entry` are sealed texts; digests of what they show stand for them, the same on every run.
    """
    kept = {**entry, **{name: _digest(entry[name]) for name in ("before", "after")}}
    content = json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    name = "-".join(_UNSAFE.sub("-", str(kept[part])) for part in ("when", "environment", "remedy", "container"))[:120]
    return {"name": f"{name}-{_digest(content)[:8]}.json", "content": content}


def repairs(reports: Path) -> list[dict[str, str]]:
    """Return what remedies changed, by their records below `reports`: `finding`, `remedy` and `when` of each.

    A record that cannot be read is passed over: somebody may have edited it, and no audit fails for it.
    """
    found = []
    for path in sorted((reports / RECORDS).glob("*.json")):
        try:
            entry = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(entry, Mapping) and entry.get("outcome") == "changed":
            common = {"remedy": text(entry, "remedy"), "when": text(entry, "when")}
            found += [{"finding": name, **common} for name in texts(entry, "findings")]
    return found


def _digest(sealed: str) -> str:
    return hashlib.sha256(shown(sealed).encode("utf-8", "surrogatepass")).hexdigest()
