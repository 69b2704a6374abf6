"""How Loki is run with a file, and the text that it reads then."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from parity.programs.loki.read.expand import UNKNOWN, Expanded, expand


class Run(NamedTuple):
    """What beside the file decides what Loki makes of it.

    expand_env: whether it runs with -config.expand-env=true; environment: the variables that are known; arguments: the
    words of its command; hidden: finds, in the file and in the others, what stands for a value that is not known
    """

    expand_env: bool = False
    environment: Mapping[str, str] | None = None
    arguments: tuple[str, ...] = ()
    hidden: re.Pattern[str] | None = None

    def reads(self, text: str) -> Expanded:
        """Return what Loki reads of `text`, with UNKNOWN for what is not known."""
        read = expand(text, self.environment) if self.expand_env else Expanded(text)
        return read if self.hidden is None else read._replace(text=self.hidden.sub(UNKNOWN, read.text))


PLAIN: Final = Run()
