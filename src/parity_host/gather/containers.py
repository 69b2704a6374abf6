"""What the Docker Engine knows of one Compose project's containers, as plain data without a secret in it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..engine.answers import CONTAINER, IMAGE, LISTED, MalformedError, shaped
from ..engine.client import (
    Engine,
    EngineAbsentError,
    EngineUnavailableError,
    NotFoundError,
    UnusableAnswerError,
    find_endpoint,
    split_log_stream,
)
from ..engine.compose_labels import PREFIX, PROJECT, brought_by_image
from ..engine.times import NANO, nanoseconds
from ..engine.trial_container import is_trial
from ..health.http_probe import USER_AGENT
from ..health.targets import OF_IMAGE
from ..secrets.redact import Redactor
from ..secrets.token import TOKEN
from .container_facts import beginning, describe_container, described_mounts, part, shown_environment, up_seconds
from .name_lookup import others
from .which_project import cannot_choose, choose_project, sources

# What the engine answers for a container, with its log; or nothing, and why.
_Asked = Tuple[Optional[Tuple[Dict[str, Any], Optional[List[str]]]], str]
_FORGED = "container %s has Compose's labels from its image; it was not created by Compose"
WORKERS = 8
# A container that has run for so long is up, however often it was restarted before.
UP_SECONDS = 600
# In nanoseconds: the engine waits at least so long before it restarts a container that ended (moby, restartmanager).
RESTART_WAIT = NANO // 10
ALL_TEXTS_LIMIT = 16 * 1024 * 1024


class ContainerOptions(NamedTuple):
    """Which containers to look at: the engine's address, the Compose project's name and its directory may be empty.

    `hint`, the environment's name, decides between several projects; `log_lines` is how many of the last log lines of
    each container are read.
    """

    docker_host: str
    project: str
    directory: str
    hint: str
    log_lines: int


def gather(
    options: ContainerOptions, environ: Dict[str, str], redactor: Redactor, seen: Optional[List[Dict[str, Any]]] = None
) -> Dict[str, Any]:
    """Return the engine's part of a host's facts.

    To `seen` are added the engine's own answers for each container: they hold secrets, and stay on the host.

    Without a project's name, the project is found from Compose's labels. `state` in the result is `seen`, `absent`
    (no engine here, or nothing of the project in the given directory) or `unseen` (it could not be asked, or told),
    the last two with a `reason`.
    """
    endpoint = find_endpoint(options.docker_host, environ)
    try:
        engine = Engine(endpoint, environ)
        version = engine.negotiate()
        listed, odd = _listed(engine)
        facts = _describe_project(engine, version, listed, options, redactor, [] if seen is None else seen)
        return dict(facts, unread=[*facts["unread"], *odd]) if facts["state"] == "seen" else facts
    except EngineAbsentError as error:
        return {"state": "absent", "reason": str(error)}
    except EngineUnavailableError as error:
        return {"state": "unseen", "reason": str(error)}
    except NotFoundError:
        return {"state": "unseen", "reason": "%s answers, but it is not a Docker Engine" % endpoint}


def _listed(engine: Engine) -> Tuple[List[Dict[str, Any]], List[str]]:
    """Return the containers that Compose made, as the engine lists them, and what is said of entries that are none."""
    answer = engine.get("/containers/json", all="1", filters='{"label":["%s"]}' % PROJECT)
    if not isinstance(answer, list):
        raise UnusableAnswerError("%s: its list of containers is not that of a Docker Engine" % engine.endpoint)
    listed, odd = [], []
    for number, entry in enumerate(answer, 1):
        try:
            listed.append(shaped(entry, LISTED))
        except MalformedError as error:
            odd.append("entry %d of the engine's list of containers cannot be read: %s" % (number, error))
    made = [{"Id": "", **entry} for entry in listed if entry.get("Labels", {}).get(PROJECT)]
    return [entry for entry in made if not is_trial(entry)], odd


def _describe_project(
    engine: Engine,
    version: Dict[str, Any],
    listed: List[Dict[str, Any]],
    options: ContainerOptions,
    redactor: Redactor,
    seen: List[Dict[str, Any]],
) -> Dict[str, Any]:
    projects = sorted({entry["Labels"][PROJECT] for entry in listed})
    facts: Dict[str, Any] = {"state": "seen", "engine_version": str(version.get("Version", "")), "projects": projects}
    folders = {entry["Labels"][PROJECT]: entry["Labels"].get(PREFIX + "project.working_dir", "") for entry in listed}
    name, found_by = choose_project(folders, options.project, options.directory, options.hint)
    if not name and options.directory:
        # Its files are known and nothing of it runs here: what only a running stack can tell stays unknown.
        return dict(
            facts, state="absent", reason="no container of the project in %s runs on this host" % options.directory
        )
    if not name:
        return dict(facts, state="unseen", reason=cannot_choose(projects, options.hint))
    ours = [entry for entry in listed if entry["Labels"][PROJECT] == name]
    images: Dict[str, Dict[str, Any]] = {}
    for image_id in sorted({str(entry.get("ImageID", "")) for entry in ours} - {""}):
        images[image_id] = _image(engine, image_id)
    forged = [one for one in ours if brought_by_image(one["Labels"], images.get(str(one.get("ImageID", "")), {}))]
    ours = [one for one in ours if one not in forged]

    def ask(entry: Dict[str, Any]) -> _Asked:
        shown = _shown(entry)
        try:
            inspected = _inspect(engine, entry["Id"])
            logs = _log_tail(engine, str(entry["Id"]), options.log_lines, _since(inspected))
        except NotFoundError:
            return None, "container %s was removed while the containers were read" % shown
        except (MalformedError, UnusableAnswerError) as error:
            return None, "container %s: the engine's answer cannot be read: %s" % (shown, error)
        seen.append({**inspected, OF_IMAGE: images.get(str(entry.get("ImageID", "")), {})})
        return (inspected, logs), ""

    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        answers = list(pool.map(ask, ours))
    answers = _within_limit(answers, [_shown(entry) for entry in ours])
    for answer, _ in answers:
        if answer:
            _know(answer[0], redactor)  # of all, before any log is read
    described = [
        (describe_container(answer[0], images.get(str(entry.get("ImageID", "")), {}), answer[1], redactor), "")
        if answer
        else (None, why)
        for entry, (answer, why) in zip(ours, answers)  # noqa: B905 - Python 3.8
    ]
    ids = [str(entry.get("Id", "")) for entry in ours]
    containers = sorted(
        (c for c, _ in described if c is not None), key=lambda c: (c["service"], c["number"], c["name"])
    )
    return dict(
        facts,
        project=name,
        project_found_by=found_by,
        containers=containers,
        networks=others(engine, {name for one in containers for name in one["networks"]}, ids),
        unread=sorted([*(why for _, why in described if why), *(_FORGED % _shown(one) for one in forged)]),
        **sources(ours),
    )


def _within_limit(answers: Sequence[_Asked], names: Sequence[str]) -> List[_Asked]:
    """Return what was answered for containers as far as all of it together is not too much; for the rest, why not."""
    left = ALL_TEXTS_LIMIT
    kept: List[_Asked] = []
    for asked, name in zip(answers, names):  # noqa: B905 - Python 3.8
        if asked[0]:
            inspected, logs = asked[0]
            left -= len(json.dumps(inspected)) + sum(map(len, logs or ()))
        mega = ALL_TEXTS_LIMIT // 1024 // 1024
        too_much = "container %s was not read: the engine's answers together have more than %d MB" % (name, mega)
        kept.append((None, too_much) if asked[0] and left < 0 else asked)
    return kept


def _know(inspected: Dict[str, Any], redactor: Redactor) -> None:
    """Tell the redactor the names of a container's things, and what is shown of its environment."""
    config, networks = part(inspected, "Config"), part(inspected, "NetworkSettings").get("Networks")
    labels = config.get("Labels") or {}
    redactor.know(str(inspected.get("Name", "")), str(config.get("Image", "")), str(config.get("Hostname", "")))
    redactor.know(*(str(labels.get(PREFIX + part, "")) for part in ("service", "project", "project.working_dir")))
    for name, network in (networks if isinstance(networks, dict) else {}).items():
        redactor.know(str(name), *map(str, (network or {}).get("Aliases") or []))
    for mount in described_mounts(inspected.get("Mounts")):
        redactor.know(mount["source"], mount["destination"])
    environment = shown_environment(config.get("Env"), redactor)
    redactor.know(*environment, *(value for value in environment.values() if not TOKEN.search(value)))


def _inspect(engine: Engine, container: str) -> Dict[str, Any]:
    found: Dict[str, Any] = shaped(engine.get("/containers/%s/json" % container), CONTAINER)
    if not found.get("Id"):
        raise MalformedError("it has no Id")
    return found


def _shown(entry: Dict[str, Any]) -> str:
    return ", ".join(str(n).lstrip("/") for n in entry.get("Names") or [entry.get("Id", "")[:12]])


def _image(engine: Engine, image_id: str) -> Dict[str, Any]:
    try:
        image = engine.get("/images/%s/json" % image_id)
        found: Dict[str, Any] = shaped(image, IMAGE)
    except (NotFoundError, UnusableAnswerError, MalformedError):
        return {}
    return found


def _since(inspected: Dict[str, Any]) -> str:
    """Return from when its log counts, as the engine takes it: what it said before its last start is past.

    Of one that the engine restarts again and again, or that does not run, everything counts. The engine notes the
    start when the program runs already, so that its first lines can be older: the log is cut after the last end.
    """
    state = part(inspected, "State")
    started, finished, up = (
        nanoseconds(state.get("StartedAt")),
        nanoseconds(state.get("FinishedAt")),
        up_seconds(inspected),
    )
    if started is None or up is None or (inspected.get("RestartCount") and up < UP_SECONDS):
        return "0"
    if finished is None or finished > started:
        return "%d.%09d" % divmod(started, NANO)
    if finished < 0:
        return "0"  # it has never ended
    return "%d.%09d" % divmod(finished + min(RESTART_WAIT, (started - finished) // 2), NANO)


def _log_tail(engine: Engine, container_id: str, lines: int, since: str) -> Optional[List[str]]:
    """Return the last lines of a log, None where it cannot be read or is not asked for."""
    if lines <= 0:
        return None
    wanted = {"stdout": "1", "stderr": "1", "tail": str(lines), "since": since}
    try:
        raw = engine.get_bytes("/containers/%s/logs" % container_id, **wanted)
    except EngineUnavailableError:
        return None  # a logging driver that cannot be read back, e.g. `none`
    return [beginning(line) for line in split_log_stream(raw)[-lines:] if USER_AGENT not in line]
