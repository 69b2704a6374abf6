"""Environment variables: between environments, within their files, and against the template (C1, C4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from parity.areas.environment.files import differences as within_files
from parity.compare.comparison import Comparison
from parity.compare.env_files import EnvFiles
from parity.domain.environment_names import without_environment
from parity.domain.findings import Difference, Evidence
from parity.domain.places import in_container, in_service
from parity.domain.stack import Stack
from parity.domain.values import Same, as_boolean, as_url, has_secret, is_local_host, show, url_ways, whole_secret
from parity.knowledge.policy import Forbidden, Requirement
from parity_host.secrets.placeholders import placeholder_class
from parity_host.secrets.token import find, parse

# The kinds of placeholder that say "fill me in"; a well-known default password is another matter.
_FILL_IN: Final = frozenset({"yourhere", "changeme", "template", "repeated"})
_FILL_IN_PLAIN: Final = frozenset({"yourhere", "changeme", "template"})
_DEFAULT: Final = "default"
# From the loudest to the quietest.
_LEVELS: Final = ("trace", "debug", "info", "notice", "warn", "warning", "error", "critical", "fatal")


@dataclass
class _Variable:
    """One variable in one environment: its values by service, in the order met."""

    values: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


class _Variables:
    """Every variable of every environment; the service "" holds what only Compose itself reads."""

    def __init__(self, comparison: Comparison, files: Mapping[str, EnvFiles]) -> None:
        self.by_name: dict[str, dict[str, _Variable]] = {}
        for match in comparison.matches:
            for environment, service in match.members.items():
                config = service.config
                for name, value in config.environment.items() if config else ():
                    where = files[environment].place(name, value, service.name)
                    if service.containers:
                        where = in_container(service.containers[0].name) + (f", {where}" if where else "")
                    self._add(name, environment, match.name, value, where or in_service(service.name))
        for environment, env_files in files.items():
            for name, value, place in env_files.project_variables():
                self._add(name, environment, "", value, place)

    def _add(self, name: str, environment: str, service: str, value: str, place: str) -> None:
        variable = self.by_name.setdefault(name, {}).setdefault(environment, _Variable())
        variable.values[service] = value
        variable.places[service] = place


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what is wrong with variables, and where they differ between environments."""
    files = {stack.environment: EnvFiles(stack) for stack in comparison.stacks}
    variables = _Variables(comparison, files)
    for name, environments in sorted(variables.by_name.items()):
        yield from _between(comparison, name, environments)
        for requirement in comparison.policy.required:
            yield from _required(comparison, name, environments, requirement)
        for environment, variable in environments.items():
            stack = comparison.stack(environment)
            yield from _placeholder(stack, name, variable)
            for forbidden in comparison.policy.forbidden if stack.production else ():
                yield from _forbidden(stack, name, variable, forbidden)
    for stack in comparison.stacks:
        yield from within_files(files[stack.environment])


def _between(comparison: Comparison, name: str, environments: Mapping[str, _Variable]) -> Iterator[Difference]:
    """Yield one difference at most for a variable: missing, empty, different or suspiciously the same."""
    found: dict[str, tuple[set[str], list[Evidence], set[str]]] = {}
    directions: set[str] = set()
    for match_name, values in _by_service(comparison, environments).items():
        rule, at_fault, ways = _verdict(comparison, values)
        if rule:
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
            "services": ", ".join(services) or "Compose itself",
            "ways": ", ".join(sorted(ways)),
            "values": _in_words(pieces),
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


def _in_words(pieces: list[Evidence]) -> str:
    return "; ".join(dict.fromkeys(f"{piece.environment}: {piece.shown}" for piece in pieces))


def _place(environments: Mapping[str, _Variable], environment: str, service: str) -> str:
    variable = environments.get(environment)
    return variable.places.get(service, "") if variable else ""


def _by_service(comparison: Comparison, environments: Mapping[str, _Variable]) -> dict[str, dict[str, str | None]]:
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


def _verdict(comparison: Comparison, values: Mapping[str, str | None]) -> tuple[str, set[str], set[str]]:
    """Return the rule that a variable's values break (or ""), who is at fault, and the ways in which they differ."""
    absent = {environment for environment, value in values.items() if value is None}
    present = {environment: value for environment, value in values.items() if value is not None}
    empty = {environment for environment, value in present.items() if value == ""}
    if absent:
        if len(empty) == len(present):
            return "", set(), set()
        return "environment.missing", absent, {_side(comparison, absent)}
    if empty and len(empty) < len(present):
        return "environment.empty", empty, {_side(comparison, empty)}
    names = list(present)
    verdicts = {comparison.same_value(names[0], present[names[0]], other, present[other]) for other in names[1:]}
    if Same.NO in verdicts:
        ways = set().union(*(_ways(present[names[0]], present[other]) for other in names[1:]))
        return "environment.differs", set(names), ways
    if verdicts == {Same.YES} and any(token.placeholder == "none" for token in find(present[names[0]])):
        return "environment.same-secret", set(names), {"secret"}
    return "", set(), set()


def _side(comparison: Comparison, environments: set[str]) -> str:
    return "production" if comparison.production(environments) else "elsewhere"


def _ways(one: str, other: str) -> set[str]:
    """Return how two values differ, as the policy names the ways."""
    if one == other:
        return set()
    if whole_secret(one) and whole_secret(other):
        return {"secret"}
    first, second = as_url(one), as_url(other)
    if first and second:
        ways = set(url_ways(first, second))
        if "path" in ways and without_environment(first.path) == without_environment(second.path):
            ways = ways - {"path"} | {"environment-word"}
        return ways
    if as_boolean(one) is not None and as_boolean(other) is not None:
        return {"boolean"}
    if one.lower() in _LEVELS and other.lower() in _LEVELS:
        return {"log-level"}
    if without_environment(one) == without_environment(other):
        return {"environment-word"}
    if _number(one) and _number(other):
        return {"number"}
    if one.startswith("/") and other.startswith("/"):
        return {"file-path"}
    return {"secret-part"} if has_secret(one) or has_secret(other) else {"text"}


def _number(value: str) -> bool:
    return value.isascii() and value.replace(".", "", 1).removeprefix("-").isdigit()


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
    if _number(ours) and _number(other) and float(ours) != float(other):
        return "higher" if float(ours) > float(other) else "lower"
    if truth is not None and as_boolean(other) is (not truth):
        return str(truth).lower()
    levels = ours.lower(), other.lower()
    if set(levels) <= set(_LEVELS):
        return "quieter" if _LEVELS.index(levels[0]) > _LEVELS.index(levels[1]) else "louder"
    return ""


def _one_sided(
    rule: str, stack: Stack, name: str, variable: _Variable, services: list[str], **words: str
) -> Difference:
    pieces = tuple(Evidence(stack.environment, show(variable.values[s]), variable.places[s], s) for s in services)
    named = ", ".join(s for s in services if s) or "Compose itself"
    return Difference(
        rule, (stack.environment,), "", name, pieces, {"services": named, "value": pieces[0].shown, **words}
    )


def _placeholder(stack: Stack, name: str, variable: _Variable) -> Iterator[Difference]:
    by_kind: dict[str, list[str]] = {}
    for service, value in variable.values.items():
        by_kind.setdefault(_placeholder_kind(value), []).append(service)
    for kind, services in by_kind.items():
        if kind == _DEFAULT:
            yield _one_sided("environment.default-password", stack, name, variable, services)
        elif kind:
            yield _one_sided("environment.placeholder", stack, name, variable, services, kind=kind)


def _placeholder_kind(value: str) -> str:
    token = parse(value)
    if token is not None:
        return token.placeholder if token.placeholder in _FILL_IN | {_DEFAULT} else ""
    kinds = [token.placeholder for token in find(value) if token.placeholder != "none"]
    if kinds:
        return kinds[0] if kinds[0] in _FILL_IN | {_DEFAULT} else ""
    plain = placeholder_class(value) if value else "none"
    return plain if plain in _FILL_IN_PLAIN else ""


def _forbidden(stack: Stack, name: str, variable: _Variable, forbidden: Forbidden) -> Iterator[Difference]:
    if forbidden.concerns(name):
        services = [service for service, value in variable.values.items() if _is_forbidden(value, forbidden)]
        if services:
            yield _one_sided(forbidden.rule, stack, name, variable, services)


def _is_forbidden(value: str, forbidden: Forbidden) -> bool:
    if forbidden.kind == "boolean":
        return as_boolean(value) is (forbidden.values[:1] == ("true",))
    if forbidden.kind == "word":
        return value.strip().lower() in forbidden.values
    return any(_local(part.strip()) for part in value.split(","))


def _local(value: str) -> bool:
    url = as_url(value)
    return is_local_host(url.hostname) if url else is_local_host(value)


def _required(
    comparison: Comparison, name: str, environments: Mapping[str, _Variable], requirement: Requirement
) -> Iterator[Difference]:
    """Yield one difference at most: the services in which a variable is not what the inventory's policy requires."""
    pieces: list[Evidence] = []
    faulty: set[str] = set()
    services = dict.fromkeys(service for variable in environments.values() for service in variable.values)
    for service in services:
        if not requirement.concerns(name, service):
            continue
        values = {e: variable.values[service] for e, variable in environments.items() if service in variable.values}
        at_fault = _breaking(comparison, values, requirement)
        faulty |= at_fault
        if at_fault:
            pieces += [
                Evidence(e, show(value), environments[e].places[service], service) for e, value in values.items()
            ]
    if faulty:
        must = requirement.must.replace("-", " ")
        words = {
            "must": f"{must} {', '.join(requirement.values)}".strip() if requirement.must == "one-of" else must,
            "why": requirement.why,
            "place": requirement.place,
            "services": ", ".join(sorted({piece.service for piece in pieces if piece.service})) or "Compose itself",
            "values": _in_words(pieces),
        }
        order = tuple(stack.environment for stack in comparison.stacks if stack.environment in faulty)
        yield Difference("policy.broken", order, "", f"{requirement.id}:{name}", tuple(pieces), words)


def _breaking(comparison: Comparison, values: Mapping[str, str], requirement: Requirement) -> set[str]:
    """Return the environments whose value is not required; of hidden values only what can be told."""
    production = {name: value for name, value in values.items() if comparison.production([name])}
    others = {name: value for name, value in values.items() if name not in production}
    must = requirement.must
    if must in ("true", "false"):
        return {name for name, value in production.items() if as_boolean(value) is not (must == "true")}
    if must == "one-of":
        return {name for name, value in production.items() if value not in requirement.values}
    if must in ("equal", "differ"):
        wrong = Same.NO if must == "equal" else Same.YES
        pairs = [(one, other) for one in values for other in values if one < other]
        return {name for a, b in pairs if comparison.same_value(a, values[a], b, values[b]) is wrong for name in (a, b)}
    return {
        name
        for name, value in production.items()
        for other in others.values()
        if not (_number(value) and _number(other))
        or (float(value) < float(other) if must == "at-least" else float(value) > float(other))
    }
