"""Env files with `format: raw`: each line is a key and a value as it is written, without quotes and variables.

Source: https://docs.docker.com/reference/compose-file/services/#format; the grammar is that of `docker run --env-file`,
and was measured.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import List, Mapping, Optional

from ..secrets.redact import Redactor
from .reader import SPACES, Entry, EnvFile, EnvFileProblem, unfit
from .redaction import NAME_ALONE, PLAIN_NAME


def read_raw_env_file(data: bytes, lookup: Optional[Mapping[str, str]] = None) -> EnvFile:
    """Return what Compose reads in an env file with `format: raw`; `lookup` is where a `KEY` alone is taken from.

    Never raises: see `read_env_file`.
    """
    problem = unfit(data)
    if problem:
        return EnvFile((), (problem,), ())
    try:
        text = data[len(BOM_UTF8) if data.startswith(BOM_UTF8) else 0 :].decode("utf-8")
    except UnicodeDecodeError as error:
        at = data.count(b"\n", 0, error.start) + 1
        return EnvFile((), (EnvFileProblem(at, "not-text", "the file is not UTF-8 text"),), ())
    entries: List[Entry] = []
    position = 0
    for number, whole in enumerate(text.split("\n"), 1):
        begin, after = position, position + len(whole)
        position = after + 1
        line = whole[:-1] if whole.endswith("\r") else whole
        stripped = line.lstrip(SPACES)
        if not stripped or stripped.startswith("#"):
            continue
        key, signed, value = stripped.partition("=")
        if not key or any(space in key for space in SPACES):
            refused = EnvFileProblem(number, "space-in-key", "a variable's name is empty or has a space", begin, after)
            return EnvFile(tuple(entries), (refused,), (), text)
        end = begin + len(line)
        found = value if signed else (lookup or {}).get(key)
        start = end - len(value) if signed else end
        entries.append(Entry(key, found, value, None, number, begin, start, end, "", False, (), ()))
    return EnvFile(tuple(entries), (), (), text)


def redact_raw_env_file(data: bytes, redactor: Redactor) -> str:
    """Return an env file with `format: raw` without its secrets and comments; see `redact_env_file`."""
    parsed = read_raw_env_file(data)
    if parsed.problems and not parsed.text:
        return "="  # Compose refuses it
    lines = [""] * (parsed.text.count("\n") + 1)
    in_key = False  # within a private key
    for entry in parsed.entries:
        signed = entry.value is not None
        in_key = in_key or entry.raw.startswith("-----BEGIN")
        if PLAIN_NAME.fullmatch(entry.key) if signed else NAME_ALONE.fullmatch(entry.key) and not in_key:
            shown = redactor.value(entry.key, entry.value or "")
            lines[entry.line - 1] = "%s=%s" % (entry.key, shown) if signed else entry.key
    for problem in parsed.problems:
        lines[problem.line - 1 :] = ["="]
    return "\n".join(lines)
