"""What PostgreSQL and Redis say of themselves: do they answer, how full they are, what they would throw away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from parity.areas.health.probes import Here, about, by_match, host_of, known_by, unhealthy
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import ServiceConfig
from parity.domain.untrusted import mapping, number, text, whole
from parity.domain.values import is_unknown, show

_CONNECTIONS: Final = 0.8
_MEMORY: Final = 0.9
_MIB: Final = 1024 * 1024
_BROKER_VARIABLES: Final = (
    "CELERY_BROKER_URL",
    "BROKER_URL",
    "CELERY_BROKER",
    "REDIS_BROKER_URL",
    "DRAMATIQ_BROKER_URL",
)
_REDIS_TRANSPORTS: Final = frozenset({"redis", "rediss", "valkey", "sentinel"})


def differences(heres: Sequence[Here]) -> Iterator[Difference]:
    """Yield what the datastores show."""
    for here in heres:
        if here.probe.kind == "postgres":
            yield from _postgres(here)
        elif here.probe.kind == "redis":
            yield from _redis(here, _brokers(heres, here))
    for environments in by_match(heres).values():
        yield from _versions(environments)


def _postgres(here: Here) -> Iterator[Difference]:
    facts = here.probe.facts
    if here.probe.state == "failed" and not unhealthy(here):
        yield about("health.postgres-not-accepting", here, show(here.probe.reason))
    allowed = whole(facts, "connections_limit") - whole(facts, "connections_reserved")
    used = whole(facts, "connections")
    if allowed > 0 and used / allowed > _CONNECTIONS:
        share = f"{used / allowed:.0%}"
        shown = f"{used} of {allowed} connections"
        yield about("health.postgres-connections", here, shown, used=str(used), allowed=str(allowed), share=share)


def _redis(here: Here, is_broker: bool) -> Iterator[Difference]:
    facts = here.probe.facts
    if here.probe.state == "failed" and not unhealthy(here):
        yield about("health.redis-not-answering", here, show(here.probe.reason))
    if here.probe.state != "ok" or "memory_limit" not in facts:
        return
    used, limit, policy = number(facts, "memory_used"), number(facts, "memory_limit"), show(text(facts, "policy"))
    if limit <= 0:
        config: ServiceConfig | None = here.service.config if here.service else None
        memory = config.memory if config else 0
        limited = f"the container's limit is {memory / _MIB:.0f} MiB" if memory else "the container has no limit either"
        yield about("health.redis-no-limit", here, "maxmemory 0", limit=limited)
    elif used / limit > _MEMORY:
        shown = f"{used / _MIB:.1f} of {limit / _MIB:.1f} MiB, {policy}"
        yield about("health.redis-memory", here, shown, share=f"{used / limit:.0%}", policy=policy)
    if is_broker and policy and policy != "noeviction":
        limited = "no maxmemory" if limit <= 0 else f"limit {limit / _MIB:.0f} MiB"
        yield about("health.redis-evicts-tasks", here, f"maxmemory-policy {policy}, {limited}", policy=policy)


def _brokers(heres: Sequence[Here], redis: Here) -> bool:
    """Return whether a Redis is Celery's broker: as Celery itself says, else as a variable for it says."""
    said = [mapping(here.probe.facts, "broker") for here in heres if here.stack is redis.stack]
    hosts = [text(broker, "host") for broker in said if text(broker, "transport") in _REDIS_TRANSPORTS]
    if not hosts:
        variables = (c.environment.get(name, "") for c in redis.stack.containers() for name in _BROKER_VARIABLES)
        hosts = [host_of(value) for value in variables if value.startswith("redis")]
    return any(host and known_by(redis.stack, host) is redis.service for host in hosts) and redis.service is not None


def _versions(environments: Mapping[str, Sequence[Here]]) -> Iterator[Difference]:
    """Yield versions that differ: PostgreSQL's major one always, others where the images would not already say it."""
    found: dict[str, tuple[str, Here]] = {}
    for environment, heres in environments.items():
        for here in heres:
            version = text(here.probe.facts, "version")
            if version and here.probe.kind != "http" and not is_unknown(version):
                found.setdefault(environment, (version, here))
    versions = {version for version, _ in found.values()}
    kinds = {here.probe.kind for _, here in found.values()}
    if len(versions) < 2 or len(kinds) != 1:
        return
    majors = {version.partition(".")[0] for version in versions}
    if len(majors) > 1 and kinds == {"postgres"}:
        rule = "health.postgres-version-differs"
    elif len({here.service.config.image for _, here in found.values() if here.service and here.service.config}) > 1:
        return
    else:
        rule = "health.version-differs"
    pieces = tuple(Evidence(e, show(version), here.place, here.probe.service) for e, (version, here) in found.items())
    words = {"versions": "; ".join(f"{e}: {show(version)}" for e, (version, _) in found.items())}
    name = next(here.name for _, here in found.values())
    yield Difference(rule, tuple(found), name, "", pieces, words, frozenset({"major" if len(majors) > 1 else "minor"}))
