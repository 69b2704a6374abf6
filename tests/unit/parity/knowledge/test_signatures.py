"""The signatures: each finds its own message and no other's, quickly, and what is written wrongly is refused."""

from __future__ import annotations

import time
from typing import Any

import pytest
from log_stacks import IMAGES, told

from parity.docs.signature_page import PAGE, table
from parity.domain.findings import ParityError
from parity.domain.programs import KINDS
from parity.judge import knowledge
from parity.knowledge.files import FOLDER, read_documents
from parity.knowledge.regex_guard import fault
from parity.knowledge.signatures import ANY, Signature, read_signature_file, read_signatures

FILES = sorted((FOLDER / "signatures").glob("*.yml"))
OURS = knowledge.load().signatures
HOSTILE_SIZE = 100_000
SECONDS = 0.5
OWN: dict[str, Any] = {
    "id": "shop-card-refused",
    "pattern": r"card refused by (?P<bank>\w+)",
    "applies_to": ["python"],
    "severity": {"production": "high", "elsewhere": "low"},
    "title": "{service} cannot take money in {environments}",
    "cause": "The bank {bank} refuses.",
    "impact": "Nobody can pay.",
    "action": "Ask {bank}.",
    "example": "card refused by acme",
}


def ids(signatures: tuple[Signature, ...]) -> list[str]:
    return [signature.id for signature in signatures]


def test_there_are_many_and_no_id_is_used_twice():
    per_file = [read_signature_file(read_documents(path), path.name) for path in FILES]
    every = [name for signatures in per_file for name in ids(signatures)]
    assert len(every) >= 200
    assert sorted(every) == sorted(set(every)) == sorted(ids(OURS))


@pytest.mark.parametrize("signature", OURS, ids=ids(OURS))
def test_an_example_is_found_by_its_own_signature_and_by_no_other(signature):
    rivals = [other for other in OURS if other.fallback <= signature.fallback]
    assert ids(tuple(other for other in rivals if other.pattern.search(signature.example))) == [signature.id]


@pytest.mark.parametrize("signature", OURS, ids=ids(OURS))
def test_an_example_becomes_one_finding_whose_sentences_are_complete(signature):
    kind = next((kind for kind in sorted(signature.applies_to) if kind in IMAGES), "unknown")
    found = told(kind, [signature.example])
    assert [name.partition("/")[0] for name in found] == [signature.id]
    (finding,) = found.values()
    assert finding["severity"] == signature.rule.production.word
    unfilled = {f"{{{group}}}" for group in [*signature.pattern.groupindex, "container", "count", "line", "service"]}
    for sentence in ("title", "cause", "impact", "action", "command"):
        assert [field for field in unfilled if field in finding[sentence]] == []
    assert signature.example.strip()[:60] in finding["evidence"][0]["shown"]


@pytest.mark.parametrize("signature", OURS, ids=ids(OURS))
def test_no_message_is_graver_elsewhere_than_in_production(signature):
    assert signature.rule.elsewhere <= signature.rule.production
    assert signature.applies_to <= KINDS | {ANY}


def hostile_lines(signature: Signature) -> list[str]:
    example = signature.example
    pieces = {example[:end] for end in range(1, len(example), max(1, len(example) // 12))}
    pieces |= {example, example[:-1], "a", " ", '"', "1", "FATAL:  ", "[1]", "err="}
    return [(piece * (HOSTILE_SIZE // len(piece) + 1))[:HOSTILE_SIZE] + "!" for piece in sorted(pieces)]


@pytest.mark.parametrize("signature", OURS, ids=ids(OURS))
def test_no_line_takes_long(signature):
    for pattern in (signature.pattern, signature.cleared_by):
        for line in hostile_lines(signature) if pattern else ():
            started = time.perf_counter()
            pattern.search(line)
            assert time.perf_counter() - started < SECONDS, line[:80]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"(a+)+b", "itself repeats"),
        (r"(?:a|aa)*b", "itself repeats or has alternatives"),
        (r"((?:a{2,})x)+b", "itself repeats"),
        (r"([a-z]+){3,9}x", "itself repeats"),
        (r".*a.*b.*c.*d", "three wide"),
        (r"x.{0,50}a.{0,60}b.{0,70}c.{0,80}d", "three wide"),
        (r"a|b|", "empty line"),
        (r"x*", "empty line"),
        (r"(", "not a regular expression"),
        (r"[a-", "not a regular expression"),
        (r"\p{L}", "not a regular expression"),
        (r"a{99999999999999999999}", "not a regular expression"),
    ],
)
def test_a_pattern_that_could_take_for_ever_or_finds_everything_is_unfit(pattern, words):
    assert words in fault(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?:ab)+c",
        r"[(]+a+[)*+]b",
        r"\(a+\)+",
        r"(a+)?b",
        r"(?P<x>\w+) (?P<y>\w+)",
        r"a{1,3}b",
        r"x(?:a+|b+)y",
        r"(?i)a.*b",
        r"[]+*]+x",
        r"a.*b.*c|d.*e.*f",
    ],
)
def test_an_ordinary_pattern_is_fit(pattern):
    assert fault(pattern) == ""


def test_the_page_lists_every_signature_as_it_is():
    assert table(OURS) in PAGE.read_text(), "run make docs"


def without(*keys: str, **others: Any) -> dict[str, Any]:
    return {**{key: value for key, value in OWN.items() if key not in keys}, **others}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("text", "mine must be a list of signatures"),
        ([None], "mine, entry 1 must be a mapping"),
        ([OWN, without("id")], "mine, entry 2: id must be lowercase letters, digits and hyphens"),
        ([without(id="Shop Card")], "mine, entry 1: id must be"),
        ([without(id=7)], "mine, entry 1: id must be"),
        ([OWN, OWN], "mine, signature shop-card-refused: the id is used twice"),
        (
            [without(colour="red")],
            "mine, signature shop-card-refused: unknown key colour; valid keys: id, pattern",
        ),
        ([without("action")], "mine, signature shop-card-refused: missing key action"),
        ([without("severity")], "mine, signature shop-card-refused: missing key severity"),
        ([without(cause=None)], "mine, signature shop-card-refused: cause must be non-empty text"),
        ([without(impact=" ")], "mine, signature shop-card-refused: impact must be non-empty text"),
        ([without(command=[])], "mine, signature shop-card-refused: command must be non-empty text"),
        ([without(fallback="yes")], "mine, signature shop-card-refused: fallback must be true or false"),
        ([without(severity="grave")], "mine, signature shop-card-refused: severity must be one of info, low"),
        ([without(severity={"production": "high"})], "mine, signature shop-card-refused: severity must be one of"),
        ([without(applies_to="python")], "mine, signature shop-card-refused: applies_to must be a list of kinds"),
        ([without(applies_to=[])], "mine, signature shop-card-refused: applies_to must be a list of kinds"),
        ([without(applies_to=["cobol"])], "valid kinds: any, celery, grafana"),
        ([without(applies_to=[["python"]])], "applies_to must be a list of kinds"),
        ([without(pattern="(a+)+")], "mine, signature shop-card-refused: pattern repeats a group"),
        ([without(cleared_by="[")], "mine, signature shop-card-refused: cleared_by is not a regular expression"),
        (
            [without(example="all is well")],
            "mine, signature shop-card-refused: pattern does not match the signature's own example",
        ),
        (
            [without(title="{bnak}")],
            "mine, signature shop-card-refused: title uses {bnak}, which is not a group of its pattern",
        ),
    ],
)
def test_what_is_written_wrongly_is_refused_with_its_place(data, message):
    with pytest.raises(ParityError) as refused:
        read_signatures(data, "mine")
    assert message in str(refused.value)


def test_a_signature_of_the_users_own_is_found_and_judged_as_ours():
    found = told("python", ["ERROR card refused by acme"], own=[OWN])
    assert found["shop-card-refused"]["severity"] == "high"
    assert found["shop-card-refused"]["cause"] == "The bank acme refuses."
    assert told("python", ["ERROR card refused by acme"], "dev", own=[OWN])["shop-card-refused"]["severity"] == "low"
    assert told("python", ["ERROR card refused by acme"]) == {}


def test_for_one_line_the_users_own_counts_before_ours():
    line = "1:M 24 Nov 2026 02:59:33.001 # Can't save in background: fork: Cannot allocate memory"
    own = without(id="our-fork", pattern="fork: (?P<bank>Cannot)", applies_to=["redis"], example="fork: Cannot")
    assert list(told("redis", [line])) == ["redis-fork-failed"]
    assert list(told("redis", [line], own=[own])) == ["our-fork"]


def test_one_of_ours_can_be_replaced_by_its_id():
    line = next(signature.example for signature in OURS if signature.id == "redis-overcommit")
    own = without(id="redis-overcommit", pattern="(?P<bank>overcommit)", applies_to=["redis"], example="overcommit")
    found = told("redis", [line], own=[own])
    assert found["redis-overcommit"]["impact"] == "Nobody can pay."


def test_the_knowledge_without_the_users_own_is_not_changed_by_them():
    before = knowledge.load()
    before.with_signatures([OWN])
    assert "logs.shop-card-refused" not in knowledge.load().rules
    assert knowledge.load() is before
