"""What -verify-config does not see and Loki says only when it starts."""

from __future__ import annotations

from functools import cache

from parity.programs.loki.check.validation.finding import Findings, Violation
from parity.programs.loki.read.config import LokiConfig
from parity.programs.loki.read.decode import ZERO, Unknown
from parity.programs.loki.read.releases import read_yaml


def at_start(config: LokiConfig) -> Findings:
    """Targets and stores that do not exist, and the empty block that verifies and then crashes."""
    target = config.said("target")
    for name in target if isinstance(target, list) else ():
        if not isinstance(name, Unknown) and name.strip() not in _names("targets"):
            yield Violation("start.target", "target", {"target": name})
    if config.release.major < 3:
        return
    store = config.said("compactor.delete_request_store")
    if config.get("compactor.retention_enabled") and isinstance(store, str) and store:
        named = config.said("storage_config.named_stores")
        groups = named.values() if isinstance(named, dict) else ()
        if store not in _names("stores") and not any(store in group for group in groups if isinstance(group, dict)):
            yield Violation("start.delete-store", "compactor.delete_request_store", {"store": store})
    if config.said("frontend") is ZERO:
        yield Violation("start.frontend", "frontend")


@cache
def _names(kind: str) -> frozenset[str]:
    return frozenset(read_yaml("names.yml")[kind])
