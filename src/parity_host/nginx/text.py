"""An nginx configuration's text without its secrets and comments: the same lines, the same directives."""

from __future__ import annotations

import re
from typing import Iterator, Tuple

from ..secrets.redact import Redactor
from ..secrets.words import wordset
from .literals import hide_literals

_QUOTED = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'"
# Directives that give a name a value: the name says whether the value is a secret.
_NAMED = re.compile(
    r"(?P<start>\b(?:proxy_set_header|add_header|add_trailer|grpc_set_header|fastcgi_param|uwsgi_param|scgi_param|set|env|"
    r"more_set_headers|more_set_input_headers)\s+)(?P<name>\"?\$?[\w.-]{1,80}\"?)(?P<gap>\s+|=)"
    r"(?P<value>" + _QUOTED + r"|[^\s;{}\"'][^\s;]*)"
)
# if ($http_x_api_key != "…"), and the entries of a map are read as text.
_COMPARED = re.compile(
    r"(?P<start>\(\s*)\$(?P<name>\w{1,80})(?P<gap>\s*!?[=~]\*?\s*)(?P<value>" + _QUOTED + r"|[^\s)]+)"
)
_MD5 = re.compile(
    r"(?P<start>\b)(?P<name>secure_link_md5|secure_link_secret|secure_link_hmac_secret)(?P<gap>\s+)"
    r"(?P<value>" + _QUOTED + r"|[^\s;]+)"
)


def redact(text: str, redactor: Redactor) -> str:
    """Return `text` with comments taken out and secrets replaced by tokens; no line is added or taken away.

    What stands for a comment is the redactor's to say: a Sealer keeps it, hidden.
    """
    bare = "".join(_without_comments(text, redactor))
    for pattern in (_NAMED, _COMPARED, _MD5):
        bare = pattern.sub(lambda found: _replaced(found, redactor), bare)
    return redactor.text(hide_literals(bare, redactor))


# Headers of answers that browsers read by their standards: nobody's secrets.
_STANDARD = wordset(
    """
    strict-transport-security content-security-policy content-security-policy-report-only permissions-policy
    referrer-policy x-frame-options x-content-type-options x-xss-protection cache-control expires vary
    access-control-allow-headers access-control-allow-methods access-control-allow-origin feature-policy
    """
)


def _replaced(found: "re.Match[str]", redactor: Redactor) -> str:
    value, quote = found["value"], ""
    if len(value) > 1 and value[0] in "\"'" and value[-1] == value[0]:
        quote, value = value[0], value[1:-1]
    name = found["name"].strip('"$')
    name = "secret" if name.startswith("secure_link") else name[5:] if name.startswith("http_") else name
    variable = value.startswith("$") and value[1:].replace("_", "").isalnum()
    judge = redactor.setting if name.lower() in _STANDARD else redactor.value
    new = value if variable else judge(name, value)
    return found.group(0)[: found.start("value") - found.start()] + quote + new + quote


def _without_comments(text: str, redactor: Redactor) -> Iterator[str]:
    """Yield the text without what stands behind a `#` that begins a word, as nginx reads words."""
    at, start = 0, True
    while at < len(text):
        char = text[at]
        if start and char == "#":
            end = _end_of_line(text, at)
            yield redactor.comment(text[at:end]) or "#"
            at = end
            continue
        if start and char in "\"'":
            end = _end_of_quote(text, at)
            yield text[at:end]
            at, start = end, False
            continue
        if char == "\\":
            yield text[at : at + 2]
            at, start = at + 2, False
            continue
        yield char
        at, start = at + 1, char in " \t\r\n;{}"


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _end_of_quote(text: str, at: int) -> int:
    quote, end = text[at], at + 1
    while end < len(text) and text[end] != quote:
        end += 2 if text[end] == "\\" else 1
    return min(end + 1, len(text))


def decoded(data: bytes) -> Tuple[str, str]:
    """Return a file's text and the encoding that gives back its bytes: UTF-8 where it is that, else Latin-1."""
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"
