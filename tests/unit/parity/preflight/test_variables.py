"""A variable that is set under a name that is nearly one of Parity's is told; Ansible would pass over it."""

from __future__ import annotations

import pytest

from parity.preflight.misspelt_variables import misspelt


@pytest.mark.parametrize(
    ("name", "meant"),
    [("parity_env_recreat", "parity_env_recreate"), ("parity_confrim", "parity_confirm"), ("parity_enviroments", "")],
)
def test_a_slip_is_told_with_what_was_meant(name, meant):
    [said] = misspelt([name, "parity_confirm"])
    assert said == f"Unknown variable {name}. Did you mean {meant or 'parity_environments'}?"


def test_names_that_are_right_or_are_the_users_own_are_passed_over():
    names = [
        "parity_confirm",
        "parity_project",
        "parity_vault_smtp",
        "ansible_host",
        "confrim",
        "parity_env_values_common",
    ]
    assert misspelt(names) == []
