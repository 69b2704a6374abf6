"""Whether environments log in at one provider, or each at one of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from parity.areas.oauth.applications import Application, effective_environment
from parity.domain.stack import Stack
from parity.domain.values import as_url, is_local_host

# Programs that are a provider themselves, by the names of services and images.
_PROGRAMS: Final = re.compile(
    r"(?<![a-z])(?:keycloak|authentik|authelia|zitadel|dex|hydra|kratos|logto|fusionauth|casdoor|supertokens)(?![a-z])"
)
_ADDRESSES: Final = re.compile(r"OIDC|OAUTH|ISSUER|AUTHORITY|KEYCLOAK|SSO")
# What is the application's own address, wherever it logs in.
_OWN_ADDRESSES: Final = re.compile(r"REDIRECT|CALLBACK|LOGOUT")


def share_a_provider(stacks: Mapping[str, Stack], users: Mapping[str, Application]) -> bool:
    """Return whether the environments of `stacks` may ask one provider about the application that each has in `users`.

    They do where the provider is a public one, or an address of it is the same; not where their addresses are all
    different, or where each environment runs a provider of its own.
    """
    if any(users[environment].provider.known for environment in stacks):
        return True
    hosts = [set(_hosts(stack)) for stack in stacks.values()]
    if all(hosts):
        return bool(set.intersection(*hosts))
    return not all(_runs_one(stack) for stack in stacks.values())


def _hosts(stack: Stack) -> Iterator[str]:
    """Yield the hosts outside of a stack at which it asks about users."""
    for service in stack.services.values():
        for name, value in effective_environment(service).items():
            url = as_url(value) if _ADDRESSES.search(name.upper()) and not _OWN_ADDRESSES.search(name.upper()) else None
            host = (url.hostname or "").lower() if url else ""
            if "." in host and not is_local_host(host):
                yield host


def _runs_one(stack: Stack) -> bool:
    return any(
        _PROGRAMS.search(f"{name} {service.config.image if service.config else ''}".lower())
        for name, service in stack.services.items()
    )
