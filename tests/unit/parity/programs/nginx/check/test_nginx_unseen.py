"""What was not seen of a configuration is not judged: files that are there but unread, and hidden values."""

from __future__ import annotations

import re

import pytest

from parity.programs.nginx.check.check import check
from parity.programs.nginx.check.walker import NOTHING_UNSEEN, Unseen

MAIN = "/etc/nginx/nginx.conf"
AWAY = "/ops/away.conf"
HIDDEN = re.compile(rb"TOKEN-\w+")
FILE = Unseen(files=[AWAY])
MORE = Unseen(more=True)
VALUE = Unseen(hidden=HIDDEN)


def said(text: str, unseen: Unseen, version: str = "1.27") -> list[str]:
    return [problem.message for problem in check({MAIN: text.encode()}, MAIN, version, built_in=(), unseen=unseen)]


def http(inside: str) -> str:
    return f"events {{}} http {{ include {AWAY}; {inside} }}"


# What another file may define: with that file unseen nothing can be told, without it nginx stops.
ELSEWHERE = {
    "log format": http("access_log /var/log/nginx/a.log short; server { listen 80; }"),
    "variable": http("server { listen 80; return 200 $made_elsewhere; }"),
    "zone": http("server { listen 80; limit_req zone=slow; }"),
    "cache zone": http("server { listen 80; location / { proxy_pass http://127.0.0.1; proxy_cache pages; } }"),
    "certificate": http("server { listen 443 ssl; }"),
    "key": http("server { listen 443 ssl; ssl_certificate /a.pem; }"),
    "key of a proxy": http(
        "server { listen 80; location / { proxy_pass https://127.0.0.1; proxy_ssl_certificate /a; } }"
    ),
    "trusted clients": http("server { listen 443 ssl; ssl_reject_handshake on; ssl_verify_client on; }"),
    "members": f"events {{}} http {{ upstream app {{ include {AWAY}; }} }}",
    "events": f"include {AWAY}; http {{ server {{ listen 80; }} }}",
    "module": f"include {AWAY}; events {{}} http {{ more_set_headers 'A: b'; server {{ listen 80; }} }}",
    "module with a block": f"include {AWAY}; events {{}} http {{ made_block {{ a b; }} server {{ listen 80; }} }}",
    "port of an upstream": http("server { listen 80; location / { fastcgi_pass app; } }"),
}
# What no other file can make right.
HERE = {
    "wrong value": http("server { listen 80; gzip maybe; }"),
    "lost semicolon": http("server { listen 80 }"),
    "misplaced": http("proxy_pass http://127.0.0.1;"),
    "set twice": http("server { listen 80; root /a; root /b; }"),
    "fault behind what cannot be told": http("server { listen 80; limit_req zone=slow; gzip maybe; }"),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_an_unseen_file_may_define_is_not_missed(name):
    assert said(ELSEWHERE[name], FILE) == []
    assert said(ELSEWHERE[name], MORE) == []
    assert said(ELSEWHERE[name].replace(f"include {AWAY};", ""), FILE) != []


@pytest.mark.parametrize("name", HERE)
def test_what_no_file_can_make_right_is_still_reported(name):
    alone = said(HERE[name].replace(f"include {AWAY};", "").replace("limit_req zone=slow;", ""), NOTHING_UNSEEN)
    assert len(alone) == 1
    assert said(HERE[name], FILE) == alone
    assert said(HERE[name], MORE) == alone


def test_a_missing_file_is_missing_unless_more_may_exist():
    assert said(http(""), NOTHING_UNSEEN) == [f'open() "{AWAY}" failed (2: No such file or directory) in {MAIN}:1']
    assert said(http(""), MORE) == []


@pytest.mark.parametrize(
    "inside",
    [
        "ssl_session_cache TOKEN-a; server { listen 80; }",
        "server { listen TOKEN-a; }",
        "server { listen 80; location TOKEN-a { proxy_pass TOKEN-b; } }",
        "server { listen 80; location ~ (TOKEN-a { return 204; } }",
        "log_format TOKEN-a '$uri'; access_log /a.log named; server { listen 80; }",
        "limit_req_zone $uri zone=TOKEN-a; server { listen 80; limit_req zone=slow; }",
        "map $uri $TOKEN-a { default 1; } server { listen 80; return 200 $known_there; }",
        "geo TOKEN-a TOKEN-b TOKEN-c { default 1; } server { listen 80; }",
        "include TOKEN-a; server { listen 80; return 200 $known_there; }",
    ],
)
def test_a_hidden_value_is_never_wrong(inside):
    assert said(f"events {{}} http {{ {inside} }}", VALUE) == []


def test_a_hidden_value_hides_nothing_else():
    text = "events {} http { server { listen 80; location TOKEN-a { gzip maybe; } } }"
    assert said(text, VALUE) == [f'invalid value "maybe" in "gzip" directive, it must be "on" or "off" in {MAIN}:1']
    text = "events {} http { server { listen 80; add_header X TOKEN-a; return 200 $nowhere; } }"
    assert said(text, VALUE) == ['unknown "nowhere" variable']
