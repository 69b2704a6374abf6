"""An audit in which every sentence of ours is replaced by a marker: what then still differs hung on a sentence.

Run as a program: `without_prose.py AUDITS [replace]` prints, for each list of snapshots in the JSON file AUDITS, what an
audit of them decides, and its texts apart. With `replace`, the sentences in our Python files are replaced when they are imported, each
by a marker of its own (so that two that read alike do not), and those in `knowledge/` when they are read.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

MARK = "¤"
TODAY = date(2026, 11, 30)
# The keys under which knowledge/ has sentences. All others are patterns, examples and words of other programs, or codes.
_LABELS = "labels"
SENTENCES = frozenset({"title", "cause", "impact", "action", "why", _LABELS})
# Where the words of other programs stand: what they print is read by them, and what they will print is predicted.
OTHERS_MODULES = (
    "parity.programs.loki.check.check",
    "parity.programs.loki.check.validation",
    "parity.programs.loki.go",
    "parity.programs.loki.read",
    "parity.programs.nginx.check",
)
OTHERS_WORDS = {
    "parity.areas.logs.area": {"_ENDED"},  # Compose's
    "parity.areas.logs.records": {"TRACEBACK", "_CHAIN"},  # Python's
    "parity.programs.nginx.repair.repair": {"_PASSED"},  # nginx's
}
# What compares a text, takes it apart or looks it up: a sentence given to these is what was written elsewhere.
_COMPARING = frozenset(
    {"startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition", "split", "find", "get"}
)
_OTHERS = tuple(f"{module}." for module in OTHERS_MODULES)
_FIELD = re.compile(r"(\{[^{}]*\}|%(?:\(\w+\))?[-#0-9.]*[a-z%])")
_WORD = re.compile(r"[A-Za-z]{2,}")


def marked(text: str, mark: str) -> str:
    """Return a sentence with its words replaced; its {fields}, %s, blanks at its ends and line breaks stay."""

    def replaced(part: str) -> str:
        if not _WORD.search(part):
            return part
        inner = part.strip()
        return part.replace(inner, f"{MARK}{mark}{MARK}" + "\n" * inner.count("\n"))

    pieces = _FIELD.split(text)
    return "".join(piece if number % 2 else replaced(piece) for number, piece in enumerate(pieces))


def is_sentence(text: str) -> bool:
    """Return whether a text has two words with a blank between them; what a regular expression is made of has not."""
    return " " in text and "\\" not in text and "(?" not in text and len(_WORD.findall(text)) > 1


class Replacing(ast.NodeTransformer):
    """Replaces the sentences of one module."""

    def __init__(self, module: str) -> None:
        """Take the module's name, which makes its markers its own."""
        self._module = module
        self._kept = OTHERS_WORDS.get(module, set())

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Replace a sentence."""
        if isinstance(node.value, str) and is_sentence(node.value):
            mark = f"{self._module}:{node.lineno}:{node.col_offset}"
            return ast.copy_location(ast.Constant(marked(node.value, mark)), node)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """Replace the words between the fields of an f-string where it is a sentence: a field counts as a word."""
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                value.value = self.visit(value.value)
        texts = [value for value in node.values if isinstance(value, ast.Constant)]
        whole = "".join(str(one.value) if isinstance(one, ast.Constant) else "xx" for one in node.values)
        if is_sentence(whole) and any(_WORD.search(str(one.value)) for one in texts):
            for number, one in enumerate(texts):
                mark = f"{self._module}:{node.lineno}:{node.col_offset}.{number}"
                one.value = marked(str(one.value).replace("{", "{{"), mark).replace("{{", "{")
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Leave the values of an enumeration: they are codes."""
        if any(isinstance(base, ast.Name) and base.id == "Enum" for base in node.bases):
            return node
        return self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Leave what is compared with: the text that it is compared to is replaced where it is made."""
        sides = [node.left, *node.comparators]
        node.left, *node.comparators = [one if isinstance(one, ast.Constant) else self.visit(one) for one in sides]
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Leave regular expressions, and what takes a text apart."""
        function = node.func
        if isinstance(function, ast.Attribute):
            owner = function.value.id if isinstance(function.value, ast.Name) else ""
            if owner == "re" or function.attr in _COMPARING:
                return node
        return self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        """Leave keys."""
        node.values = [self.visit(value) for value in node.values]
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Leave keys, and types."""
        node.value = self.visit(node.value)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Leave types, and words of other programs."""
        if node.value is not None and not (isinstance(node.target, ast.Name) and node.target.id in self._kept):
            node.value = self.visit(node.value)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """Leave docstrings."""
        return node if isinstance(node.value, ast.Constant) else self.generic_visit(node)


class _Loader(SourceFileLoader):
    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1) -> CodeType:
        tree = ast.fix_missing_locations(Replacing(self.name).visit(ast.parse(data)))
        return compile(tree, path, "exec", dont_inherit=True)

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)  # nothing of this is cached


class _Finder(MetaPathFinder):
    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in ("parity", "parity_host") or f"{fullname}.".startswith(_OTHERS):
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is not None and spec.origin:
            spec.loader = _Loader(fullname, spec.origin)
        return spec


def _with_marks(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        # A label says a fault in a few words, by the id of its rule.
        return {name: _with_marks(one, key if key == _LABELS else str(name)) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_marks(one, key) for one in value]
    return marked(value, f"knowledge:{key}") if isinstance(value, str) and key in SENTENCES else value


def _replace_sentences() -> None:
    import yaml

    sys.meta_path.insert(0, _Finder())
    constructor = yaml.constructor.BaseConstructor
    construct = constructor.construct_document
    constructor.construct_document = lambda self, node: _with_marks(construct(self, node))


_OF_FINDING = (
    "id", "rule", "area", "service", "item", "environments", "severity", "status", "ways", "caused_by", "consequences",
    "effort", "remedy", "problem",
)  # fmt: skip
_OF_PROBLEM = (
    "id", "kind", "severity", "status", "shared", "environments", "findings", "effort", "remedy",
)  # fmt: skip
_TEXTS = ("title", "cause", "impact", "action", "because", "reasons")


def decided(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an audit decided."""
    return {
        "findings": [
            {
                **{name: finding[name] for name in _OF_FINDING},
                "evidence": [(piece["environment"], piece["service"]) for piece in finding["evidence"]],
            }
            for finding in data["findings"]
        ],
        "problems": [{name: one[name] for name in _OF_PROBLEM} for one in data["problems"]],
        "steps": [
            {name: step[name] for name in ("problem", "also", "when", "effort", "remedy")} for step in data["steps"]
        ],
        "gate": data["gate"],
        "summary": data["summary"],
        "unseen": [{name: one[name] for name in ("environment", "host", "part")} for one in data["unseen"]],
        "services": [{name: row[name] for name in ("name", "environments")} for row in data["services"]],
    }


def planned(snapshot: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield what the remedies make of the configurations of an environment: whether they may, and the new texts."""
    from parity.remedy.loki import migrated
    from parity.remedy.nginx import repaired

    for facts in snapshot["hosts"].values():
        for entry in facts.get("config", {}).get("found", ()):
            files = {path: record["text"] for path, record in entry["files"].items()}
            if entry["kind"] == "nginx" and files:
                made = repaired(files, entry["main"], "1.27", entry.get("test", {}).get("output", ""))
                yield made["accepted"], len(made["steps"]), len(made["left"]), made["files"]
            elif entry["kind"] == "loki" and files:
                made = migrated(files[entry["main"]], "3.4.3", TODAY)
                yield made["accepted"], len(made["steps"]), len(made["left"]), made["text"]


def texts(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the sentences of an audit."""
    for finding in data["findings"]:
        for name in _TEXTS:
            said = finding[name]
            yield from said if isinstance(said, list) else [said] if said else []
    for problem in data["problems"]:
        yield from filter(None, (problem[name] for name in ("title", "cause", "impact", "action")))
    for step in data["steps"]:
        yield from filter(None, (step["title"], step["action"]))
    yield from (one["what"] for one in data["unseen"])


def main() -> None:
    """Print what an audit decides, and its texts."""
    if sys.argv[2:] == ["replace"]:
        _replace_sentences()
    from parity.judge.audit import Settings, audit
    from parity.judge.knowledge import load

    told = []
    for snapshots in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
        data = audit(snapshots, load(), Settings(), f"{TODAY}T08:00:00Z", "0")
        plans = [list(planned(snapshot)) for snapshot in snapshots]
        told.append({"decided": {**decided(data), "plans": plans}, "texts": list(texts(data))})
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
