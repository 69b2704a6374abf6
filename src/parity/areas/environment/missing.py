"""What a missing variable means: what it holds elsewhere tells whether it is missed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from parity.areas.environment.forbidden import EMPTY, is_forbidden
from parity.compare.comparison import Comparison
from parity.compare.env_files import EnvFiles
from parity.domain.environment_names import environments_named
from parity.domain.fill_in import placeholder_kind
from parity.domain.findings import Difference
from parity.domain.untrusted import mapping
from parity.domain.values import as_boolean, as_url, is_local_host

# What development says of itself, and production leaves out.
_DEVELOPMENT: Final = frozenset({"dev", "development", "debug", "local", "test", "testing", "watch"})
_DEBUGGING: Final = frozenset({"debug", "reload", "polling", "usepolling", "watch", "hmr", "dev"})
# Names of safeguards: off elsewhere tells nothing about what is missing here.
_GUARDS: Final = re.compile(r"ALLOW|REGIST|SIGN_?UP|ANONYM|VERIF|SSL|TLS|SECURE|PUBLIC|AUTH|ACCESS|PROTECT|RESTRICT")
_CUT_DOWN: Final = re.compile(r"(?:.*_)?(?:NO|DISABLE|DISABLED|SKIP|WITHOUT|MOCK|FAKE|DUMMY|STUB)_")
# An application's own first account. Grafana's has a password that everybody knows, so it has to be set.
_FIRST_ACCOUNT: Final = re.compile(
    r"(?!GF_)(?:.*_)?(?:ADMIN|SUPERUSER)_(?:.*_)?(?:USER|USERNAME|PASSWORD|EMAIL|MAIL|NAME)"
)
_HOST: Final = re.compile(r"([A-Za-z0-9][\w.-]*)(?::\d{1,5})?")


@dataclass(frozen=True)
class Missing:
    """A variable that a service lacks in the environments `absent`, and what others have: none of it is empty."""

    name: str
    service: str
    absent: frozenset[str]
    present: Mapping[str, str]

    def on_purpose(self, comparison: Comparison) -> str:
        """Return the way in which a policy names what is missing on purpose, an empty string for all else."""
        theirs = set().union(*map(environments_named, self.present))
        own = set().union(*map(environments_named, self.absent))
        if self._environments() & theirs - own:
            return "named-for-another"
        only_development = comparison.production(self.absent) and self._only_says_development(comparison)
        return "only-says-development" if only_development else ""

    def facts(self, comparison: Comparison, files: Mapping[str, EnvFiles]) -> Iterator[str]:
        """Yield what tells that it does little harm: the facts of `knowledge/judgement.yml` of which one is enough."""
        values = list(self.present.values())
        production = comparison.production(self.absent)
        held = {
            "program-setting": "." in self.name,
            "local-elsewhere": production and all(map(_is_local, values)),
            "switched-off": production
            and not _GUARDS.search(self.name.upper())
            and all(as_boolean(value) is False for value in values),
            "cut-down-elsewhere": production
            and bool(_CUT_DOWN.match(self.name.upper()))
            and not _GUARDS.search(self.name.upper())
            and all(as_boolean(value) for value in values),
            "own-name": all(value.lower() == self.service.lower() for value in values),
            "read-by-compose": all(files[e].only_interpolated(self.name) for e in (*self.absent, *self.present)),
            "first-account": bool(_FIRST_ACCOUNT.fullmatch(self.name.upper())) and all(map(_is_default, values)),
            "names-absent-service": all(self._names_absent(comparison, value) for value in values),
        }
        yield from [fact for fact, holds in held.items() if holds][:1]

    def _environments(self) -> set[str]:
        """Return the environments that the name itself speaks of; localhost is a developer's machine."""
        return environments_named(self.name) | ({"dev"} if "localhost" in self.name.lower() else set())

    def _only_says_development(self, comparison: Comparison) -> bool:
        """Return whether production is right to lack it: it would be at fault with what others have."""
        said = {value.strip().lower() for value in self.present.values()}
        words = environments_named(self.name) | set(self.name.lower().split("_"))
        switched = all(as_boolean(value) for value in said) and bool(words & _DEBUGGING)
        forbidden = [
            one
            for one in comparison.policy.forbidden
            if one.concerns(self.name) and one.kind not in ("local-host", *EMPTY)
        ]
        return (
            said <= _DEVELOPMENT
            or switched
            or any(all(is_forbidden(value, one) for value in self.present.values()) for one in forbidden)
        )

    def _names_absent(self, comparison: Comparison, value: str) -> bool:
        """Return whether a value leads to a service that the environments lack, where that is a finding itself.

        Where the policy expects the service to be missing, as it does for tools that stand in for what production
        buys, the variable is the finding: mail that goes to a catcher in development has to go somewhere else.
        """
        host = host_of(value)
        for match in comparison.matches:
            names = {service.name.lower() for service in match.members.values()}
            if host in names and not match.members.keys() & self.absent:
                way = "not-in-production" if comparison.production(self.absent) else "only-elsewhere"
                missing = Difference(
                    "containers.service-missing", tuple(self.absent), match.name, ways=frozenset({way})
                )
                return comparison.policy.expectation(missing) is None
        return False


def host_of(value: str) -> str:
    """Return the host that an address names, without its port; nothing where a value is no address."""
    url = as_url(value)
    if url is not None:
        return (url.hostname or "").lower()
    found = _HOST.fullmatch(value)
    return found[1].lower() if found else ""


def built_with(comparison: Comparison, name: str, service: str, environment: str) -> bool:
    """Return whether an environment gives a variable to the build of a service, which puts it into the image."""
    members = [match.members[environment] for match in comparison.matches_of([service]) if environment in match.members]
    for declared in (member.declared for member in members if member.declared is not None):
        given = mapping(declared.raw, "build").get("args")
        pairs = given.items() if isinstance(given, dict) else (str(one).partition("=")[::2] for one in given or ())
        if any(key == name and value not in (None, "") for key, value in pairs):
            return True
    return False


def _is_local(value: str) -> bool:
    host = host_of(value)
    return is_local_host(host) or host.endswith(".localhost")


def _is_default(value: str) -> bool:
    return placeholder_kind(value) != "" or value.lower() in ("admin", "root", "administrator")
