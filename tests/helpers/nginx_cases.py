"""The cases that came with the project: configurations with what real programs said about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

_CASES = Path(__file__).parents[1] / "cases"
# What the host decides: nginx must be run to see it.
HOST = frozenset(
    [
        "missing_log_dir",
        "bind_address",
        "bind_permission",
        "host_not_found",
        "host_not_found_resolver",
        "temp_path_permission",
        "pid_path",
        "read_only_fs",
        "missing_certificate",
        "bad_ciphers",
        "silent_bad_chain",
    ]
)


@dataclass(frozen=True)
class Case:
    """One folder of tests/cases/nginx or of tests/cases/nginx2."""

    name: str
    collection: str = "nginx"

    @property
    def folder(self) -> Path:
        return _CASES / self.collection / self.name

    @cached_property
    def expected(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "expected.json").read_text(encoding="utf-8"))
        return found

    @property
    def main(self) -> str:
        args: list[str] = self.expected.get("run", {}).get("args") or []
        return args[args.index("-c") + 1] if "-c" in args else "/etc/nginx/nginx.conf"

    def tree(self, part: str = "nginx") -> dict[str, bytes]:
        """Return {path as nginx has it: content}."""
        folder = self.folder / part
        return {
            f"/etc/nginx/{path.relative_to(folder)}": path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def said(self, version: str) -> tuple[str | None, str | None] | None:
        """Return (level, message) of that generation; None where it was not run."""
        if version == "1.22":
            return self.expected.get("level"), self.expected["message"]
        newer = self.expected["nginx_1_31"]
        return (newer.get("level"), newer["message"]) if newer else None


CASES = [Case(folder.name) for folder in sorted((_CASES / "nginx").iterdir())]
KINDS = [Case(folder.name, "nginx2") for folder in sorted((_CASES / "nginx2").iterdir())]
