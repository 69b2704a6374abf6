"""What depends on recreated containers: an nginx keeps the addresses it looked up, and what answered must go on.

Compose gives a new container whatever address is free. An nginx looks names up when it reads its files, and answers
502 from then on until it is reloaded.
"""

from __future__ import annotations

import time
from typing import Any, List, Mapping, Sequence, Set, Tuple

from ..engine import commands
from ..engine.client import Engine, EngineUnavailableError, NotFoundError
from ..engine.commands import CannotRunError
from ..health.gather import web_answers
from ..health.kinds import kind_of
from ..health.probe import OK
from ..health.targets import Target, target
from ..nginx import command
from ..secrets.redact import Redactor
from .service import ServiceError

_PAUSE_SECONDS = 1.0
_ANSWER_SECONDS = 3.0
_SAID_CHARACTERS = 1000


class Dependents:
    """The containers of a project that are not recreated themselves, and everything that answers over HTTP."""

    def __init__(self, engine: Engine, redactor: Redactor, seconds: float) -> None:
        """Take how many seconds a service has to answer again."""
        self._engine, self._redactor, self._seconds = engine, redactor, seconds
        self._answered: Set[Tuple[str, str]] = set()

    def prove(self, containers: Sequence[Mapping[str, Any]], recreated: Sequence[str]) -> None:
        """See that each nginx that would keep an old address can be reloaded, and note what answers now."""
        for one in _nginx(containers, recreated):
            ran = self._run(one, command.testing(command.started(one.words, one.environment)))
            if ran.code:
                raise ServiceError(
                    "%s would keep the old addresses of %s: nginx rejects its files and cannot be reloaded. Repair it "
                    "first. nginx -t: %s" % (one.name, ", ".join(recreated), self._said(ran))
                )
        self._answered = {at for at, (state, _) in self._answers(containers).items() if state == OK}

    def reload(self, containers: Sequence[Mapping[str, Any]], recreated: Sequence[str]) -> List[str]:
        """Have each nginx look up the new addresses; return what was done. Raises ServiceError."""
        found = _nginx(containers, recreated)
        for one in found:
            ran = self._run(one, command.signalling(command.started(one.words, one.environment), "reload"))
            if ran.code:
                raise ServiceError("%s does not reload and keeps the old addresses: %s" % (one.name, self._said(ran)))
        return ["%s was reloaded to resolve the new addresses" % one.service for one in found]

    def verify(self, containers: Sequence[Mapping[str, Any]]) -> None:
        """Wait until all that answered before does again; raises ServiceError with what does not."""
        deadline = time.monotonic() + self._seconds
        while self._answered:
            now = self._answers(containers)
            lost = sorted(at for at in self._answered if at in now and now[at][0] != OK)
            if not lost:
                return
            if time.monotonic() > deadline:
                service, where = lost[0]
                raise ServiceError(
                    "%s answered at %s before the change but not after it: %s" % (service, where, now[lost[0]][1])
                )
            time.sleep(_PAUSE_SECONDS)

    def _answers(self, containers: Sequence[Mapping[str, Any]]) -> Mapping[Tuple[str, str], Tuple[str, str]]:
        return web_answers(self._engine, containers, _ANSWER_SECONDS, self._redactor)

    def _run(self, one: Target, argv: Sequence[str]) -> commands.Ran:
        try:
            return commands.run(self._engine, one.id, argv, {}, time.monotonic() + self._seconds)
        except (CannotRunError, EngineUnavailableError, NotFoundError) as error:
            raise ServiceError("%s could not be reloaded: %s" % (one.name, error)) from None

    def _said(self, ran: commands.Ran) -> str:
        return str(self._redactor.sweep(self._redactor.text(ran.errors or ran.output))).strip()[-_SAID_CHARACTERS:]


def _nginx(containers: Sequence[Mapping[str, Any]], recreated: Sequence[str]) -> List[Target]:
    """Return each nginx that runs, is not recreated itself, and has a network in common with what is."""
    found = [target(one) for one in containers]
    networks = {name for one in found if one.service in recreated for name in one.networks}
    return [
        one
        for one in found
        if one.runs
        and one.service not in recreated
        and networks.intersection(one.networks)
        and kind_of(one.image, one.words, one.service) == "nginx"
    ]
