"""TLS side by side, as text for `nginx_ssl_diff.txt`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from parity.domain.values import show
from parity.report.text import wrapped

_LABEL_WIDTH: Final = 15


def section(facts: Iterable[Mapping[str, Any]]) -> str:
    """Return the text of the TLS facts of `findings.json`: one paragraph a server, for text files of eighty columns."""
    return "\n\n".join("\n".join(_paragraph(server)) for server in facts) or "No server speaks TLS."


def _paragraph(server: Mapping[str, Any]) -> list[str]:
    place = f" ({server['place']})" if server["place"] != show("") else ""
    lines = [
        wrapped(f"{server['environment']}: {server['server']}{place}"),
        _line("listen", ", ".join(server["listen"])),
        _line("names", ", ".join(server["names"])),
        _line("protocols", server["protocols"]),
        _line("ciphers", server["ciphers"]),
        _line("HSTS", server["hsts"]),
        _line("certificate", server["certificate"] + (f": {server['unread']}" if server["unread"] else "")),
    ]
    for number, one in enumerate(server["chain"], 1):
        lines += [
            _line(f"  {number}. subject", one["subject"]),
            _line("     issuer", one["issuer"]),
            _line("     names", one["names"]),
            _line("     valid", f"{one['from']} to {one['until']}, {_left(one['days_left'])}"),
            _line("     key", f"{one['key']}, signed with {one['signature']}"),
            _line("     SHA-256", one["fingerprint"]),
        ]
    return [*lines, _line("key", server["key"])]


def _left(days: int) -> str:
    return f"{days} days left" if days >= 0 else f"ended {-days} days ago"


def _line(label: str, text: str) -> str:
    first = f"  {label}".ljust(_LABEL_WIDTH + 2)
    return wrapped(text or "-", len(first), first)
