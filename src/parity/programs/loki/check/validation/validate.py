"""The second wave: what Loki says of a file that its parser accepts, in Loki's order and with its prefixes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from parity.programs.loki.check.validation import components, schema, storage
from parity.programs.loki.check.validation.finding import Findings, Violation, certain, only_first
from parity.programs.loki.read.config import LokiConfig


@dataclass(frozen=True)
class ValidationStep:
    """One step of Loki's validation: its prefix in the message up to 2.9 and since 3.0, and the block it needs."""

    check: Callable[[LokiConfig], Findings]
    old: str | None
    new: str | None
    block: str = ""


# pkg/loki/loki.go, Config.Validate. A step whose prefix is None does not run in that generation.
_STEPS: Final = (
    ValidationStep(schema.periods, "invalid schema config", "invalid schema config"),
    ValidationStep(storage.storage, "invalid storage config", "invalid storage_config config"),
    ValidationStep(components.query_range, "invalid queryrange config", "invalid query_range config"),
    ValidationStep(components.querier, None, "invalid querier config"),
    ValidationStep(components.query_scheduler, None, "invalid query_scheduler config"),
    ValidationStep(components.ruler, "invalid ruler config", "invalid ruler config"),
    ValidationStep(components.ingester, "invalid ingester config", "invalid ingester config"),
    ValidationStep(components.block_builder, None, "invalid block_builder config", "block_builder"),
    ValidationStep(components.limits, "invalid limits config", "invalid limits_config config"),
    ValidationStep(components.worker, "invalid storage config", "invalid frontend_worker config"),
    ValidationStep(storage.boltdb_shipper, "invalid boltdb-shipper config", "invalid boltdb_shipper config"),
    ValidationStep(components.index_gateway, None, "invalid index_gateway config"),
    ValidationStep(components.compactor, "invalid compactor config", "invalid compactor config"),
    ValidationStep(components.query_range, None, "invalid query_range config"),
    ValidationStep(components.pattern_ingester, None, "invalid pattern_ingester config", "pattern_ingester"),
    ValidationStep(components.kafka, None, "invalid kafka_config config", "ingester.kafka_ingestion"),
    ValidationStep(components.distributor, None, "invalid distributor config"),
)


def validate(config: LokiConfig, *, every: bool = False) -> Iterator[tuple[str, Violation]]:
    """Yield every error with its prefix, in Loki's order; up to 2.9 Loki prints the first alone, unless `every`."""
    if config.release.major < 3:
        yield from _old(config) if every else only_first_pair(_old(config))
        return
    for part in _STEPS:
        if part.new and (not part.block or config.has(part.block)):
            for finding in certain(config, only_first(part.check(config))):
                yield f"CONFIG ERROR: {part.new}: ", finding
    whole = (
        schema.stores(config),
        _compatibility(config),
        components.legacy_target(config),
        schema.requirements(config),
    )
    for findings in (*whole, schema.directories(config)):
        for finding in certain(config, findings):
            yield "", finding


def _old(config: LokiConfig) -> Iterator[tuple[str, Violation]]:
    for part in _STEPS:
        if part.old:
            for finding in certain(config, part.check(config)):
                yield f"{part.old}: ", finding
    for finding in certain(config, schema.compatibility(config)):
        yield "", finding


def _compatibility(config: LokiConfig) -> Findings:
    yield from only_first(schema.compatibility(config))
    yield from schema.aggregations(config)


def only_first_pair(found: Iterator[tuple[str, Violation]]) -> Iterator[tuple[str, Violation]]:
    """Yield the first error alone."""
    for pair in found:
        yield pair
        return
