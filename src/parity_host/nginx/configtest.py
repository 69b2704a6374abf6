"""What nginx itself says of its configuration: `nginx -t` where nginx runs, or in a throw-away copy.

A test opens for writing what a start opens: the pid file, logs, folders of caches. What is there already stays as it
is; what is not there is made, by root and on the host where it is mounted. So it is run in a running container only
where all of that is there, and else in a copy, with which whatever it makes vanishes.
"""

from __future__ import annotations

import posixpath
import re
import secrets
import time
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ..engine import commands, trial_container
from ..engine.change import ChangingEngine
from ..engine.client import EngineUnavailableError, NotFoundError
from ..engine.container_layer import in_memory, within
from ..engine.trial_request import Copy
from ..secrets.redact import Redactor
from . import command
from . import files as nginx_files
from .copy_limits import may_vanish, read_paths, why_not_its_own
from .writes import Writes, texts_of, writes

SECONDS = 20.0
_OUTPUT_CHARACTERS = 20000
_LOOKS = 60
_TITLE = re.compile(r"nginx: master process (?P<argv>\S.*)")
# Derivatives tell the version of nginx that they are made from beside their own.
_VERSION = re.compile(r"^(?:free)?nginx version: [\w.-]+/(?P<version>[0-9]+\.[0-9]+\.[0-9]+)", re.MULTILINE)
_REFUSED = re.compile(r"\[(?:emerg|alert|crit|error)\]|test failed")
# nginx 1.19.5 and later: what is wrong goes to the errors of the command, and not to a log that is live besides.
_TO_ERRORS = ("-e", "stderr")


class Test(NamedTuple):
    """What was run (`exec`, `throw-away`, or nothing, then `why`), how it ended, and what nginx wrote of itself."""

    how: str
    code: int
    output: str
    version: str
    why: str


def test(
    engine: ChangingEngine,
    inspected: Mapping[str, Any],
    words: Sequence[str],
    entry: Mapping[str, Any],
    redactor: Redactor,
) -> Dict[str, Any]:
    """Return what `nginx -t` says in the container that the engine's `inspect` answer describes; never raises.

    `words` are how its nginx was started (`started`), `entry` is what `nginx_files.gather` read of its files.
    """
    deadline = time.monotonic() + SECONDS
    try:
        if _runs(inspected) and _all_there(engine, inspected, _opened(words, entry)):
            ran = _in_place(engine, inspected, words, deadline)
            if ran is not None:
                return told("exec", ran.code, ran.errors, redactor)
        tried, why = _in_copy(engine, inspected, words, entry, {}, deadline)
        return told("" if why else "throw-away", tried.code, tried.errors, redactor, why)
    except NotFoundError:
        return told("", 0, "", redactor, "nginx -t could not be run: the container is gone")
    except EngineUnavailableError as error:
        return told("", 0, "", redactor, "nginx -t could not be run: %s" % error)


def trial(
    engine: ChangingEngine, inspected: Mapping[str, Any], edits: Mapping[str, bytes], deadline: float
) -> trial_container.Tried:
    """Return what `nginx -t` says, in a copy of a container, of files that stand in the place of its own.

    `edits` are their contents by path in the container; no live file is touched. Raises EngineUnavailableError, also
    when what the copy says would say nothing of the container.
    """
    words = started(engine, inspected)
    # What is read here stays here; how it is redacted does not matter.
    entry = nginx_files.gather(engine, str(inspected["Id"]), words, Redactor(secrets.token_bytes(16)))
    files = {path: {"text": content.decode("utf-8", "replace")} for path, content in edits.items()}
    entry = {**entry, "files": {**entry["files"], **files}}
    tried, why = _in_copy(engine, inspected, words, entry, edits, deadline)
    if why:
        raise EngineUnavailableError(why)
    return tried


def started(engine: ChangingEngine, inspected: Mapping[str, Any]) -> List[str]:
    """Return the words with which a container's nginx was started: its master's own, else what it is configured with.

    A master's title is its command line; where the engine does not list processes, the configuration has to do.
    """
    if _runs(inspected):
        try:
            listed = engine.get("/containers/%s/top" % inspected["Id"], ps_args="-eo pid,args")
        except (EngineUnavailableError, NotFoundError):
            listed = {}
        rows = listed.get("Processes") if isinstance(listed, dict) else None
        for row in rows if isinstance(rows, list) else []:
            found = _TITLE.search(str(row[-1]) if isinstance(row, list) and row else "")
            if found:
                return command.of_title(found["argv"])
    config = inspected.get("Config") or {}
    variables = dict(str(pair).partition("=")[::2] for pair in config.get("Env") or [])
    return command.started([*(config.get("Entrypoint") or []), *(config.get("Cmd") or [])], variables)


def _runs(inspected: Mapping[str, Any]) -> bool:
    return (inspected.get("State") or {}).get("Status") == "running"


def _all_there(engine: ChangingEngine, inspected: Mapping[str, Any], found: Writes) -> bool:
    """Return whether a test makes nothing in the container: all that it opens for writing is there.

    What is in memory is its own, and the engine cannot look into it.
    """
    apart = in_memory(inspected)
    paths = [path for path in sorted(found.paths) if not any(within(path, one) for one in apart)]
    at = "/containers/%s/archive" % inspected["Id"]
    return found.known and len(paths) <= _LOOKS and all(engine.has(at, path=path) for path in paths)


def _in_place(
    engine: ChangingEngine, inspected: Mapping[str, Any], words: Sequence[str], deadline: float
) -> Optional[commands.Ran]:
    """Return what `nginx -t` did in the container.

    None where it could not be run so: the container fell meanwhile, as those do that restart, or its nginx is older
    than _TO_ERRORS and would write into its log what it says.
    """
    argv = command.testing(words, *_TO_ERRORS)
    try:
        ran = commands.run(engine, str(inspected["Id"]), argv, {}, deadline)
    except commands.CannotRunError:
        return None
    return ran if _VERSION.search(ran.errors) else None


def _in_copy(
    engine: ChangingEngine,
    inspected: Mapping[str, Any],
    words: Sequence[str],
    entry: Mapping[str, Any],
    edits: Mapping[str, bytes],
    deadline: float,
) -> Tuple[trial_container.Tried, str]:
    """Return what `nginx -t` says in a copy, and why that says nothing of the container (empty where it does)."""
    opened = _opened(words, entry).paths
    memory = may_vanish(engine, inspected, opened, entry)
    alike = {posixpath.dirname(nginx_files.main_of(words)), nginx_files.prefix_of(words), *read_paths(entry)}
    copy = Copy(
        alike=sorted(alike - {"/"}), folders=sorted({posixpath.dirname(path) for path in opened}), memory=memory
    )
    argv = command.testing(words)
    tried = trial_container.run(engine, inspected, argv, edits, deadline, copy)
    return tried, why_not_its_own(inspected, tried, memory, entry)


def _opened(words: Sequence[str], entry: Mapping[str, Any]) -> Writes:
    found = writes([*texts_of(entry.get("files") or {}), command.globals_of(words)])
    return Writes(found.paths, found.known and not entry.get("unread"))


def told(how: str, code: int, errors: str, redactor: Redactor, why: str = "") -> Dict[str, Any]:
    """Return the record of a test (`Test`), redacted and bounded; without what nginx wrote where nothing was told."""
    if how and code and not _REFUSED.search(errors):
        how, why = "", "nginx -t exited with %d without a message about the configuration" % code
    version = _VERSION.search(errors)
    output = redactor.text(errors)[-_OUTPUT_CHARACTERS:] if how else ""
    return Test(how, code, output, version["version"] if version else "", redactor.text(why))._asdict()
