"""PEM files (RFC 7468) as OpenSSL reads them, so as nginx does: block after block, whatever stands between them."""

from __future__ import annotations

import base64
import re
from typing import Iterator, List, NamedTuple, Optional

FILE_LIMIT = 256 * 1024

_EDGE = re.compile(rb"-----(BEGIN|END) ([A-Z0-9 ]{1,40})-----\Z")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class PemBlock(NamedTuple):
    """One block. `der` is empty when what it holds is not base64, or when the block never ends."""

    label: str
    encrypted: bool
    der: bytes


def blocks(content: bytes) -> Iterator[PemBlock]:
    """Yield the blocks of a file's first FILE_LIMIT bytes, in one pass; never raises.

    A block counts only where its first line stands at the very start of a line: OpenSSL skips an indented one.
    """
    content = content[:FILE_LIMIT]
    if content.startswith(_BYTE_ORDER_MARK):
        content = content[len(_BYTE_ORDER_MARK) :]
    label: Optional[bytes] = None
    lines: List[bytes] = []
    for line in content.split(b"\n"):
        edge = _EDGE.match(line.rstrip())
        if edge is None:
            lines.append(line)
            continue
        kind, name = edge.groups()
        if label is not None:
            ended = kind == b"END" and name == label
            yield _block(label.decode("ascii"), lines if ended else [])
        label = name if kind == b"BEGIN" else None
        lines = []
    if label is not None:
        yield _block(label.decode("ascii"), [])


def _block(label: str, lines: List[bytes]) -> PemBlock:
    # Headers (RFC 1421) are the lines with a colon, which base64 does not have.
    encrypted = any(line.startswith(b"Proc-Type:") and b"ENCRYPTED" in line for line in lines)
    text = b"".join(b"".join(line.split()) for line in lines if b":" not in line)
    try:
        der = base64.b64decode(text, validate=True)
    except ValueError:
        der = b""
    return PemBlock(label, encrypted, der)


def encode(label: str, der: bytes) -> bytes:
    """Return `der` as one block under `label`."""
    text = base64.b64encode(der)
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    name = label.encode("ascii")
    return b"\n".join([b"-----BEGIN %s-----" % name, *lines, b"-----END %s-----" % name, b""])
