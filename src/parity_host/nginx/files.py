"""The files that an nginx in a container reads: the main one and every include, found without running nginx.

A failing `nginx -T` prints nothing, so the files themselves are read.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from functools import partial
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Set, Tuple

from ..engine import container_files
from ..engine.client import Engine
from ..engine.container_files import Read, Tree
from ..engine.container_layer import within
from ..secrets.redact import Redactor
from . import command, tls_files
from . import text as nginx_text

PREFIX = "/etc/nginx"
MAIN = "nginx.conf"
USUAL = PREFIX + "/" + MAIN
_FILES = 400
_READS = 40
_TOTAL_BYTES = 4 * 1024 * 1024
_INCLUDE = re.compile(r"(?:^|[;{}\s])include\s+(\"[^\"\n]*\"|'[^'\n]*'|[^\s;\"'{}][^\s;]*)\s*(?=;)")
_PRIVATE = b"PRIVATE KEY-----"


class FileReads(NamedTuple):
    """How files are read: those whose text leaves the host, and those of which only public parts do."""

    texts: Read
    tls: Read


def gather(engine: Engine, container: str, argv: List[str], redactor: Redactor) -> Dict[str, Any]:
    """Return what `collect` does for a container, read through the engine."""
    read = partial(container_files.read, engine, container)
    return collect(FileReads(read, read), argv, redactor)[0]


def main_of(argv: Sequence[str]) -> str:
    """Return the path of the file that nginx begins with: `-c` and `-p` in its command say where that is."""
    named = container_files.options(command.started(argv, {}), ("-c",)) or MAIN
    return posixpath.normpath(posixpath.join(prefix_of(argv), named))


def prefix_of(argv: Sequence[str]) -> str:
    """Return the folder below which nginx looks for relative paths of its command."""
    return container_files.options(command.started(argv, {}), ("-p",)) or PREFIX


def collect(source: FileReads, argv: List[str], redactor: Redactor) -> Tuple[Dict[str, Any], List[str]]:
    """Return the main file's path, the redacted text of each file by path, and what could not be read; and beside it
    the paths that are named and at which nothing was found.

    `argv` is the entrypoint and command of what runs nginx.
    """
    main = main_of(argv)
    folder = posixpath.dirname(main)
    first = main if folder == "/" else folder  # never a container's whole file system
    trees = [source.texts(first)]
    asked = {first}
    while True:
        tree = container_files.merge(trees)
        reached = _reached(tree, main)
        wanted = sorted(_wanted(tree, reached, main) - asked)[: _READS - len(asked)]
        if not wanted:
            break
        asked.update(wanted)
        trees += [source.texts(path) for path in wanted]
    secure = tls_files.gather(source.tls, tree, reached, folder)
    known = {*tree.files, *tree.left_out, *tree.links}
    missing = sorted(path for path in reached if path not in known and tree.resolve(path) not in known)
    return {"main": main, **_texts(tree, reached, folder, redactor), **secure}, missing


def includes(data: bytes, folder: str) -> Iterator[str]:
    """Yield the paths and patterns that a file includes; relative ones begin in `folder`."""
    for found in _INCLUDE.finditer(data.decode("utf-8", "surrogateescape")):
        pattern = found[1].strip("\"'")
        if "$" not in pattern:
            yield posixpath.normpath(posixpath.join(folder, pattern))


def _reached(tree: Tree, main: str) -> Set[str]:
    """Return the paths that nginx opens, as it names them, beginning with `main`."""
    folder, waiting = posixpath.dirname(main), [main]
    reached: Set[str] = set()
    names = sorted({*tree.files, *tree.links, *tree.left_out})
    while waiting and len(reached) < _FILES:
        path = waiting.pop()
        if path in reached:
            continue
        reached.add(path)
        for pattern in includes(tree.files.get(tree.resolve(path), b""), folder):
            waiting += _matching(pattern, names) if any(sign in pattern for sign in "*?[") else [pattern]
    return reached


def _matching(pattern: str, names: List[str]) -> List[str]:
    """Return the names that a pattern of glob(7) matches: no `*` crosses a `/`, none begins a hidden name."""
    parts = pattern.split("/")
    return [
        name for name in names if name.count("/") == pattern.count("/") and all(map(_matches, name.split("/"), parts))
    ]


def _matches(piece: str, part: str) -> bool:
    return fnmatch.fnmatchcase(piece, part) and (piece[:1] != "." or part[:1] == ".")


def _named(tree: Tree, reached: Set[str], folder: str) -> Tuple[Set[str], Set[str]]:
    """Return the files that includes name, and the folders in which their patterns look."""
    files: Set[str] = set()
    folders: Set[str] = set()
    for path in reached:
        for pattern in includes(tree.files.get(tree.resolve(path), b""), folder):
            fixed = re.split(r"[*?\[]", pattern, maxsplit=1)[0]
            if fixed == pattern:
                files.add(pattern)
            elif posixpath.dirname(fixed) not in ("", "/"):
                folders.add(posixpath.dirname(fixed))
    return files, folders


def _wanted(tree: Tree, reached: Set[str], main: str) -> Set[str]:
    """Return what is named and stands neither among what was read nor in a folder that was read whole."""
    files, folders = _named(tree, reached, posixpath.dirname(main))
    cut = tree.folders & set(tree.left_out)
    whole = {path for path in tree.folders if not any(within(path, one) for one in cut)}
    known = {*tree.files, *tree.links, *tree.left_out}
    return {path for path in {main, *files, *folders} - known if not any(within(path, one) for one in whole)}


def _texts(tree: Tree, reached: Set[str], folder: str, redactor: Redactor) -> Dict[str, Any]:
    files: Dict[str, Dict[str, str]] = {}
    unread: List[str] = []
    total = 0
    for path in sorted(reached):
        real = tree.resolve(path)
        data = tree.files.get(real)
        if data is None:
            if real in tree.left_out:
                unread.append("%s: %s" % (path, tree.left_out[real]))
            elif path in tree.links:
                unread.append("%s: it links to %s, which was not read" % (path, tree.links[path]))
            continue
        total += len(data)
        if total > _TOTAL_BYTES:
            unread.append("%s: all files together are larger than %d bytes" % (path, _TOTAL_BYTES))
        elif _PRIVATE in data:
            unread.append("%s: it contains a private key, which does not leave the host" % path)
        else:
            text, encoding = nginx_text.decoded(data)
            shown = nginx_text.redact(text, redactor)
            files[path] = {"text": shown, "encoding": encoding, "digest": redactor.fingerprint(data)}
    # A folder that is too large matters where a pattern looks in it; files that are named were read one by one.
    cut = _named(tree, reached, folder)[1] & set(tree.left_out)
    unread += sorted("%s: %s" % (path, tree.left_out[path]) for path in cut)
    return {"files": files, "unread": unread}
