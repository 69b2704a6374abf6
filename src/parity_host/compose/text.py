"""The text of a compose file."""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE


def decoded(data: bytes) -> str:
    """Return a compose file's text as Compose reads it: UTF-8, or UTF-16 where its mark says so.

    Raises UnicodeDecodeError. Source: https://yaml.org/spec/1.2.2/#52-character-encodings; seen with Compose 5.6.
    """
    return data.decode("utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8")
