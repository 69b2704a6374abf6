"""Variables as envsubst 1.0.3 replaces them; each row was read off its parse/parse.go, parse/scan.go and funcs.go."""

from __future__ import annotations

import pytest
from loki_texts import HEAD, TODAY

from parity.programs.loki.check.check import check
from parity.programs.loki.check.explain import explain
from parity.programs.loki.read.expand import COMPLAINTS, UNKNOWN, expand
from parity.programs.loki.read.run import Run

KNOWN = {"HOST": "loki", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("a: ${HOST}", "a: loki"),
        ("a: ${HOST:-x}", "a: loki"),
        ("a: ${EMPTY:-x}", "a: x"),
        ("a: ${NOT:-x}", "a: x"),
        ("a: ${NOT:-${ALSO:-x}}", "a: x"),
        ("a: ${NOT:-}", "a: "),
        ("a: ${NOT:=x} ${NOT=y}", "a: x y"),
        ("a: ${NOT:+x} ${NOT:?x}", "a: x x"),
        ("a: ${NOT}", f"a: {UNKNOWN}"),
        ("a: ${HOST:1} ${HOST:1:2} ${HOST/x/y} ${HOST//x/} ${#HOST}", "a: " + " ".join([UNKNOWN] * 5)),
        ("a: ${HOST^^} ${HOST,} ${HOST%x} ${HOST##x}", "a: " + " ".join([UNKNOWN] * 4)),
        ("a: $${HOST} $$ $HOST", "a: ${HOST} $ $HOST"),
        (r"a: '\\d \/'", r"a: '\d /'"),
        ("a: $", "a: $"),
    ],
)
def test_what_is_replaced(text: str, expanded: str) -> None:
    assert expand(text, KNOWN) == (expanded, "", 0)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: ${NOT-x}", "missing closing brace"),
        ("a: 1\n# the braces ${ } in a comment", "unable to parse variable name"),
        ("a: ${", "unable to parse variable name"),
        ("a: ${.x}", "unable to parse variable name"),
        ("a: ${HOST", "missing closing brace"),
        ("a: ${HOST:-x", "unable to parse substitution within function"),
        ("a: ${HOST:}", "unable to parse substitution within function"),
        ("a: ${HOST/x}", "bad substitution"),
        ("a: ${HOST^^x}", "bad substitution"),
    ],
)
def test_what_ends_loki(text: str, complaint: str) -> None:
    assert complaint in COMPLAINTS
    assert expand(text, KNOWN)[1:] == (complaint, text.count("\n") + 1)
    (problem,) = check(text, "3.4.3", TODAY, expand_env=True)
    assert (problem.rule, problem.text) == ("expand.refused", complaint)
    assert [str(one) for one in explain(f"loki-1  | failed parsing config: {complaint}")] == [complaint]


def test_variables_in_variables_without_end_are_not_known() -> None:
    assert expand("${A:-" * 5000 + "x" + "}" * 5000).text == UNKNOWN
    assert not check("${A:-" * 5000 + "x" + "}" * 5000, "3.4.3", TODAY, expand_env=True)


def test_a_value_that_the_environment_has_is_judged() -> None:
    text = HEAD + "limits_config: {max_query_series: ${SERIES}}\n"
    assert not check(text, "3.4.3", TODAY, expand_env=True)
    assert not check(text, "3.4.3", TODAY, run=Run(expand_env=True, environment={"SERIES": "500"}))
    (problem,) = check(text, "3.4.3", TODAY, run=Run(expand_env=True, environment={"SERIES": "many"}))
    assert problem.rule == "parser.mismatch"
