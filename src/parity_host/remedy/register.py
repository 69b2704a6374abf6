"""The programs whose files a remedy repairs, the one table of them. Data: add a program here.

It is here because a host can import nothing of the controller's; the controller reads it (`parity/remedy/register.py`).
"""

from __future__ import annotations

from typing import Callable, Dict, Mapping, NamedTuple, Optional, Tuple

from ..compose.services import Service as ComposeService
from ..loki import files as loki_files
from ..nginx import text as nginx_text
from ..secrets.redact import Redactor
from . import nginx_on_host
from .loki import LokiService
from .nginx import NginxService
from .service import Service


class Kind(NamedTuple):
    """What differs between the programs: how their files are read and hidden, and how they are proved, taken, asked.

    `prove_on_host` proves the files of a service that runs nowhere here, with a program of the host; see
    `nginx_on_host.prove`.
    """

    decoded: Callable[[bytes], Tuple[str, str]]
    redact: Callable[[str, Redactor], str]
    service: Callable[..., Service]
    prove_on_host: Optional[Callable[[Mapping[str, bytes], ComposeService, Redactor, float], None]] = None


def utf8(content: bytes) -> Tuple[str, str]:
    """Return the text of a file, and its encoding; raises UnicodeDecodeError."""
    return content.decode("utf-8"), "utf-8"


KINDS: Dict[str, Kind] = {
    "loki": Kind(utf8, loki_files.redact, LokiService),
    "nginx": Kind(nginx_text.decoded, nginx_text.redact, NginxService, nginx_on_host.prove),
}
