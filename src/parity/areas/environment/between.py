"""Variables between environments: missing, empty, different, or suspiciously the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from parity.areas.environment.variables import Variable, Variables, in_words, services_named
from parity.compare.comparison import Comparison
from parity.domain.environment_names import environments_named, without_environment
from parity.domain.findings import Difference, Evidence
from parity.domain.values import Same, as_boolean, as_url, is_number, listed, show, url_ways, whole_secret
from parity_host.secrets.token import SECRET, SHORTEST, Token, alike, find

# From the loudest to the quietest.
_LEVELS: Final = ("trace", "debug", "info", "notice", "warn", "warning", "error", "critical", "fatal")
# What development says of itself, and production leaves out.
_DEVELOPMENT: Final = frozenset({"dev", "development", "debug", "local", "test", "testing"})
_SAME: Final = "environment.same-secret"
_DEBUGGING: Final = frozenset({"debug", "reload", "polling", "usepolling", "watch", "hmr", "dev"})


def differences(comparison: Comparison, variables: Variables, name: str) -> Iterator[Difference]:
    """Yield one difference at most for a variable: missing, empty, different or suspiciously the same."""
    environments = variables.by_name[name]
    found: dict[str, tuple[set[str], list[Evidence], set[str]]] = {}
    directions: set[str] = set()
    for match_name, values in _by_service(comparison, environments).items():
        rule, at_fault, ways = _verdict(comparison, name, values)
        if rule and not (rule == _SAME and _told_elsewhere(variables, name, values)):
            directions.add(_direction(comparison, values))
            ways_so_far, pieces, faulty = found.setdefault(rule, (set(), [], set()))
            ways_so_far |= ways
            faulty |= at_fault
            pieces += [
                Evidence(environment, show(value), _place(environments, environment, match_name), match_name)
                for environment, value in values.items()
            ]
    for rule, (ways, pieces, faulty) in found.items():
        order = [stack.environment for stack in comparison.stacks if stack.environment in faulty]
        services = sorted({piece.service for piece in pieces if piece.service})
        words = {
            "services": services_named(services),
            "ways": ", ".join(sorted(ways)),
            "values": in_words(pieces),
        }
        direction = directions.pop() if len(directions) == 1 else ""
        yield Difference(
            rule,
            tuple(order),
            "",
            name,
            tuple(pieces),
            words,
            frozenset(ways),
            direction=direction,
            mentions=frozenset(services),
        )


def _told_elsewhere(variables: Variables, name: str, values: Mapping[str, str | None]) -> bool:
    """Return whether a shared secret is one of another name, or an address that holds one."""
    return variables.names(values)[:1] != [name] or all(
        variables.derived(e, value or "") for e, value in values.items()
    )


def _place(environments: Mapping[str, Variable], environment: str, service: str) -> str:
    variable = environments.get(environment)
    return variable.places.get(service, "") if variable else ""


def _by_service(comparison: Comparison, environments: Mapping[str, Variable]) -> dict[str, dict[str, str | None]]:
    """Return a variable's value per service and environment, for services that more than one environment has."""
    table: dict[str, dict[str, str | None]] = {}
    for match in comparison.matches:
        seen = comparison.seen(match)
        if len(seen) > 1:
            row = {e: environments[e].values.get(match.name) if e in environments else None for e in seen}
            if any(value is not None for value in row.values()):
                table[match.name] = row
    if not table:
        # Only Compose itself reads it. Where one environment does not set it, its compose files may not use it.
        row = {environment: variable.values.get("") for environment, variable in environments.items()}
        if len(row) > 1 and None not in row.values():
            table[""] = row
    return table


def _verdict(comparison: Comparison, name: str, values: Mapping[str, str | None]) -> tuple[str, set[str], set[str]]:
    """Return the rule that a variable's values break (or ""), who is at fault, and the ways in which they differ."""
    absent = {environment for environment, value in values.items() if value is None}
    present = {environment: value for environment, value in values.items() if value is not None}
    empty = {environment for environment, value in present.items() if value == ""}
    if absent:
        if len(empty) == len(present):
            return "", set(), set()
        return "environment.missing", absent, {_missing_as(comparison, name, absent, present)}
    if empty and len(empty) < len(present):
        return "environment.empty", empty, {_side(comparison, empty)}
    names = list(present)
    verdicts = {comparison.same_value(names[0], present[names[0]], other, present[other]) for other in names[1:]}
    if Same.NO in verdicts:
        ways = set().union(*(_ways(present[names[0]], present[other]) for other in names[1:]))
        return ("environment.differs", set(names), ways) if ways else ("", set(), set())
    if verdicts == {Same.YES} and any(_is_a_secret(token) for token in find(present[names[0]])):
        return _SAME, set(names), {"secret"}
    return "", set(), set()


def _is_a_secret(token: Token) -> bool:
    """Return whether a hidden value is a secret of its own: no placeholder, and longer than a letter or a switch."""
    return token.why == SECRET and token.placeholder == "none" and token.length != SHORTEST


def _missing_as(comparison: Comparison, name: str, absent: set[str], present: Mapping[str, str]) -> str:
    """Return what tells that a variable is missing on purpose, else the side on which it is missing."""
    theirs = set().union(*(environments_named(environment) for environment in present))
    own = set().union(*(environments_named(environment) for environment in absent))
    if environments_named(name) & theirs - own:
        return "named-for-another"
    said = {value.strip().lower() for value in present.values()}
    debugging = environments_named(name) | set(name.lower().split("_"))
    if comparison.production(absent) and (
        said <= _DEVELOPMENT or (all(as_boolean(value) for value in said) and debugging & _DEBUGGING)
    ):
        return "only-says-development"
    return _side(comparison, absent)


def _side(comparison: Comparison, environments: set[str]) -> str:
    return "production" if comparison.production(environments) else "elsewhere"


def _ways(one: str, other: str) -> set[str]:
    """Return how two values differ, as the policy names the ways."""
    if alike(one) == alike(other) or _same_redis(one, other):
        return set()
    if whole_secret(one) and whole_secret(other):
        return {"secret"}
    if ways := _ways_of_urls(listed(one), listed(other)):
        return ways
    if as_boolean(one) is not None and as_boolean(other) is not None:
        return {"boolean"}
    if one.lower() in _LEVELS and other.lower() in _LEVELS:
        return {"log-level"}
    if without_environment(one) == without_environment(other):
        return {"environment-word"}
    if is_number(one) and is_number(other):
        return {"number"}
    if one.startswith("/") and other.startswith("/"):
        return {"file-path"}
    return {"secret-part"} if any(token.why == SECRET for token in find(one + other)) else {"text"}


def _ways_of_urls(ones: list[str], others: list[str]) -> set[str]:
    """Return how URLs differ, or lists of them; nothing where one value holds anything else."""
    pairs = list(zip(map(as_url, ones), map(as_url, others), strict=False))
    if not pairs or not all(as_url(part) for part in (*ones, *others)):
        return set()
    ways = {"host"} if len(ones) != len(others) else set()
    for first, second in pairs:
        if first and second:
            ways |= url_ways(first, second)
            if "path" in ways and without_environment(first.path) == without_environment(second.path):
                ways = ways - {"path"} | {"environment-word"}
    return ways


def _same_redis(one: str, other: str) -> bool:
    """Return whether two addresses lead to the same Redis: its port and its database 0 need not be written."""
    first, second = as_url(one), as_url(other)
    if not first or not second or not {first.scheme, second.scheme} <= {"redis", "rediss"}:
        return False
    return not url_ways(first, second)


def _direction(comparison: Comparison, values: Mapping[str, str | None]) -> str:
    """Return which way production's value lies from all others, as the policy names it, or an empty string."""
    ours = {value for name, value in values.items() if value is not None and comparison.production([name])}
    others = {value for name, value in values.items() if value is not None and not comparison.production([name])}
    if len(ours) != 1 or not others:
        return ""
    ways = {_against(ours.copy().pop(), other) for other in others}
    return ways.pop() if len(ways) == 1 else ""


def _against(ours: str, other: str) -> str:
    truth = as_boolean(ours)
    if is_number(ours) and is_number(other) and float(ours) != float(other):
        return "higher" if float(ours) > float(other) else "lower"
    if truth is not None and as_boolean(other) is (not truth):
        return str(truth).lower()
    levels = ours.lower(), other.lower()
    if set(levels) <= set(_LEVELS):
        return "quieter" if _LEVELS.index(levels[0]) > _LEVELS.index(levels[1]) else "louder"
    return ""
