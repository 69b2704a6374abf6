"""A snapshot as the areas read it: services with what is declared for them and the containers that run.

What a host sent is untrusted and may have any shape: everything is coerced here, once, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

NO_LIMIT = 0


@dataclass(frozen=True)
class Port:
    """A published port: `container` as in `80/tcp`."""

    container: str
    host_ip: str
    host_port: str


@dataclass(frozen=True)
class Mount:
    """What is mounted where: `kind` is bind, volume or tmpfs."""

    kind: str
    source: str
    destination: str
    read_only: bool


@dataclass(frozen=True)
class Healthcheck:
    """A health check's test as words and its times in seconds (0: Docker's default)."""

    test: tuple[str, ...]
    interval: float
    timeout: float
    retries: int
    start_period: float


@dataclass(frozen=True)
class Config:
    """How a service is configured, whether read from a container or from a compose file: the same shape for both.

    Limits are in bytes and CPUs, 0 for none. `command` is None where it is the image's own.
    """

    image: str
    environment: Mapping[str, str]
    ports: tuple[Port, ...]
    memory: int
    cpus: float
    networks: Mapping[str, frozenset[str]]
    mounts: tuple[Mount, ...]
    restart: str
    command: tuple[str, ...] | None
    healthcheck: Healthcheck | None


@dataclass(frozen=True)
class Container:
    """A container that exists, with its state and its configuration.

    `environment` is all of it; in `config` the part that is the image's own is left out.
    """

    host: str
    name: str
    service: str
    state: str
    exit_code: int
    error: str
    oom_killed: bool
    restarts: int
    health: str
    health_output: str
    image_id: str
    digests: tuple[str, ...]
    project: str
    log_tail: tuple[str, ...]
    environment: Mapping[str, str]
    config: Config

    @property
    def serves(self) -> bool:
        """Whether it runs and does not say that it is ill."""
        return self.state == "running" and self.health != "unhealthy"


@dataclass(frozen=True)
class Declared:
    """A service as Compose renders it; `raw` is Compose's own mapping for what only the compose area reads."""

    host: str
    active: bool
    built: bool
    scale: int
    config: Config
    raw: Mapping[str, Any]


@dataclass(frozen=True)
class Service:
    """One service of one environment."""

    name: str
    declared: Declared | None = None
    containers: tuple[Container, ...] = ()

    @property
    def config(self) -> Config | None:
        """The configuration that counts: what runs, else what is declared."""
        if self.containers:
            return self.containers[0].config
        return self.declared.config if self.declared else None


@dataclass(frozen=True)
class File:
    """A file of the project: `text` is redacted, None when it could not be read."""

    host: str
    path: str
    roles: tuple[str, ...]
    text: str | None
    missing: bool
    notes: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True)
class Unseen:
    """Something the audit could not see, and why."""

    environment: str
    host: str
    what: str
    why: str


@dataclass(frozen=True)
class Stack:
    """One environment."""

    environment: str
    production: bool
    run: str
    taken: str
    services: Mapping[str, Service]
    files: tuple[File, ...] = ()
    paths: Mapping[str, str] = field(default_factory=dict)
    directory: str = ""
    env_files: tuple[str, ...] = ()
    template: str = ""
    render_state: str = ""
    problems: tuple[Mapping[str, Any], ...] = ()
    unseen: tuple[Unseen, ...] = ()
    runs: bool = False

    def shorten(self, path: str) -> str:
        """Return `path` relative to the folder above the project's, where it lies there."""
        parent = self.directory.rstrip("/").rpartition("/")[0] + "/"
        return path.removeprefix(parent) if len(parent) > 1 else path

    def containers(self) -> Iterator[Container]:
        """Yield every container of the environment."""
        for service in self.services.values():
            yield from service.containers


def read_stack(snapshot: Mapping[str, Any]) -> Stack:
    """Return the environment that a snapshot describes."""
    environment = _text(snapshot, "environment")
    containers: dict[str, list[Container]] = {}
    declared: dict[str, Declared] = {}
    files: list[File] = []
    unseen: list[Unseen] = []
    paths: dict[str, str] = {}
    problems: list[Mapping[str, Any]] = []
    first: Mapping[str, Any] = {}
    states: list[str] = []
    runs = False
    for host, facts in sorted(_dict(snapshot, "hosts").items()):
        if not isinstance(facts, dict):
            continue
        engine, project, rendered = _dict(facts, "engine"), _dict(facts, "project"), _dict(facts, "rendered")
        unseen += _not_seen(environment, host, facts)
        runs = runs or engine.get("state") == "seen"
        for entry in _dicts(engine, "containers"):
            if not entry.get("oneoff"):
                containers.setdefault(_text(entry, "service"), []).append(
                    _container(host, _text(engine, "project"), entry)
                )
        for name, service in _dict(rendered, "services").items():
            if isinstance(service, dict):
                declared.setdefault(str(name), _declared(host, str(name), service, rendered))
        files += [
            _file(host, str(path), record)
            for path, record in sorted(_dict(project, "files").items())
            if isinstance(record, dict)
        ]
        paths.update({str(path): str(kind) for path, kind in _dict(project, "paths").items()})
        problems += _dicts(rendered, "problems")
        first = first or (project if project.get("state") == "seen" else {})
        states += [_text(rendered, "state")] if rendered else []
    names = sorted(set(containers) | set(declared))
    return Stack(
        environment=environment,
        production=bool(snapshot.get("production")),
        run=_text(snapshot, "run"),
        taken=_text(snapshot, "taken"),
        services={name: Service(name, declared.get(name), tuple(containers.get(name, ()))) for name in names},
        files=tuple(files),
        paths=paths,
        directory=_text(first, "directory"),
        env_files=_texts(first, "env_files"),
        template=_text(first, "template"),
        render_state=states[0] if states else "",
        problems=tuple(problems),
        unseen=tuple(unseen),
        runs=runs,
    )


def _not_seen(environment: str, host: str, facts: Mapping[str, Any]) -> list[Unseen]:
    if facts.get("state") != "seen":
        return [Unseen(environment, host, "the whole host", f"{_text(facts, 'state')}: {_text(facts, 'reason')}")]
    found = []
    engine, project = _dict(facts, "engine"), _dict(facts, "project")
    if engine.get("state") == "unseen" or (engine.get("state") == "absent" and project.get("state") != "seen"):
        found.append(Unseen(environment, host, "the containers", _text(engine, "reason")))
    if project.get("state") == "unseen":
        found.append(Unseen(environment, host, "the project's files", _text(project, "reason")))
    found += [Unseen(environment, host, "a container", why) for why in _texts(engine, "unread")]
    for path, record in sorted(_dict(project, "files").items()):
        if isinstance(record, dict) and record.get("text") is None and not record.get("missing"):
            found.append(Unseen(environment, host, str(path), _text(record, "problem")))
    return found


def _container(host: str, project: str, entry: Mapping[str, Any]) -> Container:
    health = _dict(entry, "health")
    return Container(
        host=host,
        name=_text(entry, "name"),
        service=_text(entry, "service"),
        state=_text(entry, "state"),
        exit_code=_whole(entry, "exit_code"),
        error=_text(entry, "error"),
        oom_killed=bool(entry.get("oom_killed")),
        restarts=_whole(entry, "restarts"),
        health=_text(health, "status"),
        health_output=_text(health, "output"),
        image_id=_text(entry, "image_id"),
        digests=_texts(entry, "digests"),
        project=project,
        log_tail=_texts(entry, "log_tail"),
        environment={k: str(v) for k, v in _dict(entry, "environment").items()},
        config=_running_config(entry),
    )


def _running_config(entry: Mapping[str, Any]) -> Config:
    limits, from_image = _dict(entry, "limits"), set(_texts(entry, "image_environment"))
    return Config(
        image=_text(entry, "image"),
        environment={k: str(v) for k, v in _dict(entry, "environment").items() if k not in from_image},
        ports=tuple(
            Port(_text(p, "container"), _text(p, "host_ip"), _text(p, "host_port")) for p in _dicts(entry, "ports")
        ),
        memory=_whole(limits, "memory"),
        cpus=_number(limits, "cpus"),
        networks={name: frozenset(_texts(_as_dict(net), "aliases")) for name, net in _dict(entry, "networks").items()},
        mounts=tuple(
            Mount(_text(m, "type"), _text(m, "source"), _text(m, "destination"), bool(m.get("read_only")))
            for m in _dicts(entry, "mounts")
        ),
        restart=_text(entry, "restart_policy") or "no",
        command=None if entry.get("command_from_image") else _texts(entry, "command"),
        healthcheck=_healthcheck(_dict(entry, "healthcheck"), 1.0),
    )


def _declared(host: str, name: str, service: Mapping[str, Any], rendered: Mapping[str, Any]) -> Declared:
    deploy = _dict(service, "deploy")
    limits = _dict(_dict(deploy, "resources"), "limits")
    replicas = service.get("scale", deploy.get("replicas", 1))
    config = Config(
        image=_text(service, "image"),
        environment={k: "" if v is None else _scalar(v) for k, v in _dict(service, "environment").items()},
        ports=tuple(_declared_ports(service)),
        memory=_whole(limits, "memory") or _whole(service, "mem_limit"),
        cpus=_number(limits, "cpus") or _number(service, "cpus"),
        networks={
            _text(_dict(rendered, "networks"), net) or net: frozenset(_texts(_as_dict(options), "aliases"))
            for net, options in _dict(service, "networks").items()
        },
        mounts=tuple(
            Mount(_text(m, "type"), _text(m, "source"), _text(m, "target"), bool(m.get("read_only")))
            for m in _dicts(service, "volumes")
        ),
        restart=_text(service, "restart") or "no",
        command=None if service.get("command") is None else _words(service["command"]),
        healthcheck=_declared_healthcheck(_dict(service, "healthcheck")),
    )
    return Declared(
        host=host,
        active=name not in _texts(rendered, "inactive"),
        built="build" in service,
        scale=replicas if isinstance(replicas, int) else 1,
        config=config,
        raw=service,
    )


def _declared_ports(service: Mapping[str, Any]) -> Iterator[Port]:
    for port in _dicts(service, "ports"):
        if port.get("published") is not None:
            container = f"{_scalar(port.get('target'))}/{_text(port, 'protocol') or 'tcp'}"
            yield Port(container, _text(port, "host_ip") or "0.0.0.0", _scalar(port.get("published")))  # noqa: S104 - Compose's default


def _declared_healthcheck(check: Mapping[str, Any]) -> Healthcheck | None:
    if check.get("disable"):
        return None
    timed = dict(check)
    for key in ("interval", "timeout", "start_period"):
        timed[key] = seconds(_text(check, key))
    return _healthcheck(timed, 1.0)


def _healthcheck(check: Mapping[str, Any], unit: float) -> Healthcheck | None:
    test = _words(check.get("test"))
    if not test or test[0] == "NONE":
        return None
    return Healthcheck(
        test=test,
        interval=_number(check, "interval") * unit,
        timeout=_number(check, "timeout") * unit,
        retries=_whole(check, "retries"),
        start_period=_number(check, "start_period") * unit,
    )


def seconds(duration: str) -> float:
    """Return a Go duration such as `1m30s` in seconds, 0 when it is none.

    Source: https://pkg.go.dev/time#ParseDuration, the form in which Compose prints durations.
    """
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
    total, number, unit = 0.0, "", ""
    for character in duration + "0":
        if character.isdigit() or character == ".":
            if unit:
                if unit not in units or not number:
                    return 0.0
                total, number, unit = total + float(number) * units[unit], "", ""
            number += character
        else:
            unit += character
    return total


def _file(host: str, path: str, record: Mapping[str, Any]) -> File:
    text = record.get("text")
    notes = tuple((_whole(note, "line"), _text(note, "key"), _text(note, "note")) for note in _dicts(record, "notes"))
    return File(
        host, path, _texts(record, "roles"), text if isinstance(text, str) else None, bool(record.get("missing")), notes
    )


def _as_dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _dict(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return _as_dict(data.get(key))


def _dicts(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = data.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _text(data: Mapping[str, Any], key: str) -> str:
    return _scalar(data.get(key))


def _texts(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = data.get(key)
    return tuple(_scalar(item) for item in value) if isinstance(value, list) else ()


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(_scalar(item) for item in value) if isinstance(value, Sequence) else ()


def _number(data: Mapping[str, Any], key: str) -> float:
    try:
        return float(data.get(key) or 0)
    except (TypeError, ValueError, OverflowError):
        return 0.0


def _whole(data: Mapping[str, Any], key: str) -> int:
    try:
        return int(_number(data, key))
    except (ValueError, OverflowError):
        return 0
