"""Fields that are gone and whose value needs thought: shared stores, key prefixes, the old cache, encryption."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from parity.loki.decode import Issue
from parity.loki.goscalar import resolve, whole
from parity.loki.migration import edit
from parity.loki.migration.edit import Path
from parity.loki.migration.plan import Step


@dataclass
class Memory:
    """What a removed field said and a later step may need."""

    delete_store: str = ""


def step_for(action: str, issue: Issue, why: str, *, to: str = "", verify: bool = False) -> Step:
    """Return the step that was done about `issue`."""
    return Step(action, ".".join(map(str, issue.path)), why, issue.line, to, verify)


def shared_store(text: str, issue: Issue, why: str, memory: Memory) -> tuple[str, Step]:
    """Remove a shipper's or the compactor's `shared_store`, and remember it for delete requests."""
    store = edit.value(text, issue.path, issue.line) or ""
    memory.delete_store = memory.delete_store or store
    used = _object_stores(text)
    elsewhere = bool(store and used and not used & _same_store(store))
    if elsewhere and issue.type != "compactor.Config":
        why += f"; it named `{store}`, the periods say {', '.join(sorted(used))}: see that the index files are there"
    return edit.remove(text, issue.path, issue.line), step_for("removed", issue, why, verify=elsewhere)


def _same_store(store: str) -> set[str]:
    return {"aws", "s3"} if store in ("aws", "s3") else {store}


def _object_stores(text: str) -> set[str]:
    found: set[str] = set()
    for place in range(_periods(text)):
        period = ("schema_config", "configs", place)
        store = edit.value(text, (*period, "object_store")) or edit.value(text, (*period, "store"))
        found |= {store} if store else set()
    return found


def _periods(text: str) -> int:
    configs = edit.find(text, ("schema_config", "configs"))
    return len(configs.value.children) if configs else 0


def key_prefix(text: str, issue: Issue, why: str, memory: Memory) -> tuple[str, Step]:
    """Move a shipper's key prefix to `index.path_prefix` of the periods that use the shipper."""
    del memory
    prefix = edit.value(text, issue.path, issue.line) or ""
    store = "tsdb" if issue.type == "indexshipper.Config" else "boltdb-shipper"
    changed = edit.remove(text, issue.path, issue.line)
    if prefix in ("", "index/"):
        return changed, step_for("removed", issue, f"{why}; it had the usual value")
    targets = []
    for place in range(_periods(text)):
        period: Path = ("schema_config", "configs", place)
        if edit.value(text, (*period, "store")) == store and edit.find(text, (*period, "index", "path_prefix")) is None:
            changed = edit.put(changed, (*period, "index", "path_prefix"), prefix)
            targets.append(".".join(map(str, (*period, "index", "path_prefix"))))
    return changed, step_for("moved" if targets else "removed", issue, why, to=", ".join(targets))


def fifocache(text: str, issue: Issue, why: str, memory: Memory) -> tuple[str, Step]:
    """`fifocache` with its two generations of names becomes `embedded_cache`, sizes in whole megabytes."""
    del memory
    cache_block = issue.path[:-1]
    embedded = (*cache_block, "embedded_cache")
    if issue.field == "enable_fifocache":
        place = edit.find(text, issue.path, issue.line)
        wanted = place is not None and resolve(place.value).value is True
        changed = edit.remove(text, issue.path, issue.line) if not wanted else text
        if wanted:
            if edit.find(text, (*embedded, "enabled")) is None:
                changed = edit.put(text, (*embedded, "enabled"), "true")
            changed = edit.remove(changed, issue.path, issue.line)
            return changed, step_for("moved", issue, why, to=".".join(map(str, (*embedded, "enabled"))))
        return changed, step_for("removed", issue, why)
    settings: dict[str, str] = {}
    old = edit.find(text, issue.path, issue.line)
    for key, value in old.value.pairs() if old else []:
        settings[key.value] = value.value if value.kind == "scalar" else ""
    new = {
        "max_size_mb": _megabytes(settings.get("max_size_bytes", "")),
        "max_size_items": settings.get("max_size_items") or settings.get("size") or "",
        "ttl": settings.get("ttl") or settings.get("validity") or "",
    }
    changed = text
    for name, written in new.items():
        if written and edit.find(changed, (*embedded, name)) is None:
            changed = edit.put(changed, (*embedded, name), written)
    return edit.remove(changed, issue.path), step_for("moved", issue, why, to=".".join(map(str, embedded)))


def _megabytes(size: str) -> str:
    match = re.match(r"\s*(\d+)\s*([KMGT]?)(?:i?B)?\s*\Z", size, re.ASCII | re.IGNORECASE)
    if not match:
        return ""
    power = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}[match[2].upper()]
    return str(max(whole(match[1]) * 1024**power // 1024**2, 1))


def sse(text: str, issue: Issue, why: str, memory: Memory) -> tuple[str, Step]:
    """Turn `sse_encryption: true` into `sse.type: SSE-S3`, which is what it meant."""
    del memory
    place = edit.find(text, issue.path, issue.line)
    wanted = place is not None and resolve(place.value).value is True
    changed = edit.remove(text, issue.path, issue.line)
    target = (*issue.path[:-1], "sse", "type")
    if not wanted or edit.find(text, target) is not None:
        return changed, step_for("removed", issue, why)
    return edit.put(changed, target, "SSE-S3"), step_for("moved", issue, why, to=".".join(map(str, target)))


SPECIAL: Final[dict[str, Callable[[str, Issue, str, Memory], tuple[str, Step]]]] = {
    "shared-store": shared_store,
    "key-prefix": key_prefix,
    "fifocache": fifocache,
    "sse": sse,
}
