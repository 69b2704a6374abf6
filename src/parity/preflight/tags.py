"""Tags that a user named and that no play has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from parity.knowledge.files import read_yaml
from parity.preflight.unknown_names import unknown

# Ansible's own: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_tags.html
_SPECIAL: Final = frozenset({"all", "always", "never", "tagged", "untagged"})
_REMEDY: Final = "remedy_"


def problems(named: Iterable[str], prefixes: Sequence[str], remedies: Path) -> list[str]:
    """Return a sentence for each tag in `named` that is unknown: with it nothing would run, and Ansible would succeed.

    `remedies` is the playbook that imports a play for each remedy; its tags count with each of the `prefixes`.
    """
    tags = [tag for entry in read_yaml(remedies) for tag in _listed(entry["tags"])]
    names = [tag.removeprefix(_REMEDY) for tag in tags if tag.startswith(_REMEDY)]
    valid = [prefix + name for prefix in prefixes for name in names]
    return unknown((tag for tag in dict.fromkeys(named) if tag not in _SPECIAL), "tag", valid)


def _listed(tags: str | list[str]) -> list[str]:
    return [tags] if isinstance(tags, str) else tags
