"""The project's own knowledge: data that people extend without reading Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import filter as filter_names
from functools import cache
from pathlib import Path
from typing import Any

from parity.domain.findings import ParityError
from parity.judge.weighing import Judgement, read_judgement
from parity.knowledge.files import FOLDER, read_documents, read_yaml
from parity.knowledge.groupings import Grouping, read_groupings
from parity.knowledge.images import NONE, Images, read_images
from parity.knowledge.policy import Policy, extended, read_policy
from parity.knowledge.rules import Rule, read_rules
from parity.knowledge.signatures import AREA, Signature, Unsaid, read_signature_file, read_signatures, together


@dataclass(frozen=True)
class Knowledge:
    """What an audit judges by."""

    rules: dict[str, Rule]
    policy: Policy
    judgement: Judgement
    signatures: tuple[Signature, ...] = ()
    groupings: tuple[Grouping, ...] = ()
    images: Images = NONE

    def with_policy(self, path: str) -> Knowledge:
        """Return this knowledge with the inventory's policy in the file `path`, if any; raises ParityError."""
        if not path:
            return self
        policy = extended(self.policy, Path(path))
        judgement = replace(self.judgement, core_services=policy.core, auxiliary_services=policy.auxiliary)
        return replace(self, policy=policy, judgement=judgement)

    def with_signatures(self, own: Any) -> Knowledge:
        """Return this knowledge with the user's signatures before ours; raises ParityError naming the entry.

        What one that replaces ours does not say of its effort and effects is as ours has it.
        """
        if not own:
            return self
        theirs = read_signatures(own, "parity_signatures", self._unsaid)
        known = _with(self, theirs)
        for signature in theirs:
            for effect in (effect for link in signature.rule.explains for effect in link.effects):
                if not filter_names(known.rules, effect):
                    place = f"parity_signatures, signature {signature.id}"
                    raise ParityError(f"{place}: explains names {effect}, which matches no rule")
        return known

    def _unsaid(self, signature: str) -> Unsaid:
        rule = self.rules.get(f"{AREA}.{signature}")
        return Unsaid(rule.effort, rule.explains) if rule else Unsaid()


@cache
def load(folder: Path = FOLDER) -> Knowledge:
    """Return the knowledge in `folder`; raises ParityError naming the file and entry at fault."""
    rules: dict[str, Rule] = {}
    for path in sorted((folder / "rules").glob("*.yml")):
        rules.update(read_rules(read_yaml(path), path.name))
    judgement = read_judgement(read_yaml(folder / "judgement.yml"), "judgement.yml")
    groupings = read_groupings(read_yaml(folder / "problems.yml"), "problems.yml")
    images = read_images(read_yaml(folder / "images.yml"), "images.yml")
    known = Knowledge(rules, read_policy(folder / "policy.yml"), judgement, groupings=groupings, images=images)
    for path in sorted((folder / "signatures").glob("*.yml"), reverse=True):
        known = _with(known, read_signature_file(read_documents(path), f"signatures/{path.name}"))
    return known


@cache
def answered(remedy: str) -> tuple[str, ...]:
    """Return the ids of the rules whose findings the remedy of this tag answers."""
    return tuple(rule.id for rule in load().rules.values() if rule.remedy == remedy)


def _with(known: Knowledge, signatures: Sequence[Signature]) -> Knowledge:
    rules = {signature.rule.id: signature.rule for signature in signatures}
    return replace(known, rules={**known.rules, **rules}, signatures=together(signatures, known.signatures))
