"""What ends Loki between reading the file and validating it: what `common` may not say, and what crashes."""

from __future__ import annotations

from typing import Final

from parity.programs.loki.check.validation.finding import Findings, Violation, certain
from parity.programs.loki.read.config import LokiConfig
from parity.programs.loki.read.decode import ZERO

_STORES: Final = ("azure", "filesystem", "gcs", "s3", "bos", "swift")
_NEW_CLIENTS: Final = ("query_frontend_grpc_client", "query_scheduler_grpc_client")
_CRASH: Final = "schema.panic"


def early(config: LokiConfig) -> Findings:
    """Yield what ends Loki before its validation, in its order (pkg/loki/config_wrapper.go, cmd/loki/main.go)."""
    for part in (_tokens, _stores, _index_cache, _clients, _log_level, _periods):
        yield from certain(config, part(config))


def _tokens(config: LokiConfig) -> Findings:
    if config.get("common.persist_tokens") and not config.get("common.path_prefix"):
        yield Violation("common.tokens", "common.path_prefix")


def _stores(config: LokiConfig) -> Findings:
    blocks = [f"common.storage.{name}" for name in _STORES]
    if sum(config.has(block) and config.differs(block) for block in blocks) > 1:
        yield Violation("common.too-many-stores", "")


def _index_cache(config: LokiConfig) -> Findings:
    if _none(config) and config.differs("storage_config.index_queries_cache_config"):
        yield Violation(_CRASH, "schema_config")


def _clients(config: LokiConfig) -> Findings:
    block = "frontend_worker"
    both = config.has(f"{block}.{_NEW_CLIENTS[0]}") and config.differs(f"{block}.grpc_client_config")
    if both and any(config.differs(f"{block}.{name}") for name in _NEW_CLIENTS):
        yield Violation("worker.clients", "")


def _log_level(config: LokiConfig) -> Findings:
    if config.said("server.log_level") is ZERO:
        yield Violation("server.silent", "server.log_level")


def _periods(config: LokiConfig) -> Findings:
    if config.release.major >= 3 and _none(config):
        yield Violation(_CRASH, "schema_config")


def _none(config: LokiConfig) -> bool:
    return not config.periods and not config.unknown("schema_config.configs")
