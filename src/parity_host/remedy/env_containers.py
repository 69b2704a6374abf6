"""The containers that read an env file, as a switch of it asks them: made anew by the real Compose, and proved."""

from __future__ import annotations

import json
import time
from typing import Any, Dict, List, Mapping, Sequence

from ..engine.client import Engine, EngineUnavailableError, NotFoundError
from ..engine.compose_labels import ONE_OFF, PROJECT, brought_by_image, label
from ..engine.times import nanoseconds
from ..secrets.redact import Redactor
from .compose import Compose, project_of
from .container_service import STOPPED_BY_HAND
from .dependents import Dependents
from .service import ServiceError

# What a journal says of it, where another remedy's names a container.
NAMED = "the containers of project %s (parity_env_recreate)"
_SHARED = ("NetworkMode", "PidMode", "IpcMode")
_STEADY_SECONDS = 3.0


class EnvService:
    """The containers of a Compose project that were made from a file. See `switch_service.Service`.

    Which these are is Compose's own word: those that it would make anew once the file has changed.
    """

    def __init__(
        self, engine: Engine, project: str, services: Sequence[str], redactor: Redactor, seconds: float
    ) -> None:
        """Take the services that are known to read the file."""
        self.container = NAMED % project
        self._engine, self._name, self._services, self._redactor = engine, project, services, redactor
        self._seconds = seconds
        self._before: Dict[str, str] = {}
        self._ill: List[str] = []
        self._recreated: List[str] = []
        self._said: List[str] = []
        self._dependents = Dependents(engine, redactor, seconds)

    def is_ill(self) -> bool:
        """Return False: what a container that fails lacks is another finding."""
        return False

    def prove(self) -> None:
        """See that Compose is here, and that nothing but the file would change with its containers."""
        if not self._name:
            raise ServiceError("the Compose project that reads the file is unknown; set parity_project")
        containers = self._containers()
        self._before = self._compose(containers).hashes() if containers else {}
        self._ill = _names([one for one in containers if not _runs(one)])
        meant = [one for one in containers if _service(one) in self._services and _is_meant_to_run(one)]
        self._refuse_more(meant, containers)
        self._dependents.prove(containers, _names(meant))

    def take(self) -> None:
        """Make anew what was made from the file; one that somebody stopped stays stopped."""
        containers = self._containers()
        if not containers:
            return
        compose = self._compose(containers)
        hashes = compose.hashes()
        reading = [one for one in containers if hashes.get(_service(one)) != self._before.get(_service(one))]
        meant = [one for one in reading if _is_meant_to_run(one)]
        self._refuse_more(meant, containers)
        if meant:
            compose.up(_amounts(meant), self._seconds, wait=True)
        self._recreated = _names(meant)
        self._said = ["%s was recreated" % name for name in self._recreated]
        if meant:
            self._said += self._dependents.reload(self._containers(), self._recreated)
        for one in reading:
            how = "paused" if (one.get("State") or {}).get("Paused") else "stopped"
            said = "%s was %s and was not recreated" % (_service(one), how)
            if _service(one) not in self._recreated and said not in self._said:
                self._said.append(said)

    def verify(self) -> None:
        """See that they were made from what Compose reads now, run, and stay up."""
        self._made(self._recreated)
        before = self._starts()
        time.sleep(_STEADY_SECONDS if self._recreated else 0)
        if self._starts() != before:
            raise ServiceError("%s: some containers do not stay up" % ", ".join(self._recreated))
        if self._recreated:
            self._dependents.verify(self._containers())

    def back(self, since: int) -> bool:
        """Make anew, from the old file, what was made, stopped or started since then."""
        containers = self._containers()
        touched = _names([one for one in containers if any(at >= since for at in _times(one))])
        if touched:
            theirs = [one for one in containers if _service(one) in touched]
            self._compose(containers).up(_amounts(theirs), self._seconds, wait=False)
            self._dependents.reload(self._containers(), touched)
            self._made(touched, self._ill)
        return bool(touched)

    def done(self) -> List[str]:
        """Return which services' containers were made anew, and which were not."""
        return self._said

    def _made(self, services: Sequence[str], ill: Sequence[str] = ()) -> None:
        containers = [one for one in self._containers() if _service(one) in services]
        hashes = self._compose(containers).hashes() if services else {}
        for one in containers:
            if hashes.get(_service(one)) != _made_from(one):
                raise ServiceError("%s was not created from the current files" % _service(one))
            if not _runs(one) and _service(one) not in ill:
                raise ServiceError("%s is not running" % _service(one))

    def _starts(self) -> Dict[str, str]:
        return {
            str(one.get("Id")): str((one.get("State") or {}).get("StartedAt"))
            for one in self._containers()
            if _service(one) in self._recreated
        }

    def _refuse_more(self, meant: Sequence[Mapping[str, Any]], everything: Sequence[Mapping[str, Any]]) -> None:
        """Raise ServiceError where making containers anew would change more than the keys that they have."""
        ids = {"container:%s" % one.get("Id"): _service(one) for one in meant}
        for one in everything:
            config = one.get("HostConfig") or {}
            of = next((ids[str(config.get(kind))] for kind in _SHARED if str(config.get(kind)) in ids), "")
            if of:
                raise ServiceError("%s shares a namespace of %s and would lose it" % (_service(one), of))
        resting = {_service(one) for one in everything if not _is_meant_to_run(one)}
        for one in meant:
            if _service(one) in resting:
                raise ServiceError("%s has both running and stopped containers" % _service(one))
            self._refuse_other_settings(one)

    def _refuse_other_settings(self, one: Mapping[str, Any]) -> None:
        service, name = _service(one), str((one.get("Config") or {}).get("Image"))
        if _made_from(one) != self._before.get(service):
            raise ServiceError(
                "%s was created from different settings, or by a different Compose version: recreating it would change "
                "more than the keys; run docker compose up -d %s yourself" % (service, service)
            )
        try:
            image = self._engine.get("/images/%s/json" % name)
        except (EngineUnavailableError, NotFoundError):
            raise ServiceError("the image of %s no longer exists: %s" % (service, name)) from None
        if image.get("Id") != one.get("Image"):
            raise ServiceError("%s would get a different image: %s was built or pulled since" % (service, name))

    def _compose(self, containers: Sequence[Mapping[str, Any]]) -> Compose:
        return Compose(project_of(containers), self._engine.endpoint, self._redactor)

    def _containers(self) -> List[Dict[str, Any]]:
        """Return the project's containers as the engine inspects them; raises ServiceError."""
        wanted = ["%s=%s" % (PROJECT, self._name), "%s=False" % ONE_OFF]
        try:
            listed = self._engine.get("/containers/json", all="1", filters=json.dumps({"label": wanted}))
            found = [self._engine.get("/containers/%s/json" % one["Id"]) for one in listed]
            return [one for one in found if not self._is_forged(one)]
        except (EngineUnavailableError, NotFoundError) as error:
            raise ServiceError("the project's containers cannot be read: %s" % error) from None

    def _is_forged(self, container: Mapping[str, Any]) -> bool:
        """Return whether its image says that it is of the project: Compose is run by what such labels name."""
        try:
            image = self._engine.get("/images/%s/json" % container.get("Image"))
        except NotFoundError:
            return False
        return brought_by_image((container.get("Config") or {}).get("Labels") or {}, image)


def _service(container: Mapping[str, Any]) -> str:
    return label(container, "service")


def _names(containers: Sequence[Mapping[str, Any]]) -> List[str]:
    return sorted({_service(one) for one in containers})


def _made_from(container: Mapping[str, Any]) -> str:
    return label(container, "config-hash")


def _runs(container: Mapping[str, Any]) -> bool:
    return (container.get("State") or {}).get("Running") is True


def _is_meant_to_run(container: Mapping[str, Any]) -> bool:
    state = container.get("State") or {}
    if state.get("Paused") or state.get("Status") == "created":
        return False
    return state.get("Status") != "exited" or state.get("ExitCode") not in STOPPED_BY_HAND


def _amounts(containers: Sequence[Mapping[str, Any]]) -> Dict[str, int]:
    """Return how many containers each service has; while one is made anew, the old and the new have one number."""
    numbers = {(_service(one), label(one, "container-number")) for one in containers}
    return {name: sum(1 for service, _ in numbers if service == name) for name, _ in numbers}


def _times(container: Mapping[str, Any]) -> List[int]:
    state = container.get("State") or {}
    return [
        nanoseconds(one) or 0 for one in (container.get("Created"), state.get("StartedAt"), state.get("FinishedAt"))
    ]
