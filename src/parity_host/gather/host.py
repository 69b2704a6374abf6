"""Everything one host knows of its Compose project, source after source, without a secret in it."""

from __future__ import annotations

import os
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Sequence

from ..health import gather as health
from ..secrets.leaving import written
from ..secrets.redact import Redactor
from . import (
    checkout,
    configurations,
    configurations_in_project,
    containers,
    images,
    oauth_probe,
    packages,
    project,
    resources,
)

# What asks the engine about what runs, while the files are read.
_ASKED = ("health", "images", "packages", "resources")


class GatherOptions(NamedTuple):
    """What the module is asked for: see the options of `library/parity_stack_info.py`."""

    project: str
    directory: str
    compose_files: List[str]
    env_files: List[str]
    env_template: str
    files_only: bool
    environment_name: str
    docker_host: str
    log_lines: int
    oauth_authorize: List[Dict[str, Any]]
    endpoints: List[Dict[str, Any]]
    probe_timeout: float
    nginx_test: bool
    packages: bool


class Public(NamedTuple):
    """What the user and the signatures say is public: patterns of names, and of messages in logs."""

    show: Sequence[str] = ()
    log_patterns: Sequence[str] = ()


def gather(
    options: GatherOptions,
    key: str,
    environ: Dict[str, str],
    public: Public = Public(),  # noqa: B008 - never changes
) -> Dict[str, Any]:
    """Return the facts of each source by its name, swept for every secret that any of them met, and fit to be written.

    `key` makes the fingerprints; `environ` is the environment of the process, where the engine's address may be.
    """
    began = time.time()
    redactor = Redactor(key.encode(), public.show, public.log_patterns)
    engine: Dict[str, Any] = {}
    seen: List[Dict[str, Any]] = []
    if not options.files_only:
        wanted = containers.ContainerOptions(
            options.docker_host, options.project, options.directory, options.environment_name, options.log_lines
        )
        engine = guarded(lambda: containers.gather(wanted, environ, redactor, seen))
    # The services take their time to answer; meanwhile everything else is read.
    with ThreadPoolExecutor(max_workers=len(_ASKED)) as beside:
        asked = {
            name: beside.submit(guarded, source)
            for name, source in _of_what_runs(options, engine, seen, environ, redactor).items()
        }
        reader = project.ProjectReader(_files(options, engine), redactor)
        files = guarded(reader.gather)
        config: Dict[str, Any] = {}
        if engine.get("state") == "seen":
            found, tested = engine["containers"], seen if options.nginx_test else []
            config = guarded(lambda: configurations.gather(found, options.docker_host, environ, redactor, tested))
        elif files.get("state") == "seen":
            folder = files["directory"]
            config = guarded(lambda: configurations_in_project.gather(reader.services, folder, redactor))
        code: Dict[str, Any] = {}
        if files.get("state") == "seen":
            code = guarded(lambda: checkout.gather(files, engine, config, redactor))
        oauth = oauth_probe.probe_all(options.oauth_authorize, redactor)
        sources = {
            "engine": engine,
            "project": files,
            "config": config,
            "code": code,
            "oauth": oauth,
            **{name: asked[name].result() if name in asked else {} for name in _ASKED},
        }
    redactor.names(_names(engine, files, reader))
    swept = redactor.sweep(sources)
    if not isinstance(swept, dict):
        raise TypeError("a swept mapping must stay a mapping")
    left: Dict[str, Any] = written(swept)
    if "disks" in left["resources"].get("host", {}):  # the engine is on this machine
        left["resources"]["clock"] = {"began": began, "ended": time.time()}
    return left


def _names(engine: Dict[str, Any], files: Dict[str, Any], reader: project.ProjectReader) -> Iterator[str]:
    """Yield the names of projects and services, as far as they are known."""
    yield str(engine.get("project") or "")
    for container in engine.get("containers") or ():
        yield str(container["service"])
    if files.get("state") == "seen":
        yield os.path.basename(str(files["directory"]))
        for service in reader.services:
            yield service.name


def _of_what_runs(
    options: GatherOptions,
    engine: Dict[str, Any],
    seen: List[Dict[str, Any]],
    environ: Dict[str, str],
    redactor: Redactor,
) -> Dict[str, Callable[[], Dict[str, Any]]]:
    """Return the sources that ask the engine about what runs, by their names; none where nothing runs."""
    if engine.get("state") != "seen":
        return {}
    host, folder = options.docker_host, options.directory or str(engine.get("working_dir", ""))
    probes = health.ProbeOptions(host, engine["project"], options.endpoints, options.probe_timeout)
    sources = {
        "health": lambda: health.gather(probes, environ, redactor, seen),
        "images": lambda: images.gather(host, environ, seen),
        "resources": lambda: resources.gather(host, environ, seen, folder),
    }
    if options.packages:
        sources["packages"] = lambda: packages.gather(host, environ, redactor, seen)
    return sources


def _files(options: GatherOptions, engine: Dict[str, Any]) -> project.Wanted:
    """Return the files to read: as configured, else as the labels of the running containers name them."""
    labels = {} if options.directory else engine
    return project.Wanted(
        options.directory or labels.get("working_dir", ""),
        options.compose_files or labels.get("config_files", []),
        options.env_files or labels.get("environment_files", []),
        options.env_template,
        options.environment_name,
    )


def guarded(source: Callable[[], Dict[str, Any]]) -> Dict[str, Any]:
    """Return what `source` found.

    A fault of our own becomes `state: unseen` with the place of the fault: never a traceback, whose last line may
    quote a value, and never a failed task, which would hide what the other sources saw.
    """
    try:
        return source()
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = "%s:%s" % (place.filename.rsplit("/", 1)[-1], place.lineno)
        return {
            "state": "unseen",
            "reason": "a bug in Parity (%s at %s); please report it" % (type(error).__name__, where),
        }
