"""The HTML report: one file that asks for nothing else, under a policy that lets only its own style and script run."""

from __future__ import annotations

import base64
import datetime
import functools
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from parity.report import templates
from parity.report.html import view
from parity.report.text import CONTROL, title_of

_POLICY: Final = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; img-src data:; base-uri 'none'; form-action 'none'"
)


def render(data: Mapping[str, Any], folder: Path, docs: str = "") -> str:
    """Return report.html of `data`, the content of findings.json, from the templates below `folder`."""
    style = (folder / "html" / "report.css").read_text(encoding="utf-8")
    script = (folder / "html" / "report.js").read_text(encoding="utf-8")
    return placed("report.html.j2", folder, style, script, {**data, "docs": docs, "view": view.page(data)})


def placed(template: str, folder: Path, style: str, script: str, values: Mapping[str, Any]) -> str:
    """Return a page of `values` from a template below `folder`, with the only style and the only script that may run.

    Everything is escaped where it is placed (autoescape), and what could turn or hide text is written out (`visible`).
    """
    page = _environment(folder).get_template(template)
    return page.render(
        **values,
        policy=_POLICY.format(script=_hash(script), style=_hash(style)),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
    )


@functools.lru_cache(maxsize=1)
def _environment(folder: Path) -> jinja2.Environment:
    environment = templates.environment(folder, autoescape=True, finalize=visible)
    environment.filters.update(moment=moment, fragment=fragment, title_of=title_of)
    return environment


def visible(value: Any) -> Any:
    """Return `value` with characters that turn, hide or steer text written out as [U+202E]; markup stays as it is."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return CONTROL.sub(lambda found: f"[U+{ord(found.group()):04X}]", value)
    return value


def moment(text: str) -> str:
    """Return an ISO 8601 time as people read it, to the minute and in UTC; anything else as it is."""
    try:
        when = datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return text
    return when.strftime("%Y-%m-%d %H:%M") + (" UTC" if when.utcoffset() == datetime.timedelta(0) else "")


def fragment(anchor: str) -> str:
    """Return the link to a place in the page."""
    return "#" + quote(anchor, safe="/@+:")


def _hash(text: str) -> str:
    """Return the source that a Content-Security-Policy names an inline style or script by (CSP Level 3, 2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
