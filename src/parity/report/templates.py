"""The environment of a report's templates, which are compiled once and not in each audit."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any, Final

import jinja2
from jinja2.bccache import Bucket

_OWN: Final = Path(__file__)


def environment(folder: Path, *, autoescape: bool, finalize: Callable[[Any], Any] | None = None) -> jinja2.Environment:
    """Return an environment for the templates in `folder`; it fails for a name that has no value."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=autoescape,  # noqa: S701 - text files; Markdown is escaped by a filter of its own
        finalize=finalize,
        bytecode_cache=_Compiled("html" if autoescape else "text"),
    )


class _Compiled(jinja2.BytecodeCache):
    """Keeps compiled templates as Python keeps compiled modules: in `__pycache__` next to their source.

    Compiled code depends on the source, the environment's options (this file), Jinja and Python, and all of them are in
    the checksum; no template calls a filter with nothing but constants, which Jinja would do when it compiles.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._environment = f"{kind} {jinja2.__version__} {sys.version} ".encode() + _OWN.read_bytes()

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return the file for a template's compiled code."""
        return cache_from_source(filename or name, optimization=self._kind)

    def get_source_checksum(self, source: str) -> str:
        """Return a digest of all that the compiled code depends on."""
        return hashlib.sha256(self._environment + source.encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load what was kept; a file that cannot be used counts as none."""
        try:
            bucket.bytecode_from_string(Path(bucket.key).read_bytes())
        except Exception:
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep compiled code, where Python may keep its own."""
        if sys.dont_write_bytecode:
            return
        path = Path(bucket.key)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(dir=path.parent)
            try:
                with os.fdopen(number, "wb") as file:
                    file.write(bucket.bytecode_to_string())
                Path(name).replace(path)
            finally:
                Path(name).unlink(missing_ok=True)
