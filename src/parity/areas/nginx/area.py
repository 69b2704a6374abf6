"""nginx (C12): what it refuses of its configuration, and what its configurations mean differently."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from parity.areas.nginx import unresolvable
from parity.areas.nginx.differences import Context
from parity.areas.nginx.differences import differences as between
from parity.compare.comparison import Comparison
from parity.compare.configured import Reader, configured
from parity.compare.endpoints import endpoints
from parity.compare.match_services import Match
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Configuration, Stack
from parity.domain.values import show
from parity.programs.nginx.check.check import check
from parity.programs.nginx.check.unknown_directives import OFFICIAL
from parity.programs.nginx.model.read import read_model
from parity.programs.nginx.model.types import Model
from parity.programs.nginx.syntax.directives import NEWEST
from parity.programs.nginx.syntax.explain import explain
from parity.programs.nginx.syntax.problem import Problem

# nginx writes a version into its image's environment, and people write one into the tag.
_VERSION: Final = re.compile(r"(1\.\d{1,3}(?:\.\d{1,3})?)(?![\d.])", re.ASCII)
_MISSING: Final = "missing_file"
_OF_TLS: Final = frozenset({"ssl_protocols", "ssl_ciphers"})
_NOT_FOUND: Final = "was not found"
_IN_IMAGE: Final = "lies in the image, which cannot be read where no container runs"
# Files of nginx's packages that mean the same everywhere: nobody misses them in a comparison.
_OF_NGINX: Final = frozenset(
    {"mime.types", "fastcgi_params", "fastcgi.conf", "uwsgi_params", "scgi_params", "koi-utf", "koi-win", "win-utf"}
)
_REFUSED: Final = "nginx.refused"


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what nginx refuses or warns of in each environment, then what differs in meaning between them."""
    for match in comparison.matches:
        models: dict[str, Model] = {}
        refused: set[str] = set()
        unread: set[str] = set()
        for stack, configuration, reader in comparison.configured(match, "nginx"):
            for found in _said(stack, match, configuration, reader):
                refused |= {stack.environment} if found.rule == _REFUSED else set()
                yield found
            yield from _in_image(stack, match, configuration, reader)
            unread |= {stack.environment} if configuration.unread else set()
            if configuration.files:
                yield from _names(comparison, match, stack, configuration, reader)
                models.setdefault(stack.environment, model_of(configuration, reader))
        for found in _between(comparison, match, models):
            # What nginx stops at is said once, and in nginx's own words; protocols and ciphers are the area tls's.
            # A file that could not be read here may well be there for nginx.
            hidden = unread if found.words.get("what", "").endswith(_NOT_FOUND) else set()
            told = found.rule == "nginx.unread" and (refused | hidden).issuperset(found.environments)
            if not told and found.words.get("setting") not in _OF_TLS:
                yield found


def version_of(configuration: Configuration, reader: Reader) -> tuple[str, bool]:
    """Return the version of a container's nginx, and whether it is known or only assumed to be the newest."""
    told = configuration.tested.version if configuration.tested is not None else ""
    tag = reader.image.rpartition(":")[2]
    for text in (told, reader.environment.get("NGINX_VERSION", ""), tag):
        if found := _VERSION.match(text):
            return found[1], True
    return NEWEST, False


def server_names(stack: Stack) -> list[str]:
    """Return the names by which the nginx of an environment is asked for; no patterns among them."""
    names: set[str] = set()
    for configuration, reader in configured(stack, "nginx"):
        for server in model_of(configuration, reader).servers:
            names.update(name.removeprefix(".") for name in server.names)
    return sorted(name for name in names if name not in ("", "_") and not any(sign in name for sign in "*~$"))


def model_of(configuration: Configuration, reader: Reader) -> Model:
    """Return what a configuration means to the nginx of its container."""
    return _read(tuple(sorted(_files(configuration).items())), configuration.main, version_of(configuration, reader)[0])


def _files(configuration: Configuration) -> Mapping[str, bytes]:
    """Return its files; what lies in the image is there for nginx, and stands here empty."""
    return {**dict.fromkeys(configuration.in_image, b""), **configuration.files}


@lru_cache(maxsize=32)
def _read(files: tuple[tuple[str, bytes], ...], main: str, version: str) -> Model:
    """Return a model; several areas ask for the same one."""
    return read_model(dict(files), main, version)


def _said(stack: Stack, match: Match, configuration: Configuration, reader: Reader) -> Iterator[Difference]:
    """Yield what nginx says of its files: by `nginx -t`, by its log, and as it is predicted, each fault once."""
    folder = posixpath.dirname(configuration.main)
    found: dict[str, tuple[Problem, list[Evidence]]] = {}
    for place, problems in _sources(configuration, reader):
        for problem in problems:
            pieces = found.setdefault(problem.message, (problem, []))[1]
            if place not in [piece.place for piece in pieces]:
                pieces.append(Evidence(stack.environment, show(problem.message), place, match.name))
    for problem, evidence in found.values():
        yield _difference(stack, match, problem, tuple(evidence), folder)
    tested = configuration.tested
    if tested is not None and not tested.how:
        why = Evidence(stack.environment, show(tested.why), reader.place, match.name)
        yield Difference("nginx.not-tested", (stack.environment,), match.name, "", (why,), {"why": show(tested.why)})


def _sources(configuration: Configuration, reader: Reader) -> Iterator[tuple[str, list[Problem]]]:
    """Yield where something is said of a configuration, and what: what nginx itself says now outweighs the rest."""
    tested = configuration.tested
    passed = tested is not None and bool(tested.how) and tested.code == 0
    said = explain(tested.output) if tested is not None and tested.how else []
    words = {problem.message for problem in said}
    predicted = [
        problem
        for problem in _predicted(configuration, reader)
        # Where nginx says that all is well it is, and a warning that it does not give is none.
        if not passed or problem.message in words
    ]
    version, known = version_of(configuration, reader)
    named = f"nginx {version}" + ("" if known else ", assumed: neither the image's tag nor its environment says it")
    yield f"the files, as {named} reads them", predicted
    if tested is not None:
        how = "in a throw-away copy of" if tested.how == "throw-away" else "in"
        yield f"nginx -t {how} {reader.place}", list(said)
    told = {problem.message for problem in predicted} | words
    yield (
        reader.log,
        [
            problem
            for problem in explain("\n".join(reader.log_tail))
            if problem.message in told or (not reader.serves and not passed and problem.fatal)
        ],
    )


def _predicted(configuration: Configuration, reader: Reader) -> list[Problem]:
    if not configuration.files:
        return []
    version = version_of(configuration, reader)[0]
    problems = check(_files(configuration), configuration.main, version, built_in=OFFICIAL)
    # A file that could not be read here may well be there for nginx.
    return [one for one in problems if not (configuration.unread and one.message_class == _MISSING)]


def _in_image(stack: Stack, match: Match, configuration: Configuration, reader: Reader) -> Iterator[Difference]:
    """Yield what is not known of a configuration because it lies in the image, and was not compared."""
    told = [(path, _IN_IMAGE) for path in configuration.in_image if posixpath.basename(path) not in _OF_NGINX]
    if configuration.assumed:
        told.append((configuration.main, f"{_IN_IMAGE}, and the one of nginx's own image was taken for it"))
    for path, why in told:
        words = {"what": f"{show(path)} {why}", "place": reader.place}
        where = Evidence(stack.environment, words["what"], reader.place, match.name)
        yield Difference("nginx.not-compared", (stack.environment,), match.name, path, (where,), words)


def _names(
    comparison: Comparison, match: Match, stack: Stack, configuration: Configuration, reader: Reader
) -> Iterator[Difference]:
    """Yield the hosts that it names and cannot find."""
    folder = posixpath.dirname(configuration.main)
    model = model_of(configuration, reader)

    def alone(problem: Problem) -> Difference:
        return _difference(stack, match, problem, (), folder)

    yield from unresolvable.differences(
        unresolvable.Asked(comparison, stack, match, configuration.service, reader, model, alone)
    )


def _difference(stack: Stack, match: Match, problem: Problem, pieces: tuple[Evidence, ...], folder: str) -> Difference:
    rule = _REFUSED if problem.fatal else "nginx.warning"
    words = {
        "message": show(problem.message),
        "explained": problem.cause or "nginx says so itself.",
        "impact": problem.impact,
        "advice": problem.action or "Correct it where nginx says.",
        "remedy": problem.remedy,
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
    names = {
        service.name: match.name
        for match in comparison.matches
        for service in [match.members.get(environment)]
        if service is not None
    }
    return {
        name: names[one.service]
        for one in endpoints(comparison.stack(environment))
        if one.service in names
        for name in one.names
    }
