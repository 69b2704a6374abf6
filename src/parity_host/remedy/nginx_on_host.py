"""Would nginx take these files? Asked of the host's own nginx, in a tree of its own, where no container runs.

The tree holds the files where the container would have them, and is nginx's root (`tree_root.py`): no port of the host
is taken, and what a test writes vanishes with the tree.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import tempfile
from typing import Dict, Iterator, List, Mapping, Sequence

from ..compose.bind_files import BindFiles
from ..compose.services import Service
from ..engine.container_files import FILE_LIMIT_BYTES, Tree
from ..nginx import command
from ..nginx import files as nginx_files
from ..nginx.writes import runs_code, writes
from ..secrets.redact import Redactor
from . import tree_root
from .service import ServiceError
from .tree_root import CannotRunAsRootError

_MADE = ("run", "tmp", "var/run", "var/log/nginx", "var/cache/nginx", "var/lib/nginx")
_BUILT = re.compile(r"--(?:[\w-]+-path|prefix)=(/[^\s']+)")
_OWNER = re.compile(r"--(?:user|group)=([\w.-]+)")
_USER = re.compile(r"(?:^|[;{}\s])user\s+([\w.-]+)(?:\s+([\w.-]+))?\s*;")
# Hosts that nginx looks up when it starts.
_HOST = re.compile(
    r"(?:_pass|server|proxy_bind|resolver|auth_http)\s+(?:[a-z]+://)?([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)"
)
_LIMIT = 20000
# What every nginx comes with, to be included.
_ITS_OWN = (
    "mime.types",
    "fastcgi_params",
    "fastcgi.conf",
    "scgi_params",
    "uwsgi_params",
    "koi-utf",
    "koi-win",
    "win-utf",
)


def prove(files: Mapping[str, bytes], service: Service, redactor: Redactor, seconds: float) -> None:
    """Have nginx test `files`, all that it reads by path in the container; raises ServiceError with what it says.

    Raises it too where the host has no nginx, or does not let this user give it a tree of its own.
    """
    mounted = BindFiles(service.mounts, "")
    trees = [mounted.read(mount.target) for mount in service.mounts]
    # All that is mounted and not just `files`: nginx may find an include that Parity does not.
    everything = [content.decode("latin-1") for tree in trees for content in tree.files.values()]
    everything += [content.decode("latin-1") for content in files.values()]
    if runs_code([*everything, command.globals_of(list(service.words))]):
        raise ServiceError("the files contain code that nginx -t would run; this is only allowed in a container")
    # Private keys are among them: in memory, where that is to be had.
    memory = [path for path in ("/dev/shm",) if os.path.isdir(path)]  # noqa: S108 mkdtemp makes a name of its own there
    folder = tempfile.mkdtemp(prefix="parity-nginx-", dir=memory[0] if memory else None)
    try:
        nginx = tree_root.found("nginx")
        _lay_out(folder, files, service, trees, _built_with(nginx, seconds))
        ran = tree_root.run(folder, nginx, _testing(list(service.words)), seconds)
    except CannotRunAsRootError as error:
        raise ServiceError(
            "no container uses these files, and no nginx on this host can test them: %s" % error
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if ran.returncode:
        said = ran.stderr.decode("utf-8", "replace")[-_LIMIT:]
        printed = str(redactor.sweep(redactor.text(said))).strip()
        raise ServiceError("the nginx on this host rejects the files: %s" % printed, printed)


def _testing(words: List[str]) -> List[str]:
    """Return the options that test what the service's nginx reads; one of another make looks for it elsewhere."""
    where = ["-p", nginx_files.prefix_of(words), "-c", nginx_files.main_of(words)]
    more = command.globals_of(words)
    return ["-e", "stderr", "-t", *where, *(["-g", more] if more else [])]


def _built_with(nginx: str, seconds: float) -> str:
    """Return the options that nginx was built with: paths that a test opens, users that it looks up."""
    return tree_root.call([nginx, "-V"], seconds).stderr.decode("utf-8", "replace")


def _lay_out(folder: str, files: Mapping[str, bytes], service: Service, trees: Sequence[Tree], built: str) -> None:
    """Write the tree: what the service mounts, `files` in its place, and what nginx's image would have beside them."""
    texts = [content.decode("latin-1") for content in files.values()]
    words = list(service.words)
    opened = writes([*texts, command.globals_of(words)]).paths
    for name in (*_MADE, *(posixpath.dirname(path).strip("/") for path in (*opened, *_BUILT.findall(built)))):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    for tree in trees:
        for path, content in tree.files.items():
            _write(folder, path, content)
        for path, target in tree.links.items():
            _link(folder, path, target)
    for path, content in files.items():
        _write(folder, path, content)
    for path, content in _of_image(files, posixpath.dirname(nginx_files.main_of(words))):
        if not os.path.lexists(folder + path):
            _write(folder, path, content)
    for path, table in _accounts(texts, built).items():
        _write(folder, path, table.encode())


def _of_image(files: Mapping[str, bytes], folder: str) -> Iterator["tuple[str, bytes]"]:
    """Yield files that are included and not known: of the host's nginx what comes with every one, else empty ones."""
    for content in files.values():
        for path in nginx_files.includes(content, folder):
            if path not in files and not any(sign in path for sign in "*?["):
                name = os.path.basename(path)
                yield path, _host_has(os.path.join(nginx_files.PREFIX, name)) if name in _ITS_OWN else b""


def _host_has(path: str) -> bytes:
    try:
        with open(path, "rb") as stream:
            return stream.read(FILE_LIMIT_BYTES)
    except OSError:
        return b""


def _accounts(texts: Sequence[str], built: str) -> Dict[str, str]:
    """Return the tables in which nginx looks up users, groups and hosts. All are this user: none other may be here."""
    named = {name for text in texts for found in _USER.findall(text) for name in found if name}
    names = sorted({"root", "nobody", "nogroup", "nginx", "www-data", *_OWNER.findall(built), *named})
    hosts = sorted({"localhost", *(host for text in texts for host in _HOST.findall(text))})
    return {
        "/etc/passwd": "".join("%s:x:0:0::/:/bin/false\n" % name for name in names),
        "/etc/group": "".join("%s:x:0:\n" % name for name in names),
        "/etc/hosts": "".join("127.0.0.1 %s\n" % host for host in hosts),
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    }


def _write(folder: str, path: str, content: bytes) -> None:
    """Write a file into the tree; nothing in a path, and no link in the tree, leads out of it."""
    real = os.path.join(os.path.realpath(os.path.dirname(folder + posixpath.normpath("/" + path))), "")
    if not real.startswith(folder + "/"):
        return
    os.makedirs(real, exist_ok=True)
    at = os.path.join(real, posixpath.basename(path))
    if os.path.islink(at):
        os.unlink(at)
    with open(at, "wb") as stream:
        stream.write(content)


def _link(folder: str, path: str, target: str) -> None:
    """Make a link that leads to the same place once the tree is the root; none is made outside of it."""
    at = folder + posixpath.normpath("/" + path)
    inside = folder + posixpath.normpath(posixpath.join(posixpath.dirname("/" + path), target))
    if not os.path.join(os.path.realpath(os.path.dirname(at)), "").startswith(folder + "/"):
        return
    os.makedirs(os.path.dirname(at), exist_ok=True)
    if not os.path.lexists(at):
        os.symlink(os.path.relpath(inside, os.path.dirname(at)), at)
