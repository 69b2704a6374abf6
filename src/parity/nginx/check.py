"""`check`: what nginx itself would say about a configuration, without running it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from parity.nginx.conf import Said
from parity.nginx.data import version_of
from parity.nginx.problem import Problem
from parity.nginx.text import shown
from parity.nginx.walker import Walker


def check(files: Mapping[str, bytes], main: str = "/etc/nginx/nginx.conf", version: str = "1.22") -> Sequence[Problem]:
    """Return what nginx would say about the configuration, the fault that stops it first."""
    said = Walker(files, main, version_of(version)).run()
    return [_problem(one) for one in sorted(said, key=lambda one: one.level == "warn")]


def _problem(said: Said) -> Problem:
    message = shown(said.text + said.place)
    return Problem(message, said.level, "", "", said.file, said.line)
