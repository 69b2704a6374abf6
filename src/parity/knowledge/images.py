"""What programs of well-known images read of their environment, and do without: `knowledge/images.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from parity.domain.findings import ParityError
from parity.knowledge.entries import checked, checked_list
from parity.knowledge.patterns import named

_SECTIONS: Final = ("common", "not_in_scripts", "images", "defaults")


@dataclass(frozen=True)
class Image:
    """A program: the patterns of what it `reads`, and folders in which `scripts` of its user may read anything.

    of_clients: patterns of names that look like its own, and that only its clients read
    """

    reads: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    of_clients: tuple[str, ...] = ()

    def may_read(self, name: str) -> bool:
        """Return whether it reads a variable of this name by itself."""
        return named(self.reads, name) and not self.is_of_clients(name)

    def is_of_clients(self, name: str) -> bool:
        """Return whether a variable of this name tells clients of the program where it is."""
        return named(self.of_clients, name)


@dataclass(frozen=True)
class Images:
    """Programs by the name of their image; values by patterns of names, which programs have as their defaults.

    not_in_scripts: patterns of names that scripts beside these programs do not read
    """

    by_name: Mapping[str, Image]
    not_in_scripts: tuple[str, ...] = ()
    defaults: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()

    def of(self, image: str) -> Image | None:
        """Return what is known of an image, whichever registry it is pulled from; None for any other."""
        parts = image.partition("@")[0].split("/")
        path = [*parts[:-1], parts[-1].partition(":")[0]]
        name = path[-1] if path[:-1] == [] or path[-2] == "library" else "/".join(path[-2:])
        of_registry = len(path) == 2 and (set(path[0]) & set(".:") or path[0] == "localhost")
        return self.by_name.get(path[-1] if of_registry else name)

    def may_be_in_script(self, name: str) -> bool:
        """Return whether a script beside a program may read a variable of this name."""
        return not named(self.not_in_scripts, name.upper())

    def is_default(self, name: str, value: str) -> bool:
        """Return whether programs do the same without a variable of this name as with this value."""
        return any(named(names, name.upper()) and value.lower() in values for names, values in self.defaults)


NONE: Final = Images({})


def read_images(data: Any, origin: str) -> Images:
    """Return what `data` (a YAML document's content) says; raises ParityError naming `origin`, entry and mistake."""
    checked(data, origin, _SECTIONS, _SECTIONS)
    common = tuple(map(str, data["common"]))
    by_name: dict[str, Image] = {}
    for entry in checked_list(data, "images", origin, ("names", "reads", "of_clients", "scripts"), ("names",)):
        for name in entry["names"]:
            if name in by_name:
                raise ParityError(f"{origin}, images: {name} is set twice")
            patterns = (tuple(entry.get(key, ())) for key in ("scripts", "of_clients"))
            by_name[name] = Image(common + tuple(entry.get("reads", ())), *patterns)
    known = checked_list(data, "defaults", origin, ("names", "values"), ("names", "values"))
    defaults = tuple((tuple(one["names"]), tuple(map(str, one["values"]))) for one in known)
    return Images(by_name, tuple(map(str, data["not_in_scripts"])), defaults)
