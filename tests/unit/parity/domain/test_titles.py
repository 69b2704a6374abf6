"""Titles that name as much as fits, and count the rest."""

from __future__ import annotations

import pytest

from parity.domain.titles import LONGEST, filled, listed_in, title

NAMES = [f"SERVICE_{n}_PASSWORD" for n in range(30)]


@pytest.mark.parametrize(
    ("template", "names", "said"),
    [
        ("prod: not set: {names}", NAMES[:2], "prod: not set: SERVICE_0_PASSWORD, SERVICE_1_PASSWORD"),
        ("prod: not set: {names}", NAMES, "prod: not set: SERVICE_0_PASSWORD, SERVICE_1_PASSWORD and 28 more"),
        ("prod: not set: {names}", ["A" * 70, "B"], "prod: not set: B and 1 more"),
        ("prod: nothing to list", NAMES, "prod: nothing to list"),
    ],
)
def test_a_list_is_shortened_until_the_title_fits(template: str, names: list[str], said: str) -> None:
    assert title(template, {}, {"names": names}) == said


def test_a_path_is_shortened_at_its_start() -> None:
    path = f"{'folder/' * 12}nginx/ssl"
    assert title("prod: missing: {path}", {"path": path}, {}) == "prod: missing: …/nginx/ssl"
    assert title("prod: missing: {path}", {"path": "folder/nginx/ssl"}, {}) == "prod: missing: folder/nginx/ssl"


def test_what_cannot_be_shorter_is_whole() -> None:
    assert len(title("{what}", {"what": "x" * 200}, {})) > LONGEST


def test_no_word_is_read_as_a_template() -> None:
    assert filled("{a} {b} {c}", {"a": "{b}", "b": "1"}) == "{b} 1 {c}"
    assert listed_in({"names": "A, B", "where": "app (80, 443)"}) == {"names": ["A", "B"]}
