"""The Git checkout that the compose files of an environment are in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Commit:
    """A commit by the beginning of its name, and of its parents'. `change` is equal where it was picked or rebased."""

    id: str
    parents: tuple[str, ...]
    change: str


@dataclass(frozen=True)
class ChangedFile:
    """A tracked file that is not as its commit has it: `how`, and as what the stack reads it."""

    path: str
    how: str
    role: str


@dataclass(frozen=True)
class Submodule:
    """A submodule that is not at the commit that is recorded for it."""

    path: str
    commit: str
    recorded: str


@dataclass(frozen=True)
class Checkout:
    """The Git checkout that the compose files are in.

    `branch` is empty where HEAD is detached; `on_remote` says whether a remote has the commit, None where nobody knows.
    `commits` are the last ones, `changed` what the stack reads, `others` the paths of other files that are changed.
    """

    host: str
    root: str
    commit: str
    branch: str
    tags: tuple[str, ...]
    on_remote: bool | None
    remotes: Mapping[str, str]
    commits: tuple[Commit, ...]
    changed: tuple[ChangedFile, ...]
    others: tuple[str, ...]
    submodules: tuple[Submodule, ...]

    @property
    def shown(self) -> str:
        """The commit in a few words, with its tag."""
        tag = f" ({self.tags[0]})" if self.tags else ""
        return self.commit[:10] + tag

    @property
    def dirty(self) -> tuple[str, ...]:
        """The paths of all changed files that were found."""
        return (*(file.path for file in self.changed), *self.others)
