"""The project's own knowledge: data that people extend without reading Python."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from parity.model import ParityError
from parity.policy import Policy, read_policy
from parity.rules import Rule, read_rules

FOLDER: Final = Path(__file__).resolve().parents[2] / "knowledge"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Knowledge:
    """What an audit judges by."""

    rules: dict[str, Rule]
    policy: Policy


@cache
def load(folder: Path = FOLDER) -> Knowledge:
    """Return the knowledge in `folder`; raises ParityError naming the file and entry at fault."""
    rules: dict[str, Rule] = {}
    for path in sorted((folder / "rules").glob("*.yml")):
        rules.update(read_rules(read_yaml(path), path.name))
    return Knowledge(rules, read_policy(read_yaml(folder / "policy.yml"), "policy.yml"))


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file of ours; raises ParityError with file and line."""
    try:
        return yaml.load(path.read_bytes(), _Loader)  # noqa: S506 - a safe loader
    except OSError as error:
        raise ParityError(f"{path.name} cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ParityError(
            f"{path.name}:{mark.line + 1 if mark else 0}: {getattr(error, 'problem', None) or error}"
        ) from None
