"""A mistake in a policy, waivers, signatures or thresholds is reported before any host is audited."""

from __future__ import annotations

from pathlib import Path

from parity.ansible.preflight import unusable


def test_each_mistake_is_reported_with_its_place_and_the_page_to_read(tmp_path: Path) -> None:
    policy, waivers = tmp_path / "policy.yml", tmp_path / "waivers.yml"
    policy.write_text("expected:\n  - {rule: [a.b], why: x}\n", encoding="utf-8")
    found = unusable(str(policy), str(waivers), [{"id": "A B"}], {"ngnix": "high"})
    assert [sentence.rpartition(". See ")[2] for sentence in found] == [
        "docs/policy.md.",
        "docs/policy.md.",
        "docs/signatures.md.",
        "docs/ci.md.",
    ]
    assert found[0].startswith("policy.yml:2: unknown key rule; valid keys: direction, ")
    assert found[1].startswith(f"{waivers} does not exist. ")
    assert found[2].startswith("parity_signatures, entry 1: id must be lowercase letters, digits and hyphens. ")
    assert found[3].startswith("parity_fail_on_areas: unknown area ngnix. Valid areas: ")


def test_nothing_is_reported_where_nothing_is_set() -> None:
    assert unusable("", "", [], {}) == []
