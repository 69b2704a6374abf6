"""What answers a request, compared: another service is grave, another port or path less so."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from parity.programs.nginx.differ.record import HIGH, INFO, LOW, MEDIUM, Aspect, Record
from parity.programs.nginx.differ.settings import Sides
from parity.programs.nginx.model.types import Handler

Found = tuple[str, str, str]  # kind, setting, gravity


def handlers(sides: Sides, left: Handler, right: Handler, where: tuple[str, str]) -> Iterator[Record]:
    """Yield how two handlers differ."""
    for kind, setting, gravity in _ways(sides, left, right):
        yield Record(kind, setting, left.shown, right.shown, left.place, right.place, gravity, *where)


def _ways(sides: Sides, left: Handler, right: Handler) -> Iterator[Found]:
    if left.kind != right.kind:
        yield "handler", "handler", HIGH
    elif left.kind == "return":
        yield from _returns(sides, left, right)
    elif left.kind != "static":
        yield from _passes(sides, left, right)


def _returns(sides: Sides, left: Handler, right: Handler) -> Iterator[Found]:
    if left.code != right.code:
        yield "handler", Aspect.RETURN_CODE.value, MEDIUM if left.code[:1] == right.code[:1] else HIGH
    mine, theirs = sides.hosts[0].text(left.text), sides.hosts[1].text(right.text)
    if mine != theirs:
        if _only_host(mine, theirs):
            yield "name", Aspect.RETURN_HOST.value, INFO
        else:
            yield "handler", Aspect.RETURN_TEXT.value, MEDIUM


def _only_host(one: str, other: str) -> bool:
    """Whether two URLs differ in nothing but the host, which each environment has its own of."""
    try:
        mine, theirs = urlsplit(one), urlsplit(other)
    except ValueError:
        return False
    return bool(mine.netloc and theirs.netloc) and mine._replace(netloc="") == theirs._replace(netloc="")


def _passes(sides: Sides, left: Handler, right: Handler) -> Iterator[Found]:
    if left.scheme != right.scheme:
        yield "handler", "scheme", HIGH
    if left.text != right.text:
        yield "handler", "handler", HIGH
    yield from _ends(sides, left, right)
    if left.uri != right.uri:
        yield "uri", Aspect.URI_PART.value, MEDIUM
    if left.dynamic != right.dynamic:
        yield "resolution", Aspect.LOOKED_UP_LATE.value, LOW


def _ends(sides: Sides, left: Handler, right: Handler) -> Iterator[Found]:
    mine, theirs = sides.hosts[0].ends(left), sides.hosts[1].ends(right)
    services = {end[0] for end in mine}, {end[0] for end in theirs}
    if not services[0] & services[1] and (services[0] or services[1]):
        yield "handler", "service", HIGH
    elif mine == theirs or (sides.hosts[0].upstream(left) and sides.hosts[1].upstream(right)):
        return  # what two upstreams share is told of the upstreams
    elif services[0] != services[1]:
        yield "upstream", "servers", MEDIUM
    elif left.scheme == right.scheme:
        yield "port", "port", MEDIUM
