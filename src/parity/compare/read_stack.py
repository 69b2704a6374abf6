"""From a snapshot to a stack.

What a host sent is untrusted and may have any shape: it is coerced here and in the other `read_` modules, once, and
nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from parity.compare.nginx_templates import with_templates
from parity.compare.read_checkout import checkout
from parity.compare.read_images import with_images
from parity.compare.read_packages import with_packages
from parity.compare.read_resources import machine, with_resources
from parity.compare.read_services import declaration, running_config
from parity.domain.stack import (
    Authorization,
    Configuration,
    Container,
    Declared,
    File,
    Lookup,
    Others,
    Part,
    ProbeResult,
    Service,
    Stack,
    Tested,
    Unseen,
)
from parity.domain.untrusted import as_mapping, mapping, mappings, number, readable, text, texts, whole

_OUTPUT_CHARACTERS: Final = 20_000
# Sources of a snapshot that may be unseen as a whole: the part that is missing then, and what it is for people.
_SOURCES: Final[tuple[tuple[str, Part, str], ...]] = (
    ("engine", "engine", "the containers"),
    ("project", "project", "the project's files"),
    ("health", "health", "the health probes"),
    ("images", "engine", "the images"),
    ("packages", "engine", "the packages"),
    ("resources", "resources", "resource use"),
    ("config", "configurations", "the configurations of nginx and Loki"),
    ("code", "checkout", "the Git checkout"),
)
# Sources that say in sentences which of their things they left out.
_LEFT_OUT: Final[tuple[tuple[str, Part, str], ...]] = (
    ("images", "engine", "an image"),
    ("resources", "resources", "resource use"),
    ("engine", "container", "a container"),
    ("project", "file", "a file"),
)


def read_stack(snapshot: Mapping[str, Any]) -> Stack:
    """Return the environment that a snapshot describes."""
    snapshot = readable(snapshot)
    environment = text(snapshot, "environment")
    facts_by_host = sorted(mapping(snapshot, "hosts").items())
    hosts = [_Host(name, with_templates(facts)) for name, facts in facts_by_host if isinstance(facts, dict)]
    services = _services(hosts)
    inactive = _inactive(services)
    project = next((host.project for host in hosts if host.project.get("state") == "seen"), {})
    return Stack(
        environment=environment,
        production=bool(snapshot.get("production")),
        run=text(snapshot, "run"),
        taken=text(snapshot, "taken"),
        services={name: service for name, service in services.items() if name not in inactive},
        inactive=inactive,
        files=tuple(file for host in hosts for file in _files(host.project)),
        paths={str(path): str(kind) for host in hosts for path, kind in mapping(host.project, "paths").items()},
        digests={str(path): str(one) for host in hosts for path, one in mapping(host.project, "digests").items()},
        directory=text(project, "directory"),
        env_files=texts(project, "env_files"),
        template=text(project, "template"),
        general_template=text(project, "general_template"),
        resources=next((mapping(host.rendered, "resources") for host in hosts if host.rendered), {}),
        render_state=next((text(host.rendered, "state") for host in hosts if host.rendered), ""),
        problems=tuple(problem for host in hosts for problem in mappings(host.rendered, "problems")),
        unseen=tuple(piece for host in hosts for piece in _not_seen(environment, host.name, host.facts)),
        runs=any(host.engine.get("state") == "seen" for host in hosts),
        found_by=tuple(sorted({text(host.engine, "project_found_by") for host in hosts} - {""})),
        configurations=tuple(_configuration(entry) for host in hosts for entry in host.found("config", "found")),
        authorizations=tuple(
            _authorization(host.name, entry) for host in hosts for entry in mappings(host.facts, "oauth")
        ),
        probes=tuple(_probe(entry) for host in hosts for entry in host.found("health", "probes")),
        networks={(host.name, name): others for host in hosts for name, others in _networks(host)},
        checkouts=tuple(checkout(host.name, host.code) for host in hosts if host.code.get("state") == "seen"),
        machines=tuple(one for host in hosts if (one := machine(host.name, host.taken)) is not None),
    )


@dataclass(frozen=True)
class _Host:
    """What one host sent, by its parts; each may be missing, or anything."""

    name: str
    facts: Mapping[str, Any]

    @property
    def engine(self) -> Mapping[str, Any]:
        return mapping(self.facts, "engine")

    @property
    def project(self) -> Mapping[str, Any]:
        return mapping(self.facts, "project")

    @property
    def rendered(self) -> Mapping[str, Any]:
        return mapping(self.facts, "rendered")

    @property
    def code(self) -> Mapping[str, Any]:
        return mapping(self.facts, "code")

    @property
    def taken(self) -> Mapping[str, Any]:
        return mapping(self.facts, "resources")

    def found(self, source: str, name: str) -> list[Mapping[str, Any]]:
        """Return the entries that a source lists under a name."""
        return mappings(mapping(self.facts, source), name)


def _services(hosts: Iterable[_Host]) -> dict[str, Service]:
    containers: dict[str, list[Container]] = {}
    declared: dict[str, Declared] = {}
    for host in hosts:
        project, images = text(host.engine, "project"), mapping(host.facts, "images")
        for entry in mappings(host.engine, "containers"):
            if not entry.get("oneoff"):
                found = with_images(_container(host.name, project, entry), text(entry, "image_id"), images)
                found = with_packages(found, mapping(host.facts, "packages"))
                found = with_resources(found, host.taken)
                containers.setdefault(found.service, []).append(found)
        for name, service in mapping(host.rendered, "services").items():
            if isinstance(service, dict):
                declared.setdefault(str(name), declaration(host.name, str(name), service, host.rendered))
    names = sorted(set(containers) | set(declared))
    return {name: Service(name, declared.get(name), tuple(containers.get(name, ()))) for name in names}


def _inactive(services: Mapping[str, Service]) -> dict[str, Service]:
    """Return the services whose profile is not in use; none where all are so: which are in use is not known then."""
    found = {
        name: one for name, one in services.items() if one.declared and not (one.declared.active or one.containers)
    }
    return found if len(found) < len(services) else {}


def _files(project: Mapping[str, Any]) -> list[File]:
    records = sorted(mapping(project, "files").items())
    return [_file(str(path), record) for path, record in records if isinstance(record, dict)]


def _networks(host: _Host) -> Iterator[tuple[str, Others]]:
    """Yield what answers on the networks beside the project: nobody knows who is on one that Compose did not make."""
    for name in texts(host.rendered, "external"):
        yield name, Others(whole=False, names=frozenset())
    for name, entry in mapping(host.engine, "networks").items():
        told = as_mapping(entry)
        yield str(name), Others(bool(told.get("whole")), frozenset(map(str.lower, texts(told, "names"))))


def _not_seen(environment: str, host: str, facts: Mapping[str, Any]) -> list[Unseen]:
    if facts.get("state") != "seen":
        reason = text(facts, "reason")
        why = reason if facts.get("state") == "failed" else f"{text(facts, 'state')}: {reason}"
        return [Unseen(environment, host, "host", "the whole host", why)]
    engine, project, config = (mapping(facts, source) for source in ("engine", "project", "config"))
    found = []
    if engine.get("state") == "absent" and project.get("state") != "seen":
        found.append(Unseen(environment, host, "engine", "the containers", text(engine, "reason")))
    for source, part, what in _SOURCES:
        if mapping(facts, source).get("state") == "unseen":
            found.append(Unseen(environment, host, part, what, text(mapping(facts, source), "reason")))
    for source, part, what in _LEFT_OUT:
        found += [Unseen(environment, host, part, what, why) for why in texts(mapping(facts, source), "unread")]
    for entry in mappings(config, "found"):
        where = text(entry, "container") or f"the service {text(entry, 'service')}"
        found += [Unseen(environment, host, "file", f"a file in {where}", why) for why in texts(entry, "unread")]
    for path, record in sorted(mapping(project, "files").items()):
        if isinstance(record, dict) and record.get("text") is None and not record.get("missing"):
            found.append(Unseen(environment, host, "file", str(path), text(record, "problem")))
    return [*found, *_not_rendered(environment, host, mapping(facts, "rendered"))]


def _not_rendered(environment: str, host: str, rendered: Mapping[str, Any]) -> Iterator[Unseen]:
    """Yield what Compose could not be asked, or answers only because of what is hidden."""
    for problem in mappings(rendered, "problems"):
        if problem.get("kind") == "unknown":
            what = text(problem, "path") or "what the compose files declare"
            yield Unseen(environment, host, "file", what, text(problem, "message"))


def _authorization(host: str, entry: Mapping[str, Any]) -> Authorization:
    location = mapping(entry, "location")
    return Authorization(
        host=host,
        provider=text(entry, "provider"),
        url=text(entry, "url"),
        status=whole(entry, "status"),
        location=text(location, "address"),
        client_id=text(location, "client_id"),
        redirect_uri=text(location, "redirect_uri"),
        reason=text(entry, "reason"),
    )


def _container(host: str, project: str, entry: Mapping[str, Any]) -> Container:
    health = mapping(entry, "health")
    return Container(
        host=host,
        name=text(entry, "name"),
        service=text(entry, "service"),
        state=text(entry, "state"),
        exit_code=whole(entry, "exit_code"),
        error=text(entry, "error"),
        oom_killed=bool(entry.get("oom_killed")),
        restarts=whole(entry, "restarts"),
        health=text(health, "status"),
        health_output=text(health, "output"),
        project=project,
        log_tail=texts(entry, "log_tail"),
        environment={k: str(v) for k, v in mapping(entry, "environment").items()},
        config=running_config(entry),
        id=text(entry, "id"),
        lookup=_lookup(entry),
        health_exit_code=whole(health, "exit_code"),
        log_read=entry.get("log_read") is not False,
        removed_files=texts(entry, "removed_files"),
        up_seconds=None if entry.get("up_seconds") is None else whole(entry, "up_seconds"),
    )


def _lookup(entry: Mapping[str, Any]) -> Lookup:
    told = mapping(entry, "lookup")
    networks = {name: as_mapping(net) for name, net in mapping(entry, "networks").items()}
    links = {link for net in networks.values() for link in texts(net, "links")}
    return Lookup(
        mode=text(entry, "network_mode"),
        hostname=text(told, "hostname"),
        hosts=frozenset({*texts(told, "extra_hosts"), *links}),
        own_dns=bool(told.get("own_dns")),
        answers={name: frozenset(texts(net, "names")) for name, net in networks.items()},
    )


def _probe(entry: Mapping[str, Any]) -> ProbeResult:
    return ProbeResult(
        service=text(entry, "service"),
        container=text(entry, "container"),
        kind=text(entry, "kind"),
        target=text(entry, "target"),
        state=text(entry, "state"),
        reason=text(entry, "reason"),
        seconds=number(entry, "seconds"),
        facts=mapping(entry, "facts"),
    )


def _configuration(entry: Mapping[str, Any]) -> Configuration:
    files: dict[str, bytes] = {}
    for path, record in mapping(entry, "files").items():
        found = as_mapping(record)
        encoding = "latin-1" if found.get("encoding") == "latin-1" else "utf-8"
        files[str(path)] = text(found, "text").encode(encoding, "replace")
    return Configuration(
        kind=text(entry, "kind"),
        container=text(entry, "container"),
        service=text(entry, "service"),
        main=text(entry, "main"),
        files=files,
        expand_env=bool(entry.get("expand_env")),
        unread=texts(entry, "unread"),
        certificates={str(path): as_mapping(facts) for path, facts in mapping(entry, "certificates").items()},
        keys={str(path): as_mapping(facts) for path, facts in mapping(entry, "keys").items()},
        in_image=texts(entry, "in_image"),
        assumed=bool(entry.get("assumed")),
        tested=_tested(mapping(entry, "test")),
    )


def _tested(entry: Mapping[str, Any]) -> Tested | None:
    if not entry:
        return None
    how = text(entry, "how")
    said = text(entry, "output")[-_OUTPUT_CHARACTERS:]
    known = how if how in ("exec", "throw-away") else ""
    return Tested(known, whole(entry, "code"), said, text(entry, "version"), text(entry, "why"))


def _file(path: str, record: Mapping[str, Any]) -> File:
    content = record.get("text")
    notes = tuple((whole(note, "line"), text(note, "key"), text(note, "note")) for note in mappings(record, "notes"))
    shown = content if isinstance(content, str) else None
    return File(path, texts(record, "roles"), shown, notes, text(record, "base"), text(record, "format") == "raw")
