"""A program of the host run with a folder as its root, in name spaces of its own: it reaches nothing else.

The folder may hold what nobody trusts. Nothing in it can be run or loaded, no device and no process of the host is
there, its network is its own loopback, and the host's programs beside it are read-only.
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
_NEEDED = ("unshare", "chroot", "mount", "sh")
_PROGRAMS = ("usr", "bin", "sbin", "lib", "lib32", "lib64")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_STREAMS = ("stdout", "stderr")
# Where the program stands in the folder.
_AT = ".parity/program"
# Without an address of its own, a name space looks up no host: SIOCSIFFLAGS of netdevice(7), IFF_UP | IFF_RUNNING.
_LOOPBACK = "import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh14x', b'lo', 0x41))"
_ANY_ADDRESS = "/proc/sys/net/ipv4/ip_nonlocal_bind"


class CannotRunAsRootError(Exception):
    """The program, or what makes the folder its root, is not there or did not end. The message is a sentence."""


def found(name: str) -> str:
    """Return the path of one of the host's programs; raises CannotRunAsRootError where there is none."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":" + PATH)
    if path is None:
        raise CannotRunAsRootError("there is no %s on this host" % name)
    return os.path.realpath(path)


def run(folder: str, program: str, arguments: Sequence[str], seconds: float) -> "subprocess.CompletedProcess[bytes]":
    """Run `program` (its path) with `folder` as its root and return how it ended.

    The streams of `/dev/stdout` and `/dev/stderr` are files there, and any address can be bound. A user who is not root
    is root in there. Raises CannotRunAsRootError.
    """
    tools = {name: shlex.quote(found(name)) for name in _NEEDED}
    lines = [*_network(), *_tree(tools["mount"], folder, program)]
    lines.append("exec %s . %s" % (tools["chroot"], " ".join(map(shlex.quote, ["/" + _AT, *arguments]))))
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    spaces = ["--mount", "--net", "--ipc", "--uts"]
    return call([found("unshare"), *as_root, *spaces, "--", found("sh"), "-c", "\n".join(["set -e", *lines])], seconds)


def call(argv: Sequence[str], seconds: float) -> "subprocess.CompletedProcess[bytes]":
    """Run a command of the host; raises CannotRunAsRootError where it cannot be, or does not end in time."""
    environment: Dict[str, str] = {"PATH": PATH}
    try:
        return subprocess.run(
            argv, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise CannotRunAsRootError("%s did not end within %d seconds" % (os.path.basename(argv[0]), seconds)) from None
    except OSError as error:
        raise CannotRunAsRootError("%s could not be run: %s" % (argv[0], error.strerror)) from None


def _network() -> List[str]:
    """Return the lines that give the name space a loopback, on which any address can be bound."""
    python = "%s -c %s" % (shlex.quote(sys.executable), shlex.quote(_LOOPBACK))
    return [python, "! test -w %s || echo 1 > %s" % (_ANY_ADDRESS, _ANY_ADDRESS)]


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
