"""Whether the redirect URIs of an environment lead back to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parity.areas.oauth.applications import Application, OauthSetting
from parity.areas.oauth.own_hosts import of_another_kind
from parity.areas.oauth.redirects import Redirect, is_loopback, is_private
from parity.areas.oauth.setup import Setup, pieces, same_fault
from parity.domain.findings import Difference
from parity.domain.stack import Stack
from parity.domain.values import show

INVALID = "oauth.redirect-invalid"
LOCAL = "oauth.redirect-local"
OTHER_ENVIRONMENT = "oauth.redirect-other-environment"
FOREIGN = "oauth.redirect-foreign-host"
NEIGHBOUR = "oauth.redirect-neighbour-host"
PLAIN_HTTP = "oauth.redirect-http"


@dataclass(frozen=True)
class RedirectFault:
    """Which rule a redirect URI breaks, and why."""

    rule: str
    why: str


def differences(setup: Setup) -> Iterator[Difference]:
    """Yield the redirect URIs that no server accepts, or that lead elsewhere than to their environment."""
    for stack, application in setup.used():
        found: dict[str, list[tuple[OauthSetting, Redirect, str]]] = {}
        for setting, redirect in application.redirects():
            if not setting.is_placeholder(stack.production):
                for fault in faults(setup, stack, application, redirect):
                    found.setdefault(fault.rule, []).append((setting, redirect, fault.why))
        for rule, broken in found.items():
            yield _difference(setup, rule, stack, application, broken)


def _difference(
    setup: Setup, rule: str, stack: Stack, application: Application, broken: list[tuple[OauthSetting, Redirect, str]]
) -> Difference:
    here = (stack.environment,)
    words = {
        "application": application.title,
        "uri": ", ".join(dict.fromkeys(show(redirect.text) for _, redirect, _ in broken)),
        "why": "; ".join(dict.fromkeys(why for _, _, why in broken)),
    }
    settings = [setting for setting, _, _ in broken]
    covers = set()
    if rule == LOCAL:
        covers = {same_fault("environment.localhost-in-production", setting.name, here) for setting in settings}
    if rule == INVALID:
        # It can be compared with another one when it is one itself.
        covers = {same_fault("environment.differs", setting.name, setup.having(setting.name)) for setting in settings}
    evidence = pieces(stack.environment, settings)
    return Difference(rule, here, "", application.key, evidence, words, covers=frozenset(covers))


def faults(setup: Setup, stack: Stack, application: Application, redirect: Redirect) -> list[RedirectFault]:
    """Return what is wrong with a redirect URI in its environment."""
    if redirect.problem:
        return [RedirectFault(INVALID, redirect.problem)]
    if not redirect.web:
        return []
    if is_loopback(redirect.host):
        return [RedirectFault(LOCAL, f"{redirect.host} is the visitor's own machine")] if stack.production else []
    leads_elsewhere = _leads_elsewhere(setup, stack, redirect.host)
    if leads_elsewhere and leads_elsewhere.rule in (LOCAL, OTHER_ENVIRONMENT):
        return [leads_elsewhere]
    plain = _plain_http(setup, stack, application, redirect)
    return [fault for fault in (leads_elsewhere, plain) if fault]


def _leads_elsewhere(setup: Setup, stack: Stack, host: str) -> RedirectFault | None:
    own = setup.hosts[stack.environment]
    if own.exactly(host):
        return None
    others = [e for e, hosts in setup.hosts.items() if e != stack.environment and hosts.exactly(host)]
    if others:
        return RedirectFault(OTHER_ENVIRONMENT, f"{host} belongs to {' and '.join(others)}")
    if stack.production and is_private(host) and not own.has(host):
        return RedirectFault(LOCAL, f"{host} cannot be reached from outside")
    if of_another_kind(host, stack):
        return RedirectFault(FOREIGN, f"{host} is named after another environment")
    if not own.named_by or own.has(host):
        return None
    if own.neighbours(host):
        return RedirectFault(NEIGHBOUR, f"the hosts of {stack.environment} are {own.in_words()}")
    return RedirectFault(FOREIGN, f"the hosts of {stack.environment} are {own.in_words()}, not {host}")


def _plain_http(setup: Setup, stack: Stack, application: Application, redirect: Redirect) -> RedirectFault | None:
    if redirect.scheme != "http":
        return None
    if stack.production:
        return RedirectFault(PLAIN_HTTP, "the authorization code is sent unencrypted")
    if application.provider.https_only:
        return RedirectFault(PLAIN_HTTP, f"{application.provider.title} rejects http, except for localhost")
    if setup.hosts[stack.environment].only_https(redirect.host):
        return RedirectFault(PLAIN_HTTP, f"elsewhere {stack.environment} uses https for {redirect.host}")
    return None
