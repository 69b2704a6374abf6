"""The areas of an audit, in the order of the report. An area's module has one face: `differences`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from parity import compose, containers, environment, health, logs, loki_config, nginx_config, oauth, tls_area
from parity.compare.comparison import Comparison
from parity.domain.findings import Difference


@dataclass(frozen=True)
class Area:
    """One area: its name (the first part of its rules' ids), its heading, and what finds its differences."""

    name: str
    title: str
    differences: Callable[[Comparison], Iterator[Difference]]


AREAS: Final = (
    Area("containers", "Services and containers", containers.differences),
    Area("health", "How the services answer", health.differences),
    Area("logs", "What the logs say", logs.differences),
    Area("environment", "Environment variables", environment.differences),
    Area("oauth", "OAuth", oauth.differences),
    Area("compose", "Compose files", compose.differences),
    Area("nginx", "nginx", nginx_config.differences),
    Area("tls", "TLS", tls_area.differences),
    Area("loki", "Loki", loki_config.differences),
)
