"""Two ways to write the same: the right configuration as it would be written with the left one's names and shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

from parity.programs.nginx.model.types import SERVER, Location, Model, Server, Table, walk
from parity_host.secrets.token import SECRET, TOKEN, find

_GROUP: Final = re.compile(r"\(\?P?<([A-Za-z_]\w*)>")
_PLAIN: Final = frozenset({"", "^~", "="})
_MOST: Final = 200  # servers of a side that are looked at for what could be one
_OF_TLS: Final = ("ssl_", "http2", "http3")


def alike(left: Model, right: Model) -> tuple[Model, Model]:
    """Return two models with the right one's tables and groups named as on the left, and servers split on no side.

    A secret that each side has of its own in the same place is no difference: the right one's becomes the left's.
    """
    tokens = _own_secrets(left, right)
    right = _mapped(right, lambda one: _with_tokens(one, tokens), {}) if tokens else right
    names = {**_tables(left, right), **_groups(left, right)}
    right = _renamed(right, names) if names else right
    if len(left.servers) != len(right.servers) and max(len(left.servers), len(right.servers)) <= _MOST:
        joined = _joined(left.servers, right.servers), _joined(right.servers, left.servers)
        left, right = (replace(one, servers=servers) for one, servers in zip((left, right), joined, strict=True))
    return left, right


def _own_secrets(left: Model, right: Model) -> dict[str, str]:
    """Return the left one's secret for each of the right that stands in the same text and on one side only."""
    mine, theirs = _hidden(left), _hidden(right)
    known = [{token for tokens in side.values() for token in tokens} for side in (mine, theirs)]
    found: dict[str, str] = {}
    for text, tokens in theirs.items():
        pairs = zip(mine.get(text, ()), tokens, strict=False)
        found.update({other: one for one, other in pairs if one not in known[1] and other not in known[0]})
    return found


def _hidden(model: Model) -> dict[str, list[str]]:
    """Return the hidden values of a model in order, by the text around them: secrets, and what requests must match."""
    found: dict[str, dict[str, None]] = {}
    matched = [f"{table.variable} {key}" for table in model.tables.values() for key in table.entries]
    levels = [level for server in model.servers for _, level in walk(server.base)]
    matched += [level.path for level in levels if level.modifier == "if"]
    secrets = [text for text in _texts(model, "", set()) if all(token.why == SECRET for token in find(text))]
    for text in [*matched, *secrets]:
        if tokens := {token[0]: None for token in TOKEN.finditer(text)}:
            found.setdefault(TOKEN.sub("", text), {}).update(tokens)
    return {text: list(tokens) for text, tokens in found.items()}


def _texts(one: Any, around: str, seen: set[int]) -> Iterator[str]:
    """Yield what hides a value in plain data and data classes, each after the keys that it is below."""
    if isinstance(one, str):
        if TOKEN.search(one):
            yield f"{around} {one}"
    elif id(one) not in seen:
        seen.add(id(one))
        for below, part in _parts(one):
            yield from _texts(part, f"{around} {below}", seen)


def _parts(one: Any) -> Iterator[tuple[str, Any]]:
    """Yield the parts of plain data or a data class that are compared, each with the key that it is below."""
    if is_dataclass(one):
        yield from (("", getattr(one, field.name)) for field in fields(one) if field.name != "shown")
    elif isinstance(one, Mapping):
        yield from (("", key) for key in one)
        yield from ((str(key), value) for key, value in one.items())
    elif isinstance(one, tuple | frozenset):
        yield from (("", part) for part in (sorted(one, key=repr) if isinstance(one, frozenset) else one))


def _with_tokens(text: str, tokens: Mapping[str, str]) -> str:
    return TOKEN.sub(lambda found: tokens.get(found[0], found[0]), text) if "parity-" in text else text


def _tables(left: Model, right: Model) -> dict[str, str]:
    """Return the left one's name for each map, geo or split_clients variable of the right that it has otherwise."""
    spare = [table for name, table in left.tables.items() if name not in right.tables]
    found = {}
    for name, table in right.tables.items():
        same = next((one for one in spare if _meaning(one) == _meaning(table)), None)
        if name not in left.tables and same is not None:
            spare.remove(same)
            found[_bare(name)] = _bare(same.variable)
    return found


def _meaning(table: Table) -> tuple[Hashable, ...]:
    entries = frozenset((key, one.value) for key, one in table.entries.items())
    return table.kind, table.source, entries, table.ordered


def _bare(name: str) -> str:
    return name.removeprefix("${").removesuffix("}").lower()


def _groups(left: Model, right: Model) -> dict[str, str]:
    """Return the left one's name for each group of an expression that is otherwise the same."""
    mine, theirs = _expressions(left), _expressions(right)
    used = {name for names in mine.values() for name in names}
    found: dict[str, str] = {}
    for skeleton, names in theirs.items():
        for name, other in zip(names, mine.get(skeleton, names), strict=True):
            if name != other and name not in used:
                found.setdefault(name, other)
    return found


def _expressions(model: Model) -> dict[str, tuple[str, ...]]:
    """Return every expression without the names of its groups, and these names."""
    found: dict[str, tuple[str, ...]] = {}
    for server in model.servers:
        words = [*server.names]
        for _, location in walk(server.base):
            words += [location.path, *(step.words[0] for step in location.steps if step.words)]
        for word in words:
            if names := _GROUP.findall(word):
                found.setdefault(_GROUP.sub("(?<>", word), tuple(names))
    return found


def _renamed(model: Model, names: Mapping[str, str]) -> Model:
    """Return a model with variables and groups renamed; what is written for people stays as it is in the files."""
    either = "|".join(map(re.escape, names))
    pattern = re.compile(rf"(\$\{{|\(\?P?<)({either})(?=[}}>])")
    known: dict[int, Any] = {}

    def text(one: str) -> str:
        return pattern.sub(lambda found: found[1] + names[found[2]], one) if "{" in one or "<" in one else one

    changed: Model = _mapped(model, text, known)
    return changed


def _mapped(one: Any, text: Callable[[str], str], known: dict[int, Any]) -> Any:
    """Return plain data and data classes with `text` applied to all strings but those that are shown."""
    if isinstance(one, str):
        return text(one)
    if id(one) in known:
        return known[id(one)][1]
    result = one
    if is_dataclass(one) and not isinstance(one, type):
        values = {field.name: getattr(one, field.name) for field in fields(one)}
        changes = {name: _mapped(value, text, known) for name, value in values.items() if name != "shown"}
        result = replace(one, **changes)
    elif isinstance(one, Mapping):
        result = {_mapped(key, text, known): _mapped(value, text, known) for key, value in one.items()}
    elif isinstance(one, tuple | frozenset):
        result = type(one)(_mapped(part, text, known) for part in one)
    known[id(one)] = (one, result)
    return result


def levelled(left: Location, right: Location) -> tuple[Location, Location]:
    """Return two servers' levels with locations by prefix on the level on which the other has them.

    nginx takes the longest prefix wherever it stands, and what is inherited is in each location already.
    """
    return _hoisted(left, right), _hoisted(right, left)


def _hoisted(level: Location, other: Location) -> Location:
    own = {child.key for child in level.children}
    wanted = {child.key for child in other.children if child.modifier in _PLAIN} - own
    inner = [one for around, one in walk(level) if len(around) > 1 and one.key in wanted and _plain(around)]
    return _without(level, inner, more=inner) if inner else level


def _plain(around: Sequence[Location]) -> bool:
    return all(one.modifier in _PLAIN | {SERVER} for one in around)


def _without(level: Location, gone: Sequence[Location], more: Sequence[Location] = ()) -> Location:
    left = [_without(child, gone) for child in level.children if not any(child is one for one in gone)]
    return replace(level, children=(*left, *more))


def _joined(servers: Sequence[Server], other: Sequence[Server]) -> tuple[Server, ...]:
    """Return servers with those as one that do the same, where the other side has one of their names, or ports."""
    names = {frozenset(one.names) for one in other}
    sockets = {_sockets([one]) for one in other}
    found: list[Server] = []
    for group in _groups_of(servers, lambda one: (_sockets([one]), tuple(_content(one.base, tls=True)))):
        every = tuple(dict.fromkeys(name for one in group for name in one.names))
        found += [replace(group[0], names=every)] if frozenset(every) in names else group
    result: list[Server] = []
    for group in _groups_of(found, lambda one: (frozenset(one.names), tuple(_content(one.base, tls=False)))):
        secure = next((one for one in group if one.tls is not None), group[0])
        listens = tuple(listen for one in group for listen in one.listens)
        result += [replace(secure, listens=listens)] if _sockets(group) in sockets else group
    return tuple(result)


def _groups_of(servers: Sequence[Server], key: Callable[[Server], Hashable]) -> list[list[Server]]:
    found: dict[Hashable, list[Server]] = {}
    for server in servers:
        found.setdefault(key(server), []).append(server)
    return [*found.values()]


def _sockets(servers: Sequence[Server]) -> frozenset[Hashable]:
    return frozenset((one.address, one.port, one.ssl, one.quic) for server in servers for one in server.listens)


def _content(level: Location, *, tls: bool) -> Iterator[Hashable]:
    """Yield what a server does, without where that is written; `tls`: with how it speaks TLS."""
    for around, one in walk(level):
        settings = {
            (name, setting.value)
            for name, setting in one.settings.items()
            if tls or not setting.directive.startswith(_OF_TLS)
        }
        handler = one.handler
        yield len(around), one.key
        yield handler.kind, handler.scheme, handler.host, handler.port, handler.uri, handler.code, handler.text
        yield frozenset(settings)
        yield tuple((step.kind, step.words) for step in one.steps)
        yield one.try_files and one.try_files.value, one.internal is not None
