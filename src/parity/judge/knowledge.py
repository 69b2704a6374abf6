"""The project's own knowledge: data that people extend without reading Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from parity.judge.weighing import Judgement, read_judgement
from parity.knowledge.files import FOLDER, read_yaml
from parity.knowledge.policy import Policy, extended, read_policy
from parity.knowledge.rules import Rule, read_rules
from parity.knowledge.signatures import Signature, read_signatures, together


@dataclass(frozen=True)
class Knowledge:
    """What an audit judges by."""

    rules: dict[str, Rule]
    policy: Policy
    judgement: Judgement
    signatures: tuple[Signature, ...] = ()

    def with_policy(self, path: str) -> Knowledge:
        """Return this knowledge with the inventory's policy in the file `path`, if any; raises ParityError."""
        if not path:
            return self
        policy = extended(self.policy, Path(path))
        judgement = replace(self.judgement, core_services=policy.core, auxiliary_services=policy.auxiliary)
        return replace(self, policy=policy, judgement=judgement)

    def with_signatures(self, own: Any) -> Knowledge:
        """Return this knowledge with the user's signatures before ours; raises ParityError naming the entry."""
        return _with(self, read_signatures(own, "parity_signatures")) if own else self


@cache
def load(folder: Path = FOLDER) -> Knowledge:
    """Return the knowledge in `folder`; raises ParityError naming the file and entry at fault."""
    rules: dict[str, Rule] = {}
    for path in sorted((folder / "rules").glob("*.yml")):
        rules.update(read_rules(read_yaml(path), path.name))
    known = Knowledge(rules, read_policy(folder / "policy.yml"), _judgement(folder))
    for path in sorted((folder / "signatures").glob("*.yml"), reverse=True):
        known = _with(known, read_signatures(read_yaml(path), f"signatures/{path.name}"))
    return known


@cache
def answered(remedy: str) -> tuple[str, ...]:
    """Return the rules, as patterns, whose findings the remedy of this tag answers."""
    return tuple(rule for rules, tag in _judgement(FOLDER).remedies if tag == remedy for rule in rules)


def _judgement(folder: Path) -> Judgement:
    return read_judgement(read_yaml(folder / "judgement.yml"), "judgement.yml")


def _with(known: Knowledge, signatures: Sequence[Signature]) -> Knowledge:
    rules = {signature.rule.id: signature.rule for signature in signatures}
    return replace(known, rules={**known.rules, **rules}, signatures=together(signatures, known.signatures))
