"""Every rule's example: the broken one is found, as the rule says; its nearest healthy neighbour is not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import rule_examples
from stacks import KNOWN

from parity.knowledge.rules import Rule

# The signatures' examples are lines of logs: test_signatures.py.
RULES = [rule for rule in KNOWN.rules.values() if not rule.id.startswith("logs.")]
SENTENCES = ("title", "cause", "impact", "action", "command")
UNFILLED = re.compile(r"(?<![{$])\{[a-z_]+\}(?!\})")
# What is shown where there is nothing to point to.
NOWHERE = {"(not set)", "no such service"}
SECRETS = ("Vx8kQ2mZ7t", "Hd5Rw3Yb6C", "GOCSPX-")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_broken_example_is_found_and_its_neighbour_is_not(rule: Rule, tmp_path: Path) -> None:
    example = rule_examples.read(rule)
    broken = rule_examples.findings(example, "broken", tmp_path)
    own = [name for name, one in broken.items() if one["rule"] == rule.id]
    assert own == [example["finding"]], f"the broken example of {rule.id} yields {sorted(broken)}"
    assert_complete(broken[example["finding"]], rule, example.get("status", "open"))
    spared = rule_examples.findings(example, "spared", tmp_path)
    assert not [name for name, one in spared.items() if one["rule"] == rule.id], f"{rule.id} finds what it should spare"
    assert not [secret for secret in SECRETS if secret in json.dumps([broken, spared])]


def assert_complete(finding: dict[str, Any], rule: Rule, status: str) -> None:
    """Assert that a finding is as the rule says: status, severity, every field of the sentences filled, and evidence."""
    assert (finding["rule"], finding["status"]) == (rule.id, status)
    assert (finding["effort"], finding["remedy"]) == (rule.effort, rule.remedy)
    if len(finding["reasons"]) == 1:  # no fact raised or lowered it
        usual = rule.severity("prod" in finding["environments"]).word
        assert finding["severity"] == (usual if status == "open" else "info")
    sentences = [finding[part] for part in SENTENCES]
    assert all(sentences[:4]), sentences
    assert not any(UNFILLED.search(sentence) for sentence in sentences), sentences
    if finding["area"] == "tls":  # where a value is missing, its sentences have words for that
        assert not any(word in sentence for word in ("(empty)", "(not set)") for sentence in sentences), sentences
    assert finding["evidence"]
    for piece in finding["evidence"]:
        assert piece["environment"] in rule_examples.ENVIRONMENTS
        assert piece["shown"]
        assert piece["place"] or piece["shown"] in NOWHERE or finding["area"] == "compose", piece
        assert piece["service"] or not finding["service"] or finding["area"] == "containers", piece
