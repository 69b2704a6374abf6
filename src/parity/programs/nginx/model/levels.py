"""What holds at one level: what it sets, what it inherits, and nginx's own where nobody sets anything.

nginx's rules: of a scalar the nearest level wins; lines of an array are inherited only where the level has none of
that name. Sources: ngx_http_*_merge_loc_conf of nginx's source, and measurements (test_nginx_model_live.py).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Final

from parity.programs.nginx.model.defaults import array_style, inherit_switch, sent_headers, setting_name
from parity.programs.nginx.model.tree import Node
from parity.programs.nginx.model.types import Place, Setting, Settings
from parity.programs.nginx.model.values import Parse, canonical, meaning, mime_types, network, options, parsed, seconds
from parity.programs.nginx.syntax.knowledge import Version
from parity.programs.nginx.syntax.scalars import duration, number, size

SENT: Final = "proxy_set_header"
_ALWAYS_PASSED: Final = frozenset({"add_header", "add_trailer"})
_NO_DELAY: Final = ("delay", "none")
_LOG_OPTIONS: Final[dict[str, Parse]] = {"buffer": size, "flush": duration, "gzip": number}

Keyed = dict[str, list[tuple[Hashable, Node]]]


def level(
    inherited: Settings, nodes: Iterable[Node], version: Version, family: str = "http"
) -> tuple[Settings, dict[str, Place]]:
    """Return the settings of a level, and where each that it sets itself is set first. `family`: http or stream."""
    groups: dict[str, list[Node]] = {}
    for node in nodes:
        groups.setdefault(setting_name(node.name), []).append(node)
    switched = [one for one in _ALWAYS_PASSED if _mode(inherited, one) != "on"]
    if not groups and not switched:
        return inherited, {}
    settings = dict(inherited)
    arrays = {name: nodes for name, nodes in groups.items() if array_style(nodes[0].name)}
    for name, found in groups.items():
        if name not in arrays:
            settings[name] = _scalar(found, version, family)
    for name in {*arrays, *(one for one in _ALWAYS_PASSED if _mode(settings, one) != "on")}:
        _array(settings, name, arrays.get(name, []), version)
    return settings, {name: found[0].place for name, found in groups.items()}


def _mode(settings: Settings, directive: str) -> str:
    """Return how an array is inherited at this level: on, off or merge."""
    switch = settings.get(inherit_switch(directive))
    return switch.shown.lower() if switch else "on"


def _scalar(nodes: Sequence[Node], version: Version, family: str) -> Setting:
    node = nodes[0]
    if node.name == "types":
        found = frozenset((ext.lower(), entry.name) for one in nodes for entry in one.children for ext in entry.args)
        return Setting("types", found, f"{len(found)} file types", node.place)
    return Setting(node.name, meaning(node.name, node.args, version, family), shown(node), node.place)


def shown(node: Node) -> str:
    """Return a directive's arguments for people."""
    return " ".join(arg or '""' for arg in node.args)


def _array(settings: dict[str, Setting], name: str, nodes: Sequence[Node], version: Version) -> None:
    """Replace the lines of one array in `settings` by those of `nodes`, as the level's mode of inheriting has it."""
    mode = _mode(settings, name)
    if not nodes and mode != "off":
        return
    above = {key: one for key, one in settings.items() if one.directive == name}
    for key in above:
        del settings[key]
    own = _lines(name, nodes)
    if mode == "merge":
        for key, one in above.items():
            settings[key] = _joined(own.pop(key), one) if key in own else one
    settings.update(own)
    if name == SENT:
        for key, one in sent_headers(version).items():
            settings.setdefault(key, one)


def _joined(own: Setting, above: Setting) -> Setting:
    values = [value for one in (own, above) if isinstance(one.value, tuple) for value in one.value]
    return Setting(own.directive, tuple(sorted(values, key=repr)), f"{own.shown}; {above.shown}", own.place)


def _lines(name: str, nodes: Sequence[Node]) -> dict[str, Setting]:
    """Return an array's lines as settings: one for each header, code or zone, or one for all."""
    if not nodes:
        return {}
    keyed: Keyed = {}
    _STYLES[array_style(nodes[0].name)](keyed, nodes)
    result = {}
    for key, found in keyed.items():
        values = [value for value, _ in found]
        text = "; ".join(_shown_line(name, key, node) for _, node in found)
        value = values[0] if key == "" else tuple(values)
        lines = tuple(((node.name, words_of(node)), node.place) for _, node in found)
        result[f"{name} {key}".strip()] = Setting(name, value, text, found[0][1].place, lines)
    return result


def _shown_line(name: str, key: str, node: Node) -> str:
    words = list(node.args)
    if key and words and words[0].lower() == key.lower() and len(words) > 1:
        words = words[1:]
    text = " ".join(word or '""' for word in words)
    return text if node.name == name else f"{node.name} {text}"


def _by_header(keyed: Keyed, nodes: Sequence[Node]) -> None:
    for node in nodes:
        words = tuple(canonical(arg) for arg in node.args[1:])
        if node.name in _ALWAYS_PASSED and words[:1] == ("",):
            continue  # nginx sends no header without a value
        keyed.setdefault(node.args[0].lower(), []).append((words[0] if len(words) == 1 else words, node))


def _by_name(keyed: Keyed, nodes: Sequence[Node]) -> None:
    for node in nodes:
        words = tuple(canonical(arg) for arg in node.args[1:])
        keyed.setdefault(canonical(node.args[0]), []).append((words, node))


def _by_code(keyed: Keyed, nodes: Sequence[Node]) -> None:
    for node in nodes:
        words = list(node.args)
        answer: tuple[Hashable, ...]
        if node.name == "error_page":
            target = canonical(words.pop())
            answer = (words.pop() if words and words[-1].startswith("=") else "", target)
        else:
            answer = (parsed(seconds, words.pop()),)
            words = words or ["200", "301", "302"]
        for code in words:
            keyed.setdefault(code, [(answer, node)])  # the first that fits is taken


def _by_zone(keyed: Keyed, nodes: Sequence[Node]) -> None:
    for node in nodes:
        if node.name == "limit_conn":
            keyed.setdefault(node.args[0], []).append((parsed(number, node.args[-1]), node))
            continue
        found = dict(options(node.args, {"burst": number, "delay": number}))
        zone = str(found.pop("zone", ""))
        delay = _NO_DELAY if found.pop("nodelay", False) else ("delay", found.get("delay", 0))
        keyed.setdefault(zone, []).append(((("burst", found.get("burst", 0)), delay), node))


def _any_order(keyed: Keyed, nodes: Sequence[Node]) -> None:
    if nodes[0].name.endswith("_types"):
        keyed[""] = [(mime_types(node.name, [arg for one in nodes for arg in one.args]), node) for node in nodes]
        return
    lines = frozenset(line for node in nodes for line in _unordered(node))
    keyed[""] = [(lines, node) for node in nodes]


def _unordered(node: Node) -> list[Hashable]:
    if node.name == "access_log":
        if node.args[0] == "off":
            return ["off"]
        rest = list(node.args[1:])
        name = rest.pop(0) if rest and "=" not in rest[0] else "combined"
        return [(canonical(node.args[0]), name, options(rest, _LOG_OPTIONS))]
    if node.name == "error_log":
        return [(node.args[0], *(node.args[1:] or ("error",)))]
    if node.name == "set_real_ip_from":
        return [network(arg) for arg in node.args]
    return [canonical(arg) for arg in node.args]


def _in_order(keyed: Keyed, nodes: Sequence[Node]) -> None:
    lines = tuple(words_of(node) for node in nodes)
    keyed[""] = [(lines, node) for node in nodes]


def words_of(node: Node) -> tuple[Hashable, ...]:
    """Return a directive's arguments, and what stands in its block if it has one."""
    inner = tuple((child.name, words_of(child)) for child in node.children)
    return (*(canonical(arg) for arg in node.args), *((inner,) if inner else ()))


def _together(keyed: Keyed, nodes: Sequence[Node]) -> None:
    if setting_name(nodes[0].name) == "root":
        node = nodes[0]
        path = canonical(node.args[0])
        keyed[""] = [(((node.name, path.rstrip("/") if node.name == "root" else path),), node)]
        return
    lines = tuple((node.name, network(node.args[0])) for node in nodes)
    keyed[""] = [(lines, node) for node in nodes]


_STYLES: Final[dict[str, Callable[[Keyed, Sequence[Node]], None]]] = {
    "header": _by_header,
    "name": _by_name,
    "code": _by_code,
    "zone": _by_zone,
    "any_order": _any_order,
    "in_order": _in_order,
    "together": _together,
}
