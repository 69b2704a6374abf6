"""A remedy has an answer to the broken example of each rule that names it: a repair, or what is left to somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import rule_examples
import tls_files
from stacks import KNOWN

from parity.judge.audit import Settings, audit
from parity.knowledge.rules import Rule
from parity.remedy import plan
from parity_host.remedy.register import KINDS

RULES = [rule for rule in KNOWN.rules.values() if rule.remedy in KINDS]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_finding_that_names_a_remedy_gets_an_answer_of_it(rule: Rule) -> None:
    example = rule_examples.read(rule)
    snapshots = rule_examples.snapshots(example, "broken")
    found = audit(snapshots, KNOWN, Settings(), f"{tls_files.TODAY}T08:00:00Z", "0")
    plans = []
    for snapshot in snapshots:
        (facts,) = snapshot["hosts"].values()
        for target in plan.targets(found, rule.remedy, snapshot["environment"], facts):
            if example["finding"] in target["findings"]:
                plans.append(plan.plan(target, rule.remedy, sent(facts, target), tls_files.TODAY, audited=True))
    (made,) = plans
    assert made["said"]
    assert made["accepted"] is not bool(made["why"])


def sent(facts: Mapping[str, Any], target: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return a target's files as its host sends them to the remedy."""
    (entry,) = [one for one in facts["config"]["found"] if one["main"] == target["main"]]
    texts = {path: one["text"] for path, one in entry["files"].items()} | target["chains"]
    return {path: {"sealed": text, "host_path": path, "digest": ""} for path, text in texts.items()}
