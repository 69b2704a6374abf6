"""Which releases an image may hold, by its tag or by what it logged."""

from __future__ import annotations

import pytest

from parity.programs.loki.read.releases import releases, told_by

ALL = tuple(map(str, releases()))


@pytest.mark.parametrize(
    ("image", "assumed", "certain"),
    [
        ("grafana/loki:3.4.3", "3.4.3", True),
        ("grafana/loki:3.4.3@sha256:0123", "3.4.3", True),
        ("grafana/loki:v3.4.1-amd64", "3.4.1", True),
        ("grafana/loki:3.4", "3.4.3", True),
        ("registry:5000/grafana/loki:2.9", "2.9.10", True),
        ("grafana/loki:3", "3.7.6", False),
        ("grafana/loki:2", "2.9.10", False),
        ("grafana/loki:2.4.1", "2.4.1", False),
        ("grafana/loki:4.0.0", "4.0.0", False),
        ("grafana/loki:main-0123abc", ALL[-1], False),
        ("grafana/loki:k227", ALL[-1], False),
        ("grafana/loki:latest", ALL[-1], False),
        ("grafana/loki", ALL[-1], False),
        ("registry:5000/grafana/loki", ALL[-1], False),
        ("grafana/loki@sha256:0123", ALL[-1], False),
    ],
)
def test_what_a_tag_tells(image: str, assumed: str, certain: bool) -> None:
    told = told_by(image)
    assert (told.assumed, told.certain) == (assumed, certain)


def test_what_a_tag_leaves_open() -> None:
    assert told_by("grafana/loki:2").candidates == ("2.8.11", "2.9.10")
    assert told_by("grafana/loki:latest").candidates == ALL
    assert told_by("grafana/loki:2.4.1").candidates == told_by("grafana/loki:4.0.0").candidates == ()


@pytest.mark.parametrize(
    "line",
    [
        'level=info caller=main.go:120 msg="Starting Loki" version="(version=3.4.3, branch=HEAD, revision=0)"',
        '{"caller":"main.go:120","msg":"Starting Loki","version":"(version=3.4.3, branch=HEAD)"}',
    ],
)
def test_what_a_log_tells(line: str) -> None:
    assert told_by("grafana/loki:latest", [line]) == told_by("grafana/loki:3.4.3")
    assert told_by("grafana/loki:3.5.1", [line]).assumed == "3.5.1"
