"""Texts in which «marks» say what is secret: what goes in, and what has to come out."""

from __future__ import annotations

import re

from parity_host.secrets.token import make

KEY = b"a key for tests"
_MARKED = re.compile("«(.*?)»", re.DOTALL)


def plain(marked: str) -> str:
    """Return the text without its marks."""
    return _MARKED.sub(r"\1", marked)


def hidden(marked: str) -> str:
    """Return the text with a token for each marked part."""
    return _MARKED.sub(lambda match: make(KEY, match.group(1)), marked)
