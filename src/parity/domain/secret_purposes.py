"""What a secret is for, by the words of its name: what leaves with it depends on that, and what an example does."""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"[A-Z0-9]+")
# Keys that an application signs or encrypts with: it takes any text.
_SIGNING: Final = re.compile(
    r"(?:APP|APPLICATION|DJANGO|FLASK|RAILS|SERVER|BACKEND|WEB|SITE)?_?SECRET_KEY(?:_BASE)?"
    r"|(?:APP|DJANGO|FLASK)_(?:KEYS?|SECRET)|(?:(?:NEXT|AUTHJS_?|BETTER_|USER_|APP_)?AUTH_)?SECRET|SECRET_TOKEN"
    # What tokens are signed with; ACCESS_TOKEN_SECRET below a provider's name is one that it issued.
    r"|(?:(?:AUTH\w*|APP|API)_)?(?:ACCESS|AUTH)_TOKEN_SECRET"
    r"|(?:.*_)?TOKEN_(?:SECRET|SIGNING)_KEY"
    r"|(?:.*_)?(?:REFRESH|RESET|VERIFY|VERIFICATION|INVITE)_TOKEN_SECRET"
    # SIGNING_SECRET below a provider's name is one that it issued, too.
    r"|(?:(?:APP|API|AUTH|TOKEN|URL)_)?SIGNING_(?:KEY|SECRET)|(?:.*_)?(?:PASSPHRASE|PEPPER)"
)
_PURPOSES: Final = frozenset(
    {
        "JWT",
        "SESSION",
        "SESSIONS",
        "COOKIE",
        "COOKIES",
        "CSRF",
        "XSRF",
        "ENCRYPTION",
        "ENCRYPT",
        "ENCRYPTED",
        "CIPHER",
        "CRYPT",
        "CRYPTO",
        "AES",
        "FERNET",
        "HMAC",
        "SALT",
        "PEPPER",
        "HASH",
        "HASHING",
        "INTERNAL",
    }
)
_KEYS: Final = frozenset({"KEY", "KEYS", "SECRET", "SECRETS", "SALT", "SALTS", "PEPPER", "PASSPHRASE"})
# A key of somebody else's, who has to know it: a provider issued it.
_ISSUED: Final = frozenset({"PUBLIC", "WEBHOOK", "CLIENT"})
# The first account of an application: it is made with whatever password is set.
_FIRST: Final = frozenset({"ADMIN", "ADMINISTRATOR", "SUPERUSER", "SUPERADMIN", "ROOT", "BOOTSTRAP", "INITIAL"})
_PASSWORDS: Final = frozenset({"PASSWORD", "PASSWD", "PASS", "PWD", "PW"})
# Accounts with a cloud, which issues both halves of a key.
_OF_A_CLOUD: Final = re.compile(
    r"(?:.*_)?(?:ACCESS_KEY(?:_ID)?|SECRET_ACCESS_KEY)|(?:.*_)?(?:AWS|S3|R2|GCS)_.*(?:KEY|SECRET)(?:_ID)?"
)


_SECRET: Final = re.compile(r".*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY)")
# Last words of names that speak of a secret: how long it lasts, when it was made, where it lies, what it is called.
_ABOUT: Final = re.compile(
    r".*_(?:SECONDS|MINUTES|HOURS|DAYS|TTL|LIFETIME|EXPIRY|EXPIRATION|EXPIRES?(?:_(?:IN|AT|ON))?|PERIOD|INTERVAL|AGE|TIMEOUT"
    r"|DATE|(?:CREATED|CHANGED|UPDATED|ROTATED|ISSUED)(?:_AT)?|VALID_UNTIL|ROTATION|VERSION|SIZE|LENGTH|COUNT|LIMIT|ROUNDS"
    r"|HISTORY|BITS|BYTES|ENABLED|URL|URI|HOST|NAME|PATH|DIR|(?<!ACCESS_)KEY_ID|ARN|REF|HEADER|PREFIX|ISSUER|AUDIENCE"
    r"|ALGORITHM|PROVIDER|BACKEND)"
)


def is_secret_name(name: str) -> bool:
    """Return whether a variable of this name holds a secret."""
    return signs(name) or bool(_SECRET.match(name.upper()) and not _ABOUT.fullmatch(name.upper()))


def signs(name: str) -> bool:
    """Return whether an application signs or encrypts with what a variable of this name holds."""
    name = name.upper()
    if _ABOUT.fullmatch(name):
        return False
    words = set(_WORD.findall(name))
    return bool(_SIGNING.fullmatch(name)) or bool(words & _PURPOSES and words & _KEYS and not words & _ISSUED)


def makes_account(name: str) -> bool:
    """Return whether an application makes its first account with the password that a variable of this name holds."""
    words = set(_WORD.findall(name.upper()))
    return bool(words & _FIRST and words & _PASSWORDS)


def is_of_a_cloud(name: str) -> bool:
    """Return whether a variable of this name holds half of a key to an object store or another service of a cloud."""
    return bool(_OF_A_CLOUD.fullmatch(name.upper()))
