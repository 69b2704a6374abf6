"""Files that nothing has to take: no container runs from them, or one reads them only when it is made."""

from __future__ import annotations

from typing import Callable, Mapping, Sequence

from . import live_file
from .service import ServiceError


def _no_proof() -> None:
    """What is proved on the controller needs no proof here."""


class FilesAlone:
    """See `switch_service.Service`."""

    container = ""

    def __init__(
        self, contents: Mapping[str, bytes], proof: Callable[[], None] = _no_proof, words: Sequence[str] = ()
    ) -> None:
        """Take what the files must be by their path on the host, what proves them before, and what is true then."""
        self._contents, self._proof, self._words = contents, proof, words

    def is_ill(self) -> bool:
        """Return False: nothing runs from them."""
        return False

    def prove(self) -> None:
        """Prove them; raises ServiceError with what speaks against them."""
        self._proof()

    def take(self) -> None:
        """Nothing takes them."""

    def verify(self) -> None:
        """See that they read back as they were written."""
        for path, content in self._contents.items():
            if live_file.read(path).content != content:
                raise ServiceError("%s: the written content differs when read back" % path)

    def back(self, since: int) -> bool:
        """Return False: nothing has taken them."""
        return False

    def done(self) -> Sequence[str]:
        """Return what was given to be said."""
        return self._words
