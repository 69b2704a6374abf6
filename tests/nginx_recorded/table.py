"""Reads configurations.yml and what was recorded of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
SAID = FOLDER / "said.json"
VERSIONS = ("1.22", "1.31")
LONG = "LONG"  # a placeholder for a long row of letters, so that the table stays readable
MODULE = "load_module {folder}/ngx_{name}_module.so; "


@dataclass(frozen=True)
class Configuration:
    """One entry of the table."""

    name: str
    entry: dict[str, Any]

    def rule(self, version: str) -> str:
        """Return the class of the fault for that generation."""
        wanted = self.entry["class"]
        return str(wanted[version] if isinstance(wanted, dict) else wanted)

    @property
    def host(self) -> bool:
        """Whether only the machine that runs nginx can know the fault."""
        return bool(self.entry.get("host"))

    @property
    def versions(self) -> tuple[str, ...]:
        """The generations that are asked; `only` names one where the other's build lacks, or has, a module."""
        return (self.entry["only"],) if "only" in self.entry else VERSIONS

    def tree(self, version: str, modules: str = "/usr/lib/nginx/modules") -> dict[str, bytes]:
        """Return {path below /etc/nginx: content}."""
        tree = {path.name: path.read_bytes() for path in (FOLDER / "base").iterdir()}
        own = dict(self.entry.get("files", {}))
        own |= {"nginx.conf": self.entry["main"]} if "main" in self.entry else {}
        own |= {"conf.d/default.conf": self.entry["default"]} if "default" in self.entry else {}
        encoding = self.entry.get("encoding", "utf-8")
        for path, text in own.items():
            tree[path] = text.replace(LONG, "x" * self.entry.get("long", len(LONG))).encode(encoding)
        if version == "1.22":
            for name in self.entry.get("load", []):
                tree["nginx.conf"] = MODULE.format(folder=modules, name=name).encode() + tree["nginx.conf"]
        return tree


def configurations() -> list[Configuration]:
    """Return the table."""
    text = (FOLDER / "configurations.yml").read_text(encoding="utf-8")
    return [Configuration(entry["name"], entry) for entry in yaml.safe_load(text)]


def recorded() -> dict[str, dict[str, str]]:
    """Return {name: {version: what nginx -t printed}}."""
    found: dict[str, dict[str, str]] = json.loads(SAID.read_text(encoding="utf-8"))
    return found
