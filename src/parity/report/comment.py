"""The open problems as a comment on a pull request: as many as a comment can hold, each of them whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import jinja2

from parity.report.problems import open_problems
from parity.report.terminal import verdict

# GitHub takes 65,536 characters. Counted in bytes, a comment is short enough however characters are counted.
MOST_BYTES: Final = 65_000


def render(data: Mapping[str, Any], environment: jinja2.Environment) -> str:
    """Return the comment; `data` is what `findings.json` holds, `environment` knows the templates."""
    template = environment.get_template("comment.md.j2")
    by_id = {finding["id"]: finding for finding in data["findings"]}
    shown = len(open_problems(data["problems"]))
    while True:
        text = template.render(**data, by_id=by_id, docs="", verdict=verdict(data), most=shown)
        size = len(text.encode("utf-8", "replace"))
        if size <= MOST_BYTES or not shown:
            return text
        shown = shown * MOST_BYTES // size
