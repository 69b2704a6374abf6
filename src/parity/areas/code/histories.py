"""How two commits follow one another, from the last commits that each host knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from parity.domain.checkout import Checkout, Commit


@dataclass(frozen=True)
class Relation:
    """Two commits with a common ancestor: the changes that only one has, and whether one follows the other.

    Merges are no changes, and what was picked or rebased counts once.
    """

    only_first: tuple[Commit, ...]
    only_second: tuple[Commit, ...]


def relation(first: Checkout, second: Checkout, comparable: bool) -> Relation | None:
    """Return how two checkouts' commits are related; None where too little of their histories is known.

    `comparable` says whether the changes of commits can be compared: they are fingerprints of one run.
    """
    known = {commit.id: commit for commit in (*first.commits, *second.commits)}
    if not first.commits or not second.commits:
        return None
    ours, theirs = (_followed(one.commits[0].id, known) for one in (first, second))
    # What a commit follows that nobody sent may lead anywhere.
    if not ours & theirs or any(name not in known for name in ours ^ theirs):
        return None
    mine, other = _changes(first.commits, ours - theirs, known), _changes(second.commits, theirs - ours, known)
    if not comparable:
        return Relation(mine, other)
    return Relation(_without(mine, other), _without(other, mine))


def _followed(head: str, known: Mapping[str, Commit]) -> set[str]:
    """Return a commit and all that it follows, as far as that is known."""
    found, waiting = {head}, [head]
    while waiting:
        commit = known.get(waiting.pop())
        new = [parent for parent in (commit.parents if commit else ()) if parent not in found]
        found.update(new)
        waiting += new
    return found


def _changes(order: Iterable[Commit], names: set[str], known: Mapping[str, Commit]) -> tuple[Commit, ...]:
    """Return the commits of `names` that are no merges, in an order as far as that has them."""
    ordered = dict.fromkeys([*(commit.id for commit in order if commit.id in names), *sorted(names)])
    return tuple(known[name] for name in ordered if len(known[name].parents) < 2)


def _without(some: tuple[Commit, ...], others: tuple[Commit, ...]) -> tuple[Commit, ...]:
    changes = {commit.change for commit in others}
    return tuple(commit for commit in some if commit.change not in changes)
