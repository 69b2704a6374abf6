"""Asks a Redis in its own container, with its own client: does it answer, how full is it, what does it throw away."""

from __future__ import annotations

import re
from typing import Any, Dict, List

from ..engine.client import Engine
from ..engine.commands import CannotRunError, NoProgramError, Ran, run
from ..secrets.redact import Redactor
from .probe import FAILED, OK, UNKNOWN, ProbeOutcome
from .targets import Target

_CLIENTS = ("redis-cli", "valkey-cli", "keydb-cli")
_PASSWORD_VARIABLES = ("REDISCLI_AUTH", "REDIS_PASSWORD", "VALKEY_PASSWORD", "REDIS_PASS")
_PASSWORD_OPTION = re.compile(r"(?<![^\s'\"])(?:--requirepass|-a|--pass)[= ]+(?:'([^']*)'|\"([^\"]*)\"|(\S+))")
_PORT_OPTION = re.compile(r"--port[= ]+([0-9]{1,5})")
_ERROR = re.compile(
    r"\A(?:\(error\) )?(NOAUTH|WRONGPASS|ERR|NOPERM|LOADING|MISCONF|MASTERDOWN|DENIED|AUTH failed)[^\r\n]*"
)
_LOGIN = ("NOAUTH", "WRONGPASS", "NOPERM", "AUTH failed")
# Source: https://redis.io/docs/latest/commands/info/
_NUMBERS = {
    "used_memory": "memory_used",
    "maxmemory": "memory_limit",
    "connected_clients": "clients",
    "maxclients": "clients_limit",
    "evicted_keys": "evicted_keys",
    "rejected_connections": "rejected_connections",
    "master_link_down_since_seconds": "replica_down_seconds",
}
_WORDS = {
    "redis_version": "version",
    "maxmemory_policy": "policy",
    "role": "role",
    "rdb_last_bgsave_status": "last_save",
    "aof_last_write_status": "last_append",
    "loading": "loading",
}
# Where INFO says all of this, Redis refuses no PING: it refuses one while it loads its data, as a replica that has lost
# its master, and when it could not save. Source: processCommand in server.c of Redis.
_WELL = {"role": "master", "loading": "0", "last_save": "ok", "last_append": "ok"}


def probe(engine: Engine, target: Target, redactor: Redactor, deadline: float) -> ProbeOutcome:
    """Return whether Redis answers, and its memory, limit and policy from INFO.

    Its password is taken from its own environment, command or health check and given by its environment alone.
    """
    try:
        # Each question starts a program in the container: PING is asked only where it may tell more than INFO did.
        info = _ask(engine, target, "INFO", deadline)
        facts = read_info(info.output, redactor)
        if all(facts.get(name) == well for name, well in _WELL.items()):
            return ProbeOutcome(OK, "", facts)
        ping = _ask(engine, target, "PING", deadline)
    except CannotRunError as error:
        return ProbeOutcome(UNKNOWN, "redis-cli could not be run in %s: %s" % (target.name, redactor.said(str(error))))
    said = (ping.output.strip() or ping.errors.strip())[:400]
    if said != "PONG":
        wrong = _ERROR.match(said)
        if wrong and wrong.group(1) in _LOGIN:
            return ProbeOutcome(UNKNOWN, "it requires a password that is not in its environment or command")
        return ProbeOutcome(FAILED, "PING was answered with: %s" % redactor.said(said or "nothing")[:200])
    return ProbeOutcome(OK, "", facts)


def _ask(engine: Engine, target: Target, question: str, deadline: float) -> Ran:
    words = ["-p", _port(target)] if _port(target) else []
    found = password(target)
    missing = NoProgramError("redis-cli")
    for client in _CLIENTS:
        try:
            return run(
                engine, target.id, [client, *words, question], {"REDISCLI_AUTH": found} if found else {}, deadline
            )
        except NoProgramError as error:
            missing = error
    raise missing


def password(target: Target) -> str:
    """Return the password that a Redis container was given, empty when none is seen."""
    for line in (" ".join(target.command), " ".join(target.check)):
        match = _PASSWORD_OPTION.search(target.expand(line))
        if match:
            return next((group for group in match.groups() if group), "")
    return next((target.environment[name] for name in _PASSWORD_VARIABLES if target.environment.get(name)), "")


def _port(target: Target) -> str:
    match = _PORT_OPTION.search(target.expand(" ".join(target.command)))
    return match.group(1) if match else ""


def read_info(text: str, redactor: Redactor) -> Dict[str, Any]:
    """Return the facts in an answer to INFO: numbers and single words only."""
    facts: Dict[str, Any] = {}
    lines: List[str] = text.splitlines()[:1000]
    for line in lines:
        name, _, value = line.strip().partition(":")
        if name in _NUMBERS and re.fullmatch(r"[0-9]{1,18}", value):
            facts[_NUMBERS[name]] = int(value)
        elif name in _WORDS and re.fullmatch(r"[\w.-]{1,40}", value):
            facts[_WORDS[name]] = redactor.text(value)
    return facts
