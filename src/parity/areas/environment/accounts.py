"""Names of accounts, which are public, and the variables beside them that hold their secrets."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final

# The end of an account's name, and the ends that its secret has in place of it. Sources: the manuals of S3 and its
# clones; of LiveKit, Pusher and Twitter, whose APIs name the caller by a key and check a secret.
_PAIRS: Final = tuple(
    (re.compile(f"(?i)(.*?(?<![a-z])){account}"), secrets)
    for account, secrets in (
        (r"(?<!SECRET_)ACCESS_KEY(?:_ID)?", ("SECRET_ACCESS_KEY", "SECRET_KEY", "ACCESS_KEY_SECRET", "ACCESS_SECRET")),
        (r"API_KEY", ("API_SECRET", "API_KEY_SECRET", "API_SECRET_KEY")),
        (r"(?<=_)APP_KEY", ("APP_SECRET",)),
        (r"CONSUMER_KEY", ("CONSUMER_SECRET",)),
        (r"(?:USER|USERNAME|LOGIN)", ("PASSWORD", "PASSWD", "PASS")),
    )
)


def secrets_beside(name: str, names: Container[str]) -> tuple[str, ...]:
    """Return those of `names` that are names of the secret of an account; none where `name` is no account's."""
    return tuple(
        found[1] + end
        for account, secrets in _PAIRS
        if (found := account.fullmatch(name))
        for end in secrets
        if found[1] + end in names
    )
