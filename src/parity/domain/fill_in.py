"""Values that somebody has to fill in yet, and well-known defaults."""

from __future__ import annotations

from typing import Final

from parity_host.secrets import placeholders
from parity_host.secrets.placeholders import SAYS_SO
from parity_host.secrets.token import SECRET, UNKNOWN, find, parse

# The kinds of placeholder that say "fill me in"; a well-known default password is another matter.
_FILL_IN: Final = SAYS_SO | {"repeated", "example"}
DEFAULT: Final = "default"
_TEST_KEY: Final = "testkey"


def placeholder_kind(value: str) -> str:
    """Return how a value says that it is to be filled in, DEFAULT for a password everybody knows, else nothing."""
    token = parse(value)
    if token is not None and token.why == UNKNOWN:
        return token.placeholder if token.placeholder in SAYS_SO else ""
    if token is not None:
        return token.placeholder if token.placeholder in _FILL_IN | {DEFAULT} else ""
    kinds = [token.placeholder for token in find(value) if token.placeholder != "none" and token.why == SECRET]
    if kinds:
        return kinds[0] if kinds[0] in _FILL_IN | {DEFAULT} else ""
    return placeholders.says_fill_in(value)


def is_test_key(value: str) -> bool:
    """Return whether a value is a key of its provider's test mode."""
    token = parse(value)
    return token.placeholder == _TEST_KEY if token else placeholders.is_test_key(value)


def left_open(value: str) -> bool:
    """Return whether all of a value is to be filled in: a placeholder, or a row of x as forms have it."""
    kind = placeholder_kind(value)
    if not kind or kind == DEFAULT:
        return bool(value) and not value.strip("xX")
    return parse(value) is not None or not find(value) or not value.strip("xX")
