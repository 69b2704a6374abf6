"""nginx's files that are rendered from templates, with the values that Compose gives the service.

The entrypoint of nginx's own image replaces the variables that its environment defines and leaves every other `$name`
to nginx. Source: `20-envsubst-on-templates.sh` of https://github.com/nginx/docker-nginx. A command that calls envsubst
replaces those that it lists (`names`), or all (`*`), by nothing where the environment lacks them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from parity.domain.untrusted import as_mapping, mapping, mappings, text, texts
from parity.record.compose_files import MARKER

# What the image or Docker set; of these only the container knows the value.
_OF_THE_IMAGE: Final = re.compile(
    "ACME_VERSION|DYNPKG_RELEASE|HOME|HOSTNAME|NGINX_VERSION|NJS_RELEASE|NJS_VERSION|PATH|PKG_RELEASE|PWD|TERM"
)
_VARIABLE: Final = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))")
# A filter that is read in the same way by awk and by Python, and in no time.
_PLAIN_FILTER: Final = re.compile(r"[\w^$|().-]{0,200}")
_CHARACTERS_LIMIT: Final = 1024 * 1024


class _UnknownError(Exception):
    """What a template becomes is not known; the message says why."""


def with_templates(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a host's facts with the templates of its configurations rendered; what is not known is unread there."""
    config = mapping(facts, "config")
    found = mappings(config, "found")
    if not any(_templates(entry) for entry in found):
        return facts
    services = mapping(mapping(facts, "rendered"), "services")
    entries = [_entry(entry, services.get(text(entry, "service"))) for entry in found]
    return {**facts, "config": {**config, "found": entries}}


def _templates(entry: Mapping[str, Any]) -> dict[str, str]:
    files = mapping(entry, "files").items()
    return {path: text(as_mapping(file), "template") for path, file in files if text(as_mapping(file), "template")}


def _entry(entry: Mapping[str, Any], service: object) -> Mapping[str, Any]:
    files, unread = dict(mapping(entry, "files")), list(texts(entry, "unread"))
    for path, template in _templates(entry).items():
        try:
            files[path] = {
                **files[path],
                "text": _rendered(text(files[path], "text"), service, texts(files[path], "names")),
            }
        except _UnknownError as error:
            del files[path]
            unread.append(f"{path}: rendered from {template} when a container starts, but {error}")
    return {**entry, "files": files, "unread": unread}


def _rendered(template: str, service: object, names: Sequence[str]) -> str:
    if not isinstance(service, Mapping):
        raise _UnknownError("the service's environment is not known")
    defined = {name: str(value) for name, value in mapping(service, "environment").items() if value is not None}
    plain = defined.get("NGINX_ENVSUBST_FILTER", "")
    if not _PLAIN_FILTER.fullmatch(plain):
        raise _UnknownError("NGINX_ENVSUBST_FILTER is not supported")
    try:
        wanted = re.compile(plain)
    except re.error:
        raise _UnknownError("NGINX_ENVSUBST_FILTER is not supported") from None
    left = _CHARACTERS_LIMIT - len(template)

    def value(match: re.Match[str]) -> str:
        nonlocal left
        name = match[1] or match[2]
        if name not in names and "*" not in names if names else not wanted.search(name):
            return match[0]
        if (name not in defined and _OF_THE_IMAGE.fullmatch(name)) or MARKER in defined.get(name, ""):
            raise _UnknownError(f"the value of {name} is not known")
        filled = defined.get(name, "" if names else match[0])
        left -= len(filled)
        if left < 0:
            raise _UnknownError("the result would be too large")
        return filled

    return _VARIABLE.sub(value, template)
