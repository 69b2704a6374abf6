"""What an nginx opens for writing when it only tests its configuration: logs, its pid file, folders of caches."""

from __future__ import annotations

import posixpath
import re
from typing import Iterable, Mapping, NamedTuple, Set

_OPENED = re.compile(
    r"(?:^|[;{}\s])(?:error_log|access_log|pid|\w+_temp_path|(?:proxy|fastcgi|uwsgi|scgi)_cache_path)\s+"
    r"(\"[^\"\n]*\"|'[^'\n]*'|[^\s;\"'{}][^\s;]*)"
)
# Code that runs while the configuration is read may write what it likes. A directive's name may stand in quotes; Lua's
# module loads files of its own as soon as it is used, Perl's when it is loaded.
_CODE = re.compile(
    r"(?:\A(?:\ufeff|\xef\xbb\xbf)?|[;{}\n])[ \t\r]*[\"']?(?:load_module[\"'\s]+[^\s;]*perl|"
    r"(?:\w+_by_lua\w*|lua_\w+|perl(?:_\w+)?|js_(?:import|include|preload_object))[\"'\s])"
)
_NO_FILE = re.compile(r"off\Z|stderr\Z|syslog:|memory:|/dev/|/proc/")


class Writes(NamedTuple):
    """The absolute paths that are opened, or made where they are missing, and whether these are all."""

    paths: Set[str]
    known: bool


def writes(texts: Iterable[str]) -> Writes:
    """Return what a test of the configuration in `texts` (its files without comments) opens for writing.

    Paths below nginx's own prefix are not known here, and neither is what code in the configuration does. A log in
    whose path a variable stands is opened with the first request, and so never by a test.
    Source: ngx_init_cycle, which opens under -t what it opens at a start.
    """
    paths: Set[str] = set()
    known = True
    for text in texts:
        known = known and not runs_code([text])
        for found in _OPENED.finditer(text):
            path = found[1].strip("\"'")
            if "$" in path or _NO_FILE.match(path):
                continue
            known = known and path.startswith("/")
            paths.add(posixpath.normpath(path))
    return Writes({path for path in paths if path.startswith("/")}, known)


def runs_code(texts: Iterable[str]) -> bool:
    """Return whether the configuration in `texts` (its files, as they are) holds code that a test of it runs."""
    return any(_CODE.search(text) for text in texts)


def texts_of(files: Mapping[str, Mapping[str, str]]) -> Iterable[str]:
    """Return the texts of files as `nginx_files.gather` gives them."""
    return [str(record.get("text", "")) for record in files.values()]
