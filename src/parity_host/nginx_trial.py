"""What nginx itself says of its configuration: `nginx -t` where nginx runs, or in a throw-away copy where it does not.

In a running container it is run as a command. A test opens the log files and the pid file without emptying them, and
makes what of them is missing, as the running nginx did when it started. In a copy, whatever it makes vanishes with it.
"""

from __future__ import annotations

import re
import time
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from . import container_files, engine_exec, trial_container
from .engine_change import ChangingEngine
from .engine_client import EngineUnavailableError, NotFoundError
from .redact import Redactor

SECONDS = 20.0
_OUTPUT_CHARACTERS = 20000
_TITLE = re.compile(r"nginx: master process (?P<argv>\S.*)")
_PROGRAM = re.compile(r"[\w./-]*(?:nginx|openresty|angie|tengine|freenginx)[\w.-]*")
_GLOBALS = re.compile(r"(?:^|\s)-g\s+(?P<text>.*?)(?=\s-[a-zA-Z](?:\s|$)|$)", re.DOTALL)
_VERSION = re.compile(r"^(?:nginx|\w+) version: [\w.-]+/(?P<version>\d+\.\d+\.\d+)", re.MULTILINE)
_READ_ONLY = re.compile(r"\"(?P<path>/[^\"]*)\" failed \(30: ")


class Test(NamedTuple):
    """What was run (`exec`, `throw-away`, or nothing, then `why`), how it ended, and what nginx wrote of itself."""

    how: str
    code: int
    output: str
    version: str
    why: str


def test(engine: ChangingEngine, inspected: Mapping[str, Any], redactor: Redactor) -> Dict[str, Any]:
    """Return what `nginx -t` says in the container that the engine's `inspect` answer describes; never raises."""
    deadline = time.monotonic() + SECONDS
    try:
        if (inspected.get("State") or {}).get("Status") == "running":
            ran = _in_place(engine, inspected, deadline)
            if ran is not None:
                return _told("exec", ran.code, ran.errors, inspected, redactor)
        argv = command(configured(inspected))
        tried = trial_container.run(engine, inspected, argv, {}, deadline)
        return _told("throw-away", tried.code, tried.errors, inspected, redactor)
    except (EngineUnavailableError, NotFoundError, engine_exec.CannotRunError) as error:
        return Test("", 0, "", "", "nginx -t could not be run: %s" % redactor.text(str(error)))._asdict()


def _in_place(engine: ChangingEngine, inspected: Mapping[str, Any], deadline: float) -> Optional[engine_exec.Ran]:
    """Return what `nginx -t` did in the container; None for one that fell meanwhile, as those do that restart."""
    try:
        ran = engine_exec.run(engine, str(inspected["Id"]), command(_master(engine, inspected)), {}, deadline)
    except engine_exec.CannotRunError:
        ran = None
    if ran is not None and _VERSION.search(ran.errors):
        return ran
    now = engine.get("/containers/%s/json" % inspected["Id"])
    if (now.get("State") or {}).get("Status") == "running" and not int(now.get("RestartCount") or 0):
        raise engine_exec.CannotRunError("nginx does not answer in it" if ran else "no command can be run in it")
    return None


def command(argv: Sequence[str]) -> List[str]:
    """Return the command that tests what the nginx started as `argv` reads: the same program, -c, -p and -g."""
    words = [str(word) for word in argv]
    at = next((n for n, word in enumerate(words) if _PROGRAM.fullmatch(word)), None)
    found = [words[at] if at is not None else "nginx", "-v", "-t"]
    for name in ("-c", "-p", "-g"):
        value = container_files.options(words[at or 0 :], (name,))
        if value:
            found += [name, value]
    return found


def configured(inspected: Mapping[str, Any]) -> List[str]:
    """Return the container's entrypoint and command."""
    config = inspected.get("Config") or {}
    return [str(word) for word in [*(config.get("Entrypoint") or []), *(config.get("Cmd") or [])]]


def _master(engine: ChangingEngine, inspected: Mapping[str, Any]) -> List[str]:
    """Return how the master was really started, from its title; else what the container is configured with."""
    try:
        listed = engine.get("/containers/%s/top" % inspected["Id"], ps_args="-eo pid,args")
    except (EngineUnavailableError, NotFoundError):
        return configured(inspected)
    for row in listed.get("Processes") or [] if isinstance(listed, dict) else []:
        found = _TITLE.search(str(row[-1]) if row else "")
        if found:
            return _words(found["argv"])
    return configured(inspected)


def _words(title: str) -> List[str]:
    """Return the words of a master's title, in which quotes are lost: -g takes all up to the next option."""
    given = _GLOBALS.search(title)
    rest = title if given is None else title[: given.start()] + " " + title[given.end() :]
    return [*rest.split(), *(["-g", given["text"].strip()] if given else [])]


def _told(how: str, code: int, errors: str, inspected: Mapping[str, Any], redactor: Redactor) -> Dict[str, Any]:
    version = _VERSION.search(errors)
    output = redactor.text(errors)[-_OUTPUT_CHARACTERS:]
    if how == "throw-away" and code:
        # The copy may not write where the container may: that it could not says nothing of the container.
        kept = trial_container.writable(inspected)
        for found in _READ_ONLY.finditer(errors):
            if any((found["path"] + "/").startswith(path.rstrip("/") + "/") for path in kept):
                why = "nginx -t needs to write %s, which a throw-away container may not" % found["path"]
                return Test("", 0, "", version["version"] if version else "", redactor.text(why))._asdict()
    return Test(how, code, output, version["version"] if version else "", "")._asdict()
