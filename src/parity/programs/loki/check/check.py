"""Would this file start this Loki? The same words that Loki prints, both waves, without running it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final

from parity.programs.loki.check.problem import LokiProblem
from parity.programs.loki.check.validation.early import early
from parity.programs.loki.check.validation.finding import Violation, certain
from parity.programs.loki.check.validation.start import at_start
from parity.programs.loki.check.validation.validate import validate
from parity.programs.loki.read.config import LokiConfig
from parity.programs.loki.read.decode import Decoded, Issue, decode
from parity.programs.loki.read.expand import UNKNOWN
from parity.programs.loki.read.flags import read_flags
from parity.programs.loki.read.releases import read_yaml, table
from parity.programs.loki.read.run import PLAIN, Run

_STARTS: Final = "Loki does not start with this file."
# Said by Loki while it is still reading: without the file's name and without the advice.
_LINE: Final = re.compile(r"yaml: line (\d{1,9}):", re.ASCII)
_WHILE_READING: Final = ("common.tokens", "common.too-many-stores", "worker.clients")


def check(text: str, version: str, today: date, *, expand_env: bool = False, run: Run = PLAIN) -> Sequence[LokiProblem]:
    """Return what stops Loki `version` from starting with `text` on `today`; empty when it would start.

    The problems are in the order in which Loki prints them. Where the parser refuses the file, what the validation
    behind it will say once the refused fields are gone follows, marked `wave=2, hidden=True`. `run` says how Loki is
    run, `expand_env` that alone of it. What turns on something that was not seen is not said. Raises ValueError when
    `version` is not a Loki version.
    """
    return _checked(text, version, today, run._replace(expand_env=expand_env or run.expand_env), every=False)


def every_problem(text: str, version: str, today: date, run: Run = PLAIN) -> Sequence[LokiProblem]:
    """Return what `check` does, and behind an error that is printed alone those that would be printed next."""
    return _checked(text, version, today, run, every=True)


def _checked(text: str, version: str, today: date, run: Run, *, every: bool) -> Sequence[LokiProblem]:
    fields = table(version)
    read = run.reads(text)
    if read.complaint:
        return [problem("expand.refused", read.complaint, {"line": read.line})]
    decoded = decode(read.text, fields)
    first = list(_parser_problems(decoded))
    if decoded.fatal:
        return [] if _beside_unseen(decoded, read.text) else first
    flags = read_flags(run.arguments, fields, run.hidden)
    if flags.unknown:
        return first  # such a flag may set anything
    config = LokiConfig(decoded.values, fields, today, flags)
    return [*first, *_validation_problems(config, hidden=bool(first), every=every)]


def _beside_unseen(decoded: Decoded, text: str) -> bool:
    """Return whether a syntax error is named on a line, or below one, of which not all was seen."""
    named = _LINE.match(decoded.fatal)
    lines = text.split("\n")
    number = int(named[1]) if named else 1
    return decoded.fatal.startswith("yaml: ") and any(UNKNOWN in line for line in lines[max(number - 2, 0) : number])


def start_problems(text: str, version: str, today: date, run: Run = PLAIN) -> Sequence[LokiProblem]:
    """Return what Loki says only when it starts and -verify-config does not see; empty where `check` finds anything."""
    fields = table(version)
    read = run.reads(text)
    decoded = decode(read.text, fields)
    flags = read_flags(run.arguments, fields, run.hidden)
    if decoded.fatal or decoded.issues or read.complaint or flags.unknown:
        return []
    config = LokiConfig(decoded.values, fields, today, flags)
    return [_finding("", finding, hidden=False, wave=3) for finding in certain(config, at_start(config))]


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
    if not config.periods and config.unknown("schema_config.configs"):
        return
    for prefix, finding in validate(config, every=every):
        yield _finding(prefix, finding, hidden=hidden)


def _finding(prefix: str, finding: Violation, *, hidden: bool, wave: int = 2) -> LokiProblem:
    words = {"where": "", **finding.words}
    template = rules()[finding.rule]["words"]
    where = "" if "{where}" in template else str(words["where"])
    text = prefix + where + template.format_map(_Words(words))
    code = 2 if finding.rule == "schema.panic" else 1
    return problem(finding.rule, text, words, wave=wave, hidden=hidden, path=finding.path, exit=code)
