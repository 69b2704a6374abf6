"""What one environment runs that no commit has, or that only its host has.

A checkout that nothing runs from may be somebody's working copy: it is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parity.compare.comparison import Comparison
from parity.domain.checkout import Checkout
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Stack

# What a finding calls the ways in which a file differs from its commit.
_HOW: Final = {
    "modified": "modified",
    "replaced": "replaced by a link or a folder",
    "deleted": "deleted",
    "staged": "staged, not committed",
    "conflict": "has a merge conflict",
}
# As what the stack reads a file: the host's word for it, and ours.
_ENV_FILE, _WRITABLE = "env-file", "writable-file"
_ROLES: Final = {
    "compose-file": "compose file",
    _ENV_FILE: "env file",
    "nginx-configuration": "nginx configuration",
    "loki-configuration": "Loki configuration",
    "mounted-file": "mounted file",
    _WRITABLE: "mounted file",
}
_SHOWN: Final = 5
_ELSEWHERE: Final = "not-in-production"


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what is in no commit of an environment that runs, and commits that no remote has."""
    for stack in comparison.stacks:
        for checkout in stack.checkouts if stack.runs else ():
            if stack.production:
                yield from _changed(stack, checkout, comparison)
                yield from _submodules(stack, checkout)
                if checkout.on_remote is False and not _elsewhere(checkout, comparison):
                    yield _on_no_remote(stack, checkout)
            yield from _others(stack, checkout)


def _changed(stack: Stack, checkout: Checkout, comparison: Comparison) -> Iterator[Difference]:
    for file in checkout.changed:
        how, role = _HOW.get(file.how, file.how), _ROLES.get(file.role, "file")
        path = f"{checkout.root}/{file.path}"
        yield Difference(
            rule="code.changed-file",
            environments=(stack.environment,),
            item=file.path,
            evidence=(Evidence(stack.environment, f"{how}, {role}", path),),
            words={"how": how, "role": role, "commit": checkout.shown, "root": checkout.root},
            ways=frozenset({_ENV_FILE} if file.role == _ENV_FILE else ()),
            facts=frozenset({"container-writes"} if file.role == _WRITABLE else ()),
            mentions=_readers(stack, path, comparison),
        )


def _readers(stack: Stack, path: str, comparison: Comparison) -> frozenset[str]:
    """Return the services whose containers get the variables of an env file."""
    of_service = comparison.files[stack.environment].of_service
    members = ((match.name, match.members.get(stack.environment)) for match in comparison.matches)
    return frozenset(name for name, member in members if member and path in of_service.get(member.name, ()))


def _others(stack: Stack, checkout: Checkout) -> Iterator[Difference]:
    files = checkout.others if stack.production else checkout.dirty
    if not files:
        return
    more = f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else ""
    names = ", ".join(files[:_SHOWN]) + more
    yield Difference(
        rule="code.uncommitted",
        environments=(stack.environment,),
        evidence=(Evidence(stack.environment, names, checkout.root),),
        words={"names": names, "commit": checkout.shown, "root": checkout.root},
        ways=frozenset() if stack.production else frozenset({_ELSEWHERE}),
    )


def _submodules(stack: Stack, checkout: Checkout) -> Iterator[Difference]:
    for one in checkout.submodules:
        yield Difference(
            rule="code.submodule-differs",
            environments=(stack.environment,),
            item=one.path,
            evidence=(
                Evidence(
                    stack.environment,
                    f"commit {one.commit[:10]}, recorded {one.recorded[:10]}",
                    f"{checkout.root}/{one.path}",
                ),
            ),
            words={"commit": one.commit[:10], "recorded": one.recorded[:10], "root": checkout.root},
        )


def _elsewhere(checkout: Checkout, comparison: Comparison) -> bool:
    """Return whether another environment follows a commit of a remote that has it."""
    return any(
        other.on_remote and any(checkout.commit.startswith(commit.id) for commit in other.commits)
        for stack in comparison.stacks
        for other in stack.checkouts
    )


def _on_no_remote(stack: Stack, checkout: Checkout) -> Difference:
    remotes = ", ".join(f"{name} ({url})" for name, url in sorted(checkout.remotes.items())) or "no remote"
    on = f" on {checkout.branch}" if checkout.branch else ", detached"
    return Difference(
        rule="code.on-no-remote",
        environments=(stack.environment,),
        evidence=(Evidence(stack.environment, f"commit {checkout.shown}{on}; {remotes}", checkout.root),),
        words={"commit": checkout.shown, "remotes": remotes, "host": checkout.host, "root": checkout.root},
    )
