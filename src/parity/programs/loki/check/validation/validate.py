"""The second wave: what Loki says of a file that its parser accepts, in Loki's order and with its prefixes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from parity.programs.loki.check.validation import components, schema, storage
from parity.programs.loki.check.validation.finding import Finding, Findings, only_first
from parity.programs.loki.read.config import Config


@dataclass(frozen=True)
class Part:
    """One step of Loki's validation: its prefix in the message up to 2.9 and since 3.0, and the block it needs."""

    check: Callable[[Config], Findings]
    old: str | None
    new: str | None
    block: str = ""


# pkg/loki/loki.go, Config.Validate. A part whose prefix is None does not run in that generation.
_PARTS: Final = (
    Part(schema.periods, "invalid schema config", "invalid schema config"),
    Part(storage.storage, "invalid storage config", "invalid storage_config config"),
    Part(components.query_range, "invalid queryrange config", "invalid query_range config"),
    Part(components.querier, None, "invalid querier config"),
    Part(components.query_scheduler, None, "invalid query_scheduler config"),
    Part(components.ruler, "invalid ruler config", "invalid ruler config"),
    Part(components.ingester, "invalid ingester config", "invalid ingester config"),
    Part(components.block_builder, None, "invalid block_builder config", "block_builder"),
    Part(components.limits, "invalid limits config", "invalid limits_config config"),
    Part(components.worker, "invalid storage config", "invalid frontend_worker config"),
    Part(storage.boltdb_shipper, "invalid boltdb-shipper config", "invalid boltdb_shipper config"),
    Part(components.index_gateway, None, "invalid index_gateway config"),
    Part(components.compactor, "invalid compactor config", "invalid compactor config"),
    Part(components.query_range, None, "invalid query_range config"),
    Part(components.pattern_ingester, None, "invalid pattern_ingester config", "pattern_ingester"),
    Part(components.kafka, None, "invalid kafka_config config", "ingester.kafka_ingestion"),
    Part(components.distributor, None, "invalid distributor config"),
)


def validate(config: Config, *, every: bool = False) -> Iterator[tuple[str, Finding]]:
    """Yield every error with its prefix, in Loki's order; up to 2.9 Loki prints the first alone, unless `every`."""
    if config.release.major < 3:
        yield from _old(config) if every else only_first_pair(_old(config))
        return
    for part in _PARTS:
        if part.new and (not part.block or config.has(part.block)):
            for finding in only_first(part.check(config)):
                yield f"CONFIG ERROR: {part.new}: ", finding
    whole = (
        schema.stores(config),
        _compatibility(config),
        components.legacy_target(config),
        schema.requirements(config),
    )
    for findings in (*whole, schema.directories(config)):
        for finding in findings:
            yield "", finding


def _old(config: Config) -> Iterator[tuple[str, Finding]]:
    for part in _PARTS:
        if part.old:
            for finding in part.check(config):
                yield f"{part.old}: ", finding
    for finding in schema.compatibility(config):
        yield "", finding


def _compatibility(config: Config) -> Findings:
    yield from only_first(schema.compatibility(config))
    yield from schema.aggregations(config)


def only_first_pair(found: Iterator[tuple[str, Finding]]) -> Iterator[tuple[str, Finding]]:
    """Yield the first error alone."""
    for pair in found:
        yield pair
        return
