"""A tag that no play has is reported before anything runs."""

from __future__ import annotations

import pytest

from parity.preflight.role_specs import ROLES
from parity.preflight.tags import chosen, problems, remedies

REMEDIES = remedies(ROLES.parent / "playbooks" / "remedies.yml")


@pytest.mark.parametrize(
    ("named", "prefixes", "expected"),
    [
        (["all"], ["remedy_"], []),
        (["remedy_nginx", "remedy_loki", "remedy_env"], ["remedy_"], []),
        (["nginx", "remedy_nginx"], ["", "remedy_"], []),
        (["always", "never", "tagged", "untagged"], ["remedy_"], []),
        (
            ["remedy_ngnix", "remedy_ngnix"],
            ["remedy_"],
            [
                "Unknown tag remedy_ngnix. Did you mean remedy_nginx or remedy_env or remedy_loki? "
                "Valid tags: remedy_nginx, remedy_loki, remedy_env."
            ],
        ),
        (["nginx"], ["remedy_"], ["Unknown tag nginx. Did you mean remedy_nginx? Valid tags: "]),
    ],
)
def test_unknown_tags(named: list[str], prefixes: list[str], expected: list[str]) -> None:
    found = problems(named, prefixes, REMEDIES)
    assert len(found) == len(expected)
    assert all(sentence.startswith(begin) for sentence, begin in zip(found, expected, strict=True))


@pytest.mark.parametrize(
    ("tags", "prefixes", "expected"),
    [
        (["all"], ["remedy_"], []),
        (["all"], ["", "remedy_"], ["nginx", "loki", "env"]),
        (["loki"], ["", "remedy_"], ["loki"]),
        (["remedy_env", "always"], ["remedy_"], ["env"]),
        (["loki"], ["remedy_"], []),
    ],
)
def test_the_remedies_that_run(tags: list[str], prefixes: list[str], expected: list[str]) -> None:
    assert chosen(tags, prefixes, REMEDIES) == expected
