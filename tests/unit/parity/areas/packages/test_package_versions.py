"""How far versions are apart."""

from __future__ import annotations

import pytest

from parity.areas.packages.versions import level


@pytest.mark.parametrize(
    ("one", "other", "step"),
    [
        ("4.2.16", "5.0.1", "major"),
        ("4.2.16", "4.3.0", "minor"),
        ("4.2.16", "4.2.17", "patch"),
        ("4.2", "4.2.0", "patch"),
        ("0.32.0", "0.33.0", "major"),
        ("0.32.0", "0.32.1", "patch"),
        ("0.9", "1.0", "major"),
        ("9.0", "10.0", "major"),
        ("1.0.0-rc.1", "1.0.0", "patch"),
        ("2.5.1+cpu", "2.5.1", "patch"),
        ("2!1.0", "1.0", "major"),
        ("3.0.15-1~deb12u1", "3.0.17-1~deb12u2", "patch"),
        ("2.36-9+deb12u4", "2.41-12", "minor"),
        ("1:9.18.33-1", "9.18.33-1", "major"),
        ("1.2.4-r2", "1.2.5-r0", "patch"),
        ("2024a-0+deb12u1", "2025b-0+deb12u2", "patch"),
        ("20230311", "20240203", "patch"),
        ("2023.7.22", "2024.8.30", "patch"),
        ("6.11.0 6.13.0", "6.13.0", "patch"),
        ("6.11.0 6.13.0", "7.0.0", "major"),
        ("8.1_20240101", "8.1_20240901", "patch"),
        ("trunk", "1.0", "major"),
        ("9" * 80, "8" * 80, "patch"),
    ],
)
def test_the_step_between_versions(one: str, other: str, step: str) -> None:
    assert (level([one, other]), level([other, one])) == (step, step)


def test_the_largest_step_of_several_counts() -> None:
    assert level(["1.0.0", "1.0.1", "1.1.0"]) == "minor"
    assert level(["1.0.0"]) == level([]) == "patch"
