"""The last commits of a checkout: their names, what they follow, and whether a remote has them."""

from __future__ import annotations

import heapq
import re
import time
from typing import Collection, Dict, List, Mapping, NamedTuple, Optional, Tuple

from .objects import MissingError, Objects

_COMMIT_LIMIT = 256 * 1024
_TAGS = 5
_OBJECT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_TIME = re.compile(r" (\d{1,12}) [+-]\d{4}\Z")
# By how much the clocks of those who commit may differ.
_SLACK_SECONDS = 24 * 3600


class Commit(NamedTuple):
    """One commit. `change` is the same for what was picked or rebased: its author, when it was written, its subject."""

    tree: str
    parents: Tuple[str, ...]
    committed: int
    change: bytes


class Bounds(NamedTuple):
    """How many commits are read for one question, and the moment (`time.thread_time`) at which that ends."""

    commits: int
    until: float

    def left(self, count: int) -> bool:
        """Return whether another commit may be read after `count` of them."""
        return count < self.commits and time.thread_time() < self.until


class History:
    """The commits of one repository; each is read once."""

    def __init__(self, objects: Objects) -> None:
        """Take the repository's objects."""
        self._objects = objects
        self._known: Dict[str, Commit] = {}

    def commit(self, name: str) -> Commit:
        """Return a commit; raises MissingError where it cannot be read."""
        known = self._known.get(name)
        if known is None:
            read = self._objects.read(name, _COMMIT_LIMIT)
            if read.kind != "commit":
                raise MissingError(name)
            known = self._known[name] = _commit(name, read.content)
        return known

    def tree(self, name: str) -> str:
        """Return the tree of a commit, an empty text where that cannot be read."""
        try:
            return self.commit(name).tree
        except MissingError:  # it is in a repository that this one borrows from
            return ""

    def last(self, head: str, bounds: Bounds) -> Dict[str, Commit]:
        """Return `head` and what it follows, the newest first, as many as the bounds allow."""
        found: Dict[str, Commit] = {}
        waiting: List[Tuple[int, str]] = [(0, head)]
        met = {head}
        while waiting and bounds.left(len(found)):
            _, name = heapq.heappop(waiting)
            try:
                commit = self.commit(name)
            except MissingError:  # what a shallow clone lacks
                continue
            found[name] = commit
            for parent in commit.parents:
                if parent not in met:
                    met.add(parent)
                    heapq.heappush(waiting, (-self._time(parent), parent))
        return found

    def _time(self, name: str) -> int:
        try:
            return self.commit(name).committed
        except MissingError:
            return 0

    def within(self, head: str, tips: Collection[str], bounds: Bounds) -> Optional[bool]:
        """Return whether `head` is one of `tips` or of what they follow; None where that cannot be told."""
        young = self._time(head)
        waiting = [(name, young) for name in tips]
        met, whole, count = set(tips), True, 0
        if head in met:
            return True
        while waiting:
            if not bounds.left(count):
                return None
            count += 1
            name, follows_at = waiting.pop()
            try:
                commit = self.commit(name)
            except MissingError:  # what a shallow clone lacks is older than what follows it
                whole = whole and follows_at < young
                continue
            if commit.committed < young - _SLACK_SECONDS:
                continue  # nothing that it follows is as young as `head`
            for parent in commit.parents:
                if parent == head:
                    return True
                if parent not in met:
                    met.add(parent)
                    waiting.append((parent, commit.committed))
        return False if whole else None

    def tagged(self, head: str, tags: Mapping[str, str], loose: Mapping[str, str], bounds: Bounds) -> List[str]:
        """Return the tags of a commit, at most five, of those whose commit is known and of others (`loose`)."""
        found = [name for name, at in {**tags, **loose}.items() if at == head]
        for number, (name, at) in enumerate(loose.items()):
            if not bounds.left(number):
                break
            if at != head and self._peeled(at) == head:
                found.append(name)
        return sorted(found)[:_TAGS]

    def _peeled(self, name: str) -> str:
        if name in self._known:
            return name
        try:
            read = self._objects.read(name, _COMMIT_LIMIT)
        except MissingError:
            return ""
        said = _headers(read.content).get("object", "") if read.kind == "tag" else ""
        return said if _OBJECT.fullmatch(said) else ""


def _headers(content: bytes) -> Dict[str, str]:
    found: Dict[str, str] = {}
    for line in content.partition(b"\n\n")[0].decode("utf-8", "replace").split("\n"):
        name, _, value = line.partition(" ")
        found.setdefault(name, value)
    return found


def _commit(name: str, content: bytes) -> Commit:
    head, _, message = content.partition(b"\n\n")
    lines = head.split(b"\n")
    named = [line.decode("ascii", "replace").partition(" ") for line in lines]
    parents = tuple(value for key, _, value in named if key == "parent" and _OBJECT.fullmatch(value))
    tree = next((value for key, _, value in named if key == "tree" and _OBJECT.fullmatch(value)), "")
    who = next((line for line in lines if line.startswith(b"author ")), b"")
    stamp = next((_TIME.search(value) for key, _, value in named if key == "committer"), None)
    if not tree or not who or stamp is None:
        raise MissingError(name)
    return Commit(tree, parents, int(stamp.group(1)), who + b"\n" + message.partition(b"\n")[0])
