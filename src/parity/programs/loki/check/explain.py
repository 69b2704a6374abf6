"""What a running Loki printed, recognised by the same rules as a prediction, so that both are one finding."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from parity.programs.loki.check.check import problem, rules
from parity.programs.loki.check.problem import LokiProblem
from parity.programs.loki.go.scalars import whole
from parity.programs.loki.read.expand import COMPLAINTS

_NOTED: Final = re.compile(r"line (\d+): (.*?)(?:\. Use `-config\.expand-env=true` flag .*)?\Z")
_UNKNOWN: Final = re.compile(r"field (.+) not found in type (.+)\Z")
_REPEATED: Final = re.compile(
    r"(?:field (?P<field>.+) already set in type (?P<type>.+)|key (?P<key>.+) already set in map)\Z"
)
_MISMATCH: Final = re.compile(r"cannot unmarshal .+ into (.+)\Z", re.DOTALL)
_ERROR: Final = re.compile(r'msg="validating config".* err=("(?:[^"\\]|\\.)*"|\S+)')
_FAILED: Final = re.compile(r"failed parsing config: (.*)\Z", re.DOTALL)
_ADVICE: Final = re.compile(r"\. Use `-config\.expand-env=true` flag .*\Z", re.DOTALL)
_PREFIX: Final = re.compile(r"(?:CONFIG ERROR: )?(?:invalid [\w -]+ config: |validating [\w -]+: )*")
_PLACEHOLDER: Final = re.compile(r"\\\{(\w+)\\\}")
_PANIC: Final = "panic: runtime error: index out of range"


def explain(printed: str) -> Sequence[LokiProblem]:
    """Return the problems that Loki's own output (a log, Compose's prefixes included) tells of, each once, in order."""
    found: dict[str, LokiProblem] = {}
    for seen in _recognised(printed.splitlines()):
        found.setdefault(str(seen), seen)
    return tuple(found.values())


def _recognised(lines: Sequence[str]) -> Iterator[LokiProblem]:
    listing = False
    for line in lines:
        failed = _FAILED.search(line)
        error = _ERROR.search(line)
        noted = _NOTED.search(line.rstrip()) if listing else None
        listing = False
        if error is None and '"validating config"' in line:
            yield from _validated(_in_json(line))
        elif failed:
            listing = failed[1].endswith("unmarshal errors:")
            yield from () if listing else _while_reading(failed[1])
        elif noted:
            listing = True
            yield _noted(whole(noted[1]), noted[2])
        elif error:
            yield from _validated(_unquoted(error[1]))
        elif _PANIC in line:
            yield problem("schema.panic", line[line.index("panic:") :], wave=2, exit=2)


def _validated(said: str) -> Iterator[LokiProblem]:
    return (_second(text) for text in said.split("\n") if text and not text.startswith("MULTIPLE CONFIG ERRORS"))


def _unquoted(said: str) -> str:
    """Return what a quoted word of a log says; one that was cut off is taken as it stands."""
    try:
        return str(json.loads(said)) if said.startswith('"') else said
    except ValueError:
        return said.strip('"')


def _in_json(line: str) -> str:
    """Return the error that a line of a log in JSON (`log_format: json`) tells of, Compose's prefix or not."""
    try:
        entry = json.loads(line[line.index("{") :])
    except (ValueError, RecursionError):
        return ""
    error = entry.get("err") if isinstance(entry, dict) and entry.get("msg") == "validating config" else ""
    return error if isinstance(error, str) else ""


def _while_reading(said: str) -> Iterator[LokiProblem]:
    for rule in ("common.tokens", "common.too-many-stores", "worker.clients"):
        if said == rules()[rule]["words"]:
            yield problem(rule, said)
            return
    if said in COMPLAINTS:
        yield problem("expand.refused", said, {"line": "that it stops at"})
        return
    text = _ADVICE.sub("", said)
    _, _, text = text.partition(": ")  # the file's name
    yield problem("parser.syntax" if text.startswith("yaml: ") else "parser.value", text)


def _noted(line: int, text: str) -> LokiProblem:
    unknown = _UNKNOWN.match(text)
    if unknown:
        words = {"field": unknown[1], "type": unknown[2]}
        return problem("parser.unknown", text, words, line=line, field=unknown[1], type=unknown[2])
    repeated = _REPEATED.match(text)
    if repeated:
        name = repeated["field"] or repeated["key"]
        return problem("parser.repeated", text, {"field": name}, line=line, field=name, type=repeated["type"] or "")
    mismatch = _MISMATCH.match(text)
    type_ = mismatch[1] if mismatch else ""
    return problem("parser.mismatch", text, {"field": "this field", "type": type_}, line=line, type=type_)


def _second(text: str) -> LokiProblem:
    for candidate in (text, text[_prefix_end(text) :]):
        for rule, pattern in _patterns():
            match = pattern.match(candidate)
            if match:
                return problem(rule, text, match.groupdict(), wave=2)
    return problem("validation.other", text, {"text": text}, wave=2)


def _prefix_end(text: str) -> int:
    match = _PREFIX.match(text)
    return match.end() if match else 0


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each rule's words as a pattern, those with most words of their own first."""
    made = []
    for rule, entry in rules().items():
        words = entry.get("words", "").replace("{where}", "")
        if _PLACEHOLDER.sub("", re.escape(words)) and not rule.startswith("start."):
            pattern = _PLACEHOLDER.sub(lambda name: f"(?P<{name[1]}>.*?)", re.escape(words))
            made.append((rule, re.compile(pattern + r"\Z", re.DOTALL)))
    return tuple(sorted(made, key=lambda pair: -len(pair[1].pattern)))
