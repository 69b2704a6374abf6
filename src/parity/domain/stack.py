"""An environment as the areas read it: services with what is declared for them and the containers that run."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

from parity.domain.checkout import Checkout
from parity.domain.packages import Packages
from parity.domain.places import in_container
from parity.domain.resources import ContainerLog, Machine, MemoryNow
from parity.domain.running_image import Image, Tagged
from parity.domain.untrusted import scalar

_RESTARTS_OF_A_LOOP: Final = 3
_UP_SECONDS: Final = 600
_CALLED: Final = re.compile(
    r"(?:\A|[/@,\s])([a-z][\w.-]{0,62}):\d{2,5}(?![\w:])|https?://([a-z][\w.-]{0,62})(?=[/?#]|\Z)"
)
_ALL_INTERFACES: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - recognised, not bound


@dataclass(frozen=True)
class Port:
    """A published port: `container` as in `80/tcp`."""

    container: str
    host_ip: str
    host_port: str

    @property
    def open(self) -> bool:
        """Whether it is published on every address of its host."""
        return bool(self.host_port) and self.host_ip in _ALL_INTERFACES


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
class ServiceConfig:
    """How a service is configured, whether read from a container or from a compose file: the same shape for both.

    Limits are in bytes and CPUs, 0 for none. `command` is None where it is the image's own; `entrypoint` is what stands
    before it, as far as it is known.
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
    entrypoint: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lookup:
    """How names are looked up in a container, and what it answers to beside its aliases.

    mode: its network mode as Docker says it. hosts: names in its own hosts file. own_dns: whether it asks servers, or
    reads files, that nobody here knows. answers: by network, the names that Docker answers for it.
    """

    mode: str = ""
    hostname: str = ""
    hosts: frozenset[str] = frozenset()
    own_dns: bool = False
    answers: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Others:
    """What answers on a network beside the environment's own containers; `whole` is false where not all was seen."""

    whole: bool
    names: frozenset[str]


@dataclass(frozen=True)
class Container:
    """A container that exists, with its state and its configuration.

    `environment` is all of it; in `config` the part that is the image's own is left out. `up_seconds` is for how long
    it has run since its last start; None where it does not run, or where an older recording does not say it.
    `removed_files` are the compose files it was made from that are no longer on the host. `image` is None where it is
    not known; `check_lacks` is the program that its health check needs and the container does not have. `packages`
    is None where they were not looked at.
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
    project: str
    log_tail: tuple[str, ...]
    environment: Mapping[str, str]
    config: ServiceConfig
    id: str = ""
    lookup: Lookup = field(default_factory=Lookup)
    up_seconds: int | None = None
    removed_files: tuple[str, ...] = ()
    health_exit_code: int = 0
    log_read: bool = True
    log: ContainerLog | None = None
    memory: MemoryNow | None = None
    image: Image | None = None
    tagged: Tagged | None = None
    check_lacks: str = ""
    packages: Packages | None = None

    @property
    def loops(self) -> bool:
        """Whether it was restarted again and again, and is not known to be well since."""
        return self.restarts >= _RESTARTS_OF_A_LOOP and not self.is_up

    @property
    def is_up(self) -> bool:
        """Whether it runs and is known to stay up: it says that it is healthy, or has run for long."""
        return self.state == "running" and (self.health == "healthy" or (self.up_seconds or 0) >= _UP_SECONDS)

    @property
    def healed(self) -> bool:
        """Whether it was restarted again and again, and is up since."""
        return self.restarts >= _RESTARTS_OF_A_LOOP and self.is_up and self.health != "unhealthy"

    @property
    def finished(self) -> bool:
        """Whether it did what it was for: a job that ended well and is not meant to run again."""
        return self.state == "exited" and self.exit_code == 0 and self.config.restart in ("no", "on-failure")

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
    config: ServiceConfig
    raw: Mapping[str, Any]


@dataclass(frozen=True)
class Service:
    """One service of one environment."""

    name: str
    declared: Declared | None = None
    containers: tuple[Container, ...] = ()

    @property
    def config(self) -> ServiceConfig | None:
        """What counts: the configuration that runs, else what is declared. A job that ended runs next as declared."""
        if self.containers and not (self.declared and all(one.finished for one in self.containers)):
            return self.containers[0].config
        return self.declared.config if self.declared else None

    @property
    def is_started(self) -> bool:
        """Whether it has a container, or `docker compose up` starts one."""
        declared = self.declared
        return bool(self.containers) or (declared is not None and declared.active and declared.scale > 0)

    @property
    def labels(self) -> dict[str, str]:
        """The labels that compose files give its containers."""
        given = self.declared.raw.get("labels") if self.declared else None
        if isinstance(given, dict):
            return {str(name): scalar(value) for name, value in given.items()}
        return dict(one.partition("=")[::2] for one in map(str, given)) if isinstance(given, list) else {}


@dataclass(frozen=True)
class File:
    """A file of the project: `text` is redacted, None when it could not be read.

    `base` is the folder at which the paths in a compose file begin, empty where a recording does not say; `is_raw` says
    that Compose reads an env file without quotes and variables.
    """

    path: str
    roles: tuple[str, ...]
    text: str | None
    notes: tuple[tuple[int, str, str], ...]
    base: str = ""
    is_raw: bool = False


@dataclass(frozen=True)
class Tested:
    """What a program said of its own configuration: `how` it was asked (empty: it was not, `why`), its exit `code`."""

    how: str
    code: int
    output: str
    version: str
    why: str


@dataclass(frozen=True)
class Configuration:
    """What a program in a container is configured with: `files` by path, redacted, beginning with the file `main`.

    `kind` is nginx or loki; `expand_env` whether Loki replaces ${NAME} in it; `unread` says what could not be read.
    `certificates` and `keys` are what the host tells of TLS files, by the path that the configuration names.
    Where no container runs, `container` is empty, `in_image` names what lies in the image and is not known here, and
    `assumed` says that the main file does too: the one of nginx's own image stands for it.
    """

    kind: str
    container: str
    service: str
    main: str
    files: Mapping[str, bytes]
    expand_env: bool
    unread: tuple[str, ...]
    certificates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    keys: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    in_image: tuple[str, ...] = ()
    assumed: bool = False
    tested: Tested | None = None


# Which part of a host could not be seen. `schemas/findings.schema.json` names the same.
Part = Literal["host", "engine", "container", "project", "file", "configurations", "checkout", "health", "resources"]


@dataclass(frozen=True)
class Unseen:
    """Something the audit could not see, and why. `part` is for programs, `what` are the words for it."""

    environment: str
    host: str
    part: Part
    what: str
    why: str


@dataclass(frozen=True)
class Authorization:
    """What an application's own authorize endpoint `url` answered; `reason` says why it did not.

    `location` is where it redirects to, without its query; of that, `client_id` and `redirect_uri` are known.
    """

    host: str
    provider: str
    url: str
    status: int
    location: str
    client_id: str
    redirect_uri: str
    reason: str


@dataclass(frozen=True)
class ProbeResult:
    """What one service answered for itself. `state` is ok, failed or unknown; `facts` are the probe's own.

    `target` is a port of the container with its path, or the name of a command.
    """

    service: str
    container: str
    kind: str
    target: str
    state: str
    reason: str
    seconds: float
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Stack:
    """One environment. `networks` are by host and name; `inactive` are services whose profile is not in use.

    `digests` are keyed digests of the files of secrets, by path; those of one run can be compared.
    `template` is the one that the env files were made from; where that names the environment, `general_template` is
    the one beside it that names none. `resources` are the networks, volumes, secrets and configs that compose files
    declare, each by its key.
    """

    environment: str
    production: bool
    run: str
    taken: str
    services: Mapping[str, Service]
    inactive: Mapping[str, Service] = field(default_factory=dict)
    files: tuple[File, ...] = ()
    paths: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    directory: str = ""
    env_files: tuple[str, ...] = ()
    template: str = ""
    general_template: str = ""
    render_state: str = ""
    resources: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Mapping[str, Any], ...] = ()
    unseen: tuple[Unseen, ...] = ()
    runs: bool = False
    found_by: tuple[str, ...] = ()
    configurations: tuple[Configuration, ...] = ()
    authorizations: tuple[Authorization, ...] = ()
    probes: tuple[ProbeResult, ...] = ()
    networks: Mapping[tuple[str, str], Others] = field(default_factory=dict)
    checkouts: tuple[Checkout, ...] = ()
    machines: tuple[Machine, ...] = ()

    def service(self, name: str) -> Service:
        """Return the service called `name`, whether its profile is in use or not; raises KeyError without one."""
        return self.services[name] if name in self.services else self.inactive[name]

    @cached_property
    def called(self) -> frozenset[str]:
        """The hosts that variables of its services name with a scheme or a port: something listens there."""
        values = {
            value
            for service in self.services.values()
            if service.config is not None
            for value in service.config.environment.values()
        }
        return frozenset(host for value in values for pair in _CALLED.findall(value) for host in pair if host)

    @cached_property
    def _has_hosts(self) -> bool:
        """Whether its containers are on several hosts."""
        return len({container.host for container in self.containers()}) > 1

    def place_of(self, container: Container) -> str:
        """Return where a container is seen: like hosts have containers of one name, so that of several says which."""
        return in_container(container.name) + (f" on {container.host}" if self._has_hosts else "")

    @property
    def checkout(self) -> Checkout | None:
        """Its checkout; None where there is none, and where its hosts have different commits."""
        return self.checkouts[0] if len({one.commit for one in self.checkouts}) == 1 else None

    @cached_property
    def by_container(self) -> Mapping[str, Container]:
        """Its containers by name."""
        return {container.name: container for container in self.containers()}

    @cached_property
    def builds(self) -> Mapping[str, str]:
        """The services that it builds by name, with the image that each is built as; empty where Compose names it."""
        return {
            service.name: service.declared.config.image
            for service in self.services.values()
            if service.declared is not None and service.declared.built
        }

    @cached_property
    def built_images(self) -> frozenset[str]:
        """The images that it builds under a name of their own."""
        return frozenset(self.builds.values()) - {""}

    @cached_property
    def waited_for(self) -> Mapping[str, frozenset[str]]:
        """On which conditions others wait for a service to start, by its name."""
        found: dict[str, set[str]] = {}
        for service in self.services.values():
            depends_on = service.declared.raw.get("depends_on") if service.declared else None
            for name, entry in depends_on.items() if isinstance(depends_on, dict) else ():
                if isinstance(entry, dict):
                    found.setdefault(name, set()).add(str(entry.get("condition") or "service_started"))
        return {name: frozenset(conditions) for name, conditions in found.items()}

    @property
    def day(self) -> datetime.date | None:
        """The day on which it was seen; None where the snapshot does not say one."""
        try:
            return datetime.date.fromisoformat(self.taken[:10])
        except ValueError:
            return None

    def shorten(self, path: str) -> str:
        """Return `path` relative to the folder above the project's, where it lies there."""
        parent = self.directory.rstrip("/").rpartition("/")[0] + "/"
        return path.removeprefix(parent) if len(parent) > 1 else path

    @property
    def unset(self) -> frozenset[str]:
        """The variables that its compose files use and that nothing sets."""
        return frozenset(str(one.get("name")) for one in self.problems if one.get("kind") == "unset-variable")

    def containers(self) -> Iterator[Container]:
        """Yield every container of the environment."""
        for service in self.services.values():
            yield from service.containers
