"""What another environment's copy of a file proves; and what it does not."""

from __future__ import annotations

import pytest

from parity.programs.nginx.check.check import check
from parity.programs.nginx.repair.repair import repair
from parity.programs.nginx.syntax.modules import OFFICIAL

MAIN = "/etc/nginx/nginx.conf"
GOOD = """\
events { worker_connections 512; }
http {
    # one site
    server { listen 80; server_name shop.example.com;
    location / { proxy_pass http://app:8000;
        proxy_read_timeout 30s;
        add_header X-Frame-Options DENY always;
    }
    location /api { proxy_http_version 1.1;
    return 204; } # the API
    location /b { gzip on; } }
}
"""
TOKEN = "parity-secret-" + "0" * 32 + "-len8to15-none"


def repaired(broken: str, twin: str) -> tuple[str, list[str]]:
    plan = repair({MAIN: broken.encode()}, MAIN, "1.22.1", built_in=OFFICIAL, twins={MAIN: twin.encode()})
    return plan.files[MAIN].decode(), [one.why for one in plan.left]


# What was in the file, what stands there instead, and what the copy has otherwise.
PROVED = {
    "a lost } in a line": ("return 204; } # the API", "return 204; # the API", ("", "")),
    "a lost } where values differ": (
        "return 204; } # the API",
        "return 204; # the API",
        ("http://app:8000", "http://x:1"),
    ),
    "a lost } on its own line": ("DENY always;\n    }\n", "DENY always; # kept\n", ("http://app:8000", "http://x:1")),
    "a lost { where values differ": ("location /b { gzip", "location /b gzip", ("shop.example.com", "dev.example.com")),
    "an argument that was removed": ("proxy_http_version 1.1;", "proxy_http_version;", ("", "")),
    "an argument that was added": ("proxy_http_version 1.1;", "proxy_http_version 1.1 1.0;", ("", "")),
    "an argument beside a hidden value": ("worker_connections 512;", "worker_connections;", ("DENY", TOKEN)),
    "another value": ("gzip on;", "gzip onn;", ("", "")),
}


@pytest.mark.parametrize("name", PROVED)
def test_what_the_copy_proves_is_put_back(name: str) -> None:
    was, is_now, (ours, theirs) = PROVED[name]
    broken = GOOD.replace(was, is_now, 1)
    assert broken != GOOD
    twin = GOOD.replace(ours, theirs) if ours else GOOD
    after, left = repaired(broken, twin)
    assert left == []
    assert list(check({MAIN: after.encode()}, MAIN, "1.22.1", built_in=OFFICIAL)) == []
    assert after.replace(" # kept", "").split() == GOOD.split()


NOT_PROVED = {
    "an argument where more differs": ("proxy_read_timeout 30s;", "proxy_read_timeout;", ("DENY", "SAMEORIGIN")),
    "an address": ("proxy_pass http://app:8000;", "proxy_pass;", ("", "")),
    "an environment's own word": ("worker_connections 512;", "worker_connections;", ("512", "prod_512")),
    "a host's name": ("server_name shop.example.com;", "server_name;", ("", "")),
    "a hidden value": ("proxy_read_timeout 30s;", "proxy_read_timeout;", ("30s", TOKEN)),
    "a brace where the shape differs": ("location /b { gzip", "location /b gzip", ("gzip on;", "")),
}


@pytest.mark.parametrize("name", NOT_PROVED)
def test_what_it_does_not_prove_is_left(name: str) -> None:
    was, is_now, (ours, theirs) = NOT_PROVED[name]
    broken = GOOD.replace(was, is_now, 1)
    after, left = repaired(broken, GOOD.replace(ours, theirs) if ours else GOOD)
    assert (after == broken, len(left)) == (True, 1)


@pytest.mark.parametrize("twin", [b"", b"\0", b"}" * 50, b"{" * 50, b"a " * 30_000, b"server {\n listen"])
def test_a_hostile_copy_proves_nothing(twin: bytes) -> None:
    broken = GOOD.replace("proxy_http_version 1.1;", "proxy_http_version;").encode()
    assert repair({MAIN: broken}, MAIN, "1.22.1", built_in=OFFICIAL, twins={MAIN: twin}).files[MAIN] == broken
