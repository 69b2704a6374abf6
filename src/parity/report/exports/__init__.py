"""The report for programs: SARIF for code scanning, JUnit for pipelines, Prometheus text for alerts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parity.report.exports import junit, prometheus, sarif
from parity.report.exports.checkout import Checkout


def render(
    data: Mapping[str, Any], rules: Mapping[str, Any], checkout: Checkout | None = None, home: str = ""
) -> dict[str, str]:
    """Return each form's text by its file name. `data` is what `findings.json` holds, `rules` are the rules by id.

    `checkout` is the one that the audit ran in, `home` Parity's address on the web.
    """
    return {
        "parity.sarif": sarif.render(data, rules, checkout, home),
        "junit.xml": junit.render(data),
        "metrics.prom": prometheus.render(data),
    }
