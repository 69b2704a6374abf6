"""What a missing variable means: what it holds elsewhere tells whether it is missed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from parity.areas.environment.done_without import (
    is_own_size,
    is_passed_on,
    is_read_at_build,
    migrates_apart,
    names_a_mount,
)
from parity.areas.environment.forbidden import EMPTY, LOCAL, is_forbidden
from parity.areas.environment.readers import SeenReaders
from parity.areas.environment.renamed import has_another_name
from parity.compare.comparison import Comparison
from parity.compare.env_files import EnvFiles
from parity.domain.environment_names import environments_named
from parity.domain.fill_in import placeholder_kind
from parity.domain.findings import Difference
from parity.domain.untrusted import mapping
from parity.domain.values import as_boolean, as_url, is_local_host, listed

SET_WHERE_READ: Final = "set-where-read"
# What development says of itself, and production leaves out.
_DEVELOPMENT: Final = frozenset({"dev", "development", "debug", "local", "test", "testing", "watch", "demo"})
_DEBUGGING: Final = frozenset({"debug", "reload", "polling", "usepolling", "watch", "hmr", "dev"})
# Names of safeguards: off elsewhere tells nothing about what is missing here.
_GUARDS: Final = re.compile(r"ALLOW|REGIST|SIGN_?UP|ANONYM|VERIF|SSL|TLS|SECURE|PUBLIC|AUTH|ACCESS|PROTECT|RESTRICT")
_CUT_DOWN: Final = re.compile(r"(?:.*_)?(?:NO|DISABLE|DISABLED|SKIP|WITHOUT|MOCK|FAKE|DUMMY|STUB)_")
# An application's own first account. Grafana's has a password that everybody knows, so it has to be set.
_FIRST_ACCOUNT: Final = re.compile(
    r"(?!GF_)(?:.*_)?(?:ADMIN|SUPERUSER)_(?:.*_)?(?:USER|USERNAME|PASSWORD|EMAIL|MAIL|NAME)"
)
# Of what a program chooses or measures, it has a default of its own; the name of a place or an account, it has not.
_CHOICE: Final = re.compile(
    r"(?:^|_)(?:BACKEND|DRIVER|ENGINE|PROVIDER|STRATEGY|TYPE|MODE|FORMAT|LEVEL|LOCALE|LANGUAGE|PROTOCOL|SCHEME"
    r"|WORKERS|THREADS|CONCURRENCY|TIMEOUT|TTL|INTERVAL|RETRIES|LIMIT|SIZE|COUNT|SECONDS|MINUTES|HOURS|DAYS)$"
)
# What only says which build it is; the version of an interface is a setting.
_BUILD: Final = re.compile(r"(?:^|_)(?:(?<!API_)VERSION|RELEASE|COMMIT(?:_SHA)?|GIT_SHA|BUILD_(?:ID|NUMBER|DATE))$")
# The first database of an image, and where its scripts are that make more. Source: each image's page on Docker Hub.
_FIRST_DATABASE: Final = frozenset(
    {"CLICKHOUSE_DB", "POSTGRES_DB", "MYSQL_DATABASE", "MARIADB_DATABASE", "MONGO_INITDB_DATABASE"}
)
_SCRIPTS: Final = "/docker-entrypoint-initdb.d"
# What several frameworks read as no value at all.
_NOTHING: Final = frozenset({"null", "none", "nil"})
# What Node's debug package writes to the log: `app:*,-app:sql`.
_NAMESPACES: Final = re.compile(r"(?=.*[:*])-?[\w:*.@/-]+(?:[\s,]+-?[\w:*.@/-]+)*")
_PLAIN: Final = re.compile(r"[a-z][a-z0-9_-]{0,19}|\d{1,6}")
_HOST: Final = re.compile(r"([A-Za-z0-9][\w.-]*)(?::\d{1,5})?")


@dataclass(frozen=True)
class Missing:
    """A variable that a service lacks in the environments `absent`, and what others have: none of it is empty."""

    name: str
    service: str
    absent: frozenset[str]
    present: Mapping[str, str]

    def on_purpose(self, comparison: Comparison, readers: SeenReaders) -> str:
        """Return the way in which a policy names what is missing on purpose, an empty string for all else."""
        theirs = set().union(*map(environments_named, self.present))
        own = set().union(*map(environments_named, self.absent))
        if self._environments() & theirs - own:
            return "named-for-another"
        if comparison.production(self.absent) and self._only_says_development(comparison):
            return "only-says-development"
        return SET_WHERE_READ if self.service and readers.have_it(self.service, self.absent) else ""

    def facts(self, comparison: Comparison, files: Mapping[str, EnvFiles]) -> Iterator[str]:
        """Yield what tells that it does little harm: facts of `knowledge/judgement.yml`."""
        values = list(self.present.values())
        production = comparison.production(self.absent)
        held = {
            "program-setting": "." in self.name,
            "local-elsewhere": production and all(map(_is_local, values)),
            "switched-off": production
            and not _GUARDS.search(self.name.upper())
            and all(as_boolean(value) is False or value.lower() in _NOTHING for value in values),
            "cut-down-elsewhere": production
            and bool(_CUT_DOWN.match(self.name.upper()))
            and not _GUARDS.search(self.name.upper())
            and all(as_boolean(value) for value in values),
            "own-name": all(value.lower() == self.service.lower() for value in values),
            "default-anyway": self._is_default_anyway(comparison, files),
            "another-name": has_another_name(comparison, self.name, self.service, self.absent, self.present)
            or is_passed_on(comparison, files, self.name, self.service, self.absent),
            "own-size": is_own_size(self.name, self.present),
            "read-at-build": is_read_at_build(comparison, self.name, self.service, self.absent),
            "migrates-apart": migrates_apart(comparison, self.name, self.present, self.absent),
            "mounted-there": names_a_mount(comparison, self.present, self.absent),
            "published-port": all(files[e].is_published_port(self.name) for e in self.present)
            and not any(files[e].is_used(self.name) for e in self.absent),
            "read-by-compose": all(files[e].only_interpolated(self.name) for e in (*self.absent, *self.present)),
            "first-account": bool(_FIRST_ACCOUNT.fullmatch(self.name.upper())) and all(map(_is_default, values)),
            "says-build": production and bool(_BUILD.search(self.name.upper())),
            "made-by-script": self.name in _FIRST_DATABASE and self._has_scripts(comparison),
            "names-absent-service": all(self._names_absent(comparison, value) for value in values),
        }
        yield from (fact for fact, holds in held.items() if holds)

    def _has_scripts(self, comparison: Comparison) -> bool:
        """Return whether scripts that may make the database are mounted wherever the variable is missing."""
        members = [match.members[e] for match in comparison.matches_of([self.service]) for e in self.absent]
        mounts = [one.config.mounts if one.config else () for one in members]
        return bool(mounts) and all(any(one.destination.startswith(_SCRIPTS) for one in found) for found in mounts)

    def _is_default_anyway(self, comparison: Comparison, files: Mapping[str, EnvFiles]) -> bool:
        """Return whether others have what programs do without it, or what their compose files fall back to.

        The latter tells of choices and sizes only: an address that is a default in one environment leads nowhere in
        another.
        """
        plain = _CHOICE.search(self.name.upper()) and all(map(_PLAIN.fullmatch, self.present.values()))
        return all(
            comparison.images.is_default(self.name, value)
            or (plain and files[environment].falls_back_to(self.name, value))
            for environment, value in self.present.items()
        )

    def _environments(self) -> set[str]:
        """Return the environments that the name itself speaks of; localhost is a developer's machine."""
        return environments_named(self.name) | ({"dev"} if "localhost" in self.name.lower() else set())

    def _only_says_development(self, comparison: Comparison) -> bool:
        """Return whether production is right to lack it: it would be at fault with what others have."""
        said = {value.strip().lower() for value in self.present.values()}
        words = environments_named(self.name) | set(self.name.lower().split("_"))
        switched = all(as_boolean(value) for value in said) and bool(words & _DEBUGGING)
        forbidden = [
            one for one in comparison.policy.forbidden if one.concerns(self.name) and one.kind not in (*LOCAL, *EMPTY)
        ]
        return (
            said <= _DEVELOPMENT
            or (self.name == "DEBUG" and all(map(_NAMESPACES.fullmatch, self.present.values())))
            or switched
            or ("databases" in words and all(map(_only_adds_tests, self.present.values())))
            or any(all(is_forbidden(value, one) for value in self.present.values()) for one in forbidden)
        )

    def _names_absent(self, comparison: Comparison, value: str) -> bool:
        """Return whether a value leads to a service that the environments lack, where that is a finding itself.

        Where the policy expects the service to be missing, as it does for tools that stand in for what production
        buys, the variable is the finding: mail that goes to a catcher in development has to go somewhere else.
        """
        host = host_of(value)
        for match in comparison.matches_called(host):
            if not match.members.keys() & self.absent:
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


def _only_adds_tests(value: str) -> bool:
    """Return whether a list of databases has one beside those of tests and development."""
    parts = listed(value)
    own = [part for part in parts if not environments_named(part)]
    return len(own) <= 1 < len(parts)


def _is_local(value: str) -> bool:
    host = host_of(value)
    return is_local_host(host) or host.endswith(".localhost")


def _is_default(value: str) -> bool:
    return placeholder_kind(value) != "" or value.lower() in ("admin", "root", "administrator")
