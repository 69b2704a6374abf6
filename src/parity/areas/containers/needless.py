"""Services that an environment lacks without missing them: parts of one image, jobs, a cache that nothing names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from parity.areas.containers.jobs import stays_up
from parity.areas.containers.workers import is_worker
from parity.compare.comparison import Comparison
from parity.domain.programs import kinds
from parity.domain.stack import Service, Stack
from parity.domain.untrusted import mapping, text

# A command that only says that the image is built.
_SAYS_IT_IS_BUILT: Final = re.compile(r"(?:(?:\S*/)?(?:ba|a)?sh -l?c )?(?:\S*/)?(?:echo|true|exit|:)(?![\w.-])")
# What a proxy serves on; it may be inside of the one image that publishes this.
_OF_THE_WEB: Final = frozenset({"80/tcp", "443/tcp", "8080/tcp", "8443/tcp"})
_WATCHERS: Final = frozenset({"grafana", "jaeger", "prometheus", "promtail"})
_CACHES: Final = frozenset({"redis", "memcached"})
# How applications are told where caches, sessions and tasks are, and what they call a cache there.
_DRIVER: Final = re.compile(r"(?:CACHE|SESSION|QUEUE|BROADCAST)_(?:DRIVER|STORE|CONNECTION)")
_CACHE_DRIVERS: Final = frozenset({"redis", "memcached", "valkey", "dragonfly", "predis", "phpredis"})
_LEAST: Final = 2


def why_not_missed(
    name: str, there: Mapping[str, Service], absent: Sequence[Stack], proxy: bool, comparison: Comparison
) -> str:
    """Return the fact of `knowledge/judgement.yml` that tells why environments do well without a service, if any."""
    having = [(comparison.stack(environment), service) for environment, service in there.items()]
    if all(_is_base_image(service, stack) for stack, service in having):
        return "base-image"
    if all(_prepares_what_is_absent(service, stack, absent, comparison) for stack, service in having):
        return "job-of-absent"
    if not is_worker(name) and all(_is_built_into_one(s, stack, one, proxy) for stack, s in having for one in absent):
        return "built-into-one"
    if all(kinds(service) and kinds(service) <= _WATCHERS for _, service in having):
        return "only-watches"
    return "cache-unused" if all(_is_unused_cache(service, stack) for stack, service in having) else ""


def _is_base_image(service: Service, stack: Stack) -> bool:
    """Return whether a service only builds an image that others start from, and ends."""
    config = service.config
    if config is None or config.ports or service.declared is None or not service.declared.built:
        return False
    contexts = [_build(other).get("additional_contexts") for other in stack.services.values()]
    taken = any(f"service:{service.name}" in one.values() for one in contexts if isinstance(one, dict))
    line = " ".join((*config.entrypoint, *(config.command or ())))
    return taken or _SAYS_IT_IS_BUILT.match(line) is not None


def _prepares_what_is_absent(service: Service, stack: Stack, absent: Iterable[Stack], comparison: Comparison) -> bool:
    """Return whether a service ends, and all services that it waits for are absent as well: buckets of an emulator."""
    waited = mapping(service.declared.raw, "depends_on") if service.declared else {}
    lacking = {one.environment for one in absent}
    found = [match for match in comparison.matches_of(waited) if stack.environment in match.members]
    return bool(found) and not stays_up(service, stack) and all(not match.members.keys() & lacking for match in found)


def _is_built_into_one(service: Service, stack: Stack, other: Stack, proxy: bool) -> bool:
    """Return whether all that `other` builds is one image, of the folder that holds this service's and others'."""
    builders = [one for one in other.services.values() if _context(one)]
    if len(builders) != 1:
        return False
    root = posixpath.basename(_context(builders[0]))
    parts = {context for one in stack.services.values() if root in (context := _context(one)).split("/")[:-1]}
    if len(parts) < _LEAST:
        return False
    config = builders[0].config
    serves = config is not None and any(port.container in _OF_THE_WEB for port in config.ports)
    return (proxy and serves) or _context(service) in parts


def _context(service: Service) -> str:
    return text(_build(service), "context").rstrip("/") if service.declared and service.declared.built else ""


def _build(service: Service) -> Mapping[str, object]:
    return mapping(service.declared.raw, "build") if service.declared else {}


def _is_unused_cache(service: Service, stack: Stack) -> bool:
    """Return whether the services that name a cache keep caches, sessions and tasks elsewhere, as they say."""
    if not kinds(service) & _CACHES:
        return False
    users = [
        one.config.environment
        for one in stack.services.values()
        if one.config and one is not service and service.name in one.config.environment.values()
    ]
    drivers = [[value.lower() for name, value in user.items() if _DRIVER.fullmatch(name)] for user in users]
    return bool(users) and all(found and not _CACHE_DRIVERS & set(found) for found in drivers)
