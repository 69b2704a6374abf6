"""Tells a misspelt directive from one of a module that we have no table for.

An nginx calls every directive unknown that none of its modules has. Without a `load_module` that is what we say too:
the images people use bring only nginx's own modules. Once a module is loaded that we have no table for, a name may be
its own, and it is left to nginx to judge, unless it is a letter away from a directive that is legal at that place.
"""

from __future__ import annotations

from parity.programs.nginx.check.state import Conf
from parity.programs.nginx.syntax.directives import is_foreign, is_of_another_release, modules_of, table
from parity.programs.nginx.syntax.spelling import slips


def foreign_directive(conf: Conf, name: str) -> bool:
    """Whether `name`, which no table has, may belong to a loaded module."""
    if not conf.foreign_modules or is_of_another_release(name):
        return False
    return is_foreign(name) or nearest(conf, name) is None


def not_loaded(conf: Conf, name: str) -> bool:
    """Whether `name` belongs to a module of nginx's own that has to be loaded, and is not."""
    modules = modules_of(name)
    return bool(modules) and not any(module in conf.loaded or module in conf.built_in for module in modules)


def nearest(conf: Conf, name: str) -> str | None:
    """Return the directive, legal in the open block, that is one slip of the finger away from `name`."""
    context = conf.block.context
    legal = [known for known, contexts in table(conf.version).items() if context in contexts]
    return min((known for known in legal if slips(name, known) == 1), default=None)
