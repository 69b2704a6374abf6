"""nginx configurations of two or more environments, compared by meaning (C12): records become differences to judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from parity.domain.findings import Difference, Evidence
from parity.domain.values import Same, same, show
from parity.programs.nginx.differ.differences import differences as between
from parity.programs.nginx.differ.record import HIGH, INFO, LOW, MEDIUM, Record
from parity.programs.nginx.model.types import Gap, Model, Place

SameValue = Callable[[str, str, str, str], Same]

_NOWHERE: Final = "missing"
# The rule for each kind of record, by its gravity where that decides.
_RULES: Final = {
    ("version", ""): "nginx.version-meaning",
    ("server", HIGH): "nginx.server-missing",
    ("location", HIGH): "nginx.location-missing",
    ("location", MEDIUM): "nginx.location-differs",
    ("handler", HIGH): "nginx.handler-differs",
    ("handler", MEDIUM): "nginx.target-differs",
    ("uri", ""): "nginx.uri-part-differs",
    ("port", ""): "nginx.target-differs",
    ("upstream", MEDIUM): "nginx.upstream-differs",
    ("tls", HIGH): "nginx.tls-differs",
    ("access", HIGH): "nginx.access-differs",
    ("limit", HIGH): "nginx.limit-missing",
    ("limit", MEDIUM): "nginx.limit-differs",
    ("header", ""): "nginx.header-differs",
    ("size", ""): "nginx.body-size-differs",
    ("timeout", ""): "nginx.timeout-differs",
    ("rewrite", ""): "nginx.rewrite-differs",
    ("order", ""): "nginx.order-differs",
    ("map", ""): "nginx.map-differs",
    ("default-server", ""): "nginx.default-server-differs",
    ("name", ""): "nginx.names-differ",
    ("listen", INFO): "nginx.listens-differ",
    ("certificate", INFO): "nginx.certificate-path-differs",
    ("log", ""): "nginx.log-differs",
}
_BY_GRAVITY: Final = {
    HIGH: "nginx.setting-differs",
    MEDIUM: "nginx.setting-differs",
    LOW: "nginx.tuning-differs",
    INFO: "nginx.own-to-each",
}
_MISSING: Final = frozenset({"nginx.server-missing", "nginx.location-missing"})
_NO_TLS: Final = "nginx.tls-missing"
# What people read of what is not in a model.
_UNREAD: Final = {
    Gap.ABSENT: "{} was not found",
    Gap.DIRECTORY: "{} is a directory",
    Gap.INCLUDES_ITSELF: "{} includes itself",
    Gap.INCLUDED_TOO_DEEPLY: "{} is included too deeply",
    Gap.STRAY_BRACE: "unexpected }}",
    Gap.SYNTAX: "{}; the rest of the file",
    Gap.OPEN_BLOCK: "the file ends within a block",
    Gap.TOO_LONG: "the configuration is too long; the rest",
    Gap.UNKNOWN: "unknown directive {}",
    Gap.MISPLACED: "{} is not allowed here",
    Gap.WITHOUT_BLOCK: "{} has no block",
    Gap.NOT_TERMINATED: "{} is not terminated",
    Gap.ARGUMENTS: "{} has the wrong number of arguments",
    Gap.NESTED_TOO_DEEPLY: "blocks are nested too deeply; the rest of the file",
    Gap.DUPLICATE: "{} is duplicate",
    Gap.ADDRESS: "listen {}",
    Gap.NOT_COMPARED: "{} is not compared",
}


def _same_run(_one: str, first: str, _other: str, second: str) -> Same:
    return same(first, second, same_run=True)


@dataclass(frozen=True)
class Context:
    """What the models themselves do not say.

    service: the service that the configurations belong to, as the report calls it
    services: by environment, which service each host name is, by the name it has in all of them
    production: the environments that are production; the first of them is what the others are held against
    same_value: whether two values of two environments are equal, secrets being tokens (Comparison.same_value)
    """

    service: str = "nginx"
    services: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    production: frozenset[str] = frozenset()
    same_value: SameValue = _same_run


def differences(models: Mapping[str, Model], context: Context | None = None) -> Iterator[Difference]:
    """Yield what could not be read in each environment, then what each does otherwise than the reference does.

    models: the configuration of each environment, by the environment's name, in the order of the report. The
        reference is production, or the first.
    """
    known = context or Context()
    for environment, model in models.items():
        yield from _unread(environment, model, known)
    reference = next((name for name in models if name in known.production), next(iter(models), ""))
    for environment in models:
        if environment != reference:
            first, second = (name for name in models if name in (environment, reference))
            yield from _pair((first, models[first]), (second, models[second]), known)


def _unread(environment: str, model: Model, context: Context) -> Iterator[Difference]:
    count: Counter[str] = Counter()
    for piece in model.unread:
        text = show(_UNREAD[piece.gap].format(piece.subject))
        item = _numbered(" ".join((show(piece.name), "in", piece.place.file)), count)
        where = Evidence(environment, text, str(piece.place), context.service)
        words = {"what": text, "place": str(piece.place)}
        rule = "nginx.unread" if piece.refused else "nginx.not-compared"
        yield Difference(rule, (environment,), context.service, item, (where,), words)


def _pair(left: tuple[str, Model], right: tuple[str, Model], context: Context) -> Iterator[Difference]:
    hosts = [context.services.get(name, {}) for name, _ in (left, right)]
    count: Counter[str] = Counter()
    for record in between(left[1], right[1], hosts[0], hosts[1]):
        if record.left is not None and record.right is not None:
            equal = context.same_value(left[0], record.left, right[0], record.right)
            if equal is Same.UNKNOWN:
                continue  # two secrets that were hidden under different keys
        yield _difference(record, (left[0], right[0]), context, count)


def _difference(record: Record, names: tuple[str, str], context: Context, count: Counter[str]) -> Difference:
    rule = rule_of(record)
    lacking = {"left": (names[0],), "right": (names[1],)}.get(record.lacking, names)
    has = tuple(name for name in names if name not in lacking)
    texts = [_NOWHERE if text is None else show(text) for text in (record.left, record.right)]
    pieces = tuple(
        Evidence(name, text, _place(place), context.service)
        for name, text, place in zip(names, texts, (record.left_place, record.right_place), strict=True)
    )
    where = " ".join(part for part in (record.server, record.location) if part)
    ways = {record.kind}
    if has and context.production:
        ways.add("only-production" if context.production & set(has) else "not-in-production")
    words = {
        "where": show(where) if where else "several servers" if record.elsewhere else "top level",
        "setting": show(record.setting),
        "values": " / ".join(texts),
        "has": ", ".join(has) or "each",
        "lacks": ", ".join(lacking),
        "places": _places(record),
    }
    item = _numbered(" ".join(part for part in (where, record.setting) if part), count, rule)
    mentions = _above(record) if rule in _MISSING else frozenset()
    return Difference(rule, lacking, context.service, item, pieces, words, frozenset(ways), mentions=mentions)


def _above(record: Record) -> frozenset[str]:
    """Return the file that has what the other side lacks, and its folders: a mount of these may be what is missing."""
    place = record.right_place if record.lacking == "left" else record.left_place
    path = PurePosixPath(place.file if place is not None else "")
    return frozenset(str(one) for one in (path, *path.parents) if len(one.parts) > 1)


def rule_of(record: Record) -> str:
    """Return the id of the rule that a record breaks."""
    if record.setting == "TLS":
        return _NO_TLS
    own = _RULES.get((record.kind, record.gravity)) or _RULES.get((record.kind, ""))
    return own or _BY_GRAVITY[record.gravity]


def _numbered(item: str, count: Counter[str], rule: str = "") -> str:
    """Return an item that no other difference of the same rule has."""
    count[f"{rule} {item}"] += 1
    number = count[f"{rule} {item}"]
    return item if number == 1 else f"{item} ({number})"


def _place(place: Place | None) -> str:
    return str(place) if place is not None else "nginx's default"


def _places(record: Record) -> str:
    """Return the sentence that gives the number of locations in which a line makes the difference."""
    count = 1 + len(record.elsewhere)
    return f" The same in {count} places." if count > 1 else ""
