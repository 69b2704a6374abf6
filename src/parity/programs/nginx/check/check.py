"""`check`: what nginx itself would say about a configuration, without running it."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from parity.programs.nginx.check.state import Said
from parity.programs.nginx.check.walker import NOTHING_UNSEEN, Unseen, Walker
from parity.programs.nginx.syntax.diagnose import cause_of
from parity.programs.nginx.syntax.directives import OLDEST, release
from parity.programs.nginx.syntax.knowledge import Version, version_of
from parity.programs.nginx.syntax.messages import classify
from parity.programs.nginx.syntax.modules import OFFICIAL
from parity.programs.nginx.syntax.problem import Problem
from parity.programs.nginx.syntax.scalars import shown

_DEBIAN: Final = version_of(OLDEST)


def check(
    files: Mapping[str, bytes],
    main: str = "/etc/nginx/nginx.conf",
    version: str = OLDEST,
    *,
    built_in: Collection[str] | None = None,
    unseen: Unseen = NOTHING_UNSEEN,
) -> Sequence[Problem]:
    """Return what nginx would say about a configuration: the fault that stops it first, then its warnings.

    files: every file that belongs to it, by the path that nginx has for it; no other path is looked at
    main: the file that nginx begins with; relative includes are looked for beside it
    version: the nginx that will read it, such as "1.22" or "1.27.3"; raises ValueError where it is no version
    built_in: those of nginx's own modules that this build need not load (`ngx_stream_module`); `OFFICIAL` are those of
        the official images. Without it 1.22 is the one that was measured, Debian's, and the others are official.
    unseen: what belongs to the configuration and is not in `files`; a fault that turns on it is not one

    Empty where nginx would start, as far as text can tell: whether names resolve, certificates are there and addresses
    can be bound is for the host to say. nginx stops at its first fault, so there is never more than one.
    """
    wanted = release(version)
    by_path = {posixpath.normpath(path): data for path, data in files.items()}
    walker = Walker(files, main, wanted, modules_of(wanted) if built_in is None else built_in, unseen)
    said = dict.fromkeys(walker.run())
    found = [_problem(one) for one in sorted(said, key=lambda one: one.level == "warn")]
    result = []
    for problem in found:
        cause = cause_of(problem, by_path, wanted)
        if problem.rule == "missing_file" and problem.argument == main:
            cause = "missing_main_config"
        if walker.circular and problem.level == "emerg":
            cause = "include_recursion"
        told = classify(problem.message, problem.level, rule=cause)
        result.append(replace(told, file=problem.file, line=problem.line))
    return result


def modules_of(version: Version) -> Collection[str]:
    """Return which of nginx's own modules the build of a version that was measured need not load."""
    return () if version[:2] == _DEBIAN else OFFICIAL


def _problem(said: Said) -> Problem:
    message = shown(said.text + said.place)
    problem = classify(message, said.level)
    return replace(problem, file=said.file, line=said.line) if said.file else problem
