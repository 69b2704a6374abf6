"""The programs whose configuration is read, the one table of them. Data: add a program here."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, Dict, List, NamedTuple

from ..compose.services import Service
from ..engine.client import Engine
from ..loki import files as loki_files
from ..nginx import files as nginx_files
from ..secrets.redact import Redactor
from . import file_in_project, nginx_in_project


class Program(NamedTuple):
    """How a program's configuration is read: in a container, and from the project's files where none runs."""

    in_container: Callable[[Engine, str, List[str], Redactor], Dict[str, Any]]
    in_project: Callable[[Service, str, Redactor], Dict[str, Any]]


PROGRAMS: Dict[str, Program] = {
    "loki": Program(loki_files.gather, partial(file_in_project.read, loki_files.collect, loki_files.USUAL[0])),
    "nginx": Program(nginx_files.gather, nginx_in_project.read),
}
