"""Variables between environments: missing, empty, different, or suspiciously the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from parity.areas.environment.forbidden import is_forbidden
from parity.areas.environment.missing import SET_WHERE_READ, Missing, built_with
from parity.areas.environment.readers import SeenReaders
from parity.compare.comparison import Comparison
from parity.compare.env_files import EnvFiles
from parity.compare.variable import Variable
from parity.compare.variables import Variables, in_words, services_named
from parity.domain.environment_names import without_environment
from parity.domain.fill_in import left_open
from parity.domain.findings import Difference, Evidence
from parity.domain.values import (
    Same,
    are_networks,
    as_boolean,
    as_url,
    is_amount,
    is_identifier,
    is_number,
    listed,
    show,
    unquoted,
    url_ways,
    whole_secret,
)
from parity_host.secrets.token import SECRET, SHORTEST, Token, alike, find

# From the loudest to the quietest.
_LEVELS: Final = ("trace", "debug", "info", "notice", "warn", "warning", "error", "critical", "fatal")
SAME: Final = "environment.same-secret"
_HTTP: Final = re.compile(r"(?i)(^|_)HTTP(_|$)")
# Where a text names a server of the web: each environment has its own, over TLS or not.
_OF_URL: Final = re.compile(r"(?i)https?://[\w.-]+(?::\d+)?")
_DIFFERS: Final = "environment.differs"
# Kinds of what the policy forbids that are modes of a program, the ways in which values of them differ, and what those
# become where only development has it.
_MODES: Final = frozenset({"boolean", "word", "listed-word", "sandbox-host"})
_OF_A_MODE: Final = frozenset({"boolean", "text", "path", "query"})
_DEVELOPMENT_MODE: Final = frozenset({"development-mode"})


@dataclass(frozen=True)
class _Verdict:
    """Which rule the values of a variable break, who is at fault, how they differ, and what else is true of them."""

    rule: str
    at_fault: frozenset[str]
    ways: frozenset[str]
    facts: frozenset[str] = frozenset()


def differences(
    comparison: Comparison, variables: Variables, files: Mapping[str, EnvFiles], name: str
) -> Iterator[Difference]:
    """Yield one difference at most for a variable: missing, empty, different or suspiciously the same."""
    environments = variables.by_name[name]
    found: dict[str, list[tuple[str, _Verdict]]] = {}
    rows = _by_service(comparison, environments)
    for service, verdict in _verdicts(comparison, files, environments, name, rows):
        values = rows[service]
        if verdict and not _told_elsewhere(variables, name, service, values, verdict):
            found.setdefault(verdict.rule, []).append((service, verdict))
    found = {rule: _of_readers(verdicts) for rule, verdicts in found.items()}
    directions = {_direction(comparison, rows[service]) for verdicts in found.values() for service, _ in verdicts}
    direction = directions.pop() if len(directions) == 1 else ""
    for rule, verdicts in found.items():
        pieces = tuple(
            Evidence(environment, show(value), _place(environments, environment, service), service)
            for service, _ in verdicts
            for environment, value in rows[service].items()
        )
        ways = frozenset().union(*(verdict.ways for _, verdict in verdicts))
        facts = _in_common([verdict.facts for _, verdict in verdicts])
        faulty = frozenset().union(*(verdict.at_fault for _, verdict in verdicts))
        order = tuple(stack.environment for stack in comparison.stacks if stack.environment in faulty)
        services = frozenset(piece.service for piece in pieces) - {""}
        words = {
            **({"remedy": "no"} if "setting" in ways else {}),
            "services": services_named(services),
            "ways": ", ".join(sorted(ways)).replace("-", " "),
            "values": in_words(pieces),
        }
        yield Difference(
            rule, order, "", name, pieces, words, ways, direction=direction, mentions=services, facts=facts
        )  # fmt: skip


def _in_common(facts: Sequence[frozenset[str]]) -> frozenset[str]:
    """Return what holds for every service; where each has a reason, and not the same one, the reason of the first."""
    common = frozenset.intersection(*facts)
    found = common or (facts[0] if all(facts) else frozenset())
    return frozenset(sorted(found)[:1])  # one is enough


def _of_readers(verdicts: list[tuple[str, _Verdict]]) -> list[tuple[str, _Verdict]]:
    """Return verdicts without those of services that are not seen to read the variable, where there are others."""
    return [one for one in verdicts if SET_WHERE_READ not in one[1].ways] or verdicts


def _told_elsewhere(
    variables: Variables, name: str, service: str, values: Mapping[str, str | None], verdict: _Verdict
) -> bool:
    """Return whether values differ by another variable's alone, or share a secret that is another's or holds one."""
    if verdict.rule == _DIFFERS:
        return verdict.ways == {"text"} and variables.of_another(name, service, values)
    return verdict.rule == SAME and (
        variables.names(values)[:1] != [name]
        or all(variables.derived(environment, value or "") for environment, value in values.items())
    )


def _place(environments: Mapping[str, Variable], environment: str, service: str) -> str:
    variable = environments.get(environment)
    return variable.places.get(service, "") if variable else ""


def _by_service(comparison: Comparison, environments: Mapping[str, Variable]) -> dict[str, dict[str, str | None]]:
    """Return a variable's value per service and environment, for services that more than one environment has."""
    table: dict[str, dict[str, str | None]] = {}
    having = dict.fromkeys(service for variable in environments.values() for service in variable.values)
    for match in comparison.matches_of(having):
        if len(match.seen) > 1:
            row = {e: environments[e].values.get(match.name) if e in environments else None for e in match.seen}
            if any(value is not None for value in row.values()):
                table[match.name] = row
    if not table:
        # Only Compose itself reads it. Where one environment does not set it, its compose files may not use it.
        row = {environment: variable.values.get("") for environment, variable in environments.items()}
        if len(row) > 1 and None not in row.values():
            table[""] = row
    return table


def _verdicts(
    comparison: Comparison,
    files: Mapping[str, EnvFiles],
    environments: Mapping[str, Variable],
    name: str,
    rows: Mapping[str, Mapping[str, str | None]],
) -> Iterator[tuple[str, _Verdict | None]]:
    """Yield what is wrong in each service; of values that several services have, it is asked once."""
    readers = SeenReaders(comparison, name, environments)
    known: dict[tuple[tuple[str, str | None], ...], _Verdict | None] = {}
    for service, values in rows.items():
        if None in values.values():  # what is missing may be missed by one service and not by another
            yield service, _verdict(comparison, files, readers, name, service, values)
            continue
        pairs = tuple(values.items())
        if pairs not in known:
            known[pairs] = _verdict(comparison, files, readers, name, service, values)
        yield service, known[pairs]


def _verdict(
    comparison: Comparison,
    files: Mapping[str, EnvFiles],
    readers: SeenReaders,
    name: str,
    service: str,
    values: Mapping[str, str | None],
) -> _Verdict | None:
    """Return what is wrong with a variable's values in one service, None where nothing is."""
    absent = frozenset(
        environment
        for environment, value in values.items()
        if value is None and not built_with(comparison, name, service, environment)
    )
    present = {environment: value for environment, value in values.items() if value is not None}
    empty = frozenset(environment for environment, value in present.items() if value == "")
    if absent:
        missing = Missing(name, service, absent, present)
        on_purpose, facts = missing.on_purpose(comparison, readers), frozenset(missing.facts(comparison, files))
        way = {on_purpose or _side(comparison, absent)} | ({"setting"} if "." in name and not on_purpose else set())
        return _Verdict("environment.missing", absent, frozenset(way), facts) if len(empty) < len(present) else None
    if empty:
        # Compose says of what it is made of that it is not set.
        if all(_has_https_twin(comparison, name, environment, service) for environment in empty):
            return None
        unset = all(comparison.stack(environment).unset & files[environment].parts_of(name) for environment in empty)
        optional = all(files[environment].may_be_empty(name) for environment in empty)
        facts = frozenset({"optional"} if optional else ())
        verdict = _Verdict("environment.empty", empty, frozenset({_side(comparison, empty)}), facts)
        return None if unset or len(empty) == len(present) else verdict
    first, *others = present
    verdicts = {comparison.same_value(first, present[first], other, present[other]) for other in others}
    if Same.NO in verdicts:
        ways = frozenset().union(*(_ways(present[first], present[other]) for other in others))
        if ways & _OF_A_MODE and _only_others_have_it(comparison, name, present):
            ways = _DEVELOPMENT_MODE
        read = all(files[environment].only_interpolated(name) for environment in present)
        facts = frozenset({"read-by-compose"} if read else ())
        if not ways or any(map(left_open, present.values())):
            return None  # what somebody has to fill in is another finding, and equals nothing
        return _Verdict(_DIFFERS, frozenset(present), ways, facts)
    if verdicts == {Same.YES} and any(_is_a_secret(token) for token in find(present[first])):
        return _Verdict(SAME, frozenset(present), frozenset({"secret"}))
    return None


def _only_others_have_it(comparison: Comparison, name: str, values: Mapping[str, str]) -> bool:
    """Return whether every environment but production has what the policy forbids in production, by one entry."""
    return any(
        entry.kind in _MODES
        and entry.concerns(name)
        and all(is_forbidden(value, entry) is not comparison.production([one]) for one, value in values.items())
        for entry in comparison.policy.forbidden
    )


def _has_https_twin(comparison: Comparison, name: str, environment: str, service: str) -> bool:
    """Return whether a service has the same for HTTPS, and nothing for plain HTTP on purpose."""
    twin = _HTTP.sub(r"\1HTTPS\2", name)
    return twin != name and bool(comparison.variables.of_service(environment, service).get(twin))


def _is_a_secret(token: Token) -> bool:
    """Return whether a hidden value is a secret of its own: no placeholder, and longer than a letter or a switch."""
    return token.why == SECRET and token.placeholder == "none" and token.length != SHORTEST


def _side(comparison: Comparison, environments: frozenset[str]) -> str:
    return "production" if comparison.production(environments) else "elsewhere"


def _ways(one: str, other: str) -> set[str]:
    """Return how two values differ, as the policy names the ways."""
    one, other = unquoted(one), unquoted(other)  # quotes that reached the program are another finding
    if alike(one) == alike(other):
        return set()
    if whole_secret(one) and whole_secret(other):
        return {"secret"}
    if (of_urls := _ways_of_urls(listed(one), listed(other))) is not None:
        return of_urls
    if as_boolean(one) is not None and as_boolean(other) is not None:
        return {"boolean"}
    if one.lower() in _LEVELS and other.lower() in _LEVELS:
        return {"log-level"}
    if without_environment(one) == without_environment(other):
        return {"environment-word"}
    if is_amount(one) and is_amount(other):
        return {"number" if is_number(one) and is_number(other) else "amount"}
    if (of_addresses := _ways_of_places(one, other)) is not None:
        return of_addresses
    return {"secret-part"} if any(token.why == SECRET for token in find(one + other)) else {"text"}


def _ways_of_places(one: str, other: str) -> set[str] | None:
    """Return how paths differ, or the keys of records, or an address and its path; None where values are neither."""
    if one.startswith("/") and other.startswith("/"):
        return {"file-path"}
    if is_identifier(one) and is_identifier(other):
        return {"identifier"}
    return {"host"} if _is_path_of(one, other) or _is_path_of(other, one) or _is_own_address(one, other) else None


def _is_own_address(one: str, other: str) -> bool:
    """Return whether two texts differ in the server of the web alone that they name."""
    return _OF_URL.sub("", one) == _OF_URL.sub("", other)


def _is_path_of(path: str, address: str) -> bool:
    """Return whether a value is only the path of an address: the page's own host stands before it."""
    url = as_url(address)
    return url is not None and path.startswith("/") and path.rstrip("/") == url.path.rstrip("/")


def _ways_of_urls(ones: list[str], others: list[str]) -> set[str] | None:
    """Return how URLs differ, or addresses of networks, or lists of them; None where one value holds anything else."""
    if are_networks(ones) and are_networks(others):
        return {"host"}
    if not ones or not others or not all(as_url(part) for part in (*ones, *others)):
        return None
    ways = {"host"} if len(ones) != len(others) else set()
    for first, second in zip(map(as_url, ones), map(as_url, others), strict=False):
        if first and second:
            ways |= url_ways(first, second)
            if "path" in ways and without_environment(first.path) == without_environment(second.path):
                ways = ways - {"path"} | {"environment-word"}
    return ways


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
