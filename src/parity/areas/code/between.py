"""Where the environments' commits differ: against each production, and among the hosts of one environment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from parity.areas.code.histories import Relation, relation
from parity.compare.comparison import Comparison
from parity.domain.checkout import Checkout, Commit
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Stack

_SHOWN = 5
Pair = tuple[Stack, Checkout]


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield where commits differ and one environment lacks what another has."""
    for stack in comparison.stacks:
        if len({checkout.commit for checkout in stack.checkouts}) > 1:
            yield _hosts(stack)
    pairs = [(stack, stack.checkout) for stack in comparison.stacks if stack.checkout is not None]
    productions = [pair for pair in pairs if pair[0].production]
    others = [pair for pair in pairs if not pair[0].production]
    if len({checkout.commit for _, checkout in productions}) > 1:
        yield _productions(productions)
    for pair in productions:
        yield from _against(pair, others)


def _hosts(stack: Stack) -> Difference:
    pieces = tuple(_evidence(stack, checkout) for checkout in stack.checkouts)
    shown = sorted({checkout.commit[:10] for checkout in stack.checkouts})
    odd = _odd([(stack, checkout) for checkout in stack.checkouts])
    hosts = ", ".join(checkout.host for _, checkout in odd)
    return Difference(
        rule="code.hosts-differ",
        environments=(stack.environment,),
        evidence=pieces,
        words={"commits": ", ".join(shown), "hosts": hosts},
    )


def _productions(pairs: Sequence[Pair]) -> Difference:
    odd = sorted({stack.environment for stack, _ in _odd(pairs)})
    shown = ", ".join(f"{stack.environment} has {checkout.shown}" for stack, checkout in pairs)
    return Difference(
        rule="code.commit-differs",
        environments=tuple(odd),
        evidence=tuple(_evidence(stack, checkout) for stack, checkout in pairs),
        words={"commits": shown},
    )


def _odd(pairs: Sequence[Pair]) -> list[Pair]:
    """Return those without the commit that more than half have; all where none has so many."""
    usual, count = Counter(checkout.commit for _, checkout in pairs).most_common(1)[0]
    return [pair for pair in pairs if count * 2 <= len(pairs) or pair[1].commit != usual]


def _against(production: Pair, others: Sequence[Pair]) -> Iterator[Difference]:
    """Yield who lacks what production runs, and whom production is behind."""
    lacking: list[tuple[Pair, Relation]] = []
    ahead: list[tuple[Pair, Relation]] = []
    for other in others:
        found = relation(production[1], other[1], production[0].run == other[0].run)
        if found is not None and found.only_first:
            lacking.append((other, found))
        elif found is not None and found.only_second:
            ahead.append((other, found))
    if lacking:
        yield _lacking(production, lacking)
    if ahead:
        yield _behind(production, ahead)


def _lacking(production: Pair, lacking: Sequence[tuple[Pair, Relation]]) -> Difference:
    stack, checkout = production
    most = max((found.only_first for _, found in lacking), key=len)
    strays = all(found.only_second and not _same_branch(checkout, other[1]) for other, found in lacking)
    return Difference(
        rule="code.production-ahead",
        environments=tuple(other[0].environment for other, _ in lacking),
        item=stack.environment,
        evidence=(
            _evidence(stack, checkout),
            *(_evidence(*other, f", without {_count(found.only_first)}") for other, found in lacking),
        ),
        words={"commits": _names(most), "count": _count(most), "production": stack.environment},
        facts=frozenset({"another-branch"} if strays else ()),
    )


def _behind(production: Pair, ahead: Sequence[tuple[Pair, Relation]]) -> Difference:
    stack, checkout = production
    said = [f"{_count(found.only_second)} behind {other[0].environment}" for other, found in ahead]
    return Difference(
        rule="code.behind",
        environments=(stack.environment,),
        evidence=(
            _evidence(stack, checkout),
            *(_evidence(*other, f", {_count(found.only_second)} ahead") for other, found in ahead),
        ),
        words={"behind": ", ".join(said), "commit": checkout.shown},
    )


def _same_branch(one: Checkout, other: Checkout) -> bool:
    return bool(one.branch) and one.branch == other.branch


def _evidence(stack: Stack, checkout: Checkout, more: str = "") -> Evidence:
    on = f" on {checkout.branch}" if checkout.branch else ", detached"
    host = f" on {checkout.host}" if len(stack.checkouts) > 1 else ""
    return Evidence(stack.environment, f"commit {checkout.shown}{on}{more}", checkout.root + host)


def _names(commits: Sequence[Commit]) -> str:
    more = f" and {len(commits) - _SHOWN} more" if len(commits) > _SHOWN else ""
    return ", ".join(commit.id[:10] for commit in commits[:_SHOWN]) + more


def _count(commits: Sequence[Commit]) -> str:
    return f"{len(commits)} commit{'s' if len(commits) != 1 else ''}"
