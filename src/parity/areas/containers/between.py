"""How a service is configured differently in each environment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from parity.areas.containers.commands import changed, decides, settings
from parity.areas.containers.datastores import datastore_of, is_only_a_cache
from parity.areas.containers.jobs import ON_DEMAND, wakes_on_request
from parity.areas.containers.queues import lost, queues
from parity.compare.comparison import Comparison, differs, evidence, per_environment
from parity.compare.match_services import Match, repository
from parity.domain.amounts import in_bytes, in_cpus
from parity.domain.environment_names import without_environment
from parity.domain.findings import Difference
from parity.domain.images import full_name
from parity.domain.stack import Healthcheck, Mount, Service, ServiceConfig, Stack
from parity.domain.untrusted import mapping, text
from parity.domain.values import show
from parity_host.secrets.token import parse

_PAGE: Final = re.compile(r"https?://[^/\s\"'`|;]+(?P<path>(?:/[^\s\"'`|;?]*)?)")
# A tag that follows a series of releases: `8`, `v3`, `7.2`.
_VERSION: Final = re.compile(r"v?\d+(?:\.\d+)*")
# What says that a database may lose what it wrote last.
_RELAXED: Final = frozenset({"off", "no", "false", "0"})
_STRICT: Final = frozenset({"on", "yes", "true", "1"})
_PAIR: Final = 2
# A file by which a program is set up, unless its name says that it is for developing.
_SETTINGS_FILE: Final = re.compile(
    r"^(?!.*(?:xdebug|(?:^|[-_./])(?:dev|debug|local|test|override)[-_./])).*\.(?:conf|cfg|cnf|ini|json|ya?ml|toml|properties|xml)$"
)
_OF_THE_WEB: Final = frozenset({"80/tcp", "443/tcp", "443/udp", "8080/tcp", "8443/tcp"})


def differences(comparison: Comparison, match: Match) -> Iterator[Difference]:
    """Yield the settings of a service in which the environments differ."""
    members = match.seen
    for compare in (_images, _ports, _limits, _healthchecks, _mounts, _restarts, _commands):
        yield from compare(comparison, match, members)


def _difference(
    rule: str,
    match: Match,
    members: Mapping[str, Service],
    shown: Mapping[str, str],
    ways: set[str],
    item: str = "",
    **words: str,
) -> Difference:
    return Difference(rule, tuple(shown), match.name, item, evidence(members, shown), words, frozenset(ways))


def _images(comparison: Comparison, match: Match, members: Mapping[str, Service]) -> Iterator[Difference]:
    images = {e: s.config.image for e, s in members.items() if s.config and not _built_here(comparison.stack(e), s)}
    if len(images) < 2 or not differs({e: _with_tag(full_name(image)) for e, image in images.items()}):
        return
    if any(image.endswith(":") for image in images.values()):
        return  # a variable that is not set left the tag empty, which Compose says
    way, words = _image_way(list(images.values())), {"images": _by_image(images), "tags": _by_image(_tags(images))}
    found = _difference("containers.image-differs", match, members, images, {way}, **words)
    yield replace(found, facts=frozenset({"same-series"} if _same_series(list(images.values())) else ()))


def _with_tag(image: str) -> str:
    return image if set(image.rpartition("/")[2]) & set(":@") else f"{image}:latest"


def _by_image(images: Mapping[str, str]) -> str:
    """Return the images for people; of more than two environments, each image once, with its environments."""
    if len(images) <= _PAIR:
        return " / ".join(images.values())
    users = {image: ", ".join(e for e, one in images.items() if one == image) for image in images.values()}
    return " / ".join(f"{image} ({names})" for image, names in users.items())


def _tags(images: Mapping[str, str]) -> Mapping[str, str]:
    """Return the tags of images; the images where some have none, or all the same one."""
    tags = {environment: _tag(image) for environment, image in images.items()}
    return tags if all(tags.values()) and differs(tags) else images


def _image_way(images: Sequence[str]) -> str:
    if len({repository(image) for image in images}) > 1:
        return "repository"
    tags = list(map(_tag, images))
    return "environment-word" if all(tags) and len(set(map(without_environment, tags))) == 1 else "tag"


def _same_series(images: Sequence[str]) -> bool:
    """Return whether one tag names a series of releases, and all others are of it."""
    tags = list(map(_tag, images))
    shortest = min(tags, key=len)
    series = bool(_VERSION.fullmatch(shortest)) and len({repository(image) for image in images}) == 1
    return series and all(tag == shortest or tag.startswith(f"{shortest}.") for tag in tags)


def _tag(image: str) -> str:
    return full_name(image).rpartition("/")[2].partition("@")[0].partition(":")[2]


def _built_here(stack: Stack, service: Service) -> bool:
    """Return whether an environment builds what a service runs, for it or for another service."""
    image = service.config.image if service.config else ""
    return service.name in stack.builds or image in stack.built_images


def _ports(comparison: Comparison, match: Match, members: Mapping[str, Service]) -> Iterator[Difference]:
    published = per_environment(members, lambda config: {port.container for port in config.ports})
    for container_port in sorted(set().union(*published.values())):
        having = {e for e, ports in published.items() if container_port in ports}
        lines = {e: _published(service.config, container_port) for e, service in members.items() if service.config}
        if not differs(lines):
            continue
        if having == set(members):
            ways = {"host-port"}
        else:
            ways = {"only-production" if comparison.production(having) else "not-in-production"}
            if comparison.production(having) and container_port not in _OF_THE_WEB and _open(members, container_port):
                ways = {"open-in-production"}
        yield _difference("containers.ports-differ", match, members, lines, ways, item=container_port)


def _open(members: Mapping[str, Service], container_port: str) -> bool:
    """Return whether a port is published on every address anywhere."""
    ports = [port for service in members.values() if service.config for port in service.config.ports]
    return any(port.container == container_port and port.open for port in ports)


def _published(config: ServiceConfig, container_port: str) -> str:
    bound = sorted(f"{port.host_ip}:{port.host_port}" for port in config.ports if port.container == container_port)
    return ", ".join(bound) or "not published"


def _limits(comparison: Comparison, match: Match, members: Mapping[str, Service]) -> Iterator[Difference]:
    readers: tuple[tuple[str, Callable[[ServiceConfig], float], Callable[[float], str]], ...] = (
        ("memory", lambda config: config.memory, in_bytes),
        ("cpus", lambda config: config.cpus, in_cpus),
    )
    found = []
    for item, read, say in readers:
        limits = per_environment(members, read)
        if differs(limits):
            lacking = [environment for environment, limit in limits.items() if not limit]
            way = (
                "production-unlimited" if comparison.production(lacking) else "production-only" if lacking else "amount"
            )
            shown = {environment: say(limit) for environment, limit in limits.items()}
            words = {"limit": "CPU" if item == "cpus" else item}
            found.append(_difference("containers.limit-differs", match, members, shown, {way}, item, **words))
    if len(found) > 1 and found[0].ways == found[1].ways:
        # One block of the compose file is there or not: the first of its limits says so.
        found = [replace(found[0], evidence=found[0].evidence + found[1].evidence)]
    yield from found


def _healthchecks(comparison: Comparison, match: Match, members: Mapping[str, Service]) -> Iterator[Difference]:
    checks = per_environment(members, lambda config: config.healthcheck)
    if not differs(checks):
        return
    shown = {environment: _check(check) for environment, check in checks.items()}
    if not differs(shown):  # but for a secret in it, which is compared as a variable
        return
    lacking = [environment for environment, check in checks.items() if check is None]
    ways = {"production-lacks" if comparison.production(lacking) else "production-only" if lacking else "details"}
    if (
        not lacking
        and differs(asked := {e: _asked(check) for e, check in checks.items() if check})
        and all(asked.values())
    ):
        ways = {"target"}
    yield _difference("containers.healthcheck-differs", match, members, shown, ways)


def _asked(check: Healthcheck) -> str:
    """Return the path of the page that a health check asks for; nothing where it asks for none."""
    found = _PAGE.search(" ".join(check.test))
    return "" if found is None else found["path"].rstrip("/") or "/"


def _check(check: Healthcheck | None) -> str:
    if check is None:
        return "no health check"
    return show(
        f"{' '.join(check.test)} every {check.interval or 30:g} s, "
        f"timeout {check.timeout or 30:g} s, retries {check.retries or 3}"
    )


def _mounts(comparison: Comparison, match: Match, members: Mapping[str, Service]) -> Iterator[Difference]:
    mounted = per_environment(members, lambda config: {mount.destination: mount for mount in config.mounts})
    moved = _moved(comparison, members, mounted)
    for volume, shown in moved.items():
        item = next(shown[environment] for environment in shown if comparison.production([environment]))
        yield _difference("containers.mounts-differ", match, members, shown, {"moved"}, item=item, volume=volume)
    elsewhere = {destination for shown in moved.values() for destination in shown.values()}
    for destination in sorted(set().union(*mounted.values()) - elsewhere):
        found = {environment: mounts.get(destination) for environment, mounts in mounted.items()}
        kinds = {environment: _mount_kind(mount) for environment, mount in found.items()}
        having = [environment for environment, mount in found.items() if mount is not None]
        if not differs(kinds) or (len(having) == len(found) and any(map(_is_of_unknown_kind, found.values()))):
            continue
        if len(having) == len(found):
            ways = {"mode" if not differs({e: m.kind for e, m in found.items() if m}) else "kind"}
        else:
            ways = {"only-production" if comparison.production(having) else "not-in-production"}
            ways.add("bind" if any(mount and mount.kind == "bind" for mount in found.values()) else "volume")
            if ways == {"bind", "not-in-production"} and _SETTINGS_FILE.search(destination):
                ways = {"settings"} if _run_one_image(comparison, members) else ways
        if "not-in-production" in ways and all(_keeps_data_at(members[e], destination) for e in having):
            ways = {"only-kept-elsewhere"}
        shown = {e: f"{kinds[e]} {show(m.source)}".strip() if m else "not mounted" for e, m in found.items()}
        words = {"has": ", ".join(having)}
        different = _difference("containers.mounts-differ", match, members, shown, ways, item=destination, **words)
        kept = "mode" not in ways and _kept_everywhere(members, {e: _over(m, destination) for e, m in mounted.items()})
        more = "production-alone" if "only-production" in ways else ""
        yield replace(different, facts=frozenset({"kept-everywhere" if kept else more} - {""}))


def _run_one_image(comparison: Comparison, members: Mapping[str, Service]) -> bool:
    """Return whether all environments run the same image, which none of them builds: the files in it are the same."""
    images = {full_name(service.config.image) for service in members.values() if service.config}
    return len(images) == 1 and not any(_built_here(comparison.stack(e), service) for e, service in members.items())


def _keeps_data_at(service: Service, destination: str) -> bool:
    """Return whether a service is a Redis that is more than a cache, and has its data in a folder.

    Of other datastores it is judged in one environment alone whether they keep their data.
    """
    config = service.config
    store = datastore_of(config.image) if config is not None else None
    return (
        config is not None
        and store is not None
        and store.kind == "redis"
        and destination.rstrip("/") == "/data"
        and not is_only_a_cache(service, config)
    )


def _over(mounts: Mapping[str, Mount], destination: str) -> Mount | None:
    """Return what is mounted at a place or, failing that, at the nearest folder above it."""
    above = (path for path in sorted(mounts, key=len, reverse=True) if destination.startswith(path.rstrip("/") + "/"))
    return mounts.get(destination) or mounts.get(next(above, ""))


def _kept_everywhere(members: Mapping[str, Service], mounts: Mapping[str, Mount | None]) -> bool:
    """Return whether what is written to a place outlives every container, and a volume there hides no source code."""
    contexts = {text(mapping(s.declared.raw, "build"), "context") for s in members.values() if s.declared}
    found = [mount for mount in mounts.values() if mount and mount.kind in ("bind", "volume")]
    code = any(mount.source in contexts for mount in found) and any(mount.kind == "volume" for mount in found)
    return len(found) == len(mounts) and not code


def _moved(
    comparison: Comparison, members: Mapping[str, Service], mounted: Mapping[str, Mapping[str, Mount]]
) -> dict[str, dict[str, str]]:
    """Return the volumes that each environment mounts once, and not all at the same place: where, by environment."""
    places: dict[str, dict[str, list[str]]] = {}
    for environment, mounts in mounted.items():
        for destination, mount in mounts.items():
            if mount.kind == "volume" and mount.source:
                name = _volume(members[environment], mount)
                places.setdefault(name, {}).setdefault(environment, []).append(destination)
    once = {
        name: {environment: found[0] for environment, found in by_environment.items()}
        for name, by_environment in places.items()
        if len(by_environment) == len(mounted) and all(len(found) == 1 for found in by_environment.values())
    }
    return {name: found for name, found in once.items() if differs(found) and comparison.production(found)}


def _volume(service: Service, mount: Mount) -> str:
    """Return a volume's key in the compose file: a container has it under the project's name."""
    project = service.containers[0].project if service.containers else ""
    return mount.source.removeprefix(f"{project}_")


def _is_of_unknown_kind(mount: Mount | None) -> bool:
    """Return whether nobody can tell a volume's name from a path: all of it is hidden."""
    return mount is not None and mount.kind == "volume" and parse(mount.source) is not None


def _mount_kind(mount: Mount | None) -> str:
    return "" if mount is None else mount.kind + (" (read-only)" if mount.read_only else "")


def _restarts(comparison: Comparison, match: Match, members: Mapping[str, Service]) -> Iterator[Difference]:
    policies = per_environment(members, lambda config: config.restart)
    if differs(policies):
        weak = [environment for environment, policy in policies.items() if policy == "no"]
        ways = {"production-weaker" if comparison.production(weak) else "kind"}
        if weak and all(wakes_on_request(members[environment]) for environment in weak):
            ways = {ON_DEMAND}
        found = _difference("containers.restart-differs", match, members, policies, ways)
        # That production starts it again where development does says why it does not there.
        lacking = [Difference("containers.no-restart", (environment,), match.name).id for environment in weak]
        yield replace(found, covers=frozenset(lacking))


def _commands(comparison: Comparison, match: Match, members: Mapping[str, Service]) -> Iterator[Difference]:
    commands = per_environment(members, lambda config: config.command)
    shown = {e: "image default" if command is None else show(" ".join(command)) for e, command in commands.items()}
    if differs(shown):  # and not only in a secret, which is compared as a variable
        taken = {environment: queues(command or ()) for environment, command in commands.items()}
        ways = {"queues"} if differs(taken) and all(taken.values()) else {"words"}
        options = {e: settings(s.config.command, s.config.image) for e, s in members.items() if s.config}
        yield from _options(comparison, match, members, options)
        if not changed(options):
            unlike = frozenset().union(*taken.values()) - frozenset.intersection(*taken.values())
            gone = "queues" in ways and lost(comparison, unlike, taken)
            yield replace(
                _difference("containers.command-differs", match, members, shown, ways),
                mentions=unlike,
                facts=frozenset({"queue-lost"} if gone else ()),
            )


def _is_relaxed_elsewhere(comparison: Comparison, values: Mapping[str, Mapping[str, str]]) -> bool:
    """Return whether production alone asks to keep what is written, or all others alone ask not to."""
    ours = {value for e, found in values.items() if comparison.production([e]) for value in found.values()}
    others = {value for e, found in values.items() if not comparison.production([e]) for value in found.values()}
    return bool(ours | others) and ours <= _STRICT and others <= _RELAXED


def _options(
    comparison: Comparison, match: Match, members: Mapping[str, Service], options: Mapping[str, Mapping[str, str]]
) -> Iterator[Difference]:
    """Yield the options that differ: one by one, or together where several decide the same."""
    by_subject: dict[str, list[str]] = {}
    for option in changed(options):
        by_subject.setdefault(decides(option), []).append(option)
    for subject, names in by_subject.items():
        values = {e: {name: found[name] for name in names if name in found} for e, found in options.items()}
        shown = {e: " ".join(f"--{name} {show(value)}".strip() for name, value in v.items()) for e, v in values.items()}
        lacking = [environment for environment, found in values.items() if not found]
        way = "value" if not lacking else "production-lacks" if comparison.production(lacking) else "only-production"
        if subject == "persistence" and _is_relaxed_elsewhere(comparison, values):
            way = "relaxed-elsewhere"
        shown = {environment: said or "not set" for environment, said in shown.items()}
        item, words = names[0] if len(names) == 1 else subject, {"decides": subject, "options": ", ".join(names)}
        yield _difference("containers.option-differs", match, members, shown, {way, subject}, item, **words)
