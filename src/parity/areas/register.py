"""The areas of an audit, in the order of the report: this table is the one place that names them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from parity.areas.code import area as code
from parity.areas.compose import area as compose
from parity.areas.containers import area as containers
from parity.areas.environment import area as environment
from parity.areas.health import area as health
from parity.areas.images import area as images
from parity.areas.logs import area as logs
from parity.areas.loki import area as loki
from parity.areas.nginx import area as nginx
from parity.areas.oauth import area as oauth
from parity.areas.packages import area as packages
from parity.areas.resources import area as resources
from parity.areas.tls import area as tls
from parity.compare.comparison import Comparison
from parity.domain.findings import Difference


@dataclass(frozen=True)
class Area:
    """One area: its name (the first part of its rules' ids), its heading, and what finds its differences.

    `facts`, where it has any, are plain data of its own for reports: `findings.json` has them under the area's name.
    """

    name: str
    title: str
    differences: Callable[[Comparison], Iterator[Difference]]
    facts: Callable[[Comparison], list[dict[str, Any]]] | None = None


AREAS: Final = (
    Area("containers", "Services and containers", containers.differences),
    Area("images", "Images", images.differences, images.facts_of),
    Area("packages", "Packages", packages.differences, packages.facts_of),
    Area("health", "How the services answer", health.differences),
    Area("resources", "Resources and hosts", resources.differences),
    Area("logs", "What the logs say", logs.differences),
    Area("environment", "Environment variables", environment.differences),
    Area("oauth", "OAuth", oauth.differences),
    Area("compose", "Compose files", compose.differences),
    Area("code", "Git checkouts", code.differences),
    Area("nginx", "nginx", nginx.differences),
    Area("tls", "TLS", tls.differences, tls.facts),
    Area("loki", "Loki", loki.differences),
)
