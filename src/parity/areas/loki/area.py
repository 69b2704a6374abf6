"""Loki (C14): what the Loki that will read a configuration refuses in it, and what differs in effect."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.configured import Reader
from parity.compare.match_services import Match
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Configuration, Stack
from parity.domain.values import Same, show
from parity.programs.loki.check.check import check
from parity.programs.loki.check.explain import explain
from parity.programs.loki.check.problem import LokiProblem
from parity.programs.loki.read.differences import LokiSetting
from parity.programs.loki.read.differences import differences as between
from parity.programs.loki.read.releases import releases

_VERSION: Final = re.compile(r"v?(\d+\.\d+\.\d+)(?![\d.])")
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
            for path in configuration.in_image:
                words = {"what": show(path), "place": reader.place}
                where = Evidence(stack.environment, f"{words['what']} lies in the image", reader.place, match.name)
                yield Difference("loki.not-compared", (stack.environment,), match.name, path, (where,), words)
            if configuration.files:
                read.setdefault(stack.environment, (configuration, reader))
        yield from _between(comparison, match, read)


def version_of(reader: Reader) -> tuple[str, bool]:
    """Return the version of a container's Loki, and whether it is known or only assumed to be the newest."""
    found = _VERSION.match(reader.image.rpartition(":")[2])
    return (found[1], True) if found else (str(releases()[-1]), False)


def _text(configuration: Configuration) -> str:
    return configuration.files.get(configuration.main, b"").decode("utf-8", "replace")


def _refused(stack: Stack, match: Match, configuration: Configuration, reader: Reader) -> Iterator[Difference]:
    """Yield each problem once: as predicted from the file, as seen in the log, or as both."""
    version, known = version_of(reader)
    named = f"Loki {version}" + ("" if known else ", assumed: the image's tag does not say it")
    day = stack.day or datetime.date.max
    predicted = (
        check(_text(configuration), version, day, expand_env=configuration.expand_env) if configuration.files else ()
    )
    observed = {str(problem): problem for problem in explain("\n".join(reader.log_tail))}
    seen: set[str] = set()
    for problem in predicted:
        place = f"{configuration.main}, as {named} reads it"
        pieces = [Evidence(stack.environment, show(str(problem)), place, match.name)]
        if str(problem) in observed:
            pieces.append(_in_the_log(stack, match, reader, problem))
            seen.add(str(problem))
        yield _difference(stack, match, problem, tuple(pieces))
    if not reader.serves:
        for said, problem in observed.items():
            if said not in seen:
                yield _difference(stack, match, problem, (_in_the_log(stack, match, reader, problem),))


def _in_the_log(stack: Stack, match: Match, reader: Reader, problem: LokiProblem) -> Evidence:
    return Evidence(stack.environment, show(str(problem)), reader.log, match.name)


def _difference(stack: Stack, match: Match, problem: LokiProblem, pieces: tuple[Evidence, ...]) -> Difference:
    rule = "loki.refused-next" if problem.hidden else "loki.refused"
    words = {
        "message": show(problem.text),
        "explained": problem.cause,
        "impact": problem.impact,
        "advice": problem.action,
    }
    return Difference(rule, (stack.environment,), match.name, problem.path or problem.rule, pieces, words)


def _between(
    comparison: Comparison, match: Match, read: dict[str, tuple[Configuration, Reader]]
) -> Iterator[Difference]:
    names = list(read)
    for other in names[1:]:
        pair = [(name, *read[name]) for name in (names[0], other)]
        texts = [_text(configuration) for _, configuration, _ in pair]
        versions = [version_of(reader)[0] for _, _, reader in pair]
        for found in between(texts[0], texts[1], versions[0], versions[1]):
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
