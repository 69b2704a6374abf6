"""How settings combine, and what they are where nobody sets them: `knowledge/nginx/settings.yml`, for one version."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from parity.programs.nginx.model.types import Setting
from parity.programs.nginx.model.values import canonical, meaning, mime_types
from parity.programs.nginx.syntax.directives import GENERATIONS, table
from parity.programs.nginx.syntax.knowledge import Version, load, version_of

_FILE: Final = "settings.yml"


def for_version(value: Any, version: Version) -> str:
    """Return a default as it is for `version`: of {version: text}, the last that has come."""
    if not isinstance(value, dict):
        return str(value)
    steps = sorted((version_of(since), text) for since, text in value.items())
    return str([text for since, text in steps if since <= version][-1])


@cache
def array_style(directive: str) -> str:
    """Return how a repeatable directive's lines are kept apart; empty for a scalar.

    Of a foreign module's directives we do not know how they combine: all lines count.
    """
    if directive in load(_FILE)["together"]:
        return "together"
    own = next((style for style, names in load(_FILE)["arrays"].items() if directive in names), "")
    return own or ("" if any(directive in table(version_of(one)) for one in GENERATIONS) else "in_order")


@cache
def setting_name(directive: str) -> str:
    """Return the name of the setting a directive is part of: `allow` and `deny` are one."""
    return str(load(_FILE)["together"].get(directive, directive))


def inherit_switch(directive: str) -> str:
    """Return the directive that says how this one is inherited; empty for most."""
    return str(load(_FILE)["inherit_switches"].get(directive, ""))


@cache
def sent_headers(version: Version) -> dict[str, Setting]:
    """Return what a proxied request has where no proxy_set_header says otherwise."""
    result = {}
    for header, value in load(_FILE)["sent_headers"].items():
        text = for_version(value, version)
        shown = text or "(not sent)"
        result[f"proxy_set_header {header}"] = Setting("proxy_set_header", (canonical(text),), shown)
    return result


@cache
def defaults(version: Version, section: str = "defaults") -> dict[str, Setting]:
    """Return nginx's own settings; a directive that this version does not have is left out."""
    known = table(version)
    result = {}
    for directive, value in load(_FILE)[section].items():
        if directive in known:
            family = "stream" if section.startswith("stream") else "http"
            result[directive] = _default(directive, for_version(value, version), version, family)
    return result | (sent_headers(version) if section == "defaults" else {})


def _default(directive: str, text: str, version: Version, family: str) -> Setting:
    words = text.split()
    style = array_style(directive)
    if directive.endswith("_types"):
        return Setting(directive, mime_types(directive, words), text)
    if style in ("in_order", "together"):
        return Setting(directive, ((directive, *words),) if style == "together" else (tuple(words),), text)
    family = "events" if directive in ("multi_accept", "worker_connections") else family
    return Setting(directive, meaning(directive, words, version, family), text)
