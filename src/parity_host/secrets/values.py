"""What the value of a setting may be when it is no secret: a switch, a number, a file, a place, a name."""

from __future__ import annotations

import re

from .shapes import looks_opaque, looks_random
from .words import CHOICES

BOOLEAN = re.compile(
    r"(?i)true|false|yes|no|on|off|y|n|t|f|0|1|enabled?|disabled?|none|null|nil|auto|always|never|optional|required|strict|lax"
)
SMALL_NUMBER = re.compile(r"[0-9]{1,5}(?:\.[0-9]+)?(?:ms|[smhdw])?")
_NUMBER = re.compile(
    r"(?i)-?[0-9]{1,9}(?:\.[0-9]{1,6})?(?:[0-9]{1,4}[smh])*"
    r"(?:\s?(?:ns|us|ms|[smhdwy%]|secs?|mins?|seconds?|minutes?|hours?|days?|weeks?|months?|years?|[kmgt]?i?b|[kmg]))?(?:[0-9]{1,4}[smh])*"
)
_ISO_DURATION = re.compile(r"P(?=[0-9T])(?:[0-9]{1,4}[YMWD]){0,4}(?:T(?:[0-9]{1,5}[HMS]){1,3})?")
_UNIT = re.compile(r"[0-9.]\s?[A-Za-z]+$")
# Also as seconds or milliseconds since 1970, of this century.
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}([-/.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12][0-9]|3[01])"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
    r"|(?:0?[1-9]|[12][0-9]|3[01])[./](?:0?[1-9]|1[0-2])[./](?:19|20)[0-9]{2}|1[0-9]{9}(?:[0-9]{3})?"
)
_ARN = re.compile(r"arn:[a-z-]{1,20}:\S{1,400}")
_PER = re.compile(r"(?i)(?:/|\s?per\s)(?:s|sec|second|m|min|minute|h|hour|d|day)$")
_PATH = re.compile(r"(?:(?:[A-Za-z]:|~|\.{1,2})?[/\\][^\s:@?&=]{0,300}|[\w.-]{1,80}(?:/[\w.-]{1,80}){1,12})")
# From the root, from a folder that a framework names (`%kernel.project_dir%`), or a key by its extension.
_ABSOLUTE_PATH = re.compile(
    r"(?:[A-Za-z]:|~|\.{0,2}|%[A-Za-z][\w.]{0,60}%|file://)[/\\][^\s:@?&=]{1,300}"
    r"|[\w.-]{1,80}(?:/[\w.-]{1,80}){1,8}\.(?:pem|key|crt|cer|p8|p12|pfx|jks)"
)
_FILE_NAME = re.compile(
    r"[\w.-]{1,80}\.(?:pem|key|crt|cer|der|json|ya?ml|toml|txt|env|conf|cfg|ini|p8|p12|pfx|jks|pub|lua|html?|tmpl|gpg|asc"
    r"|db|sqlite3?|sock)"
)
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,40}://\S*")
_HOST = re.compile(
    r"localhost|(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9*](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?)(?::[0-9]{1,5})"
    r"|\.?[A-Za-z0-9*](?:[A-Za-z0-9-]{0,62}\.){1,10}[A-Za-z0-9-]{1,62}"
)
_ADDRESS = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,12}(?::[0-9]{1,5})?(?:/[\w./-]*)?"
    r"|[a-z][a-z0-9-]{0,40}:[0-9]{2,5}|[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]{1,5})?"
)
_PUBLIC = re.compile(
    r"(?s)\s*(?:(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S+)\s+[A-Za-z0-9+/=]+.*"
    r"|-----BEGIN (?:[A-Z0-9 ]{1,30} )?(?:PUBLIC KEY|CERTIFICATE)-----.*"
    r"|pk_(?:live|test)_\w+|arn:aws[a-z-]*:\S+|sha256:[0-9a-f]{64})"
)
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_number(value: str) -> bool:
    """Return whether `value` is a number, perhaps with a unit, a duration, or a rate such as 60/minute."""
    return (_NUMBER.fullmatch(_PER.sub("", value)) or _ISO_DURATION.fullmatch(value)) is not None


def is_duration(value: str) -> bool:
    """Return whether `value` is a number with its unit."""
    return is_number(value) and _UNIT.search(value) is not None


def is_date(value: str) -> bool:
    """Return whether `value` is a day or a moment."""
    return _DATE.fullmatch(value) is not None


def is_choice(value: str) -> bool:
    """Return whether `value` is a word by which settings choose a way of doing things."""
    return value.lower() in CHOICES


def is_pattern(value: str) -> bool:
    """Return whether `value` is a regular expression for all of a text."""
    return value[:1] == "^" and value[-1:] == "$"


def is_arn(value: str) -> bool:
    """Return whether `value` is the name that Amazon gives to a thing."""
    return _ARN.fullmatch(value) is not None


def is_boolean(value: str) -> bool:
    """Return whether `value` is an answer to a question that asks whether."""
    return BOOLEAN.fullmatch(value) is not None


def is_text(value: str) -> bool:
    """Return whether `value` reads as a name or a short text: nothing in it looks made up."""
    return len(value) <= 120 and not any(looks_opaque(word) for word in re.split(r"[\s,;|/]+", value))


def is_file(value: str) -> bool:
    """Return whether `value` is a path or the name of a file, with nothing random in it."""
    shaped = _PATH.fullmatch(value) or _FILE_NAME.fullmatch(value)
    return shaped is not None and not any(map(looks_random, re.split(r"[/\\]", value)))


def is_absolute_file(value: str) -> bool:
    """Return whether `value` is a path from the root, with nothing random in it."""
    return _ABSOLUTE_PATH.fullmatch(value) is not None and not looks_random(value)


def is_place(value: str) -> bool:
    """Return whether `value` is an address, a host or a path, or a list of such."""
    return all(
        URL.fullmatch(part) or (_HOST.fullmatch(part) and not looks_random(part)) or is_file(part)
        for part in re.split(r"[\s,]+", value)
    )


def is_identifier(value: str) -> bool:
    """Return whether `value` names a thing: a UUID, or a word."""
    return _UUID.fullmatch(value) is not None or not looks_opaque(value)


def is_harmless(value: str) -> bool:
    """Return whether `value` is plainly no secret, whatever it is called."""
    return (
        value.lower() in CHOICES
        or any(pattern.fullmatch(value) for pattern in (BOOLEAN, SMALL_NUMBER, URL, _ADDRESS, _PUBLIC))
        or (value[:1] in "/.~" and is_file(value))
        or _FILE_NAME.fullmatch(value) is not None
    )
