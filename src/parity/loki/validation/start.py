"""What -verify-config does not see and Loki says only when it starts."""

from __future__ import annotations

from typing import Final

from parity.loki.config import Config
from parity.loki.decode import ZERO
from parity.loki.validation.finding import Finding, Findings

# pkg/loki/modules.go: the names that `target` takes, in any release from 2.8 to 3.7.
_TARGETS: Final = frozenset(
    (
        "all read write backend distributor ingester querier query-frontend query-frontend-tripperware query-scheduler ruler "
        "table-manager compactor index-gateway cache-generation-loader overrides-exporter bloom-store bloom-compactor "
        "bloom-gateway bloom-planner bloom-builder pattern-ingester ingester-rf1 kafka-ingester metastore block-builder "
        "block-scheduler dataobj-explorer dataobj-consumer dataobj-index-builder ingest-limits ingest-limits-frontend ui "
        "query-engine query-engine-scheduler query-engine-worker store runtime-config ring server analytics memberlist-kv"
    ).split()
)
_STORES: Final = frozenset(
    ("filesystem", "local", "aws", "s3", "alibabacloud", "azure", "bos", "cos", "gcs", "swift", "inmemory", "noop")
)


def at_start(config: Config) -> Findings:
    """Targets and stores that do not exist, and the empty block that verifies and then crashes."""
    target = config.said("target")
    for name in target if isinstance(target, list) else ():
        if name.strip() not in _TARGETS:
            yield Finding("start.target", "target", {"target": name})
    store = config.said("compactor.delete_request_store")
    if config.release.major >= 3 and config.get("compactor.retention_enabled") and isinstance(store, str):
        named = config.said("storage_config.named_stores")
        names = (
            {name for group in named.values() if isinstance(group, dict) for name in group}
            if isinstance(named, dict)
            else set()
        )
        if store and store not in _STORES and store not in names:
            yield Finding("start.delete-store", "compactor.delete_request_store", {"store": store})
    if config.release.major >= 3 and config.said("frontend") is ZERO:
        yield Finding("start.frontend", "frontend")
