"""Would this file start this Loki? The same words that Loki prints, both waves, without running it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final

from parity.programs.loki.check.problem import LokiProblem
from parity.programs.loki.check.validation.early import early
from parity.programs.loki.check.validation.finding import Violation
from parity.programs.loki.check.validation.start import at_start
from parity.programs.loki.check.validation.validate import validate
from parity.programs.loki.read.config import LokiConfig
from parity.programs.loki.read.decode import Decoded, Issue, decode
from parity.programs.loki.read.expand import expand
from parity.programs.loki.read.releases import read_yaml, table

_STARTS: Final = "Loki does not start with this file."
# Said by Loki while it is still reading: without the file's name and without the advice.
_WHILE_READING: Final = ("common.tokens", "common.too-many-stores", "worker.clients")


def check(text: str, version: str, today: date, *, expand_env: bool = False) -> Sequence[LokiProblem]:
    """Return what stops Loki `version` from starting with `text` on `today`; empty when it would start.

    The problems are in the order in which Loki prints them. Where the parser refuses the file, what the validation
    behind it will say once the refused fields are gone follows, marked `wave=2, hidden=True`. `expand_env` says that
    Loki runs with -config.expand-env=true: `${NAME:-value}` is taken for its value, `${NAME}` for one that fits.
    Raises ValueError when `version` is not a Loki version.
    """
    return _checked(expand(text) if expand_env else text, version, today, every=False)


def every_problem(text: str, version: str, today: date) -> Sequence[LokiProblem]:
    """Return what `check` does, and behind an error that is printed alone those that would be printed next."""
    return _checked(text, version, today, every=True)


def _checked(text: str, version: str, today: date, *, every: bool) -> Sequence[LokiProblem]:
    fields = table(version)
    decoded = decode(text, fields)
    first = list(_parser_problems(decoded))
    if decoded.fatal:
        return first
    behind = _validation_problems(LokiConfig(decoded.values, fields, today), hidden=bool(first), every=every)
    return [*first, *behind]


def start_problems(text: str, version: str, today: date) -> Sequence[LokiProblem]:
    """Return what Loki says only when it starts and -verify-config does not see; empty where `check` finds anything."""
    fields = table(version)
    decoded = decode(text, fields)
    if decoded.fatal or decoded.issues:
        return []
    config = LokiConfig(decoded.values, fields, today)
    found = (finding for finding in at_start(config) if not config.unknown(finding.path))
    return [_finding("", finding, hidden=False, wave=3) for finding in found]


@cache
def rules() -> Mapping[str, Mapping[str, str]]:
    """Return knowledge/loki/rules.yml."""
    return read_yaml("rules.yml")  # type: ignore[no-any-return]


def _parser_problems(decoded: Decoded) -> Iterator[LokiProblem]:
    if decoded.fatal:
        rule = "parser.syntax" if decoded.fatal.startswith("yaml: ") else "parser.value"
        yield problem(rule, decoded.fatal, path=".".join(map(str, decoded.fatal_path)))
    for issue in decoded.issues:
        yield problem_of(issue)


def problem_of(issue: Issue) -> LokiProblem:
    """Return the Problem that a noted error of the parser is."""
    path = ".".join(map(str, issue.path))
    words = {"field": issue.field, "type": issue.type}
    return problem(
        f"parser.{issue.kind}", issue.text, words, line=issue.line, field=issue.field, type=issue.type, path=path
    )


def problem(rule: str, text: str, words: Mapping[str, object] | None = None, **rest: Any) -> LokiProblem:
    """Return a Problem with the sentences that rules.yml has for `rule`."""
    entry = rules()[rule]
    filled = _Words(words or {})
    return LokiProblem(
        text=text,
        rule=rule,
        cause=entry["cause"].format_map(filled),
        impact=entry.get("impact", _STARTS).format_map(filled),
        action=entry["action"].format_map(filled),
        **rest,
    )


class _Words(dict[str, object]):
    """Leaves a name that has no word as it stands, so that `${NAME}` in a sentence survives."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _validation_problems(config: LokiConfig, *, hidden: bool, every: bool) -> Iterator[LokiProblem]:
    for finding in early(config):
        reading = finding.rule in _WHILE_READING
        yield _finding("", finding, hidden=hidden, wave=1 if reading else 2)
        if not every or not reading:
            return
    for prefix, finding in validate(config, every=every):
        if not config.unknown(finding.path):
            yield _finding(prefix, finding, hidden=hidden)


def _finding(prefix: str, finding: Violation, *, hidden: bool, wave: int = 2) -> LokiProblem:
    words = {"where": "", **finding.words}
    template = rules()[finding.rule]["words"]
    where = "" if "{where}" in template else str(words["where"])
    text = prefix + where + template.format_map(_Words(words))
    code = 2 if finding.rule == "schema.panic" else 1
    return problem(finding.rule, text, words, wave=wave, hidden=hidden, path=finding.path, exit=code)
