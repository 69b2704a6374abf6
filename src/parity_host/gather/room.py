"""How much text of configurations may be read on one host: redacting a megabyte takes it about a second."""

from __future__ import annotations

from typing import Any, Dict


class Room:
    """Counts the texts of configurations that were read."""

    def __init__(self, limit: int) -> None:
        """Take how many characters there may be in all; the configuration that goes beyond it is still read whole."""
        self._limit = limit
        self._read = 0

    def is_full(self) -> bool:
        """Return whether nothing more is to be read."""
        return self._read >= self._limit

    def why(self) -> str:
        """Return the sentence about what was not read."""
        return "not read: the configurations on this host have more than %d MB" % (self._limit // 1024 // 1024)

    def counted(self, entry: Dict[str, Any]) -> Dict[str, Any]:
        """Return an entry whose texts are counted."""
        self._read += sum(len(file["text"]) for file in entry["files"].values())
        return entry
