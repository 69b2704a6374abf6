"""Git's names of commits: HEAD, branches of remotes, tags, and what the last fetch brought.

Source: https://git-scm.com/docs/gitrepository-layout.
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, NamedTuple, Set, Tuple

from .inside import Folder

_SMALL = 4096
_PACKED_LIMIT = 4 * 1024 * 1024
_LOOSE_LIMIT = 1000
_DEPTH = 12
_TAGS, _REMOTES = "refs/tags/", "refs/remotes/"
_OBJECT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# Source: https://git-scm.com/docs/git-check-ref-format.
_NAME = re.compile(r"refs/[^\s\0-\x1f\x7f~^:?*\[\\]{1,250}")
_NEVER = re.compile(r"\.\.|@\{|//|/\.|[./]\Z|\.lock\Z")
_SECTION = re.compile(r'\s*\[remote "([\w.-]{1,80})"\]')
_URL = re.compile(r"\s*url\s*=\s*(\S.{0,400}?)\s*$")


class Head(NamedTuple):
    """What is checked out: a commit, and the branch unless it is detached; no commit where there is none yet."""

    commit: str
    branch: str


class Refs:
    """The names of one repository."""

    def __init__(self, git: Folder) -> None:
        """Take the folder `.git`."""
        self._git = git
        self._packed, self._peeled = _packed(_text(git, "packed-refs", _PACKED_LIMIT))

    def head(self, name: str = "HEAD") -> Head:
        """Return what is checked out; raises ValueError where that cannot be told."""
        said = _text(self._git, name, _SMALL).strip()
        if _OBJECT.fullmatch(said):
            return Head(said, "")
        target = said[4:].strip() if said.startswith("ref:") else ""
        if not target.startswith("refs/heads/") or not is_name(target) or target == "refs/heads/.invalid":
            raise ValueError("HEAD names no branch and no commit")
        return Head(self._commit(target), target[len("refs/heads/") :])

    def _commit(self, name: str) -> str:
        said = _text(self._git, name, _SMALL).strip()
        return said if _OBJECT.fullmatch(said) else self._packed.get(name, "")

    def on_remotes(self) -> Set[str]:
        """Return the commits at which branches of remotes stand."""
        packed = {name: at for name, at in self._packed.items() if name.startswith(_REMOTES)}
        return set({**packed, **self._loose(_REMOTES)}.values())

    def tags(self) -> Dict[str, str]:
        """Return the packed tags by name, each with its commit."""
        own = {name: self._peeled.get(name, at) for name, at in self._packed.items() if name.startswith(_TAGS)}
        return {name[len(_TAGS) :]: at for name, at in own.items()}

    def loose_tags(self) -> Dict[str, str]:
        """Return the other tags by name, each with its commit or with the object of the tag, which names its commit."""
        return {name[len(_TAGS) :]: at for name, at in self._loose(_TAGS).items()}

    def fetched(self) -> Set[str]:
        """Return the commits that the last fetch brought."""
        lines = _text(self._git, "FETCH_HEAD", _PACKED_LIMIT).splitlines()
        return {line.split("\t")[0] for line in lines if _OBJECT.fullmatch(line.split("\t")[0])}

    def shallow(self) -> bool:
        """Whether older commits were never fetched."""
        return bool(_text(self._git, "shallow", _PACKED_LIMIT))

    def remotes(self) -> Dict[str, str]:
        """Return the addresses of remotes by name, as the repository's own configuration has them."""
        found: Dict[str, str] = {}
        section = ""
        for line in _text(self._git, "config", _PACKED_LIMIT).splitlines():
            if line.lstrip().startswith("["):
                named = _SECTION.match(line)
                section = named.group(1) if named else ""
            address = _URL.match(line) if section else None
            if address:
                found.setdefault(section, address.group(1).strip('"'))
        return found

    def _loose(self, prefix: str) -> Dict[str, str]:
        names = (name for name in _files(self._git, prefix.rstrip("/"), _DEPTH, [_LOOSE_LIMIT]) if is_name(name))
        said = ((name, _text(self._git, name, _SMALL).strip()) for name in names)
        return {name: at for name, at in said if _OBJECT.fullmatch(at)}


def is_name(name: str) -> bool:
    """Return whether Git allows this name of a branch or tag."""
    return _NAME.fullmatch(name) is not None and _NEVER.search(name) is None


def _files(git: Folder, folder: str, depth: int, left: List[int]) -> Iterator[str]:
    for name in git.names(folder) if depth else ():
        left[0] -= 1
        if left[0] < 0:
            return
        path = "%s/%s" % (folder, name)
        yield path
        yield from _files(git, path, depth - 1, left)


def _text(git: Folder, name: str, limit: int) -> str:
    """Return a small file's text, an empty one where there is none."""
    try:
        return git.read(name, limit).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""


def _packed(text: str) -> Tuple[Dict[str, str], Dict[str, str]]:
    """Return the packed names with what they name, and the commits of those that name an annotated tag."""
    found: Dict[str, str] = {}
    peeled: Dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("^") and _OBJECT.fullmatch(line[1:]) and name:
            peeled[name] = line[1:]
        else:
            commit, _, name = line.partition(" ")
            if _OBJECT.fullmatch(commit) and is_name(name):
                found[name] = commit
    return found, peeled
