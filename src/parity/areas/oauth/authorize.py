"""What the application's own authorize endpoint answered, against what its variables say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parity.areas.oauth.applications import Application
from parity.areas.oauth.redirects import accepted_for, path_ways, read_redirects
from parity.areas.oauth.setup import Setup, pieces
from parity.areas.oauth.vocabulary import ID
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Authorization, Stack
from parity.domain.values import Same, has_secret, show

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


def differences(setup: Setup) -> Iterator[Difference]:
    """Yield the endpoints that do not send users to their provider with what the variables say."""
    for stack in setup.comparison.stacks:
        for answer in stack.authorizations:
            yield from _judged(setup, stack, answer)


def _judged(setup: Setup, stack: Stack, answer: Authorization) -> Iterator[Difference]:
    key = setup.vocabulary.application(answer.provider)
    application = setup.applications[stack.environment].get(key)
    how = _broken(answer)
    if how:
        yield _difference("oauth.authorize-broken", stack, key, application, answer, how)
    elif application is not None:
        if not _carries_client(setup, stack, application, answer):
            yield _difference("oauth.authorize-other-client", stack, key, application, answer, show(answer.client_id))
        if not _carries_redirect(application, answer):
            shown = show(answer.redirect_uri) if answer.redirect_uri else "none"
            yield _difference("oauth.authorize-other-redirect", stack, key, application, answer, shown)


def _difference(
    rule: str, stack: Stack, key: str, application: Application | None, answer: Authorization, how: str
) -> Difference:
    said = f"{answer.status} to {show(answer.location)}" if answer.location else str(answer.status or "no answer")
    asked = Evidence(stack.environment, said, f"{show(answer.url)} on {answer.host}")
    known = pieces(stack.environment, application.settings) if application else ()
    title = application.title if application else show(answer.provider)
    words = {"application": title, "url": show(answer.url), "how": how}
    return Difference(rule, (stack.environment,), "", key, (asked, *known), words)


def _broken(answer: Authorization) -> str:
    """Return why an answer does not send users to a provider, or an empty string."""
    if answer.reason:
        return show(answer.reason)
    if answer.status not in _REDIRECTS:
        return f"it answers {answer.status} instead of redirecting"
    if not answer.location:
        return f"it answers {answer.status} without a Location header"
    return "" if answer.client_id else f"it redirects to {show(answer.location)} without a client id"


def _carries_client(setup: Setup, stack: Stack, application: Application, answer: Authorization) -> bool:
    """Return whether the client id is one that the variables name; True where that cannot be told."""
    here, known = stack.environment, [setting.value for setting in application.readable(ID)]
    return not known or any(
        has_secret(answer.client_id) != has_secret(value)  # one was hidden on its host and the other was not
        or setup.comparison.same_value(here, answer.client_id, here, value) is not Same.NO
        for value in known
    )


def _carries_redirect(application: Application, answer: Authorization) -> bool:
    """Return whether the redirect URI is one that the variables name; True where they name none."""
    known = [redirect for _, redirect in application.redirects() if not redirect.problem]
    if not known:
        return True
    for sent in read_redirects(answer.redirect_uri):
        for redirect in known:
            if has_secret(sent.text) != has_secret(redirect.text) or accepted_for(sent.text, redirect.text):
                return True
            if redirect.relative and not path_ways(sent, redirect):
                return True
    return False
