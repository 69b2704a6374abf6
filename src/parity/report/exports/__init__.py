"""The report for programs: SARIF for code scanning, JUnit for pipelines, Prometheus text for alerts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parity.report.exports import junit, prometheus, sarif


def render(data: Mapping[str, Any], rules: Mapping[str, Any]) -> dict[str, str]:
    """Return each form's text by its file name. `data` is what `findings.json` holds, `rules` are the rules by id."""
    return {
        "parity.sarif": sarif.render(data, rules),
        "junit.xml": junit.render(data),
        "metrics.prom": prometheus.render(data),
    }
