"""What the Docker Engine knows of one Compose project's containers, as plain data without a secret in it."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

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
from .name_lookup import endpoints, lookup, others

# What the engine answers for a container, with its log; or nothing, and why.
_Asked = Tuple[Optional[Tuple[Dict[str, Any], Optional[List[str]]]], str]
_FORGED = "container %s has Compose's labels from its image; it was not created by Compose"
WORKERS = 8
# A container that has run for so long is up, however often it was restarted before.
UP_SECONDS = 600
# In nanoseconds: the engine waits at least so long before it restarts a container that ended (moby, restartmanager).
RESTART_WAIT = NANO // 10
LOG_LINE_CHARACTERS = 400
# What redacting may cost a host is bounded: of a line its beginning, of all containers together so many characters.
SAID_CHARACTERS = 4_000
ALL_TEXTS_LIMIT = 16 * 1024 * 1024
HEALTH_OUTPUT_CHARACTERS = 600


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
    name, found_by = choose_project(folders, options)
    if not name and options.directory:
        # Its files are known and nothing of it runs here: what only a running stack can tell stays unknown.
        return dict(
            facts, state="absent", reason="no container of the project in %s runs on this host" % options.directory
        )
    if not name:
        return dict(facts, state="unseen", reason=_cannot_choose(projects, options.hint))
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
        **_sources(ours),
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
    config, networks = _part(inspected, "Config"), _part(inspected, "NetworkSettings").get("Networks")
    labels = config.get("Labels") or {}
    redactor.know(str(inspected.get("Name", "")), str(config.get("Image", "")), str(config.get("Hostname", "")))
    redactor.know(*(str(labels.get(PREFIX + part, "")) for part in ("service", "project", "project.working_dir")))
    for name, network in (networks if isinstance(networks, dict) else {}).items():
        redactor.know(str(name), *map(str, (network or {}).get("Aliases") or []))
    for mount in _mounts(inspected.get("Mounts")):
        redactor.know(mount["source"], mount["destination"])
    environment = _environment(config.get("Env"), redactor)
    redactor.know(*environment, *(value for value in environment.values() if not TOKEN.search(value)))


def _inspect(engine: Engine, container: str) -> Dict[str, Any]:
    found: Dict[str, Any] = shaped(engine.get("/containers/%s/json" % container), CONTAINER)
    if not found.get("Id"):
        raise MalformedError("it has no Id")
    return found


def _shown(entry: Dict[str, Any]) -> str:
    return ", ".join(str(n).lstrip("/") for n in entry.get("Names") or [entry.get("Id", "")[:12]])


def choose_project(folders: Mapping[str, str], options: ContainerOptions) -> Tuple[str, str]:
    """Return the Compose project to look at and how it was found; two empty strings when that is undecided.

    `folders` maps each project that has containers to the working directory that its labels name.
    """
    if options.project:
        return options.project, "parity_project"
    if options.directory:
        wanted = os.path.realpath(options.directory)
        inside = [name for name, folder in folders.items() if folder and _within(os.path.realpath(folder), wanted)]
        return (inside[0], "parity_project_dir") if len(inside) == 1 else ("", "")
    if len(folders) == 1:
        return next(iter(folders)), "the only Compose project on the host"
    named = [
        name for name in folders if options.hint and options.hint.lower() in name.lower().replace("-", "_").split("_")
    ]
    if len(named) == 1:
        return named[0], "the only Compose project named after the environment"
    return "", ""


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _cannot_choose(projects: Sequence[str], hint: str) -> str:
    if not projects:
        return "no container on this engine was created by Compose; set parity_project_dir to audit the files only"
    return (
        "%d Compose projects run on this host (%s), and none or several of them are named after %s; set parity_project"
        % (
            len(projects),
            ", ".join(projects),
            hint,
        )
    )


def _sources(entries: Sequence[Dict[str, Any]]) -> Dict[str, Any]:
    """Return where Compose says the project's files are: from the labels of its containers.

    A container names the files that it was made from, also one that was removed since: then those that are there count,
    unless the first of them, on which the others build, is not there for any container.
    """
    based = [one for one in entries if not _is_gone(_config_files(one.get("Labels", {}))[0])]
    gone = {path for one in entries for path in _removed_files(one.get("Labels", {}))} if based else set()

    def collect(label: str) -> List[str]:
        values: List[str] = []
        for entry in based or entries:
            for value in str(entry.get("Labels", {}).get(PREFIX + label, "")).split(","):
                if value and value not in values and value not in gone:
                    values.append(value)
        return values

    directories = collect("project.working_dir")
    return {
        "working_dir": directories[0] if directories else "",
        "config_files": collect("project.config_files"),
        "environment_files": collect("project.environment_file"),
    }


def _removed_files(labels: Mapping[str, Any]) -> List[str]:
    """Return the compose files that a container was made from and that are no longer here."""
    return [path for path in _config_files(labels) if _is_gone(path)]


def _config_files(labels: Mapping[str, Any]) -> List[str]:
    return str(labels.get(PREFIX + "project.config_files", "")).split(",")


def _is_gone(path: str) -> bool:
    try:
        os.stat(path)
    except FileNotFoundError:
        return os.path.isabs(path)
    except (OSError, ValueError):
        return False
    return False


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
    state = _part(inspected, "State")
    started, finished, up = (
        nanoseconds(state.get("StartedAt")),
        nanoseconds(state.get("FinishedAt")),
        _up_seconds(inspected),
    )
    if started is None or up is None or (inspected.get("RestartCount") and up < UP_SECONDS):
        return "0"
    if finished is None or finished > started:
        return "%d.%09d" % divmod(started, NANO)
    if finished < 0:
        return "0"  # it has never ended
    return "%d.%09d" % divmod(finished + min(RESTART_WAIT, (started - finished) // 2), NANO)


def _up_seconds(inspected: Dict[str, Any]) -> Optional[int]:
    """Return for how long a container has run since its last start, None where it does not run or does not say it."""
    state = _part(inspected, "State")
    started = nanoseconds(state.get("StartedAt"))
    if started is None or state.get("Status") != "running":
        return None
    return max(int(time.time()) - started // NANO, 0)


def _log_tail(engine: Engine, container_id: str, lines: int, since: str) -> Optional[List[str]]:
    """Return the last lines of a log, None where it cannot be read or is not asked for."""
    if lines <= 0:
        return None
    wanted = {"stdout": "1", "stderr": "1", "tail": str(lines), "since": since}
    try:
        raw = engine.get_bytes("/containers/%s/logs" % container_id, **wanted)
    except EngineUnavailableError:
        return None  # a logging driver that cannot be read back, e.g. `none`
    return [_beginning(line) for line in split_log_stream(raw)[-lines:] if USER_AGENT not in line]


def _beginning(text: str) -> str:
    """Return the beginning of what a program said, up to the end of a word."""
    if len(text) <= SAID_CHARACTERS:
        return text
    return (text[:SAID_CHARACTERS].rsplit(None, 1) or [""])[0]


def describe_container(
    inspected: Dict[str, Any], image: Dict[str, Any], logs: Optional[Sequence[str]], redactor: Redactor
) -> Dict[str, Any]:
    """Return one container's facts from the engine's `inspect` answers for it and for its image.

    `logs` is None where they could not be read.
    """
    config, host, state = _part(inspected, "Config"), _part(inspected, "HostConfig"), _part(inspected, "State")
    labels = {str(k): str(v) for k, v in (config.get("Labels") or {}).items()}
    environment = _environment(config.get("Env"), redactor)
    mounts = _mounts(inspected.get("Mounts"))
    from_image = _environment(_part(image, "Config").get("Env"), redactor)
    return {
        "id": str(inspected.get("Id", ""))[:12],
        "name": str(inspected.get("Name", "")).lstrip("/"),
        "service": labels.get(PREFIX + "service", ""),
        "number": labels.get(PREFIX + "container-number", "1"),
        "oneoff": labels.get(PREFIX + "oneoff", "False") == "True",
        "removed_files": _removed_files(labels),
        "image": str(config.get("Image", "")),
        "image_id": str(inspected.get("Image", "")),
        "state": str(state.get("Status", "unknown")),
        "exit_code": int(state.get("ExitCode") or 0),
        "error": redactor.said(_beginning(str(state.get("Error", "")))),
        "oom_killed": bool(state.get("OOMKilled")),
        "started": str(state.get("StartedAt", "")),
        "up_seconds": _up_seconds(inspected),
        "restarts": int(inspected.get("RestartCount") or 0),
        "health": _health(state.get("Health"), redactor),
        "healthcheck": _healthcheck(config.get("Healthcheck"), redactor),
        "ports": _ports(host.get("PortBindings"), _part(inspected, "NetworkSettings").get("Ports")),
        "limits": {
            "memory": int(host.get("Memory") or 0),
            "cpus": round(int(host.get("NanoCpus") or 0) / NANO, 3) or _quota_cpus(host),
            "pids": max(int(host.get("PidsLimit") or 0), 0),
        },
        "networks": endpoints(_part(inspected, "NetworkSettings").get("Networks")),
        "mounts": mounts,
        "restart_policy": str(_part(host, "RestartPolicy").get("Name") or "no"),
        "command": redactor.argv([str(word) for word in config.get("Cmd") or []]),
        "entrypoint": redactor.argv([str(word) for word in config.get("Entrypoint") or []]),
        "command_from_image": config.get("Cmd") == _part(image, "Config").get("Cmd"),
        "user": str(config.get("User", "")),
        "privileged": bool(host.get("Privileged")),
        "network_mode": str(host.get("NetworkMode", "")),
        "lookup": lookup(config, host, mounts),
        "labels": {k: redactor.value(k, v) for k, v in sorted(labels.items()) if not k.startswith(PREFIX)},
        "environment": environment,
        "image_environment": sorted(name for name, value in from_image.items() if environment.get(name) == value),
        "log_tail": [redactor.said(line)[:LOG_LINE_CHARACTERS] for line in logs or ()],
        "log_read": logs is not None,
    }


def _part(data: Dict[str, Any], key: str) -> Dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _environment(pairs: Optional[Sequence[str]], redactor: Redactor) -> Dict[str, str]:
    named = (str(pair).partition("=") for pair in pairs or [])
    return {name: redactor.value(name, value) for name, _, value in sorted(named)}


def _health(health: Optional[Dict[str, Any]], redactor: Redactor) -> Optional[Dict[str, Any]]:
    if not health or health.get("Status") in (None, "", "none"):
        return None
    runs = health.get("Log") or [{}]
    return {
        "status": str(health["Status"]),
        "failing_streak": int(health.get("FailingStreak") or 0),
        "exit_code": int(runs[-1].get("ExitCode") or 0),
        "output": redactor.said(_beginning(str(runs[-1].get("Output", "")).strip()))[:HEALTH_OUTPUT_CHARACTERS],
    }


def _healthcheck(check: Optional[Dict[str, Any]], redactor: Redactor) -> Optional[Dict[str, Any]]:
    test = (check or {}).get("Test") or []
    if not check or not test or test[0] == "NONE":
        return None
    return {
        "test": redactor.argv([str(word) for word in test]),
        "interval": int(check.get("Interval") or 0) / NANO,
        "timeout": int(check.get("Timeout") or 0) / NANO,
        "retries": int(check.get("Retries") or 0),
        "start_period": int(check.get("StartPeriod") or 0) / NANO,
    }


def _quota_cpus(host: Dict[str, Any]) -> float:
    quota, period = int(host.get("CpuQuota") or 0), int(host.get("CpuPeriod") or 0) or 100_000
    return round(quota / period, 3) if quota > 0 else 0.0


def _ports(bindings: Optional[Dict[str, Any]], live: Optional[Dict[str, Any]]) -> List[Dict[str, str]]:
    """Return published ports: as bound now, else as asked for (a stopped container has none bound)."""
    found = []
    for container_port in sorted(set(bindings or {}) | set(live or {})):
        for binding in (live or {}).get(container_port) or (bindings or {}).get(container_port) or []:
            found.append(
                {
                    "container": container_port,
                    "host_ip": str(binding.get("HostIp") or "0.0.0.0"),  # noqa: S104 - what Docker means by an empty address
                    "host_port": str(binding.get("HostPort") or ""),
                }
            )
    return sorted(found, key=lambda p: (p["container"], p["host_ip"], p["host_port"]))


def _mounts(mounts: Optional[Sequence[Dict[str, Any]]]) -> List[Dict[str, Any]]:
    described = [
        {
            "type": str(mount.get("Type", "")),
            "source": str((mount.get("Name") if mount.get("Type") == "volume" else mount.get("Source")) or ""),
            "destination": str(mount.get("Destination", "")),
            "read_only": not mount.get("RW", True),
        }
        for mount in mounts or []
    ]
    return sorted(described, key=lambda m: m["destination"])
