"""nginx (C12): what it refuses of its configuration, and what its configurations mean differently."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from parity.areas.nginx import unresolvable
from parity.areas.nginx.differences import Context
from parity.areas.nginx.differences import differences as between
from parity.compare.comparison import Comparison
from parity.compare.configured import Reader
from parity.compare.endpoints import endpoints
from parity.compare.match_services import Match
from parity.compare.nginx_model import files_of, model_of, release_of
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Configuration, Stack
from parity.domain.values import show
from parity.programs.nginx.check.check import check
from parity.programs.nginx.check.walker import Unseen
from parity.programs.nginx.model.types import Gap, Model
from parity.programs.nginx.syntax.explain import explain
from parity.programs.nginx.syntax.modules import OFFICIAL
from parity.programs.nginx.syntax.problem import Problem
from parity_host.secrets.token import TOKEN

_HIDDEN: Final = re.compile(TOKEN.pattern.encode())
_OF_TLS: Final = frozenset({"ssl_protocols", "ssl_ciphers"})
_IN_IMAGE: Final = "is inside the image, and no container is running to read it from"
# Files of nginx's packages that mean the same everywhere: nobody misses them in a comparison.
_OF_NGINX: Final = frozenset(
    {"mime.types", "fastcgi_params", "fastcgi.conf", "uwsgi_params", "scgi_params", "koi-utf", "koi-win", "win-utf"}
)
_MISSING: Final = frozenset({"nginx.server-missing", "nginx.location-missing"})
_REFUSED: Final = "nginx.refused"


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what nginx refuses or warns of in each environment, then what differs in meaning between them."""
    for match in comparison.matches:
        models: dict[str, Model] = {}
        refused: set[str] = set()
        unread: set[str] = set()
        uncertain: set[str] = set()
        for stack, configuration, reader in comparison.configured(match, "nginx"):
            for found in _said(stack, match, configuration, reader):
                refused |= {stack.environment} if found.rule == _REFUSED else set()
                yield found
            yield from _in_image(stack, match, configuration, reader)
            unread |= {stack.environment} if configuration.unread else set()
            if configuration.files:
                yield from _names(comparison, match, stack, configuration, reader)
                models.setdefault(stack.environment, model_of(configuration, reader))
                if _passed(configuration) or not release_of(configuration, reader).known:
                    uncertain.add(stack.environment)
        models = {
            environment: _told_once(model, environment in refused, environment in unread, environment in uncertain)
            for environment, model in models.items()
        }
        for found in _between(comparison, match, models):
            # Protocols and ciphers are the area tls's; what was not read may hold what seems to be missing.
            unseen = found.rule in _MISSING and unread & set(found.environments)
            if found.words.get("setting") not in _OF_TLS and not unseen:
                yield found


def _told_once(model: Model, refused: bool, unread: bool, uncertain: bool) -> Model:
    """Return a model without what nginx would not take of it, where that is reported already or not certain.

    What nginx stops at is said once, and in nginx's own words. A file that could not be read here may well be there
    for nginx. What nginx itself takes, or another release that it may be, is not compared and no more.
    """
    left = [one for one in model.unread if not (one.refused and (refused or (unread and one.gap is Gap.ABSENT)))]
    return replace(model, unread=tuple(replace(one, refused=one.refused and not uncertain) for one in left))


def _passed(configuration: Configuration) -> bool:
    tested = configuration.tested
    return tested is not None and bool(tested.how) and tested.code == 0


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
    passed = _passed(configuration)
    said = explain(tested.output) if tested is not None and tested.how else []
    words = {problem.message for problem in said}
    predicted = [
        problem
        for problem in _predicted(configuration, reader)
        # Where nginx says that all is well it is, and a warning that it does not give is none.
        if not passed or problem.message in words
    ]
    release = release_of(configuration, reader)
    range_ = f" down to {release.oldest} (assumed: neither the image tag nor the environment names the release)"
    named = f"nginx {release.version}" + ("" if release.known else range_)
    yield f"the files, as {named} reads them", predicted
    if tested is not None:
        how = "in a temporary copy of" if tested.how == "throw-away" else "in"
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
    """Return what nginx would say of the files; where its release is not known, what any that it may be would say."""
    if not configuration.files:
        return []
    release = release_of(configuration, reader)
    unseen = Unseen(
        files=[path for path in configuration.in_image if posixpath.basename(path) not in _OF_NGINX],
        more=bool(configuration.unread),
        hidden=_HIDDEN,
        modules=release.own_modules,
    )
    newest, *others = [
        check(files_of(configuration), configuration.main, version, built_in=OFFICIAL, unseen=unseen)
        for version in dict.fromkeys((release.version, release.oldest))
    ]
    return [problem for problem in newest if all(_said_by(problem, other) for other in others)]


def _said_by(problem: Problem, other: Sequence[Problem]) -> bool:
    """Whether another release says it too: it may stop at another fault, which it then names instead."""
    if problem.fatal:
        return any(one.fatal for one in other)
    return any(one.message == problem.message for one in other)


def _in_image(stack: Stack, match: Match, configuration: Configuration, reader: Reader) -> Iterator[Difference]:
    """Yield what is not known of a configuration because it lies in the image, and was not compared.

    The main file of nginx's own image is known, so there is nothing to compare by hand where that was assumed.
    """
    told = [(path, _IN_IMAGE) for path in configuration.in_image if posixpath.basename(path) not in _OF_NGINX]
    if configuration.assumed and release_of(configuration, reader).own_modules:
        told.append((configuration.main, f"{_IN_IMAGE}; the file of the official nginx image was assumed"))
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

    included = set(configuration.in_image) - {configuration.main}
    unseen = bool(configuration.unread) or any(posixpath.basename(path) not in _OF_NGINX for path in included)
    yield from unresolvable.differences(
        unresolvable.NginxInstance(comparison, stack, match, configuration.service, reader, model, alone, unseen)
    )


def _difference(stack: Stack, match: Match, problem: Problem, pieces: tuple[Evidence, ...], folder: str) -> Difference:
    rule = _REFUSED if problem.fatal else "nginx.warning"
    where = "" if problem.file is None else problem.file.removeprefix(folder + "/")
    words = {
        "fault": _fault(problem, where),
        "message": show(problem.message),
        "explained": problem.cause or f"nginx reports: {show(problem.message)}",
        "impact": problem.impact,
        "advice": problem.action or "Correct the line that nginx names.",
        "remedy": problem.remedy,
    }
    item = ":".join(part for part in (problem.rule or problem.message_class, problem.directive, where) if part)
    facts = frozenset({"deprecated"} if problem.rule == "deprecated_directive" else ())
    return Difference(rule, (stack.environment,), match.name, item, pieces, words, facts=facts)


def _fault(problem: Problem, where: str) -> str:
    """Return what a title names a problem by: its directive, else its class, and the file."""
    what = problem.directive or (problem.rule or problem.message_class).replace("_", " ")
    return show(f"{what} ({where})" if where else what)


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
