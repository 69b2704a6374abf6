"""Run a program that may read itself and one folder: `python -I -S confine.py FOLDER PROGRAM [ARGUMENT …]`.

The second line of defence around Compose, which works on files of untrusted hosts; that they name nothing outside of
the folder is the first (`compose_paths.py`). The program may write no file, and its memory, output and time have an
end. What refuses is the kernel's Landlock (Linux 5.13 or newer; TCP from 6.7, abstract sockets from 6.12); where it is
not there, on macOS say, the limits remain. The file is started as it is, for
each rendering: it imports little (`typing` alone costs 10 ms).
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys

MEMORY_BYTES = 1024 * 1024 * 1024
OUTPUT_BYTES = 64 * 1024 * 1024
CPU_SECONDS = 60

# https://docs.kernel.org/userspace-api/landlock.html; these numbers are the same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_NO_NEW_PRIVILEGES = 38
_EXECUTE, _READ_FILE, _READ_DIRECTORY = 1 << 0, 1 << 2, 1 << 3
# What each version of the interface can refuse in file systems, as a mask.
_REFUSABLE = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP_FROM, _SCOPES_FROM = 4, 6
# A program that is not statically linked needs its libraries.
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")


def limit() -> None:
    """Limit memory, the size of a written file, CPU time and core dumps of this process."""
    limits = {
        resource.RLIMIT_DATA: MEMORY_BYTES,
        resource.RLIMIT_FSIZE: OUTPUT_BYTES,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in limits.items():
        hard = resource.getrlimit(kind)[1]
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (allowed, allowed))


def confine(folder: str, program: str) -> bool:
    """Let this process read `folder` and `program` only, for good; return whether this kernel can do so."""
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if version < 1:
        return False
    handled = _REFUSABLE[max(known for known in _REFUSABLE if known <= version)]
    attributes = struct.pack("=Q", handled)
    attributes += struct.pack("=Q", 3) if version >= _TCP_FROM else b""
    attributes += struct.pack("=Q", 3) if version >= _SCOPES_FROM else b""
    ruleset = _called(libc, _CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
    _allow(libc, ruleset, folder, _READ_FILE | _READ_DIRECTORY)
    _allow(libc, ruleset, program, _READ_FILE | _EXECUTE)
    for library in filter(os.path.isdir, _LIBRARIES):
        _allow(libc, ruleset, library, _READ_FILE | _READ_DIRECTORY | _EXECUTE)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")
    _called(libc, _RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    os.close(ruleset)
    return True


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, access: int) -> None:
    opened = os.open(path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
    rule = struct.pack("=Qi", access, opened)
    _called(libc, _ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0))
    os.close(opened)


def _called(libc: ctypes.CDLL, number: int, *arguments: object) -> int:
    result: int = libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def main(folder: str, program: str, *arguments: str) -> None:
    """Become the program, confined; end with a sentence where it cannot be run."""
    try:
        limit()
        confine(folder, program)
        os.execv(program, [program, *arguments])  # noqa: S606 - in the place of this process, without a shell
    except OSError as error:
        sys.exit(f"docker-compose cannot be run: {error.strerror}. Recreate the virtual environment with `make setup`.")


if __name__ == "__main__":
    main(*sys.argv[1:])
