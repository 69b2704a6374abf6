"""`side-by-side.html` and `side-by-side.md`: services and variables by environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import jinja2

from parity.report.html import page
from parity.report.side_by_side import view

_STYLES: Final = ("html/report.css", "side_by_side/style.css")
_SCRIPT: Final = "side_by_side/script.js"


def render(data: Mapping[str, Any], text: jinja2.Environment, folder: Path) -> dict[str, str]:
    """Return both pages of `data`, the content of findings.json, by their names.

    `text` are the templates of text files; those of the HTML page lie below `folder`.
    """
    values = {**data, "view": view.page(data)}
    style = "".join((folder / name).read_text(encoding="utf-8") for name in _STYLES)
    style += f":root {{ --environments: {len(data['environments'])} }}\n"
    script = (folder / _SCRIPT).read_text(encoding="utf-8")
    return {
        "side-by-side.html": page.placed("side-by-side.html.j2", folder, style, script, values),
        "side-by-side.md": text.get_template("side-by-side.md.j2").render(values),
    }
