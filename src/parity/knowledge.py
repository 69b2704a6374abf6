"""The project's own knowledge: data that people extend without reading Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from parity.judgement import Judgement, read_judgement
from parity.model import ParityError
from parity.policy import Policy, extended, read_policy
from parity.rules import Rule, read_rules
from parity.signatures import AREA, Signature, Unsaid, read_signature_file, read_signatures, together

FOLDER: Final = Path(__file__).resolve().parents[2] / "knowledge"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
        """Return this knowledge with the user's signatures before ours; raises ParityError naming the entry.

        What one that replaces ours does not say of its effort and effects is as ours has it.
        """
        return _with(self, read_signatures(own, "parity_signatures", self._unsaid)) if own else self

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
    known = Knowledge(rules, read_policy(folder / "policy.yml"), judgement)
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


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file of ours; raises ParityError with file and line."""
    documents = read_documents(path)
    if len(documents) > 1:
        raise ParityError(f"{path.name} must be one YAML document")
    return documents[0] if documents else None


def read_documents(path: Path) -> list[Any]:
    """Return the documents of a YAML file of ours; raises ParityError with file and line."""
    try:
        return list(yaml.load_all(path.read_bytes(), _Loader))
    except OSError as error:
        raise ParityError(f"{path.name} cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ParityError(
            f"{path.name}:{mark.line + 1 if mark else 0}: {getattr(error, 'problem', None) or error}"
        ) from None
