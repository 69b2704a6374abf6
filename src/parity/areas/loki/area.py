"""Loki (C14): what the Loki that will read a configuration refuses in it, and what differs in effect."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.configured import Reader
from parity.compare.match_services import Match
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Configuration, Stack
from parity.domain.values import Same, show
from parity.programs.loki.check.announced import announced
from parity.programs.loki.check.check import check
from parity.programs.loki.check.explain import explain
from parity.programs.loki.check.problem import LokiProblem
from parity.programs.loki.read.differences import LokiSetting
from parity.programs.loki.read.differences import differences as between
from parity.programs.loki.read.releases import Told, told_by
from parity.programs.loki.read.run import Run
from parity_host.secrets.token import TOKEN

_MOST_PIECES: Final = 5
# Settings that belong to where Loki runs: who reads them knows that they differ.
_OWN: Final = re.compile(
    r"(?:^|[._])(?:path_prefix|instance_addr|directory|working_directory|\w+_dir|address|listen_port)$"
)


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what Loki refuses in each environment, then what two configurations set differently."""
    for match in comparison.matches:
        read: dict[str, tuple[Configuration, Reader]] = {}
        for stack, configuration, reader in comparison.configured(match, "loki"):
            yield from _refused(stack, match, configuration, reader)
            yield from _announced(stack, match, configuration, reader)
            for path in configuration.in_image:
                words = {"what": show(path), "place": reader.place}
                where = Evidence(stack.environment, f"{words['what']} is inside the image", reader.place, match.name)
                yield Difference("loki.not-compared", (stack.environment,), match.name, path, (where,), words)
            if configuration.files:
                read.setdefault(stack.environment, (configuration, reader))
        yield from _between(comparison, match, read)


def _told(reader: Reader) -> Told:
    return told_by(reader.image, reader.log_tail)


def _run(configuration: Configuration, reader: Reader) -> Run:
    return Run(configuration.expand_env, reader.environment, reader.command, TOKEN)


def _text(configuration: Configuration) -> str:
    return configuration.files.get(configuration.main, b"").decode("utf-8", "replace")


def _refused(stack: Stack, match: Match, configuration: Configuration, reader: Reader) -> Iterator[Difference]:
    """Yield each problem once: as predicted from the file, as seen in the log, or as both."""
    told = _told(reader)
    named = f"Loki {told.assumed}" + ("" if told.certain else " (assumed: the image tag does not give the release)")
    predicted, doubtful = _predicted(stack, configuration, reader) if configuration.files else ([], [])
    observed = {str(problem): problem for problem in explain("\n".join(reader.log_tail))}
    seen: set[str] = set()
    for problem in predicted:
        place = f"{configuration.main}, as {named} reads it"
        pieces = [Evidence(stack.environment, show(str(problem)), place, match.name)]
        if str(problem) in observed:
            pieces.append(_in_the_log(stack, match, reader, problem))
            seen.add(str(problem))
        yield _difference(stack, match, problem, tuple(pieces))
    doubtful = [problem for problem in doubtful if str(problem) not in observed]
    if doubtful:
        yield _cannot_tell_of(stack, match, configuration, doubtful, named)
    if not reader.serves:
        for said, problem in observed.items():
            if said not in seen:
                yield _difference(stack, match, problem, (_in_the_log(stack, match, reader, problem),))


def _predicted(
    stack: Stack, configuration: Configuration, reader: Reader
) -> tuple[list[LokiProblem], list[LokiProblem]]:
    """Return what every release refuses that the image may hold, and what only some of them do."""
    told, day = _told(reader), stack.day or datetime.date.max
    text, run = _text(configuration), _run(configuration, reader)
    found = list(check(text, told.assumed, day, run=run))
    if told.certain:
        return found, []
    others = [{str(one) for one in check(text, version, day, run=run)} for version in told.candidates]
    sure = [problem for problem in found if others and all(str(problem) in other for other in others)]
    return sure, [problem for problem in found if problem not in sure]


def _cannot_tell_of(
    stack: Stack, match: Match, configuration: Configuration, doubtful: Sequence[LokiProblem], named: str
) -> Difference:
    place = f"{configuration.main}, as {named} reads it"
    pieces = tuple(
        Evidence(stack.environment, show(str(problem)), place, match.name) for problem in doubtful[:_MOST_PIECES]
    )
    first = doubtful[0]
    words = {
        "fault": _fault(first),
        "message": show(first.text),
        "release": named,
        "file": show(configuration.main),
    }
    return Difference("loki.cannot-tell", (stack.environment,), match.name, configuration.main, pieces, words)


def _announced(stack: Stack, match: Match, configuration: Configuration, reader: Reader) -> Iterator[Difference]:
    """Yield once what of a configuration a coming release takes out."""
    found = announced(_text(configuration), _told(reader).assumed, _run(configuration, reader))
    if not found:
        return
    pieces = tuple(
        Evidence(stack.environment, show(str(one)), configuration.main, match.name) for one in found[:_MOST_PIECES]
    )
    words = {
        "setting": show(str(found[0])),
        "settings": ", ".join(show(str(one)) for one in found[:_MOST_PIECES]),
        "gone": found[0].gone,
        "instead": found[0].instead,
    }
    yield Difference("loki.announced", (stack.environment,), match.name, configuration.main, pieces, words)


def _in_the_log(stack: Stack, match: Match, reader: Reader, problem: LokiProblem) -> Evidence:
    return Evidence(stack.environment, show(str(problem)), reader.log, match.name)


def _difference(stack: Stack, match: Match, problem: LokiProblem, pieces: tuple[Evidence, ...]) -> Difference:
    rule = "loki.refused-next" if problem.hidden else "loki.refused"
    words = {
        "fault": _fault(problem),
        "message": show(problem.text),
        "explained": problem.cause,
        "impact": problem.impact,
        "advice": problem.action,
    }
    return Difference(rule, (stack.environment,), match.name, problem.path or problem.rule, pieces, words)


def _fault(problem: LokiProblem) -> str:
    """Return what a title names a problem by: its setting, else its class."""
    return show(problem.path or problem.field) or problem.rule.rpartition(".")[2].replace("-", " ")


def _between(
    comparison: Comparison, match: Match, read: dict[str, tuple[Configuration, Reader]]
) -> Iterator[Difference]:
    names = list(read)
    for other in names[1:]:
        pair = [(name, *read[name]) for name in (names[0], other)]
        texts = [_text(configuration) for _, configuration, _ in pair]
        for found in between(texts[0], texts[1], *_versions([_told(reader) for _, _, reader in pair])):
            if _cannot_tell(comparison, (names[0], found.first), (other, found.second)):
                continue
            shown = {names[0]: _shown(found.first), other: _shown(found.second)}
            pieces = tuple(
                Evidence(name, text, configuration.main, match.name)
                for (name, configuration, _), text in zip(pair, shown.values(), strict=True)
            )
            ways = frozenset({"place" if _OWN.search(found.path) else "value"})
            words = {"setting": show(found.path), "values": " / ".join(shown.values())}
            yield Difference("loki.differs", tuple(shown), match.name, found.path, pieces, words, ways)


def _versions(told: Sequence[Told]) -> list[str]:
    """Return by which release each is read; where one is assumed, by that of the other: it makes no difference."""
    known = [one.assumed for one in told if one.certain]
    return [one.assumed if one.certain or not known else known[0] for one in told]


def _cannot_tell(
    comparison: Comparison, one: tuple[str, LokiSetting | None], other: tuple[str, LokiSetting | None]
) -> bool:
    """Return whether both are secrets that were hidden under different keys."""
    if one[1] is None or other[1] is None:
        return False
    same = comparison.same_value(one[0], str(one[1].meaning), other[0], str(other[1].meaning))
    return same is Same.UNKNOWN


def _shown(setting: LokiSetting | None) -> str:
    return "not set" if setting is None else show(setting.shown)
