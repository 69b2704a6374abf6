"""What is wrong with a setup before anything runs on a host."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from parity.domain.findings import ParityError
from parity.judge import knowledge
from parity.judge.gate import GateSettings
from parity.judge.waivers import read_waivers
from parity.preflight import inventory, misspelt_variables, tags
from parity.preflight.wrong_values import wrong_values


def problems(setup: Mapping[str, Any], groups: Mapping[str, Sequence[str]], hostvars: Mapping[str, Any]) -> list[str]:
    """Return, a sentence each, what is wrong with a setup; what depends on what is wrong is not checked.

    `setup` are the options of the action parity_preflight, `groups` and `hostvars` are Ansible's.
    """
    return next(filter(None, _checked(setup, groups, hostvars)), [])


def _checked(
    setup: Mapping[str, Any], groups: Mapping[str, Sequence[str]], hostvars: Mapping[str, Any]
) -> Iterator[list[str]]:
    set_here = {name for host in hostvars.values() for name in host}
    of_inventory = setup["inventory_problems"] or inventory.problems(setup["environments"], groups)
    yield of_inventory + misspelt_variables.misspelt(set_here)
    remedies = tags.remedies(Path(setup["remedies"]))
    yield tags.problems([*setup["tags"], *setup["skip_tags"]], setup["prefixes"], remedies)
    audited = {host for name in setup["environments"] for host in groups[name]} & set(setup["hosts"])
    roles = ["gather", *(f"remedy_{name}" for name in tags.chosen(setup["tags"], setup["prefixes"], remedies))]
    yield [
        *wrong_values(hostvars, sorted(audited), roles),
        *wrong_values(hostvars, ["localhost"], ["report", "notify"]),
    ]
    yield unusable(setup["policy"], setup["waivers"], setup["signatures"], setup["fail_on_areas"])


def unusable(
    policy: str, waivers: str, signatures: Sequence[Mapping[str, Any]], fail_on_areas: Mapping[str, str]
) -> list[str]:
    """Return, a sentence each, what is wrong with what a user wrote: a policy, waivers, signatures and thresholds."""
    known = knowledge.load()
    checks: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: known.with_policy(policy), "docs/policy.md"),
        (lambda: waivers and read_waivers(Path(waivers)), "docs/policy.md"),
        (lambda: known.with_signatures(signatures), "docs/signatures.md"),
        (lambda: GateSettings(areas=fail_on_areas), "docs/ci.md"),
    )
    found = []
    for check, page in checks:
        try:
            check()
        except ParityError as problem:
            found.append(f"{problem}. See {page}.")
    return found
