"""A program of the host run with a folder as its root, in name spaces of its own: it reaches nothing else.

The folder may hold what nobody trusts. Nothing in it can be run or loaded, no device and no process of the host is
there, its network is its own loopback, and the host's programs beside it are read-only. The program has no capability:
were it made to run code of the folder after all (an interpreter's, as of nginx's Perl), that could not leave it.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from typing import Dict, List, Sequence

# Where Debian and others have what users may not have on their path.
PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
_NEEDED = ("unshare", "mount", "sh")
_PROGRAMS = ("usr", "bin", "sbin", "lib", "lib32", "lib64")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_STREAMS = ("stdout", "stderr")
# Where the program stands in the folder.
_AT = ".parity/program"
# Without an address of its own, a name space looks up no host: SIOCSIFFLAGS of netdevice(7), IFF_UP | IFF_RUNNING.
_LOOPBACK = "import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh14x', b'lo', 0x41))"
_ALLOWED = {"/proc/sys/net/ipv4/ip_nonlocal_bind": 1, "/proc/sys/net/ipv4/ip_unprivileged_port_start": 0}
# The current folder becomes the root, and the program gets no capability and no way to one: PR_CAPBSET_READ, _DROP and
# PR_SET_NO_NEW_PRIVS of prctl(2), and capset(2) with its version 3 (a header, and two sets of three words).
_CONFINED = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
def must(done):
    if done: raise OSError(ctypes.get_errno(), "cannot be confined")
os.chroot(".")
os.chdir("/")
for capability in range(64):
    if libc.prctl(23, capability, 0, 0, 0) == 1: must(libc.prctl(24, capability, 0, 0, 0))
must(libc.prctl(38, 1, 0, 0, 0))
must(libc.capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()))
os.execv(sys.argv[1], sys.argv[1:])
"""


class CannotRunAsRootError(Exception):
    """The program, or what makes the folder its root, is not there or did not end. The message is a sentence."""


def found(name: str) -> str:
    """Return the path of one of the host's programs; raises CannotRunAsRootError where there is none."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":" + PATH)
    if path is None:
        raise CannotRunAsRootError("%s is not installed on this host" % name)
    return os.path.realpath(path)


def run(folder: str, program: str, arguments: Sequence[str], seconds: float) -> "subprocess.CompletedProcess[bytes]":
    """Run `program` (its path) with `folder` as its root and return how it ended.

    The streams of `/dev/stdout` and `/dev/stderr` are files there, and any address can be bound. A user who is not root
    is root in there. Raises CannotRunAsRootError.
    """
    tools = {name: shlex.quote(found(name)) for name in _NEEDED}
    lines = [*_network(), *_tree(tools["mount"], folder, program)]
    lines.append("exec %s %s" % (_python(_CONFINED), " ".join(map(shlex.quote, ["/" + _AT, *arguments]))))
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    spaces = ["--mount", "--net", "--ipc", "--uts", "--pid", "--fork", "--kill-child"]
    return call([found("unshare"), *as_root, *spaces, "--", found("sh"), "-c", "\n".join(["set -e", *lines])], seconds)


def call(argv: Sequence[str], seconds: float) -> "subprocess.CompletedProcess[bytes]":
    """Run a command of the host; raises CannotRunAsRootError where it cannot be, or does not end in time."""
    environment: Dict[str, str] = {"PATH": PATH}
    try:
        return subprocess.run(
            argv, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise CannotRunAsRootError(
            "%s did not finish within %d seconds" % (os.path.basename(argv[0]), seconds)
        ) from None
    except OSError as error:
        raise CannotRunAsRootError("%s could not be run: %s" % (argv[0], error.strerror)) from None


def _network() -> List[str]:
    """Return the lines that give the name space a loopback, on which any address and port can be bound."""
    allowed = ["! test -w %s || echo %d > %s" % (path, value, path) for path, value in _ALLOWED.items()]
    return [_python(_LOOPBACK), *allowed]


def _python(program: str) -> str:
    """Return the words that run a program of Python; isolated, so that it imports nothing from the current folder."""
    return "%s -I -c %s" % (shlex.quote(sys.executable), shlex.quote(program))


def _tree(mount: str, folder: str, program: str) -> List[str]:
    """Return the lines that put the host's programs and harmless devices into the folder, and make it the current one.

    What stands at their names goes first: a link there would lead a mount elsewhere.
    """
    at = shlex.quote(folder)
    lines = ["%s --bind %s %s" % (mount, at, at), "cd %s" % at]
    lines += ["%s -o remount,bind,nosuid,nodev,noexec ." % mount]
    lines += ["rm -rf .parity dev %s" % " ".join(_PROGRAMS), "mkdir .parity dev"]
    lines += [": > dev/%s" % name for name in (*_DEVICES, *_STREAMS)]
    lines += ["%s --bind /dev/%s dev/%s" % (mount, name, name) for name in _DEVICES]
    lines += [": > %s" % _AT, "%s --bind %s %s" % (mount, shlex.quote(program), _AT)]
    for name in _PROGRAMS:
        if os.path.islink("/" + name):
            lines.append("ln -s %s %s" % (shlex.quote(os.readlink("/" + name)), name))
        elif os.path.isdir("/" + name):
            lines += ["mkdir %s" % name, "%s --bind /%s %s" % (mount, name, name)]
            lines.append("%s -o remount,bind,ro,nosuid %s" % (mount, name))
    return lines
