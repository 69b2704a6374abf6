"""Directives outside http{}, stream{} and mail{}: the top level and events{}."""

from __future__ import annotations

from typing import Final

from parity.programs.nginx.check.directives.logs import error_log
from parity.programs.nginx.check.state import DUPLICATE, INVALID_NUMBER, INVALID_VALUE, Block, Conf, Handler
from parity.programs.nginx.check.urls import impossible
from parity.programs.nginx.check.value_kinds import low_bits
from parity.programs.nginx.check.variables import brought_by
from parity.programs.nginx.syntax.modules import OWN_MODULES
from parity.programs.nginx.syntax.scalars import cstring, number, shown

_EVENT_TYPES: Final = frozenset({b"epoll", b"event_core"})  # on Linux, where nothing else is built unless asked for


def _events(conf: Conf, _args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    conf.modules_used = True
    block = Block("events", conf.block)
    conf.parse_block(block, None)
    conf.connections = block.fields.get("worker_connections", 512)
    return None


def _worker_processes(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    if cstring(args[0]) != b"auto" and number(args[0]) is None:
        return INVALID_VALUE
    return None


def _worker_priority(conf: Conf, args: list[bytes]) -> bytes | None:
    value = number(args[0][1:] if args[0][:1] in (b"-", b"+") else args[0])
    if conf.block.fields.get("worker_priority"):  # 0 counts as not set
        return DUPLICATE
    conf.block.fields["worker_priority"] = value
    return INVALID_NUMBER if value is None else None


def _worker_cpu_affinity(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    masks = args
    if cstring(args[0]) == b"auto":
        if len(args) > 2:
            conf.fail(b'invalid number of arguments in "worker_cpu_affinity" directive')
        masks = args[1:]
    for mask in masks:
        if len(mask) > 1024:
            conf.fail(b'"worker_cpu_affinity" supports up to 1024 CPUs only')
        for char in reversed(mask):
            if char not in b" 01":
                conf.fail(b'invalid character "%c" in "worker_cpu_affinity"', char)
    return None


def _user(conf: Conf, _args: list[bytes]) -> bytes | None:
    return None if conf.unset() else DUPLICATE


def _load_module(conf: Conf, args: list[bytes]) -> bytes | None:
    if conf.modules_used:
        return b"is specified too late"
    module = shown(args[0]).rpartition("/")[2]
    name = module.removesuffix(".so")
    if name in conf.built_in:
        conf.fail_silently()  # the build that has it within has no such file
    conf.loaded.add(name)
    for family, variables in brought_by(name).items():
        conf.brought.setdefault(family, []).extend(variables)
    if module not in OWN_MODULES:
        conf.foreign_modules = True
    return None


def _thread_pool(conf: Conf, args: list[bytes]) -> bytes | None:
    name = args[0]
    if conf.thread_pools.get(name, (False, None, 0))[0]:
        conf.fail(b'duplicate thread pool "%b"', name)
    threads = None
    for arg in args[1:]:
        if arg.startswith(b"threads="):
            threads = number(arg[8:])
            if not threads:
                conf.fail(b'invalid threads value "%b"', arg)
        elif arg.startswith(b"max_queue=") and number(arg[10:]) is None:
            conf.fail(b'invalid max_queue value "%b"', arg)
    if threads is None:
        conf.fail(b'"thread_pool" must have "threads" parameter')
    conf.thread_pools[name] = (True, conf.file, conf.reader.line)
    return None


def _worker_connections(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    count = number(args[0])
    if count is None:
        conf.fail(b'invalid number "%b"', args[0])
    conf.block.fields["worker_connections"] = count
    return None


def _use(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    if cstring(args[0]) not in _EVENT_TYPES:
        conf.fail(b'invalid event type "%b"', args[0])
    return None


def _debug_connection(conf: Conf, args: list[bytes]) -> bytes | None:
    if cstring(args[0]) != b"unix:" and not low_bits(conf, args[0]) and impossible(args[0]):
        conf.fail(b'host not found in debug_connection "%b"', args[0])
    return None


MAIN: Final[dict[str, Handler]] = {
    "events": _events,
    "user": _user,
    "load_module": _load_module,
    "thread_pool": _thread_pool,
    "error_log": error_log,
    "worker_processes": _worker_processes,
    "worker_priority": _worker_priority,
    "worker_cpu_affinity": _worker_cpu_affinity,
}
EVENTS: Final[dict[str, Handler]] = {
    "worker_connections": _worker_connections,
    "use": _use,
    "debug_connection": _debug_connection,
}
