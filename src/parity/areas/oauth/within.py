"""Whether the OAuth applications of one environment can work: complete, filled in, one value for all services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parity.areas.oauth.applications import Application, Setting
from parity.areas.oauth.setup import Setup, names, pieces, same_fault
from parity.areas.oauth.vocabulary import ID, REDIRECT, SECRET
from parity.domain.findings import Difference
from parity.domain.stack import Stack
from parity.domain.values import Same

_IN_WORDS: Final = {ID: "client id", SECRET: "client secret", REDIRECT: "redirect URI"}
_ANY_PROVIDER: Final = "oauth"


def differences(setup: Setup) -> Iterator[Difference]:
    """Yield what is wrong with an application by what its own environment says."""
    for stack, application in setup.used():
        yield from _incomplete(setup, stack, application)
        yield from _placeholders(setup, stack, application)
        yield from _disagreeing(setup, stack, application)


def _incomplete(setup: Setup, stack: Stack, application: Application) -> Iterator[Difference]:
    missing, way = _missing(setup, stack, application)
    if not missing:
        return
    known_as = {s.name for user in setup.users(application.key).values() for part in missing for s in user.of(part)}
    words = {
        "application": application.title,
        "missing": " and ".join(_IN_WORDS[part] for part in missing),
        "known_as": f" ({', '.join(sorted(known_as))})" if known_as else "",
        "set": names(s for s in application.settings if s.filled),
    }
    yield Difference(
        "oauth.incomplete",
        (stack.environment,),
        "",
        application.key,
        pieces(stack.environment, application.settings),
        words,
        frozenset({way}),
        setup.not_set(known_as),
        mentions=frozenset(known_as | {setting.name for setting in application.settings}),
    )


def _missing(setup: Setup, stack: Stack, application: Application) -> tuple[list[str], str]:
    """Return which parts an application lacks, and the way in which that may be meant."""
    has = _parts(setup, stack.environment, application)
    everywhere = {e: _parts(setup, e, user) for e, user in setup.users(application.key).items()}
    anywhere = set().union(*everywhere.values())
    if has == {REDIRECT} and not anywhere & {ID, SECRET}:
        return [], ""  # its credentials are kept elsewhere than in variables
    missing = [part for part in (ID, SECRET) if part not in has]
    if missing == [SECRET] and SECRET not in anywhere and all(s.meaning.public for s in application.filled(ID)):
        missing = []  # a client in the browser has none
    if REDIRECT not in has and (REDIRECT in anywhere or (application.provider.needs_redirect and not missing)):
        missing.append(REDIRECT)
    if missing == [REDIRECT] and REDIRECT not in anywhere and not _redirects_at_all(setup, stack):
        return missing, "no-redirect-anywhere"
    only_ids = missing == [SECRET] and len(everywhere) > 1 and all(parts == {ID} for parts in everywhere.values())
    return missing, "only-ids" if only_ids else "part-missing"


def _parts(setup: Setup, environment: str, application: Application) -> set[str]:
    """Return the parts that an application has, by itself or from another one of its provider."""
    has = {part for part in (ID, SECRET, REDIRECT) if application.filled(part)}
    for other in setup.applications[environment].values():
        if other.provider.key == application.provider.key and other.key == other.provider.key:
            has |= {part for part in (ID, SECRET) if other.filled(part)}
        if (other.provider.key == application.provider.key or other.key == _ANY_PROVIDER) and other.filled(REDIRECT):
            has.add(REDIRECT)
    return has


def _redirects_at_all(setup: Setup, stack: Stack) -> bool:
    return any(application.filled(REDIRECT) for application in setup.applications[stack.environment].values())


def _placeholders(setup: Setup, stack: Stack, application: Application) -> Iterator[Difference]:
    found = [setting for setting in application.settings if setting.is_placeholder(stack.production)]
    if found:
        here = (stack.environment,)
        rules = {"environment.placeholder": here, "environment.default-password": here}
        covers = {same_fault(rule, setting.name, at) for setting in found for rule, at in rules.items()}
        # What differs from a placeholder, or between placeholders, tells nothing more.
        covers |= {same_fault("environment.differs", setting.name, setup.having(setting.name)) for setting in found}
        words = {"application": application.title, "names": names(found)}
        evidence = pieces(stack.environment, found)
        yield Difference("oauth.placeholder", here, "", application.key, evidence, words, covers=frozenset(covers))


def _disagreeing(setup: Setup, stack: Stack, application: Application) -> Iterator[Difference]:
    groups: dict[tuple[str, str], list[Setting]] = {}
    for part in (ID, SECRET, REDIRECT):
        for setting in application.readable(part):
            # A client in the browser may be one of its own, and so may a flow whose redirect URI has another name.
            kind = setting.name if part == REDIRECT else str(setting.meaning.public)
            groups.setdefault((part, kind), []).append(setting)
    at_odds = {group: settings for group, settings in groups.items() if _at_odds(setup, stack, settings)}
    if at_odds:
        settings = [setting for group in at_odds.values() for setting in group]
        words = {
            "application": application.title,
            "parts": " and ".join(dict.fromkeys(_IN_WORDS[part] for part, _ in at_odds)),
            "services": ", ".join(dict.fromkeys(setting.service for setting in settings)),
        }
        evidence = pieces(stack.environment, settings)
        yield Difference("oauth.services-disagree", (stack.environment,), "", application.key, evidence, words)


def _at_odds(setup: Setup, stack: Stack, settings: list[Setting]) -> bool:
    """Return whether two services have no value in common."""
    by_service: dict[str, set[str]] = {}
    for setting in settings:
        by_service.setdefault(setting.service, set()).add(setting.value)
    sets = list(dict.fromkeys(map(frozenset, by_service.values())))
    return any(_no_value_in_common(setup, stack, one, other) for i, one in enumerate(sets) for other in sets[:i])


def _no_value_in_common(setup: Setup, stack: Stack, one: frozenset[str], other: frozenset[str]) -> bool:
    here = stack.environment
    return all(setup.comparison.same_value(here, a, here, b) is Same.NO for a in one for b in other)
