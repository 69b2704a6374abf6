"""Variables are put into texts as Compose does it in compose files."""

import json

import pytest
from compose_oracle import LONG, SHELL, RefusedError, model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parity_host.envfile.interpolate import InterpolationError, interpolate, names, parse

LOOKUP = {**SHELL, "A": "a-value", "N0_1": "n"}

TABLE: list[tuple[str, str, list[str]]] = [
    ("plain", "plain", []),
    ("$A ${A}", "a-value a-value", []),
    ("$A.b-$A_", "a-value.b-", ["A_"]),
    ("${N0_1}$N0_1", "nn", []),
    ("$$A $${A} $$$A", "$A ${A} $a-value", []),
    ("$ $1 $( ) $- a$", "$ $1 $( ) $- a$", []),
    ("$NOPE ${NOPE}", " ", ["NOPE", "NOPE"]),
    ("${NOPE:-d} ${NOPE-d} ${EMPTY:-d} ${EMPTY-d}", "d d d ", []),
    ("${A:-d} ${A-d}", "a-value a-value", []),
    ("${NOPE:-}", "", []),
    ("${NOPE:+d} ${EMPTY:+d} ${EMPTY+d} ${A:+d}", "  d d", []),
    ("${NOPE:-${EMPTY:-${A}}}", "a-value", []),
    ("${NOPE:-$EMPTY$A}", "a-value", []),
    ("${NOPE:-$NOPE2}", "", ["NOPE2"]),
    ("${A:-${}", "a-value", []),
    ("${NOPE:-{}}", "{}", []),
    ("${NOPE:-{a}b}c}", "{a}bc}", []),
    ("${NOPE:-a{b}", "a{b", []),
    ("${NOPE:-{{x}}} }", "{{x}} }", []),
    ("${NOPE:-a:-b-c?d+e}", "a:-b-c?d+e", []),
    ("${NOPE:-http://h:80/p?q=1}", "http://h:80/p?q=1", []),
    ("${A:?must be set}", "a-value", []),
    ("x\n${NOPE:-y}\nz", "x\ny\nz", []),
    ("${OUT}", "outer $value", []),
]


@pytest.mark.parametrize(("template", "text", "unset"), TABLE)
def test_puts_variables_in(template: str, text: str, unset: list[str]) -> None:
    assert interpolate(template, LOOKUP) == (text, unset)


REFUSED = [
    ("${", "invalid", ""),
    ("${}", "invalid", ""),
    ("${1}", "invalid", ""),
    ("${A b}", "invalid", ""),
    ("${A", "invalid", ""),
    ("${A:}", "invalid", ""),
    ("${NOPE:-hunter2", "invalid", ""),
    ("${NOPE:-a\nb}", "invalid", ""),
    ("${NOPE:-${}", "invalid", ""),
    ("${NOPE:?hunter2}", "required", "NOPE"),
    ("${NOPE?}", "required", "NOPE"),
    ("${EMPTY:?hunter2}", "required", "EMPTY"),
    ("${NOPE:-${NEED?hunter2}}", "required", "NEED"),
]


@pytest.mark.parametrize(("template", "kind", "name"), REFUSED)
def test_refuses(template: str, kind: str, name: str) -> None:
    with pytest.raises(InterpolationError) as raised:
        interpolate(template, LOOKUP)
    assert (raised.value.kind, raised.value.name) == (kind, name)
    assert "hunter2" not in str(raised.value)
    with pytest.raises(RefusedError):
        rendered([template])


def test_endless_nesting_is_refused() -> None:
    with pytest.raises(InterpolationError):
        interpolate("${A1:-" * 5000 + "}" * 5000, {})


def test_names_what_a_text_needs() -> None:
    assert list(names(parse("$A ${B:-${C:-$D}} $$E ${F:?$G} ${H:-${}"))) == ["A", "B", "C", "D", "F", "G", "H"]


def rendered(templates: list[str]) -> list[str]:
    """Return what Compose makes of texts in a compose file; raises RefusedError."""
    environment = {f"K{number}": template for number, template in enumerate(templates)}
    text = json.dumps({"services": {"a": {"image": "x", "environment": environment}}}, ensure_ascii=False)
    found = model({"compose.yaml": text}, variables=LOOKUP)["services"]["a"]["environment"]
    return [found[name].replace("$$", "$") for name in environment]


def test_the_table_is_what_compose_does() -> None:
    assert rendered([template for template, _, _ in TABLE]) == [text for _, text, _ in TABLE]


ATOMS = [
    "x", "$", "$$", "$A", "${A}", "$NOPE", "${NOPE}", "${NOPE:-d}", "${EMPTY:-e}", "${EMPTY-e}", "${A:+p}",
    "${NOPE:-${A}}", "${NOPE:-{}}", "${NOPE:-a{b}c}", "}", "{", "{{", "}}", "${NOPE:-a}b}", "${A:+${OUT:-z}}", "$1",
    "$(x)", "é", " ", ":", "-", "?", "+", "\n", "${NOPE+${", "${OUT:?}",
]  # fmt: skip
BROKEN = ["${", "${}", "${1}", "${A", "${A:}", "${A:-", "${NOPE:?m}", "${A b}"]


@settings(
    max_examples=1500 if LONG else 6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=not LONG,
)
@given(
    st.lists(
        st.lists(st.sampled_from(ATOMS + BROKEN[: 4 if LONG else 2]), max_size=6).map("".join), min_size=20, max_size=20
    )
)
def test_agrees_with_compose_on_generated_texts(templates: list[str]) -> None:
    read: list[tuple[str, str]] = []
    refused: list[str] = []
    for template in templates:
        try:
            read.append((template, interpolate(template, LOOKUP)[0]))
        except InterpolationError:
            refused.append(template)
    theirs = rendered([template for template, _ in read])
    assert list(zip([template for template, _ in read], theirs, strict=True)) == read
    for template in refused[:2]:
        with pytest.raises(RefusedError):
            rendered([template])


def test_what_grows_without_end_is_refused() -> None:
    with pytest.raises(InterpolationError) as refused:
        interpolate("$A" * 100_000, {"A": "x" * 100_000})
    assert refused.value.kind == "too-large"
    with pytest.raises(InterpolationError):
        interpolate("${NOPE:-$A$A}", {"A": "xx"}, 3)
    assert interpolate("${NOPE:-$A$A}", {"A": "xx"}, 4) == ("xxxx", ["NOPE"] * 0)
