"""Fields that are gone and whose value needs thought: shared stores, key prefixes, the old cache, encryption."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from parity.programs.loki.go.scalars import resolve
from parity.programs.loki.go.yaml_nodes import YamlNode
from parity.programs.loki.migrate import edit
from parity.programs.loki.migrate.edit import CannotEdit, Path, TextPlace
from parity.programs.loki.migrate.plan import MigrationStep
from parity.programs.loki.read.decode import Issue
from parity.programs.loki.read.expand import UNKNOWN


@dataclass
class Memory:
    """What an earlier step saw and a later one may need.

    Where the compactor kept delete requests; which blocks were empty and got the settings below them.
    """

    delete_store: str = ""
    filled: set[Path] = field(default_factory=set)


def step_for(action: str, issue: Issue, why: str, *, to: str = "", verify: bool = False) -> MigrationStep:
    """Return the step that was done about `issue`."""
    return MigrationStep(action, ".".join(map(str, issue.path)), why, issue.line, to, verify)


def shared_store(text: str, issue: Issue, why: str, memory: Memory) -> tuple[str, MigrationStep]:
    """Remove a shipper's or the compactor's `shared_store`, and remember it for delete requests.

    The index of a period whose object store is another is not found any more until its files are moved: see "Removed
    shared_store and shared_store_key_prefix" in Loki's upgrade guide for 3.0.
    """
    store = edit.value(text, issue.path, issue.line) or ""
    if issue.type == "compactor.Config":
        memory.delete_store = store
    index = _INDEXES.get(issue.type)
    used = {period.object_store or period.store for period in _periods(text) if index in (None, period.store)} - {""}
    others = used - _same_store(store) if index else set() if used & _same_store(store) else used
    if not store or not others:
        return edit.remove(text, issue.path, issue.line), step_for("removed", issue, why)
    said = f"it was `{store}`, but {'the' if others == used else 'some'} periods use {', '.join(sorted(others))}"
    why += f"; {said}: {'check that the index files are there' if index else 'check where delete requests are stored'}"
    return edit.remove(text, issue.path, issue.line), step_for("removed", issue, why, verify=True)


def _same_store(store: str) -> set[str]:
    return {"aws", "s3"} if store in ("aws", "s3") else {store}


# The shippers' types, and the index that each ships.
_INDEXES: Final = {"boltdb.IndexCfg": "boltdb-shipper", "indexshipper.Config": "tsdb"}
_BLOCKS: Final = {"boltdb-shipper": "boltdb_shipper", "tsdb": "tsdb_shipper"}


@dataclass(frozen=True)
class _Period:
    """What a period says of itself, also through anchors."""

    path: Path
    store: str
    object_store: str


def _periods(text: str) -> list[_Period]:
    configs = edit.reached(text, ("schema_config", "configs"))
    number = len(configs.children) if configs else 0
    paths: list[Path] = [("schema_config", "configs", place) for place in range(number)]
    return [_Period(path, _said(text, (*path, "store")), _said(text, (*path, "object_store"))) for path in paths]


def _said(text: str, path: Path) -> str:
    node = edit.reached(text, path)
    return node.value if node is not None and node.kind == "scalar" and not node.is_null else ""


def key_prefix(text: str, issue: Issue, why: str, memory: Memory) -> tuple[str, MigrationStep]:
    """Move a shipper's key prefix to `index.path_prefix` of the periods that use the shipper.

    Two shippers may have it from one anchor: then the periods of both get it, since it is gone from both.
    """
    del memory
    prefix = edit.value(text, issue.path, issue.line) or ""
    written = edit.source(text, issue.path, issue.line) or edit.written(prefix)
    shared = edit.reached(text, issue.path)
    stores = [
        store
        for store, block in _BLOCKS.items()
        if shared is not None and edit.reached(text, ("storage_config", block, issue.field)) is shared
    ]
    changed = edit.remove(text, issue.path, issue.line)
    if prefix in ("", _USUAL_PREFIX):
        return changed, step_for("removed", issue, f"{why}; it had the default value")
    targets = []
    for period in _periods(text):
        target = (*period.path, "index", "path_prefix")
        if period.store not in stores or edit.reached(changed, target) is not None:
            continue
        if edit.find(changed, target[:-1]) is None:
            raise CannotEdit("a period that needs the prefix takes its `index` from a YAML anchor")
        changed = edit.put(changed, target, written)
        targets.append(".".join(map(str, target)))
    if not targets:
        why += "; no period uses it"
    return changed, step_for("moved" if targets else "removed", issue, why, to=", ".join(targets))


def delete_prefix(text: str, issue: Issue, why: str, memory: Memory) -> tuple[str, MigrationStep]:
    """Move the compactor's key prefix, where it is not the usual one, to where delete requests are kept."""
    del memory
    prefix = edit.value(text, issue.path, issue.line) or ""
    written = edit.source(text, issue.path, issue.line) or edit.written(prefix)
    target = (*issue.path[:-1], "delete_request_store_key_prefix")
    changed = text
    if prefix not in ("", _USUAL_PREFIX) and edit.find(text, target) is None:
        changed = edit.put(text, target, written)
    moved = changed != text
    to = ".".join(map(str, target)) if moved else ""
    return edit.remove(changed, issue.path, issue.line), step_for("moved" if moved else "removed", issue, why, to=to)


def fifocache(text: str, issue: Issue, why: str, memory: Memory) -> tuple[str, MigrationStep]:
    """`fifocache` with its two generations of names becomes `embedded_cache`, sizes in whole megabytes.

    `enable_fifocache` takes the block beside it along: half of the pair would say something else.
    """
    del memory
    block = issue.path[:-1]
    old, embedded = (*block, "fifocache"), (*block, "embedded_cache")
    switch = edit.find(text, (*block, "enable_fifocache"))
    wanted = switch is not None and _is_true(text, (*block, "enable_fifocache"))
    changed = text
    shared = None
    if (place := edit.find(text, old)) is not None:
        shared = place.value.alias
        changed = _shared_cache(text, old, shared, wanted) if shared else _embedded_cache(text, old, embedded)
        why += _went_along(issue, switch)
        names = [key.value for key, _ in place.value.pairs()] if place.value.kind == "mapping" else []
        if without := [f"`{name}`" for name in names if name not in _EMBEDDED]:
            why += f", but for {' and '.join(without)}, which the embedded cache does not support"
    set_before = edit.reached(text, embedded)
    verify = place is not None and set_before is not None
    if verify:
        why += "; existing settings of `embedded_cache` stay"
    if wanted and _said(text, (*embedded, "enabled")) and not _is_true(text, (*embedded, "enabled")):
        raise CannotEdit("the embedded cache is disabled in the same block: keep the intended cache")
    if wanted and not shared and edit.find(changed, (*embedded, "enabled")) is None:
        filled = edit.find(changed, embedded)
        first = filled is not None and filled.value.kind == "mapping" and not filled.value.flow
        if first:
            changed = edit.put_first(changed, embedded, "enabled", "true")
        else:
            changed = edit.put(changed, (*embedded, "enabled"), "true")
    if switch is not None:
        changed = edit.remove(changed, (*block, "enable_fifocache"))
    if edit.find(changed, embedded) is None:
        return edit.remove(text, issue.path, issue.line), step_for("removed", issue, why)
    return changed, step_for("moved", issue, why, to=".".join(map(str, embedded)), verify=verify)


def _went_along(issue: Issue, switch: TextPlace | None) -> str:
    if issue.field != "fifocache":
        return "; `fifocache` was removed too"
    return "; `enable_fifocache` was removed too" if switch is not None else ""


def _shared_cache(text: str, old: Path, shared: YamlNode, wanted: bool) -> str:
    """The settings of another cache, by its anchor: once that cache has been renamed, this one only needs the name."""
    names = {key.value for key, _ in shared.pairs()} if shared.kind == "mapping" else {""}
    if not names <= {"enabled", *_EMBEDDED.values()} or ("enabled" in names) != wanted:
        raise CannotEdit("its settings come from an anchor that is also used elsewhere")
    return edit.rename(text, old, "embedded_cache")


def _embedded_cache(text: str, old: Path, embedded: Path) -> str:
    place = edit.find(text, old)
    settings = place.value.pairs() if place is not None and place.value.kind == "mapping" else []
    kept = _embedded_settings([(key.value, value.value if value.kind == "scalar" else "") for key, value in settings])
    if place is None or not kept or place.value.flow or edit.find(text, embedded) is not None:
        for name, new in kept.values():
            if edit.find(text, (*embedded, name)) is None:
                text = edit.put(text, (*embedded, name), new)
        return edit.remove(text, old)
    for key, value in settings:  # in place: comments and order stay
        inside = (*old, key.value)
        if key.value not in kept:
            text = edit.remove(text, inside)
            continue
        name, new = kept[key.value]
        if new != value.value:
            text = edit.replace(text, inside, new)
        if name != key.value:
            text = edit.rename(text, inside, name)
    return edit.rename(text, old, "embedded_cache")


def _embedded_settings(settings: list[tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Return the settings of a `fifocache` that `embedded_cache` has too: their names there and their values."""
    kept: dict[str, tuple[str, str]] = {}
    for name, value in settings:
        target = _EMBEDDED.get(name, "")
        # Of two generations of one setting the newer counts, unless it is unset.
        older = next((other for other, (new, _) in kept.items() if new == target), "")
        if not target or value in ("", "~", "null") or (older and name in _OLDER):
            continue
        kept.pop(older, None)
        kept[name] = (target, _megabytes(value) if name == "max_size_bytes" else value)
    return kept


_USUAL_PREFIX: Final = "index/"
_OLDER: Final = ("size", "validity")
_EMBEDDED: Final = {
    "max_size_bytes": "max_size_mb",
    "max_size_items": "max_size_items",
    "size": "max_size_items",
    "ttl": "ttl",
    "validity": "ttl",
}


def _megabytes(size: str) -> str:
    match = re.match(r"\s*(\d{1,15}(?:\.\d{1,15})?)\s*([KMGT]?)(?:i?B)?\s*\Z", size, re.ASCII | re.IGNORECASE)
    if not match:
        raise CannotEdit("set the intended number of megabytes for `max_size_bytes`")
    power = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}[match[2].upper()]
    size_in_bytes = int(float(match[1]) * 1024**power)
    # Zero is no limit in both caches, so a small size must not become one.
    return str(max(size_in_bytes // 1024**2, 1) if size_in_bytes else 0)


def sse(text: str, issue: Issue, why: str, memory: Memory) -> tuple[str, MigrationStep]:
    """Turn `sse_encryption: true` into `sse.type: SSE-S3`, which is what it meant."""
    del memory
    wanted = _is_true(text, issue.path)
    target = (*issue.path[:-1], "sse", "type")
    if not wanted or _said(text, target):
        why += f"; `{'.'.join(map(str, target))}` is already set" if wanted else "; it was off"
        if wanted or not _shares(text, issue.path[:-1]):
            return edit.remove(text, issue.path, issue.line), step_for("removed", issue, why)
    value = "SSE-S3" if wanted else '""'  # off is said where an anchor would bring another's
    # First the new, so that a block with nothing else in it is not taken out and made anew.
    changed = edit.remove(edit.put(text, target, value), issue.path, issue.line)
    return changed, step_for("moved", issue, why, to=".".join(map(str, target)))


def _shares(text: str, block: Path) -> bool:
    """Whether the block at `block` has settings from another, or another has them from it."""
    place = edit.find(text, block)
    merges = place is not None and any(key.is_merge for key, _ in place.value.pairs())
    return place is not None and (merges or edit.has_alias(text, place.value))


def _is_true(text: str, path: Path) -> bool:
    node = edit.reached(text, path)
    if node is not None and UNKNOWN in node.value:
        raise CannotEdit("check the value of the variable")
    return node is not None and node.kind == "scalar" and resolve(node).value is True


SPECIAL: Final[dict[str, Callable[[str, Issue, str, Memory], tuple[str, MigrationStep]]]] = {
    "shared-store": shared_store,
    "key-prefix": key_prefix,
    "delete-prefix": delete_prefix,
    "fifocache": fifocache,
    "sse": sse,
}
