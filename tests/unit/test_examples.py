"""Every rule's example: broken, it is found as that rule says; its nearest healthy neighbour is not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import examples
import pytest
from stacks import KNOWN

from parity.rules import Rule

# The signatures' examples are lines of logs: tests/unit/logs/test_signatures.py.
RULES = [rule for rule in KNOWN.rules.values() if not rule.id.startswith("logs.")]
SENTENCES = ("title", "cause", "impact", "action", "command")
UNFILLED = re.compile(r"(?<![{$])\{[a-z_]+\}(?!\})")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_finds_its_broken_example_and_spares_its_neighbour(rule: Rule, tmp_path: Path) -> None:
    example = examples.read(rule)
    found = examples.findings(example, "broken", tmp_path)
    assert example["finding"] in found, f"{rule.id}: the broken example yields {sorted(found)}"
    finding = found[example["finding"]]
    assert finding["rule"] == rule.id
    says_it_whole(rule, finding)
    spared = examples.findings(example, "spared", tmp_path)
    assert not [name for name, one in spared.items() if one["rule"] == rule.id], f"{rule.id}: spared is found too"


def says_it_whole(rule: Rule, finding: dict[str, Any]) -> None:
    """Assert that every field of the sentences is filled, with evidence of each environment, as grave as the rule says."""
    sentences = [finding[part] for part in SENTENCES]
    assert all(sentences[:4]), sentences
    assert not any(UNFILLED.search(sentence) for sentence in sentences), sentences
    assert finding["evidence"]
    assert {piece["environment"] for piece in finding["evidence"]} <= set(examples.ENVIRONMENTS)
    if finding["status"] == "open" and len(finding["reasons"]) == 1:
        assert finding["severity"] == rule.severity("prod" in finding["environments"]).word
