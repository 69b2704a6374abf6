"""What compose files declare beside services: networks, volumes, secrets and configs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from parity.compare.comparison import Comparison
from parity.domain.environment_names import without_environment
from parity.domain.findings import Difference, Evidence
from parity.domain.places import in_service
from parity.domain.stack import Stack
from parity.domain.untrusted import as_mapping, mapping, mappings, text
from parity.domain.values import HIDDEN, show
from parity_host.secrets.token import TOKEN

_FILES: Final = {"secrets": "secret", "configs": "config"}
_MADE_BY_OTHERS: Final = {"networks": "compose.external-network", "volumes": "compose.external-volume"}


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what services need and lack, what only one environment takes from outside, and networks closed in some."""
    for stack in comparison.stacks:
        yield from _missing_files(stack)
        yield from _unset_variables(comparison, stack)
        yield from _external(comparison, stack)
    yield from _closed(comparison)
    yield from _contents(comparison)
    yield from _same_secrets(comparison)


def _missing_files(stack: Stack) -> Iterator[Difference]:
    """Yield the files of secrets and configs that services use and that are not there: one difference for all."""
    missing: dict[str, tuple[str, list[str]]] = {}
    for section in _FILES:
        for key, options in mapping(stack.resources, section).items():
            path = text(as_mapping(options), "file")
            users = _users(stack, section, str(key))
            if path and users and stack.paths.get(path) == "missing":
                missing[str(key)] = (stack.shorten(path), users)
    if missing:
        pieces = tuple(
            Evidence(stack.environment, f"{path} does not exist", in_service(user), user)
            for path, users in missing.values()
            for user in users
        )
        services = sorted({user for _, users in missing.values() for user in users})
        words = {"paths": ", ".join(path for path, _ in missing.values()), "names": ", ".join(missing)}
        item = next(iter(missing)) if len(missing) == 1 else ""
        words["services"] = ", ".join(services)
        where = (stack.environment,)
        yield Difference("compose.missing-secret-file", where, "", item, pieces, words, mentions=frozenset(services))


def _unset_variables(comparison: Comparison, stack: Stack) -> Iterator[Difference]:
    """Yield the variables that secrets and configs of services are made of and that nothing sets.

    What has a container got it from the shell that ran Compose.
    """
    known = {name for name, _, _ in comparison.files[stack.environment].project_variables()}
    for section, kind in _FILES.items():
        for key, options in mapping(stack.resources, section).items():
            name = text(as_mapping(options), "environment")
            users = _users(stack, section, str(key))
            if name and name not in known and users and not any(stack.service(user).containers for user in users):
                said = f"The {kind} {show(str(key))} takes its value from {show(name)}, which no env file sets."
                pieces = tuple(Evidence(stack.environment, said, in_service(user), user) for user in users)
                words = {"message": said}
                yield Difference(
                    "compose.required-variable",
                    (stack.environment,),
                    "",
                    name,
                    pieces,
                    words,
                    mentions=frozenset(users),
                )


def _users(stack: Stack, section: str, key: str) -> list[str]:
    """Return the services of an environment that use a secret or config."""
    return sorted(
        name
        for name, service in stack.services.items()
        if service.declared and any(text(use, "source") == key for use in mappings(service.declared.raw, section))
    )


def _external(comparison: Comparison, stack: Stack) -> Iterator[Difference]:
    """Yield what has to exist before an environment can start, where no other environment needs it."""
    others = [other for other in comparison.stacks if other is not stack and other.render_state]
    for section, rule in _MADE_BY_OTHERS.items():
        wanted = {*_from_outside(stack, section)}
        alone = sorted(wanted.difference(*(_from_outside(other, section) for other in others)))
        if alone and others and any(other.services for other in others):
            names = ", ".join(alone)
            where = Evidence(stack.environment, f"external: {names}")
            yield Difference(rule, (stack.environment,), "", "+".join(alone), (where,), {"names": names})


def _from_outside(stack: Stack, section: str) -> dict[str, Any]:
    return {str(key): one for key, one in mapping(stack.resources, section).items() if as_mapping(one).get("external")}


def _contents(comparison: Comparison) -> Iterator[Difference]:
    """Yield configs that compose files write out themselves and whose text differs in more than its environment.

    What is hidden in a text is no difference: each environment has its own secrets.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for stack in comparison.stacks:
        for key, options in mapping(stack.resources, "configs").items():
            if (written := text(as_mapping(options), "content")) and _users(stack, "configs", str(key)):
                found.setdefault(str(key), {})[stack.environment] = TOKEN.sub(HIDDEN, written).splitlines()
    for key, texts in sorted(found.items()):
        lines = {environment: [*map(without_environment, one)] for environment, one in texts.items()}
        own = {
            e: [line for line, plain in zip(texts[e], lines[e], strict=True) if _lacks(lines, e, plain)] for e in texts
        }
        if any(own.values()):
            services = sorted({user for e in texts for user in _users(comparison.stack(e), "configs", key)})
            pieces = tuple(Evidence(e, show(one[0].strip()) if one else "no other lines") for e, one in own.items())
            words = {"services": ", ".join(services), "count": str(max(map(len, own.values())))}
            yield Difference(
                "compose.config-differs", tuple(texts), "", key, pieces, words, mentions=frozenset(services)
            )


def _lacks(lines: Mapping[str, Sequence[str]], environment: str, line: str) -> bool:
    """Return whether another environment's text lacks a line of this one's."""
    return bool(line.strip()) and any(line not in others for one, others in lines.items() if one != environment)


def _same_secrets(comparison: Comparison) -> Iterator[Difference]:
    """Yield the secrets whose files production shares with another environment, as one; only within one run."""
    for ours, theirs in ((a, b) for a in comparison.stacks for b in comparison.stacks if a.production > b.production):
        mine, yours = (_digests(ours), _digests(theirs)) if ours.run == theirs.run else ({}, {})
        shared = [key for key in sorted(mine.keys() & yours.keys()) if mine[key][0] == yours[key][0]]
        users = sorted({user for key in shared for user in _users(ours, "secrets", key)})
        if users:
            sides = ((theirs.environment, yours), (ours.environment, mine))
            pieces = tuple(Evidence(environment, files[key][1]) for key in shared for environment, files in sides)
            words = {"services": ", ".join(users), "names": ", ".join(shared)}
            item, where = shared[0] if len(shared) == 1 else "", (theirs.environment, ours.environment)
            yield Difference("compose.same-secret-file", where, "", item, pieces, words, mentions=frozenset(users))


def _digests(stack: Stack) -> dict[str, tuple[str, str]]:
    """Return the digest and the path of each secret's file that was read, by the secret's key."""
    files = {str(key): text(as_mapping(one), "file") for key, one in mapping(stack.resources, "secrets").items()}
    return {key: (stack.digests[path], stack.shorten(path)) for key, path in files.items() if path in stack.digests}


def _closed(comparison: Comparison) -> Iterator[Difference]:
    """Yield networks without a way out (`internal`) in some environments only."""
    found = {stack.environment: mapping(stack.resources, "networks") for stack in comparison.stacks}
    for key in sorted({str(key) for networks in found.values() for key in networks}):
        closed = {
            e: bool(as_mapping(networks[key]).get("internal")) for e, networks in found.items() if key in networks
        }
        if len(set(closed.values())) > 1:
            shown = {environment: "internal" if one else "not internal" for environment, one in closed.items()}
            pieces = tuple(Evidence(environment, show(said)) for environment, said in shown.items())
            yield Difference("compose.network-differs", tuple(closed), "", key, pieces, {}, frozenset({"internal"}))
