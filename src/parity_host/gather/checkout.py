"""The Git checkout that a project's compose files are in: its commit, what is changed, what its history is.

Only files of the repository are read (`parity_host/git`): git is not run, so that nothing that a repository configures
is run either, and nothing below `.git` changes.
"""

from __future__ import annotations

import os
import re
import time
from typing import Any, Dict, Iterable, List, Mapping, Sequence, Tuple

from ..git.attributes import Attributes
from ..git.changes import Change, Committed, Finder
from ..git.history import Bounds, History
from ..git.index import Entry, UnreadableIndexError, entries
from ..git.inside import Folder, folder
from ..git.objects import Objects
from ..git.refs import Head, Refs
from ..secrets.redact import Redactor
from .stack_reads import StackReads

# Of the processor, for the history, and for files that the stack does not read: a host under load sees no less.
_SECONDS = 0.1
_COMMITS = 400
_ON_REMOTES = 3000
_TAGS = 500
_INDEX_LIMIT = 32 * 1024 * 1024
_SUBMODULES = 50
_SHORT, _CHANGE = 16, 12
_HIGHEST = 40
_SUBMODULE_GIT = re.compile(r"gitdir: ((?:\.\./)+)\.git/(modules/[^\s\0]{1,200})\s*\Z")
_WITH_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,20}://)([^/]*)(.*)", re.S)
_LIKE_SCP = re.compile(r"[^/@:]*@(?=[^/]+:)")


def gather(
    project: Mapping[str, Any], engine: Mapping[str, Any], config: Mapping[str, Any], redactor: Redactor
) -> Dict[str, Any]:
    """Return the facts of the checkout; `state` is `seen`, `absent` or `unseen`, the last two with a `reason`.

    `project`, `engine` and `config` are what those sources found.
    """
    compose_files = [os.path.realpath(path) for path in project.get("compose_files", ())]
    root = _root(os.path.dirname(compose_files[0])) if compose_files else ""
    if not root:
        return {"state": "absent", "reason": "the compose files are in no Git repository"}
    opened: List[Folder] = []
    try:
        checkout = folder(root)
        opened.append(checkout)
        git = checkout.below(".git")
        opened.append(git)
    except NotADirectoryError:
        reason = "%s is a linked worktree, a submodule or a link; it is not read" % os.path.join(root, ".git")
        return _closed({"state": "absent", "reason": reason}, opened)
    except OSError as error:
        reason = "%s cannot be read: %s" % (os.path.join(root, ".git"), error.strerror)
        return _closed({"state": "unseen", "reason": reason}, opened)
    reads = StackReads(root, project, engine, config)
    return _closed(_Checkout(root, checkout, git, redactor).facts(reads, compose_files), opened)


def _closed(facts: Dict[str, Any], opened: Sequence[Folder]) -> Dict[str, Any]:
    for one in opened:
        one.close()
    return facts


class _Checkout:
    def __init__(self, root: str, checkout: Folder, git: Folder, redactor: Redactor) -> None:
        self._root, self._checkout, self._git, self._redactor = root, checkout, git, redactor

    def facts(self, reads: StackReads, compose_files: Iterable[str]) -> Dict[str, Any]:
        refs = Refs(self._git)
        try:
            head = refs.head()
            # Without a commit there is no name whose length says how the repository names objects.
            width = len(head.commit) // 2 or 20
            tracked, written = self._tracked(width)
        except (FileNotFoundError, ValueError, UnreadableIndexError) as error:
            said = error if not isinstance(error, OSError) else "it has no index"
            return {"state": "absent", "reason": "the Git repository %s is not read: %s" % (self._root, said)}
        except OSError as error:
            reason = "the Git repository %s cannot be read: %s" % (self._root, error.strerror or error)
            return {"state": "unseen", "reason": reason}
        paths = {entry.path for entry in tracked}
        if not any(os.fsencode(os.path.relpath(path, self._root)) in paths for path in compose_files):
            return {"state": "absent", "reason": "the compose files are not tracked by the Git repository around them"}
        if not head.commit:
            return {"state": "absent", "reason": "the Git repository %s has no commit" % self._root}
        objects = Objects(self._git, width)
        history = History(objects)
        try:
            return {
                "state": "seen",
                "root": self._root,
                "commit": head.commit,
                "branch": self._redactor.text(head.branch),
                "shallow": refs.shallow(),
                "remotes": {name: shown_address(url, self._redactor) for name, url in refs.remotes().items()},
                **self._history(refs, head, history),
                **self._changes(Committed(objects, history.tree(head.commit), width), tracked, written, reads),
                "submodules": self._submodules(tracked),
            }
        finally:
            objects.close()

    def _tracked(self, width: int) -> Tuple[List[Entry], int]:
        with self._git.opened("index") as descriptor:
            written = os.fstat(descriptor).st_mtime_ns
        return list(entries(self._git.read("index", _INDEX_LIMIT), width)), written

    def _history(self, refs: Refs, head: Head, history: History) -> Dict[str, Any]:
        until = time.thread_time() + _SECONDS
        last = history.last(head.commit, Bounds(_COMMITS, until))
        tags = history.tagged(head.commit, refs.tags(), refs.loose_tags(), Bounds(_TAGS, until))
        tips = refs.on_remotes() | refs.fetched()
        on_remote = None
        if tips and last:
            on_remote = bool(tags) or history.within(head.commit, tips, Bounds(_ON_REMOTES, until))
        first = next(iter(last.values()), None)
        return {
            "committed": first.committed if first else 0,
            "tags": [self._redactor.text(tag) for tag in tags],
            "on_remote": on_remote,
            "commits": [
                {
                    "id": name[:_SHORT],
                    "parents": [parent[:_SHORT] for parent in commit.parents],
                    "change": self._redactor.fingerprint(commit.change)[:_CHANGE],
                }
                for name, commit in last.items()
            ],
        }

    def _changes(
        self, committed: Committed, tracked: Sequence[Entry], written: int, reads: StackReads
    ) -> Dict[str, Any]:
        attributes = Attributes(self._checkout, self._git)
        finder = Finder(self._checkout, committed, attributes, written, time.thread_time() + _SECONDS)
        found = finder.find(tracked, reads.role)
        return {
            "changed": [self._told(change) for change in found.read],
            "others": [self._told(change)["path"] for change in found.others],
            "not_compared": found.unknown,
        }

    def _told(self, change: Change) -> Dict[str, str]:
        path = self._redactor.text(change.path.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
        return {"path": path, "how": change.how, "role": change.role}

    def _submodules(self, tracked: Iterable[Entry]) -> List[Dict[str, str]]:
        """Return the submodules that are checked out at another commit than the checkout's own commit names."""
        found = []
        for entry in [entry for entry in tracked if entry.is_submodule][:_SUBMODULES]:
            path = os.fsdecode(entry.path)
            commit = self._commit_of(path)
            if commit and commit != entry.object.hex():
                named = {"path": self._redactor.text(path), "commit": commit, "recorded": entry.object.hex()}
                found.append(named)
        return found

    def _commit_of(self, path: str) -> str:
        """Return the commit of a submodule whose repository is below `.git/modules`; an empty text for any other."""
        try:
            named = _SUBMODULE_GIT.match(self._checkout.read(path + "/.git", 4096).decode("utf-8"))
            if named is None or named.group(1).count("../") != path.count("/") + 1:
                return ""
            below = self._git.below(named.group(2))
        except (OSError, ValueError):
            return ""
        try:
            return Refs(below).head().commit
        except ValueError:
            return ""
        finally:
            below.close()


def shown_address(url: str, redactor: Redactor) -> str:
    """Return a remote's address without its user, password, token and query, which are kept out of all else too."""
    redactor.text(url)
    with_scheme = _WITH_SCHEME.match(url)
    if with_scheme is None:
        return redactor.text(_LIKE_SCP.sub("", url, 1))
    scheme, authority, path = with_scheme.groups()
    return redactor.text(scheme + authority.rpartition("@")[2] + re.split(r"[?#]", path)[0])


def _root(directory: str) -> str:
    """Return the folder that has `.git`, at or above a directory; empty where none does."""
    for _ in range(_HIGHEST):
        if os.path.lexists(os.path.join(directory, ".git")):
            return directory
        above = os.path.dirname(directory)
        if above == directory:
            break
        directory = above
    return ""
