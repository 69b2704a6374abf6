"""What a rule's entry may say, and what counts where a signature says nothing."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import KNOWN

from parity.domain.findings import ParityError
from parity.knowledge.rules import read_rules

ENTRY: dict[str, Any] = {
    "severity": "low",
    "effort": "minutes",
    "title": "t",
    "cause": "c",
    "impact": "i",
    "action": "a",
}
OWN: dict[str, Any] = {
    "id": "shop-card-refused",
    "pattern": "card refused",
    "applies_to": ["any"],
    "severity": "low",
    "title": "t",
    "cause": "c",
    "impact": "i",
    "action": "a",
    "example": "card refused",
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"efort": "hours"}, "x.yml, rule a.b: unknown key efort; valid keys: severity, effort"),
        ({"effort": "weeks"}, "x.yml, rule a.b: effort must be one of minutes, hours, days"),
        ({"effort": ["hours"]}, "x.yml, rule a.b: effort must be one of minutes, hours, days"),
        ({"raised_by": "public"}, "x.yml, rule a.b: raised_by must be a list of texts"),
        ({"explains": {"effects": []}}, "x.yml, rule a.b: explains must be a list of mappings"),
        ({"explains": [{"effects": ["a.c"]}]}, "each entry of explains must have effects and joined_by"),
        (
            {"explains": [{"effects": ["a.c"], "joined_by": "host"}]},
            "joined_by must be one of service, mention, item, both",
        ),
        ({"explains": [{"effects": "a.c", "joined_by": "item"}]}, "effects must be a list of texts"),
        (
            {"explains": [{"effects": ["a.c"], "joined_by": "item", "certainty": "sure"}]},
            "certainty must be one of certain, likely, possible",
        ),
    ],
)
def test_a_mistake_in_an_entry_is_told(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ParityError) as told:
        read_rules({"a.b": {**ENTRY, **changes}}, "x.yml")
    assert said in str(told.value)


@pytest.mark.parametrize("key", ["severity", "effort", "title", "cause", "impact", "action"])
def test_an_entry_without_what_every_rule_has_is_told(key: str) -> None:
    with pytest.raises(ParityError, match=f"x.yml, rule a.b: missing key {key}"):
        read_rules({"a.b": {name: value for name, value in ENTRY.items() if name != key}}, "x.yml")


def test_what_is_a_signatures_file_is_said_once_and_an_entry_may_say_otherwise() -> None:
    usual, own = KNOWN.rules["logs.python-timeout"], KNOWN.rules["logs.django-host-refused"]
    assert [one.joined_by for one in usual.explains] == ["service"]
    assert own.explains == ()
    assert KNOWN.rules["logs.python-out-of-memory"].explains[0].certainty == "likely"


def test_a_signature_of_the_user_says_what_follows_from_it_or_has_it_from_the_one_it_replaces() -> None:
    def rule(**changes: Any) -> Any:
        own = {**OWN, **changes}
        return KNOWN.with_signatures([own]).rules[f"logs.{own['id']}"]

    assert (rule().effort, rule().explains) == ("hours", ())
    assert rule(effort="days").effort == "days"
    assert rule(explains=[{"effects": ["containers.unhealthy"], "joined_by": "service"}]).explains
    assert rule(id="celery-worker-lost").explains == KNOWN.rules["logs.celery-worker-lost"].explains != ()
    assert rule(id="celery-worker-lost", explains=[]).explains == ()
    with pytest.raises(ParityError, match="parity_signatures, signature shop-card-refused: effort must be one of"):
        rule(effort="weeks")
    with pytest.raises(
        ParityError, match=r"shop-card-refused: explains names containers\.unwell, which matches no rule"
    ):
        rule(explains=[{"effects": ["containers.unwell"], "joined_by": "service"}])
