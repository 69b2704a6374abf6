"""Files as a container has them, mounts included, read through the engine's archive: nothing runs in the container."""

from __future__ import annotations

import base64
import io
import json
import posixpath
import tarfile
from typing import Callable, Dict, List, NamedTuple, Optional, Set, Tuple

from .answers import MalformedError, shaped
from .client import ANSWER_LIMIT_BYTES, Engine, NotFoundError, UnusableAnswerError

FILE_LIMIT_BYTES = 1024 * 1024
_LINKS = 8
# The modes that the engine sends are Go's: https://pkg.go.dev/io/fs#FileMode
_STAT_HEADER = "X-Docker-Container-Path-Stat"
_STAT = {"mode": int, "size": int, "mtime": str, "linkTarget": str}
_LINK = 1 << 27
_NO_FILE = 1 << 31 | _LINK | 1 << 26 | 1 << 25 | 1 << 24 | 1 << 21 | 1 << 19
_EXECUTABLE = 0o111


class Tree(NamedTuple):
    """Part of a container's files: contents by absolute path, links by theirs, folders, and what was left out, why."""

    files: Dict[str, bytes]
    links: Dict[str, str]
    folders: Set[str]
    left_out: Dict[str, str]

    def resolve(self, path: str) -> str:
        """Return the path that `path` leads to, its links followed."""
        for _ in range(_LINKS):
            target = self.links.get(path)
            if target is None:
                return path
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        return path


class Stat(NamedTuple):
    """What stands at a path: a `link`'s target, else empty; whether it is a regular file, and may be executed.

    `changed` is when it was, as the engine writes it.
    """

    link: str
    regular: bool
    executable: bool
    size: int
    changed: str


def stat(engine: Engine, container: str, path: str) -> Optional[Stat]:
    """Return what stands at `path` in a container, None where nothing does; no file is read.

    Of a link, the engine names the path that it leads to in the end. Raises EngineUnavailableError.
    """
    at = "/containers/%s/archive" % container
    try:
        told = engine.header(_STAT_HEADER, at, path=path)
    except NotFoundError:
        return None
    try:
        found = shaped(json.loads(base64.b64decode(told)), _STAT)
        mode, size, target = found["mode"], found["size"], found.get("linkTarget", "")
    except (ValueError, KeyError, RecursionError, MalformedError):
        raise UnusableAnswerError("%s: what stands at a path in a container cannot be read" % engine.endpoint) from None
    return Stat(
        target if mode & _LINK else "", not mode & _NO_FILE, bool(mode & _EXECUTABLE), size, found.get("mtime", "")
    )


# What returns the tree that stands at a path.
Read = Callable[[str], Tree]


def read(engine: Engine, container: str, path: str, most: int = FILE_LIMIT_BYTES) -> Tree:
    """Return what stands at `path` in a container: one file, or a folder with all below it.

    A path at which nothing stands gives an empty tree; where a link stands, what it leads to is read too. Files above
    `most` bytes are left out, and where the whole is larger than the engine client reads, what lies behind.
    Raises EngineUnavailableError.
    """
    trees: List[Tree] = []
    for _ in range(_LINKS):
        try:
            raw = engine.get_bytes("/containers/%s/archive" % container, path=path)
        except NotFoundError:
            break
        trees.append(_unpack(raw, path, most))
        target = trees[-1].links.get(path)
        if target is None:
            break
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    return merge(trees)


def _unpack(raw: bytes, path: str, most: int) -> Tree:
    tree = Tree({}, {}, set(), {})
    folder = posixpath.dirname(path.rstrip("/"))
    # An archive that was cut off may end as if it were whole: behind a large file nothing tells.
    whole = len(raw) < ANSWER_LIMIT_BYTES
    try:
        with tarfile.open(fileobj=io.BytesIO(raw), mode="r|") as archive:
            for member in archive:
                _add(tree, archive, member, posixpath.normpath(posixpath.join(folder or "/", member.name)), most)
    except (tarfile.TarError, EOFError, ValueError):
        whole = False
    if not whole:
        tree.left_out[path] = "it is larger than %d bytes; the rest was not read" % ANSWER_LIMIT_BYTES
    return tree


def _add(tree: Tree, archive: tarfile.TarFile, member: tarfile.TarInfo, path: str, most: int) -> None:
    if member.isdir():
        tree.folders.add(path)
    elif member.issym():
        tree.links[path] = member.linkname
    elif member.isfile() and member.size > most:
        tree.left_out[path] = "it is larger than %d bytes" % most
    elif member.isfile():
        content = archive.extractfile(member)
        tree.files[path] = content.read() if content else b""


def merge(trees: List[Tree]) -> Tree:
    """Return several trees as one; of two that have the same path, the later counts."""
    merged = Tree({}, {}, set(), {})
    for tree in trees:
        merged.files.update(tree.files)
        merged.links.update(tree.links)
        merged.folders.update(tree.folders)
        merged.left_out.update(tree.left_out)
    return merged


def options(argv: List[str], names: Tuple[str, ...]) -> str:
    """Return the value of the last option of `names` in a command, given as `-c x`, `-cx` or `--name=x`; else empty."""
    found = ""
    for at, word in enumerate(argv):
        for name in names:
            if word == name and at + 1 < len(argv):
                found = argv[at + 1]
            elif word.startswith(name + "="):
                found = word[len(name) + 1 :]
            elif len(name) == 2 and word.startswith(name) and len(word) > 2:
                found = word[2:]
    return found
