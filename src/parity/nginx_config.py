"""nginx (C12): what it refuses of its configuration, and what its configurations mean differently."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from parity.comparison import Comparison
from parity.model import Difference, Evidence
from parity.nginx.check import check
from parity.nginx.explain import explain
from parity.nginx.model import Model
from parity.nginx.model_read import read_model
from parity.nginx.problem import Problem
from parity.nginx.unknown import OFFICIAL
from parity.nginx_models import Context
from parity.nginx_models import differences as between
from parity.services import Match
from parity.stack import Configuration, Container, Stack
from parity.values import show

# nginx writes a version into its image's environment, and people write one into the tag.
_VERSION: Final = re.compile(r"(1\.\d{1,3}(?:\.\d{1,3})?)(?![\d.])")
# Where nothing says it: the newest that is known here.
_NEWEST: Final = "1.31"
_MISSING: Final = "missing_file"
_OF_TLS: Final = frozenset({"ssl_protocols", "ssl_ciphers"})
_REFUSED: Final = "nginx.refused"
_STOPS: Final = frozenset({"emerg", "alert", "crit"})


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what nginx refuses or warns of in each environment, then what differs in meaning between them."""
    for match in comparison.matches:
        models: dict[str, Model] = {}
        refused: set[str] = set()
        for stack, configuration, container in comparison.configured(match, "nginx"):
            for found in _said(stack, match, configuration, container):
                refused |= {stack.environment} if found.rule == _REFUSED else set()
                yield found
            if configuration.files:
                models.setdefault(stack.environment, model_of(configuration, container))
        for found in _between(comparison, match, models):
            # What nginx stops at is said once, and in nginx's own words; protocols and ciphers are the area tls's.
            told = found.rule == "nginx.unread" and refused.issuperset(found.environments)
            if not told and found.words.get("setting") not in _OF_TLS:
                yield found


def version_of(container: Container) -> tuple[str, bool]:
    """Return the version of a container's nginx, and whether it is known or only assumed to be the newest."""
    tag = container.config.image.rpartition(":")[2]
    for text in (container.environment.get("NGINX_VERSION", ""), tag):
        if found := _VERSION.match(text):
            return found[1], True
    return _NEWEST, False


def server_names(stack: Stack) -> list[str]:
    """Return the names by which the nginx of an environment is asked for; no patterns among them."""
    names: set[str] = set()
    for configuration, container in stack.configured("nginx"):
        for server in model_of(configuration, container).servers:
            names.update(name.removeprefix(".") for name in server.names)
    return sorted(name for name in names if name not in ("", "_") and not any(sign in name for sign in "*~$"))


def model_of(configuration: Configuration, container: Container) -> Model:
    """Return what a configuration means to the nginx of its container."""
    return _read(tuple(sorted(configuration.files.items())), configuration.main, version_of(container)[0])


@lru_cache(maxsize=32)
def _read(files: tuple[tuple[str, bytes], ...], main: str, version: str) -> Model:
    """Return a model; several areas ask for the same one."""
    return read_model(dict(files), main, version)


def _said(stack: Stack, match: Match, configuration: Configuration, container: Container) -> Iterator[Difference]:
    """Yield what nginx would say of its files, joined with what it did say in its log."""
    version, known = version_of(container)
    named = f"nginx {version}" + ("" if known else ", assumed: neither the image's tag nor its environment says it")
    files, main = configuration.files, configuration.main
    predicted = [
        problem
        for problem in (check(files, main, version, built_in=OFFICIAL) if files else ())
        # A file that could not be read here may well be there for nginx.
        if not (configuration.unread and problem.message_class == _MISSING)
    ]
    observed = {problem.message: problem for problem in explain("\n".join(container.log_tail))}
    folder = posixpath.dirname(configuration.main)
    for problem in predicted:
        pieces = [Evidence(stack.environment, show(problem.message), f"the files, as {named} reads them", match.name)]
        if problem.message in observed:
            pieces.append(_in_the_log(stack, match, container, problem.message))
        yield _difference(stack, match, problem, tuple(pieces), folder)
    if not container.serves:
        told = {problem.message for problem in predicted}
        for message, problem in observed.items():
            if message not in told and problem.level in _STOPS:
                yield _difference(stack, match, problem, (_in_the_log(stack, match, container, message),), folder)


def _in_the_log(stack: Stack, match: Match, container: Container, message: str) -> Evidence:
    return Evidence(stack.environment, show(message), f"the log of container {container.name}", match.name)


def _difference(stack: Stack, match: Match, problem: Problem, pieces: tuple[Evidence, ...], folder: str) -> Difference:
    rule = _REFUSED if problem.level in _STOPS else "nginx.warning"
    words = {
        "message": show(problem.message),
        "explained": problem.cause or "nginx says so itself.",
        "impact": problem.impact,
        "advice": problem.action or "Correct it where nginx says.",
    }
    where = "" if problem.file is None else problem.file.removeprefix(folder + "/")
    item = ":".join(part for part in (problem.rule or problem.message_class, problem.directive, where) if part)
    return Difference(rule, (stack.environment,), match.name, item, pieces, words)


def _between(comparison: Comparison, match: Match, models: Mapping[str, Model]) -> Iterator[Difference]:
    services = {environment: _hosts(comparison, environment) for environment in models}
    production = frozenset(environment for environment in models if comparison.stack(environment).production)
    yield from between(models, Context(match.name, services, production, comparison.same_value))


def _hosts(comparison: Comparison, environment: str) -> dict[str, str]:
    """Return by host name, in one environment, the name that its service has in all of them."""
    hosts: dict[str, str] = {}
    for match in comparison.matches:
        service = match.members.get(environment)
        if service is None:
            continue
        names = {service.name, *(container.name for container in service.containers)}
        for container in service.containers:
            names |= {alias for aliases in container.config.networks.values() for alias in aliases}
        hosts.update(dict.fromkeys(names, match.name))
    return hosts
