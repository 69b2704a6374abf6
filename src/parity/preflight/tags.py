"""Tags that a user named: those that no play has, and the remedies that the others choose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Final

from parity.knowledge.files import read_yaml
from parity.preflight.unknown_names import unknown

# Ansible's own: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_tags.html
_SPECIAL: Final = frozenset({"all", "always", "never", "tagged", "untagged"})
_REMEDY: Final = "remedy_"


def remedies(path: Path) -> list[str]:
    """Return the names of the remedies for which a playbook imports plays, by the plays' tags."""
    tags = [tag for entry in read_yaml(path) for tag in _listed(entry["tags"])]
    return [tag.removeprefix(_REMEDY) for tag in tags if tag.startswith(_REMEDY)]


def problems(named: Iterable[str], prefixes: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return a sentence for each tag in `named` that is unknown: with it nothing would run, and Ansible would succeed.

    `names` are the remedies; each is a tag with each of the `prefixes`.
    """
    valid = [prefix + name for prefix in prefixes for name in names]
    return unknown((tag for tag in dict.fromkeys(named) if tag not in _SPECIAL), "tag", valid)


def chosen(tags: Collection[str], prefixes: Collection[str], names: Sequence[str]) -> list[str]:
    """Return the remedies that these tags run: all of them without a tag, where a remedy's own name is a tag."""
    if "all" in tags and "" in prefixes:
        return list(names)
    return [name for name in names if {prefix + name for prefix in prefixes} & set(tags)]


def _listed(tags: str | list[str]) -> list[str]:
    return [tags] if isinstance(tags, str) else tags
