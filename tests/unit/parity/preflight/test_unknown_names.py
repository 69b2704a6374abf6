"""A name that does not exist is reported with the nearest valid ones."""

from __future__ import annotations

from parity.preflight.inventory import problems
from parity.preflight.unknown_names import unknown

TAGS = ["nginx", "loki", "env"]


def test_a_typo_is_reported_with_the_nearest_name_and_all_valid_ones():
    assert unknown(["ngnix"], "tag", TAGS) == ["Unknown tag ngnix. Did you mean nginx? Valid tags: nginx, loki, env."]


def test_a_prefix_is_found_and_so_is_what_lacks_one():
    [said] = unknown(["nginx"], "tag", ["remedy_nginx", "remedy_loki"])
    assert said.startswith("Unknown tag nginx. Did you mean remedy_nginx?")


def test_a_name_that_is_like_none_is_reported_without_a_guess():
    assert unknown(["qqq"], "tag", TAGS) == ["Unknown tag qqq. Valid tags: nginx, loki, env."]


def test_many_valid_names_are_not_listed():
    ids = [f"area.rule/item{number}@prod" for number in range(13)]
    assert unknown(["area.rule/item7"], "finding", ids)[0].startswith(
        "Unknown finding area.rule/item7. Did you mean area"
    )
    assert "Valid" not in unknown(["area.rule/item7"], "finding", ids)[0]


def test_valid_names_are_not_reported():
    assert unknown(TAGS, "tag", TAGS) == []


def test_a_group_that_an_inventory_lacks_is_reported_with_the_nearest_one():
    assert problems(["dev", "prod"], {"all": [], "dev": ["a"], "prd": ["b"]}) == [
        "Unknown group prod. Did you mean prd? Valid groups: dev, prd.",
        "Add it to the inventory, or correct parity_environments.",
    ]
