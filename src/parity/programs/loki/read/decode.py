"""The strict decode: a file put into the structs of one Loki release as go-yaml does it, and all it complains of.

Follows gopkg.in/yaml.v2's decode.go: an unknown or repeated field and a value of the wrong type are noted and decoding
goes on; a type's own reader (sizes, dates, …) ends it at once, and its sentence is then all that is printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from parity.programs.loki.go.durations import quote
from parity.programs.loki.go.scalars import resolve, short_tag
from parity.programs.loki.go.yaml_nodes import GoYamlError, YamlNode, parse
from parity.programs.loki.read import leaves
from parity.programs.loki.read.expand import UNKNOWN
from parity.programs.loki.read.releases import FieldTable, go_name

_VALUE_SHOWN: Final = 10
OTLP_ACTIONS: Final = ("drop", "index_label", "structured_metadata")
_VERSION: Final = re.compile(r"[+-]?[0-9]+\Z")


class _Zero:
    """Go's zero value, where the file says null: everything below is unset too, defaults included."""

    def __repr__(self) -> str:
        return "ZERO"


ZERO: Final = _Zero()


class Unknown(str):
    """Stands for what was not seen, a value or a whole block: it is taken to fit, and nothing may turn on it."""

    __slots__ = ()


_UNSEEN: Final = Unknown("unknown")


@dataclass(frozen=True)
class Issue:
    """One noted error: the line, go-yaml's words, and for fields what they were and of which type."""

    line: int
    text: str
    kind: str  # unknown, repeated, mismatch
    path: tuple[str | int, ...] = ()
    field: str = ""
    type: str = ""


@dataclass
class Decoded:
    """What came of a file: `values` (struct → dict, null → ZERO), the noted `issues`, or the one `fatal` sentence."""

    values: Any = None
    issues: list[Issue] = field(default_factory=list)
    fatal: str = ""
    fatal_path: tuple[str | int, ...] = ()
    root: YamlNode | None = None


def decode(text: str, table: FieldTable) -> Decoded:
    """Return what `text` decodes to with `table`'s structs; never raises."""
    decoder = _Decoder(table)
    result = Decoded(values={})
    try:
        result.root = parse(text)
        if result.root is not None:
            found = decoder.struct(result.root, table.root, ())
            result.values = {} if found is None else found
    except GoYamlError as error:
        result.fatal, result.fatal_path = str(error), decoder.at
    else:
        result.issues = decoder.issues
    return result


class _Decoder:
    def __init__(self, table: FieldTable) -> None:
        self.issues: list[Issue] = []
        self.at: tuple[str | int, ...] = ()
        self._table = table
        self._inside: list[YamlNode] = []
        self._decoded = 0
        self._through_aliases = 0

    def _count(self) -> None:
        """go-yaml's guard against a few aliases that stand for millions of nodes."""
        self._decoded += 1
        self._through_aliases += bool(self._inside)
        if self._through_aliases > 100 and self._decoded > 1000 and self._through_aliases > 0.99 * self._decoded:
            raise GoYamlError("yaml: document contains excessive aliasing")

    def value(self, node: YamlNode, struct: str, name: str, kind: str, path: tuple[str | int, ...]) -> Any:
        """Decode one field's value by what the table says it holds."""
        self._count()
        if node.kind == "alias":
            return self._alias(node, struct, name, kind, path)
        if node.is_null:
            return ZERO
        if _unseen(node):
            return _UNSEEN
        shape, at, inner = kind.partition("@")
        if at and not shape:
            return self.struct(node, inner, path)
        if shape == "[]":
            return self._list(node, "[]" + go_name(inner), path, lambda child, place: self.struct(child, inner, place))
        if shape == "{}":
            kind_ = f"map[string]{go_name(inner)}"
            return self._map(node, kind_, path, lambda child, place: self.struct(child, inner, place))
        return self._leaf(node, self._table.go_type(struct, name, kind), path)

    def _leaf(self, node: YamlNode, type_: str, path: tuple[str | int, ...]) -> Any:
        if type_.startswith("map[string]"):
            return self._map(node, type_, path, lambda child, place: self._element(child, type_[11:], place))
        if _unseen(node):
            return _UNSEEN
        if type_ == "flagext.StringSliceCSVMulti" and node.kind == "scalar":
            return node.value.split(",") if node.value else []
        if type_.startswith("[]") or type_ in ("flagext.StringSlice", "flagext.StringSliceCSVMulti"):
            element = type_.removeprefix("[]") if type_.startswith("[]") else "string"
            printed = "[]string" if type_ == "flagext.StringSliceCSVMulti" else type_
            return self._list(node, printed, path, lambda child, place: self._element(child, element, place))
        self.at = path
        try:
            found = leaves.decode(node, type_)
        except leaves.Mismatch as mismatch:
            return self._note_mismatch(mismatch.node, mismatch.tag, mismatch.type, path)
        return ZERO if found is None else found

    def _element(self, node: YamlNode, type_: str, path: tuple[str | int, ...]) -> Any:
        self._count()
        if node.kind == "alias":
            return self._follow(node, lambda target: self._element(target, type_, path))
        if type_ == "any" and node.kind != "scalar":
            return node.kind  # what is inside is not in the tables
        return ZERO if node.is_null else self._leaf(node, type_, path)

    def struct(self, node: YamlNode, name: str, path: tuple[str | int, ...]) -> Any:
        """Decode a mapping into the struct `name`."""
        self._count()
        if node.kind == "alias":
            return self._follow(node, lambda target: self.struct(target, name, path))
        if node.is_null:
            return ZERO
        if _unseen(node):
            return _UNSEEN
        if node.kind == "sequence":
            return self._note_mismatch(node, "!!seq", go_name(name), path)
        if node.kind == "scalar":
            scalar = resolve(node)
            if scalar.value is None:
                return ZERO
            return self._note_mismatch(node, node.tag or "!!" + scalar.tag, go_name(name), path)
        values: dict[str, Any] = {}
        before = len(self.issues)
        self._fields(node, name, path, values)
        if any(_unseen(key) or (key.is_merge and _unseen(value)) for key, value in node.pairs()):
            return _UNSEEN  # such a key may set anything
        if len(self.issues) == before:
            self._after(name, path, values)
        return values

    def _after(self, struct: str, path: tuple[str | int, ...], values: dict[str, Any]) -> None:
        """What a struct's own reader checks once its fields are in; raises GoYamlError in its words."""
        self.at = path
        if self._table.has(struct, "row_shards"):
            _schema_version(values, "invalid schema version: " if self._table.release.major >= 3 else "")
        elif self._table.has(struct, "write_relabel_configs") and values.get("url") in (None, "", ZERO):
            raise GoYamlError("url for remote_write is empty")
        elif go_name(struct) == "push.plain":
            self._attributes(values, path)

    def _attributes(self, entry: dict[str, Any], path: tuple[str | int, ...]) -> None:
        """What pkg/loghttp/push/otlp_config.go asks of each entry of attributes."""
        action = entry.get("action", "")
        if not isinstance(action, Unknown) and action not in ("", ZERO, *OTLP_ACTIONS):
            self.at = (*path, "action")
            raise GoYamlError(f"unsupported action, it must be one of: {', '.join(OTLP_ACTIONS)}")
        attributes, regex = entry.get("attributes"), entry.get("regex")
        named, matched = attributes not in (None, ZERO, []), regex not in (None, ZERO)
        if not named and not matched:
            raise GoYamlError("attributes or regex must be set")
        if named and matched:
            raise GoYamlError("only one of attributes or regex must be set")

    def _fields(self, node: YamlNode, name: str, path: tuple[str | int, ...], values: dict[str, Any]) -> None:
        fields = self._table.structs.get(name, {})
        done: set[str] = set()
        for key, value in node.pairs():
            if _unseen(key) or (key.is_merge and _unseen(value)):
                continue
            if key.is_merge:
                self._merge(value, name, path, values)
                continue
            said = self._key(key, path)
            if said is None:
                continue
            kind = fields.get(said, fields.get("<any>"))
            if kind is None:
                text = f"field {said} not found in type {go_name(name)}"
                self.issues.append(Issue(key.line, text, "unknown", (*path, said), said, go_name(name)))
            elif said in done:
                text = f"field {said} already set in type {go_name(name)}"
                self.issues.append(Issue(key.line, text, "repeated", (*path, said), said, go_name(name)))
            else:
                done.add(said)
                found = self.value(value, name, said, kind, (*path, said))
                if found is not None:
                    values[said] = self._merged(values.get(said), found)

    @staticmethod
    def _merged(old: Any, new: Any) -> Any:
        """A struct that is decoded twice (through `<<`) keeps what only the first one set."""
        return {**old, **new} if isinstance(old, dict) and isinstance(new, dict) else new

    def _key(self, key: YamlNode, path: tuple[str | int, ...]) -> str | None:
        if key.kind == "alias":
            return self._follow(key, lambda target: self._key(target, path))  # type: ignore[no-any-return]
        if key.kind != "scalar":
            self._note_mismatch(key, "!!map" if key.kind == "mapping" else "!!seq", "string", (*path, ""))
            return None
        return "" if resolve(key).value is None else key.value

    def _merge(self, node: YamlNode, name: str, path: tuple[str | int, ...], values: dict[str, Any]) -> None:
        wrong = GoYamlError("yaml: map merge requires map or sequence of maps as the value")
        target = node.alias if node.kind == "alias" else node
        if target is not None and target.kind == "mapping":
            found = self.struct(node, name, path)
            found = found if isinstance(found, dict) else {}
            values.update({key: self._merged(values.get(key), value) for key, value in found.items()})
        elif node.kind == "sequence":
            for child in reversed(node.children):
                inner = child.alias if child.kind == "alias" else child
                if inner is None or inner.kind != "mapping":
                    raise wrong
                self._merge(child, name, path, values)
        else:
            raise wrong

    def _list(self, node: YamlNode, type_: str, path: tuple[str | int, ...], element: Any) -> Any:
        if node.kind == "sequence":
            found = (element(child, (*path, place)) for place, child in enumerate(node.children))
            return [value for value in found if value is not None]
        return self._not_a(node, type_, path)

    def _map(self, node: YamlNode, type_: str, path: tuple[str | int, ...], element: Any) -> Any:
        if node.kind != "mapping":
            return self._not_a(node, type_, path)
        values: dict[str, Any] = {}
        for key, value in node.pairs():
            if _unseen(key) or (key.is_merge and _unseen(value)):
                continue
            if key.is_merge:
                self._merge_map(value, type_, path, element, values)
                continue
            said = self._key(key, path)
            if said is None:
                continue
            before = len(self.issues)
            found = element(value, (*path, said))
            if any(issue.path == (*path, said) and issue.kind == "mismatch" for issue in self.issues[before:]):
                continue
            if said in values:
                text = f"key {quote(said)} already set in map"
                self.issues.append(Issue(value.line, text, "repeated", (*path, said), said))
            else:
                values[said] = found
        return values

    def _merge_map(
        self, node: YamlNode, type_: str, path: tuple[str | int, ...], element: Any, values: dict[str, Any]
    ) -> None:
        target = node.alias if node.kind == "alias" else node
        if target is not None and target.kind == "mapping":
            found = self._map(target, type_, path, element)
            values.update(found if isinstance(found, dict) else {})
        elif node.kind == "sequence":
            for child in reversed(node.children):
                self._merge_map(child, type_, path, element, values)
        else:
            raise GoYamlError("yaml: map merge requires map or sequence of maps as the value")

    def _not_a(self, node: YamlNode, type_: str, path: tuple[str | int, ...]) -> Any:
        if node.kind != "scalar":
            return self._note_mismatch(node, "!!map" if node.kind == "mapping" else "!!seq", type_, path)
        scalar = resolve(node)
        if scalar.value is None:
            return ZERO
        return self._note_mismatch(node, node.tag or "!!" + scalar.tag, type_, path)

    def _alias(self, node: YamlNode, struct: str, name: str, kind: str, path: tuple[str | int, ...]) -> Any:
        return self._follow(node, lambda target: self.value(target, struct, name, kind, path))

    def _follow(self, node: YamlNode, decode_target: Any) -> Any:
        if any(node is other for other in self._inside):
            raise GoYamlError(f"yaml: anchor '{node.value}' value contains itself")
        self._inside.append(node)
        found = decode_target(node.alias)
        self._inside.pop()
        return found

    def _note_mismatch(self, node: YamlNode, tag: str, type_: str, path: tuple[str | int, ...]) -> None:
        """Note the error; None stands for a value that is not there."""
        shown = ""
        if node.kind == "scalar" and short_tag(tag) not in ("!!map", "!!seq"):
            value = node.value.encode()
            cut = value[:7].decode(errors="replace") + "..." if len(value) > _VALUE_SHOWN else node.value
            shown = f" `{cut}`"
        text = f"cannot unmarshal {short_tag(tag)}{shown} into {type_}"
        last = str(path[-1]) if path else ""
        self.issues.append(Issue(node.line, text, "mismatch", path, last, type_))


def _unseen(node: YamlNode) -> bool:
    return node.kind == "scalar" and UNKNOWN in node.value


def _schema_version(period: dict[str, Any], said: str) -> None:
    schema = period.get("schema", "")
    if isinstance(schema, Unknown):
        return
    number = ("" if schema is ZERO else str(schema)).strip("v")
    if not _VERSION.match(number):
        raise GoYamlError(f"{said}strconv.Atoi: parsing {quote(number)}: invalid syntax")
