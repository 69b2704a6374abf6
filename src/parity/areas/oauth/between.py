"""The OAuth applications of one environment against those of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations

from parity.areas.oauth.applications import Application, OauthSetting
from parity.areas.oauth.providers import share_a_provider
from parity.areas.oauth.redirect_targets import faults
from parity.areas.oauth.redirects import Redirect, is_loopback, origin_ways, path_ways
from parity.areas.oauth.setup import Setup, names, pieces, same_fault
from parity.areas.oauth.vocabulary import ID, SECRET
from parity.domain.findings import Difference
from parity.domain.stack import Stack
from parity.domain.values import Same, show

Redirects = Mapping[str, list[tuple[OauthSetting, Redirect]]]


def differences(setup: Setup) -> Iterator[Difference]:
    """Yield where an application is set up in one environment only, shared by several, or led back to other paths."""
    for key in setup.used_keys():
        users = setup.users(key)
        yield from _one_sided(setup, key, users)
        yield from _shared(setup, key, users)
        yield from _redirects(setup, key, users)


def _one_sided(setup: Setup, key: str, users: Mapping[str, Application]) -> Iterator[Difference]:
    settings = [setting for user in users.values() for setting in user.settings]
    lacks = [s for s in setup.comparison.stacks if s.environment not in users and _could_have(setup, s, settings)]
    if not lacks:
        return
    environments = tuple(stack.environment for stack in lacks)
    words = {
        "application": next(iter(users.values())).title,
        "has": " and ".join(users),
        "names": names(settings),
    }
    way = "production-lacks" if setup.comparison.production(environments) else "only-production"
    evidence = tuple(piece for environment, user in users.items() for piece in pieces(environment, user.settings))
    yield Difference(
        "oauth.one-sided",
        environments,
        "",
        key,
        evidence,
        words,
        frozenset({way}),
        setup.not_set({setting.name for setting in settings}),
    )


def _could_have(setup: Setup, stack: Stack, settings: Iterable[OauthSetting]) -> bool:
    """Return whether a service that has the application elsewhere was seen in this environment."""
    services = {setting.service for setting in settings}
    matches = [match for match in setup.comparison.matches if match.name in services]
    return any(stack.environment in match.seen for match in matches)


def _shared(setup: Setup, key: str, users: Mapping[str, Application]) -> Iterator[Difference]:
    shared: dict[str, list[tuple[str, OauthSetting]]] = {ID: [], SECRET: []}
    sharing: dict[str, set[str]] = {ID: set(), SECRET: set()}
    for (one, first), (other, second) in combinations(users.items(), 2):
        for part in (ID, SECRET):
            for a in _real(setup, one, first, part):
                for b in _real(setup, other, second, part):
                    same = setup.comparison.same_value(one, a.value, other, b.value)
                    if same is Same.YES:
                        sharing[part] |= {one, other}
                        shared[part] += [pair for pair in ((one, a), (other, b)) if pair not in shared[part]]
    rule, part = ("oauth.same-secret", SECRET) if sharing[SECRET] else ("oauth.same-client-id", ID)
    if not sharing[part]:
        return
    stacks = {environment: setup.comparison.stack(environment) for environment in users if environment in sharing[part]}
    if part == ID and not share_a_provider(stacks, users):
        return
    both = [pair for part in (ID, SECRET) for pair in shared[part]]
    environments = tuple(stacks)
    words = {
        "application": next(iter(users.values())).title,
        "what": " and ".join(what for what, p in (("client id", ID), ("client secret", SECRET)) if sharing[p]),
        "names": names(setting for _, setting in both),
    }
    yield Difference(
        rule,
        environments,
        "",
        key,
        tuple(piece for e in environments for piece in pieces(e, (s for at, s in both if at == e))),
        words,
        covers=frozenset(same_fault("environment.same-secret", s.name, setup.having(s.name)) for _, s in both),
    )


def _real(setup: Setup, environment: str, application: Application, part: str) -> list[OauthSetting]:
    production = setup.comparison.stack(environment).production
    return [setting for setting in application.readable(part) if not setting.is_placeholder(production)]


def _redirects(setup: Setup, key: str, users: Mapping[str, Application]) -> Iterator[Difference]:
    by_environment = {environment: _by_name(setup, environment, user) for environment, user in users.items()}
    for known_as in _comparable(by_environment):
        found = {environment: redirects[name] for environment, name, redirects in known_as}
        reference = next(iter(found.values()))
        path, origin = set[str](), set[str]()
        for redirects in list(found.values())[1:]:
            path |= _ways(path_ways, reference, redirects)
            origin |= _ways(origin_ways, reference, redirects)
        if path or origin:
            rule = "oauth.redirect-path-differs" if path else "oauth.redirect-host-differs"
        elif _leads_to_one(setup, users, found):
            rule = "oauth.redirect-same"
        else:
            continue
        yield Difference(
            rule,
            tuple(found),
            "",
            _item(key, known_as, by_environment),
            tuple(piece for e, redirects in found.items() for piece in pieces(e, (s for s, _ in redirects))),
            {
                "application": next(iter(users.values())).title,
                "how": ", ".join(sorted(way.replace("-", " ") for way in path or origin)),
                "values": "; ".join(f"{e}: {_shown(redirects)}" for e, redirects in found.items()),
            },
            frozenset(path | origin),
            frozenset(same_fault("environment.differs", s.name, found) for r in found.values() for s, _ in r),
        )


def _by_name(setup: Setup, environment: str, application: Application) -> Redirects:
    """Return the redirect URIs that can be compared, by the names of their variables."""
    production = setup.comparison.stack(environment).production
    found: dict[str, list[tuple[OauthSetting, Redirect]]] = {}
    for setting, redirect in application.redirects():
        if not redirect.problem and not setting.is_placeholder(production):
            found.setdefault(setting.name, []).append((setting, redirect))
    return found


def _comparable(by_environment: Mapping[str, Redirects]) -> Iterator[list[tuple[str, str, Redirects]]]:
    """Yield what is to be compared: environment, name and redirect URIs of each; the same name, or the only one."""
    having = {environment: redirects for environment, redirects in by_environment.items() if redirects}
    every_name = sorted({name for redirects in having.values() for name in redirects})
    shared = [name for name in every_name if sum(name in redirects for redirects in having.values()) > 1]
    for name in shared:
        yield [(environment, name, redirects) for environment, redirects in having.items() if name in redirects]
    if not shared and len(having) > 1 and all(len(redirects) == 1 for redirects in having.values()):
        yield [(environment, next(iter(redirects)), redirects) for environment, redirects in having.items()]


def _item(key: str, known_as: list[tuple[str, str, Redirects]], by_environment: Mapping[str, Redirects]) -> str:
    """Return the application's key, with the variable's name where the application has several redirect URIs."""
    several = any(len(redirects) > 1 for redirects in by_environment.values())
    return f"{key}/{known_as[0][1]}" if several else key


def _ways(
    compare: Callable[[Redirect, Redirect], tuple[str, ...]],
    first: list[tuple[OauthSetting, Redirect]],
    second: list[tuple[OauthSetting, Redirect]],
) -> set[str]:
    """Return how two lists of redirect URIs differ: each against the one that is most like it.

    Where the services of one environment are at odds, that is a fault of its own: one that agrees is enough.
    """
    if any(len({setting.value for setting, _ in redirects}) > 1 for redirects in (first, second)):
        return set(_shortest(compare(one, other) for _, one in first for _, other in second))
    found: set[str] = set()
    for ours, theirs in ((first, second), (second, first)):
        for _, one in ours:
            found.update(_shortest(compare(one, other) for _, other in theirs))
    return found


def _shortest(ways: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return min(ways, key=lambda found: (len(found), found))


def _leads_to_one(
    setup: Setup, users: Mapping[str, Application], found: Mapping[str, list[tuple[OauthSetting, Redirect]]]
) -> bool:
    """Return whether all environments are led back to one address, and nothing says whose it is."""
    every = [(e, redirect) for e, redirects in found.items() for _, redirect in redirects]
    return all(
        redirect.web
        and not is_loopback(redirect.host)
        and not faults(setup, setup.comparison.stack(environment), users[environment], redirect)
        for environment, redirect in every
    )


def _shown(redirects: Iterable[tuple[OauthSetting, Redirect]]) -> str:
    return ", ".join(dict.fromkeys(show(redirect.text) for _, redirect in redirects))
