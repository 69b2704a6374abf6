"""Commands in containers of images that lack programs."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from parity_host.engine.commands import NoProgramError, run


class Engine:
    """Answers as Docker does in a container whose image has the `programs`."""

    def __init__(self, *programs: str) -> None:
        self._programs = programs
        self.asked: list[list[str]] = []

    def post(self, path: str, body: dict[str, Any], deadline: float, limit: int) -> tuple[int, bytes]:
        if "Cmd" in body:
            self.asked.append(body["Cmd"])
            return 201, b'{"Id": "1"}'
        command = self.asked[-1]
        if command[0] not in self._programs:
            return 400, json.dumps({"message": f'exec: "{command[0]}": executable file not found in $PATH'}).encode()
        if command[0] == "timeout" and command[4] not in self._programs:
            said = f"timeout: failed to run command '{command[4]}': No such file or directory".encode()
            return 200, b"\2\0\0\0" + len(said).to_bytes(4, "big") + said
        return 200, b"\1\0\0\0\0\0\0\4PONG"

    def get(self, path: str) -> dict[str, Any]:
        command = self.asked[-1]
        return {"ExitCode": 0 if set(command[:1] + command[4:5]) <= set(self._programs) else 127}


def ask(engine: Any) -> str:
    return run(engine, "c", ["redis-cli", "ping"], {}, time.monotonic() + 5).output


def test_a_command_is_ended_by_timeout_where_the_image_has_it():
    engine = Engine("timeout", "redis-cli")
    assert ask(engine) == "PONG"
    assert [command[0] for command in engine.asked] == ["timeout"]


def test_a_command_is_run_alone_where_the_image_has_no_timeout():
    engine = Engine("redis-cli")
    assert ask(engine) == "PONG"
    assert [command[0] for command in engine.asked] == ["timeout", "redis-cli"]


@pytest.mark.parametrize("programs", [(), ("timeout",)])
def test_a_program_that_the_image_lacks_is_named(programs):
    with pytest.raises(NoProgramError) as missing:
        ask(Engine(*programs))
    assert missing.value.program == "redis-cli"
