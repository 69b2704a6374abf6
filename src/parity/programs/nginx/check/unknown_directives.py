"""Tells a misspelt directive from one of a module that we have no table for.

An nginx calls every directive unknown that none of its modules has. Without a `load_module` that is what we say too:
the images people use bring only nginx's own modules. Once a module is loaded that we have no table for, a name may be
its own, and it is left to nginx to judge, unless it is a letter away from a directive that is legal at that place.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from parity.programs.nginx.check.state import Conf
from parity.programs.nginx.syntax.directives import is_foreign, modules_of, table

# The modules of nginx's own source that the tables know; `load_module` of these explains no other name.
OWN_MODULES = frozenset(
    {
        "ngx_stream_module.so", "ngx_mail_module.so", "ngx_http_image_filter_module.so",
        "ngx_http_xslt_filter_module.so", "ngx_http_geoip_module.so", "ngx_stream_geoip_module.so",
    }
)  # fmt: skip
# What the official images have built in, and the packages of distributions have as modules.
OFFICIAL: Final = frozenset({"ngx_stream_module", "ngx_mail_module"})


def foreign_directive(conf: Conf, name: str) -> bool:
    """Whether `name`, which no table has, may belong to a loaded module."""
    if not conf.foreign_modules:
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


@lru_cache(maxsize=10_000)
def slips(one: str, two: str, most: int = 2) -> int:
    """Return how many letters must be added, dropped, changed or swapped with the next; at most `most`+1."""
    if abs(len(one) - len(two)) > most:
        return most + 1
    rows = [list(range(len(two) + 1))]
    for i, letter in enumerate(one, 1):
        above, row = rows[-1], [i]
        for j, other in enumerate(two, 1):
            least = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == two[j - 2] and one[i - 2] == other:
                least = min(least, rows[-2][j - 2] + 1)
            row.append(least)
        rows.append(row)
    return min(rows[-1][-1], most + 1)
