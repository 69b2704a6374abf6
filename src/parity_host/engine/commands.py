"""Runs a read-only command in a container, bounded in time and output."""

from __future__ import annotations

import json
import math
import time
from typing import Any, Dict, NamedTuple, Sequence, Tuple

from .client import Engine, EngineUnavailableError, NotFoundError, frames

OUTPUT_LIMIT_BYTES = 512 * 1024
_SHORT_ANSWER_BYTES = 64 * 1024
_KILLED = 137
_LATE = "the command timed out"
# How the engine and `timeout` of coreutils and busybox say that there is no such program.
_NO_PROGRAM = ("executable file not found", "no such file or directory", "can't execute", "failed to run command")


class CannotRunError(Exception):
    """The command could not be run, or did not end in time. The message is a sentence's end for the report."""


class NoProgramError(CannotRunError):
    """The image does not hold the program that `program` names."""

    def __init__(self, program: str) -> None:
        """Make the sentence for the report of it."""
        super().__init__("%s: not found in the image" % program)
        self.program = program


class Ran(NamedTuple):
    """What a command left behind."""

    code: int
    output: str
    errors: str


def run(engine: Engine, container: str, argv: Sequence[str], environment: Dict[str, str], deadline: float) -> Ran:
    """Return what `argv` did in a running container, as its own user and in its own directory.

    `environment` is added to the container's own: the place for passwords, which a list of processes must not show.
    The engine cannot end a command, so `timeout` in the container does where the image has it. Raises CannotRunError.
    """
    seconds = max(math.ceil(deadline - time.monotonic()), 1)
    try:
        return _run(engine, container, ["timeout", "-s", "KILL", str(seconds), *argv], environment, deadline)
    except NoProgramError as error:
        if error.program != "timeout":
            raise
    return _run(engine, container, argv, environment, deadline)


def _run(engine: Engine, container: str, argv: Sequence[str], environment: Dict[str, str], deadline: float) -> Ran:
    asked: Dict[str, Any] = {
        "AttachStdout": True,
        "AttachStderr": True,
        "Cmd": list(argv),
        "Env": ["%s=%s" % pair for pair in sorted(environment.items())],
    }
    try:
        status, answer = engine.post("/containers/%s/exec" % container, asked, deadline, _SHORT_ANSWER_BYTES)
        if status != 201:
            raise CannotRunError("the engine refused to run a command in it: %s" % _message(answer, status))
        started = str(_mapping(answer).get("Id", ""))
        path = "/exec/%s" % started
        status, answer = engine.post(path + "/start", {"Detach": False, "Tty": False}, deadline, OUTPUT_LIMIT_BYTES)
        if len(answer) >= OUTPUT_LIMIT_BYTES:
            raise CannotRunError("the command printed more than %d bytes" % OUTPUT_LIMIT_BYTES)
        code = 127 if status >= 400 else _exit_code(engine.get(path + "/json"))
    except NotFoundError as error:
        raise CannotRunError("the container is gone") from error
    except EngineUnavailableError as error:
        late = time.monotonic() >= deadline - 0.05
        raise CannotRunError(_LATE if late else str(error)) from error
    if status >= 400:
        output, errors = "", _message(answer, status)
    else:
        output, errors = split_streams(answer)
    if code in (126, 127):
        _check_program(argv, output + errors)
    if code == _KILLED and argv[0] == "timeout":
        raise CannotRunError(_LATE)
    return Ran(code, output, errors)


def _check_program(argv: Sequence[str], said: str) -> None:
    """Raise NoProgramError when that is why the command failed."""
    lowered = said.lower()
    if any(words in lowered for words in _NO_PROGRAM):
        inner = argv[0] == "timeout" and lowered.lstrip().startswith("timeout:")
        raise NoProgramError(argv[4] if inner else argv[0])


def _exit_code(inspected: Any) -> int:
    code = inspected.get("ExitCode") if isinstance(inspected, dict) else None
    if not isinstance(code, int):
        raise CannotRunError(_LATE)
    return code


def _mapping(answer: bytes) -> Dict[str, Any]:
    try:
        data = json.loads(answer.decode("utf-8", "replace"))
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _message(answer: bytes, status: int) -> str:
    return str(_mapping(answer).get("message") or "status %d" % status)


def split_streams(raw: bytes) -> Tuple[str, str]:
    """Return what a command wrote to its output and to its errors, from the engine's framed stream."""
    found = list(frames(raw))
    if not found:
        return raw.decode("utf-8", "replace"), ""
    output, errors = (b"".join(content for stream, content in found if stream == wanted) for wanted in (1, 2))
    return output.decode("utf-8", "replace"), errors.decode("utf-8", "replace")
