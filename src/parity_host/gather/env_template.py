"""Which of the templates in a project is the one that an environment's env file was made from."""

from __future__ import annotations

import os
import re
from typing import Callable, Dict, Iterable, List, NamedTuple, Sequence, Set

from ..envfile.environments import environments_named

# The usual names, in the order in which they are looked for.
TEMPLATE_NAMES = (
    ".env.template",
    ".env.example",
    ".env.sample",
    ".env.dist",
    "env.template",
    "env.example",
    "example.env",
)
# What the name of a template has behind that of the env file which is made from it.
ENDINGS = (".template", ".example", ".sample", ".dist")
_TEMPLATE_WORD = re.compile(r"[._-]?(?:template|example|sample|dist|tmpl)(?![a-z])", re.IGNORECASE)
_ENV = re.compile(r"(?:^|[._-])env(?:[._-]|$)", re.IGNORECASE)
_MOST = 20
# What a name counts for, beside the share of keys that two files have in common: one that says the environment, and one
# that is an env file's with another ending, which templates of other set-ups have as well.
_SAYS_ENVIRONMENT = 0.2
_IS_NAMED_ALIKE = 0.05
# A template of another name or file has to have at least this share of keys: it may be for another program.
_LEAST_OF_OTHERS = 0.5


class Templates(NamedTuple):
    """The template of an environment, and the general one beside it, where its own names the environment."""

    own: str
    general: str


def choose(
    folders: Sequence[str], env_files: Sequence[str], environment: str, keys: Callable[[str], Set[str]]
) -> Templates:
    """Return the templates for env files, empty texts where there is none.

    `keys` returns the keys of an env file or template. A template that names another environment is none of this one;
    of the others that one is taken which has the most keys in common with the env files and whose name fits.
    """
    found = [path for path in _candidates(folders) if path not in env_files and not _is_of_another(path, environment)]
    set_here = set().union(*map(keys, env_files)) if env_files else set()
    if not set_here:
        return Templates(next(filter(_has_usual_name, found), ""), "")
    scores: Dict[str, float] = {}
    for path in found:
        share = _share(keys(path), set_here)
        if (_has_usual_name(path) and not _is_of_another_file(path, env_files)) or share >= _LEAST_OF_OTHERS:
            scores[path] = share + _worth_of_name(path, env_files, environment)
    own = max(scores, key=lambda path: scores[path], default="")
    names_it = environments_named(os.path.basename(own))
    beside = [path for path in scores if os.path.dirname(path) == os.path.dirname(own) and _has_usual_name(path)]
    return Templates(own, next(iter(beside), "") if names_it else "")


def _candidates(folders: Sequence[str]) -> List[str]:
    """Return the templates in folders: those of usual names first, each once."""
    found: List[str] = []
    for folder in folders:
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        others = sorted(name for name in names if _ENV.search(name) and _TEMPLATE_WORD.search(name))[:_MOST]
        paths = [os.path.join(folder, name) for name in (*TEMPLATE_NAMES, *others) if name in names]
        found += [path for path in dict.fromkeys(paths) if os.path.isfile(path) and path not in found]
    return found


def _has_usual_name(path: str) -> bool:
    return os.path.basename(path) in TEMPLATE_NAMES


def _is_of_another(path: str, environment: str) -> bool:
    own, named = environments_named(environment), environments_named(os.path.basename(path))
    return bool(own and named) and not own & named


def _is_of_another_file(path: str, env_files: Iterable[str]) -> bool:
    """Return whether the file that a template is named after is there, and is none of the env files."""
    made = _made_from(path)
    return made not in env_files and os.path.isfile(made)


def _worth_of_name(path: str, env_files: Iterable[str], environment: str) -> float:
    said = environments_named(os.path.basename(path)) & environments_named(environment)
    return (_SAYS_ENVIRONMENT if said else 0) + (_IS_NAMED_ALIKE if _made_from(path) in env_files else 0)


def _made_from(path: str) -> str:
    """Return the file that a template is named after, in its own folder."""
    return os.path.join(os.path.dirname(path), _TEMPLATE_WORD.sub("", os.path.basename(path)) or ".env")


def _share(ones: Set[str], others: Set[str]) -> float:
    return len(ones & others) / max(len(ones | others), 1)
