"""What was not seen of a configuration is not judged: files that are there but unread, and hidden values."""

from __future__ import annotations

import re
from collections.abc import Collection

import pytest

from parity.programs.nginx.check.check import check
from parity.programs.nginx.check.walker import NOTHING_UNSEEN, Unseen
from parity.programs.nginx.syntax.modules import OFFICIAL

MAIN = "/etc/nginx/nginx.conf"
AWAY = "/ops/away.conf"
HIDDEN = re.compile(rb"(?i:TOKEN)-\w+")  # keys of maps are held in lower case
FILE = Unseen(files=[AWAY])
MORE = Unseen(more=True)
VALUE = Unseen(hidden=HIDDEN)


def said(text: str, unseen: Unseen, version: str = "1.27", built_in: Collection[str] = ()) -> list[str]:
    found = check({MAIN: text.encode()}, MAIN, version, built_in=built_in, unseen=unseen)
    return [problem.message for problem in found]


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
        f"map $uri $to {{ TOKEN-a{'0' * 60} 1; }} server {{ listen 80; }}",
        f"map_hash_max_size 1; map $uri $to {{ {' '.join(f'TOKEN-a{n:050} 1;' for n in range(9))} }} server {{ listen 80; }}",
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


MODULE = "load_module modules/ngx_http_js_module.so;"
GEOIP = "load_module modules/ngx_http_geoip_module.so;"
COUNTRY = "geoip_country /g.dat; log_format f '$geoip_country_code'; server { listen 80; }"
SET = "js_set $who m.who; server { listen 80; return 200 $who; }"
# main, http, version, unseen, what nginx would say
MODULES = {
    "a module's variable": (MODULE, SET, "1.27.4", NOTHING_UNSEEN, []),
    "without the module": ("", SET, "1.27.4", NOTHING_UNSEEN, ['unknown directive "js_set"']),
    "modules that are built in": ("", SET, "1.27.4", Unseen(modules=True), []),
    "a slip with modules built in": ("", "serverr { listen 80; }", "1.27.4", Unseen(modules=True), ['unknown directive "serverr"']),
    "geoip": (GEOIP, COUNTRY, "1.27.4", NOTHING_UNSEEN, []),
    "geoip without the module": ("", COUNTRY, "1.27.4", NOTHING_UNSEEN, ['unknown directive "geoip_country"']),
    "geoip's variable alone": ("", "log_format f '$geoip_country_code'; server { listen 80; access_log /l f; }", "1.27.4", NOTHING_UNSEEN, ['unknown "geoip_country_code" variable']),
    "a release beyond the tables": ("", "server { listen 80; new_thing on; return 200 $new_thing; }", "1.33.1", NOTHING_UNSEEN, []),
    "a block that a newer release allows": ("", "server { listen 80; limit_req_zone $uri zone=a:1m rate=1r/s; }", "1.33.1", NOTHING_UNSEEN, []),
    "least time of what": ("", "upstream u { server 127.0.0.1; least_time connect; }", "1.31.3", NOTHING_UNSEEN, ['invalid value "connect"']),
    "least time and more": ("", "upstream u { server 127.0.0.1; least_time header soon; }", "1.31.3", NOTHING_UNSEEN, ['invalid parameter "soon"']),
    "least time": ("", "upstream u { server 127.0.0.1; least_time last_byte inflight; }", "1.31.3", NOTHING_UNSEEN, []),
    "too new for any module": ("", "server { listen 80; http2 on; }", "1.22.1", Unseen(modules=True), ['unknown directive "http2"']),
    "too new": ("", "max_headers 5; server { listen 80; }", "1.27.4", NOTHING_UNSEEN, ['unknown directive "max_headers"']),
    "new enough": ("", "max_headers 5; server { listen 80; }", "1.29.8", NOTHING_UNSEEN, []),
}  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_what_a_module_or_a_release_may_bring_is_not_judged(name: str) -> None:
    main, inside, version, unseen, wanted = MODULES[name]
    found = said(f"{main} events {{}} http {{ {inside} }}", unseen, version)
    assert [message.partition(" in /")[0] for message in found] == wanted


def test_a_module_that_is_built_in_cannot_be_loaded() -> None:
    text = "load_module modules/ngx_stream_module.so; events {} http { serverr { } }"
    assert said(text, NOTHING_UNSEEN, built_in=OFFICIAL) == []
    assert said(text, NOTHING_UNSEEN) != []


def test_the_server_name_of_a_stream_is_a_variable_since_servers_have_names_there() -> None:
    text = "events {} stream { log_format f '$server_name'; server { listen 81; access_log /l f; return x; } }"
    assert said(text, NOTHING_UNSEEN, "1.25.5", OFFICIAL) == []
    assert said(text, NOTHING_UNSEEN, "1.25.4", OFFICIAL) == ['unknown "server_name" variable']


def test_a_zone_of_an_upstream_is_not_shared_by_http_and_stream() -> None:
    group = "{ upstream u { zone z 64k; server 127.0.0.1:81; } }"
    text = f"events {{}} http {group} stream {group}"
    (message,) = said(text, NOTHING_UNSEEN, built_in=OFFICIAL)
    assert 'the shared memory zone "z" is already declared for a different use' in message
