"""The variables of http{} or stream{}: which exist, which are used, and the first that is used but unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from parity.programs.nginx.syntax.knowledge import Version, load, version_of


class VariableError(Exception):
    """A variable that nginx does not take; `text` has its words."""

    def __init__(self, text: bytes) -> None:
        """Keep nginx's words."""
        super().__init__(text)
        self.text = text


class Variables:
    """Names are case-insensitive, as nginx has them."""

    def __init__(self, family: str, version: Version, brought: Iterable[str] = ()) -> None:
        """Begin with the variables that `family` (http or stream) has of itself, and those that modules brought."""
        known = load("variables.yml")[family]
        later = {name for name, since in known["since"].items() if version_of(since) <= version}
        self._changeable = dict.fromkeys(map(str, known["changeable"]), True)
        self._changeable |= dict.fromkeys([*map(str, known["fixed"]), *later, *brought], False)
        self._prefixes = [*known["prefixes"]]
        self._prefixes += [name for name, since in known["prefixes_since"].items() if version_of(since) <= version]
        self.log_only = frozenset(name.encode() for name in known["log_only"])
        self._used: dict[str, None] = {}

    def add(self, name: bytes) -> None:
        """Define a variable (`set $name`, `map … $name`); raises VariableError."""
        key = _named(name)
        if self._changeable.get(key, True) is False:
            raise VariableError(b'the duplicate "%b" variable' % name)
        self._changeable[key] = True

    def use(self, name: bytes) -> None:
        """Note that a variable is used; raises VariableError."""
        self._used.setdefault(_named(name))

    def names(self) -> list[bytes]:
        """Return every variable that exists by its full name."""
        return [name.encode("latin-1") for name in self._changeable]

    def first_unknown(self) -> bytes | None:
        """Return the variable that nginx would call unknown first, as it spells it: in lower case."""
        for name in self._used:
            if name not in self._changeable and not any(name.startswith(prefix) for prefix in self._prefixes):
                return name.encode("latin-1")
        return None


def brought_by(module: str) -> Mapping[str, Sequence[str]]:
    """Return the variables that one of nginx's own modules brings once it is loaded, by family."""
    found: Mapping[str, Sequence[str]] = load("variables.yml")["modules"].get(module, {})
    return found


def _named(name: bytes) -> str:
    if not name:
        raise VariableError(b'invalid variable name "$"')
    return name.decode("latin-1").translate(_LOWER)


_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
