"""Writes a configuration anew so that it reads differently and means the same: order, spelling, files."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from parity.programs.nginx.model.tree import ENTRIES, Node, TreeReader
from parity.programs.nginx.syntax.knowledge import version_of

MAIN = "/etc/nginx/nginx.conf"
# Directives whose order among each other counts; all others may change places.
_ORDERED = (
    {"set", "if", "return", "rewrite", "break"},
    {"allow", "deny"},
    {"error_page"},
    {"ssl_certificate"},
    {"ssl_certificate_key"},
    {"index"},
)
_SIZES = {"client_max_body_size", "client_body_buffer_size", "proxy_buffer_size", "ssl_buffer_size", "gzip_min_length"}
_HEADERS = {"proxy_set_header", "add_header", "proxy_hide_header"}
_WITH_REGEX = {"location", "rewrite", "if", "server_name", "~"}
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def tree(files: dict[str, bytes]) -> list[Node]:
    return TreeReader(files, MAIN, version_of("1.31")).nodes


@dataclass
class Writer:
    """One way of writing; `order`, `spelling` and `split` say what may change."""

    dice: random.Random
    order: bool = False
    spelling: bool = False
    split: bool = False

    def write(self, nodes: Sequence[Node]) -> dict[str, bytes]:
        self._upstreams = {child.args[0] for node in nodes for child in node.children if child.name == "upstream"}
        self._files: dict[str, bytes] = {}
        self._files[MAIN] = self._block(nodes, "main").encode()
        return self._files

    def _block(self, nodes: Sequence[Node], owner: str) -> str:
        # split_clients and geo depend on their order; the top level has nothing to move.
        found = (
            self._shuffled(list(nodes)) if self.order and owner not in ("main", "split_clients", "geo") else list(nodes)
        )
        lines = [self._line(node, owner) for node in found]
        if self.split and len(lines) > 1 and owner != "main":
            start = self.dice.randrange(len(lines))
            end = self.dice.randrange(start, len(lines)) + 1
            name = f"parts/{len(self._files)}.conf"
            self._files[f"/etc/nginx/{name}"] = b"# apart\n\n" + "".join(lines[start:end]).encode()
            lines[start:end] = [f"include {self.dice.choice([name, '/etc/nginx/' + name])};\n"]
        return "".join(lines)

    def _shuffled(self, nodes: list[Node]) -> list[Node]:
        mixed = nodes[:]
        self.dice.shuffle(mixed)
        for group in (*({"names": names} for names in _ORDERED), {"regex": True}):
            fits = (
                [node for node in nodes if _regular(node)]
                if "regex" in group
                else [
                    node
                    for node in nodes
                    if node.name in group["names"]  # type: ignore[operator]
                ]
            )
            places = [index for index, node in enumerate(mixed) if any(node is one for one in fits)]
            for index, node in zip(places, fits, strict=True):
                mixed[index] = node
        return mixed

    def _line(self, node: Node, owner: str) -> str:
        words = [node.name, *node.args]
        if self.spelling:
            words = self._respelled(node, owner)
        text = " ".join(self._quoted(word) for word in words)
        if node.children:
            return f"{text} {{\n{self._block(node.children, node.name)}}}\n"
        empty = (
            node.name in ("events", "types", "location", "server", "if", "limit_except", "http") and owner != "upstream"
        )
        return f"{text} {{ }}\n" if empty else f"{text};\n"

    def _quoted(self, word: str) -> str:
        plain = word and not any(char in word for char in " \t\r\n;{}\"'\\#") and "${" not in word
        if plain and not (self.spelling and self.dice.random() < 0.3):
            return word
        escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return f'"{escaped}"'

    def _respelled(self, node: Node, owner: str) -> list[str]:
        args = list(node.args)
        if node.name in _SIZES:
            args = [_size(arg, self.dice) for arg in args]
        elif node.name.endswith("_timeout") or node.name == "expires":
            args = [_time(arg, self.dice) for arg in args]
        elif node.name in _HEADERS:
            args[0] = self.dice.choice([str.lower, str.upper, str.title])(args[0])
        elif node.name == "listen" and args[0].isdigit():
            args[0] = self.dice.choice(["{}", "*:{}", "0.0.0.0:{}"]).format(args[0])
        elif node.name == "location" and len(args) == 2 and self.dice.random() < 0.5:
            args = ["".join(args)]
        elif node.name == "proxy_pass" and args[0].count(":") == 1 and "$" not in args[0]:
            scheme, _, rest = args[0].partition("://")
            host, slash, uri = rest.partition("/")
            if host not in self._upstreams:
                args[0] = f"{scheme}://{host}:{443 if scheme == 'https' else 80}{slash}{uri}"
        if args in (["on"], ["off"]):
            args = [self.dice.choice([str.lower, str.upper, str.title])(args[0])] if node.name in FLAGS else args
        if not _WITH_REGEX & {node.name, node.name[:1], owner if owner != "location" else ""}:
            args = [_variables(arg, self.dice) for arg in args]
        return [node.name, *args]


FLAGS = {"gzip", "proxy_buffering", "sendfile", "server_tokens", "tcp_nopush", "ssl_prefer_server_ciphers"}


def _regular(node: Node) -> bool:
    return node.name.startswith("~") or (node.name == "location" and node.args[0].startswith("~"))


def _size(text: str, dice: random.Random) -> str:
    scale = {"k": 1024, "m": 1024**2}.get(text[-1:].lower(), 1)
    count = int(text.rstrip("kKmM")) * scale
    ways = [str(count)]
    ways += [f"{count // 1024}{unit}" for unit in "kK" if count % 1024 == 0]
    ways += [f"{count // 1024**2}{unit}" for unit in "mM" if count % 1024**2 == 0]
    return dice.choice(ways)


def _time(text: str, dice: random.Random) -> str:
    if not text[:-1].isdigit() or text[-1] not in _UNITS:
        return text
    seconds = int(text[:-1]) * _UNITS[text[-1]]
    ways = [f"{seconds}s", str(seconds)]
    ways += [f"{seconds // size}{unit}" for unit, size in _UNITS.items() if seconds % size == 0]
    if seconds > 60:
        ways.append(f"{seconds // 60}m{seconds % 60}s")
    return dice.choice(ways)


def _variables(text: str, dice: random.Random) -> str:
    if "$" not in text or "{" in text or not text.isascii():
        return text
    parts = text.split("$")
    result = parts[0]
    for part in parts[1:]:
        size = next((i for i, char in enumerate(part) if not (char.isalnum() or char == "_")), len(part))
        name, rest = part[:size], part[size:]
        result += f"${{{name}}}{rest}" if name and dice.random() < 0.5 else f"${part}"
    return result


def without(nodes: Sequence[Node], gone: Node) -> list[Node]:
    """Return the tree without one node."""
    return [replace(node, children=without(node.children, gone)) for node in nodes if node is not gone]


def every(nodes: Sequence[Node]) -> list[Node]:
    """Return all nodes of a tree."""
    return [one for node in nodes for one in (node, *every(node.children))]


__all__ = ["ENTRIES", "MAIN", "Writer", "every", "tree", "without"]
