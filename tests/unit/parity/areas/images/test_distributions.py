"""The data about distributions: every release has a date, and a mistake in it is named."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest

from parity.areas.images.distributions import end_of, load, read_distributions, series_of
from parity.domain.findings import ParityError
from parity.domain.running_image import Release


def test_every_release_is_spelled_with_its_parts() -> None:
    for name, known in load().items():
        assert known.ends, name
        for version, day in known.ends.items():
            assert re.fullmatch(r"\d+(\.\d+)*", version), (name, version)
            assert version.count(".") == known.parts - 1, (name, version)
            assert 2016 < day.year < 2040


@pytest.mark.parametrize(
    ("name", "version", "series", "end"),
    [
        ("debian", "12", "12", datetime.date(2028, 6, 30)),
        ("ubuntu", "22.04", "22.04", datetime.date(2027, 6, 1)),
        ("alpine", "3.18.4", "3.18", datetime.date(2025, 5, 9)),
        ("amzn", "2018.03", "2018", datetime.date(2023, 12, 31)),
        ("amzn", "2", "2", datetime.date(2026, 6, 30)),
        ("centos", "7", "7", datetime.date(2024, 6, 30)),
        ("alpine", "3.99.0", "3.99", None),
        ("debian", "", "", None),
        ("unheard-of", "1.2.3", "1.2.3", None),
    ],
)
def test_a_version_belongs_to_a_release(name: str, version: str, series: str, end: datetime.date | None) -> None:
    release = Release(name, version, "")
    assert (series_of(release), end_of(release)) == (series, end)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"distributions": [{"ids": ["x"], "parts": 1}]}, "d.yml, distribution 1: missing key ends"),
        (
            {"distributions": [{"ids": ["x"], "parts": 1, "ends": {"1": "soon"}}]},
            "distribution 1: the end of 1 is not a date",
        ),
        ({"distribution": []}, "d.yml: unknown key distribution"),
    ],
)
def test_a_mistake_is_named(data: Any, message: str) -> None:
    with pytest.raises(ParityError, match=re.escape(message)):
        read_distributions(data, "d.yml")
