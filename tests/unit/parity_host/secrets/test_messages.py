"""What a signature knows of a line leaves: the pattern's own words and the names in its groups, and no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from parity_host.secrets.open_names import is_open_name
from parity_host.secrets.redact import HIDDEN_WORD, Redactor
from parity_host.secrets.token import TOKEN

KEY = b"0" * 32
COUNTED = ("limit", "connections")  # what no real line has in place of a number
SIGNATURES = sorted((Path(__file__).parents[4] / "knowledge" / "signatures").glob("*.yml"))
LANTERN = r"the lantern (?P<name>\S+) went dim after \d+ burns(?: near .{1,40})?(?:: (?P<why>.{1,80}))?"
LOGIN = r"sesame (?P<password>\S+) of (?P<user>\S+) was wrong"


def said(line: str, *patterns: str) -> str:
    return TOKEN.sub("*", Redactor(KEY, messages=patterns).said(line))


def test_words_of_a_pattern_are_shown_where_it_finds_a_line() -> None:
    line = "the lantern harbour-2 went dim after 918273 burns"
    assert said(line, LANTERN) == line
    assert said(line) == "the … … … … after … …"
    assert said("another lantern", LANTERN) == f"another {HIDDEN_WORD}"


@pytest.mark.parametrize("made_up", ["kelpBarge!83", "Xk9vTq2LmWz8", "amberQuartz47"])
def test_what_is_no_name_is_hidden_in_a_group_too(made_up: str) -> None:
    assert made_up not in said(f"the lantern {made_up} went dim after 5 burns", LANTERN)


def test_free_text_is_judged_word_by_word() -> None:
    shown = said("the lantern a went dim after 5 burns near grotto: refused for heron kelp", LANTERN)
    assert shown == f"the lantern a went dim after 5 burns near {HIDDEN_WORD}: refused for {HIDDEN_WORD} {HIDDEN_WORD}"


def test_a_group_that_is_named_for_a_secret_shows_nothing() -> None:
    assert said("sesame fjord of ravine was wrong", LOGIN) == f"sesame {HIDDEN_WORD} of ravine was wrong"


def test_what_stands_beside_a_message_is_judged_as_ever() -> None:
    shown = said("heron: the lantern a went dim after 5 burns", LANTERN)
    assert shown.startswith(f"{HIDDEN_WORD}: the lantern")


def test_a_message_is_recognised_though_its_word_is_hidden() -> None:
    shown = said("card refused by Xk9vTq2LmWz8", r"card refused by (?P<bank>\w{1,40})")
    assert shown == "card refused by hidden"


@pytest.mark.parametrize("made_up", ["Xk9vTq2LmWz8", "kelpBarge!83", "amber7quartz47"])
@pytest.mark.parametrize("path", SIGNATURES, ids=lambda path: path.stem)
def test_what_signatures_of_ours_name_is_hidden_where_it_is_no_name_and_they_are_recognised(
    path: Path, made_up: str
) -> None:
    *_, signatures = yaml.safe_load_all(path.read_text(encoding="utf-8"))
    redactor = Redactor(KEY, messages=[one["pattern"] for one in signatures])
    tried = 0
    for one in signatures:
        pattern = re.compile(one["pattern"])
        found = pattern.search(one["example"])
        for name in pattern.groupindex if found else ():
            start, end = found.span(name)
            line = one["example"][:start] + made_up + one["example"][end:]
            if start < end and pattern.search(line):
                tried += 1
                shown = redactor.said(line)
                assert made_up not in shown or is_open_name(name), shown  # `file=` names a file, whatever it is called
                assert pattern.search(shown) or name in COUNTED, shown
    assert tried or path.stem in ("any", "grafana", "oauth")


def test_a_pattern_that_cannot_be_read_knows_nothing() -> None:
    assert said("a lantern", "lantern(") == f"a {HIDDEN_WORD}"
