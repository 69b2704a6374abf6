"""What two configurations do differently, kind by kind; and what only reads differently."""

from __future__ import annotations

import pytest

from parity.programs.nginx.differ.differences import differences
from parity.programs.nginx.differ.match import match_servers
from parity.programs.nginx.differ.record import Record
from parity.programs.nginx.model.read import read_model
from parity.programs.nginx.model.types import Model

MAIN = "/etc/nginx/nginx.conf"


def model(http: str, version: str = "1.22.1", **files: str) -> Model:
    tree = {MAIN: f"events {{ }}\nhttp {{\n{http}\n}}\n".encode()}
    return read_model(
        {**tree, **{f"/etc/nginx/{name}": text.encode() for name, text in files.items()}}, version=version
    )


def server(text: str) -> str:
    return f"server {{ listen 80; server_name app; {text} }}"


def location(text: str, path: str = "/") -> str:
    return server(f"location {path} {{ {text} }}")


def told(left: str, right: str, services: dict[str, str] | None = None) -> set[tuple[str, str, str]]:
    return {(one.kind, one.setting, one.gravity) for one in differences(model(left), model(right), services)}


API = "proxy_pass http://api:8000;"

# left, right
SAME = {
    "units": (location(f"client_max_body_size 1m; proxy_read_timeout 60s; {API}"), location(f"client_max_body_size 1024K; proxy_read_timeout 1m; {API}")),
    "nginx's defaults": (location(API), location(f"client_max_body_size 1m; proxy_read_timeout 60; proxy_set_header Host $proxy_host; proxy_set_header Connection close; proxy_buffering ON; {API}")),
    "case and quotes": (location(f'proxy_set_header X-Real-IP "$remote_addr"; {API}'), location(f"proxy_set_header x-real-ip ${{REMOTE_ADDR}}; {API}")),
    "default ports": (location("proxy_pass http://api;"), location("proxy_pass http://API:80;")),
    "implicit listen": ("server { server_name app; }", "server { listen *:80; server_name app; }"),
    "default_server": ("server { listen 80 default; }", "server { listen 80 default_server; }"),
    "inherited or repeated": (server(f"proxy_set_header A b; location /a {{ {API} }} location /b {{ {API} }}"), server(f"location /a {{ proxy_set_header A b; {API} }} location /b {{ proxy_set_header A b; {API} }}")),
    "overridden everywhere": (server(f"client_max_body_size 5m; location / {{ client_max_body_size 1k; {API} }}"), location(f"client_max_body_size 1k; {API}")),
    "not of this handler": (location("return 204;"), location("proxy_read_timeout 5s; fastcgi_buffers 4 4k; return 204;")),
    "switched off": (location("gzip off; gzip_types text/css; auth_basic off; auth_basic_user_file /x;"), location("")),
    "upstream's name": ("upstream pool { server api:8000; } " + location("proxy_pass http://pool;"), "upstream other { server api:8000 weight=1 max_fails=1 fail_timeout=10s; } " + location("proxy_pass http://other;")),
    "an upstream that nobody uses": ("upstream a { server x; } " + location(API), "upstream b { server x; server y; } " + location(API)),
    "upstream or direct": ("upstream pool { server api:8000; } " + location("proxy_pass http://pool;"), location(API)),
    "zone's name": ("limit_req_zone $remote_addr zone=one:1m rate=10r/s; " + location("limit_req zone=one burst=5;"), "limit_req_zone ${remote_addr} zone=two:1024k rate=600r/m; " + location("limit_req burst=5 zone=two;")),
    "format's name": ("log_format a '$status'; access_log /l a; " + server(""), "log_format b '${status}'; access_log /l b; " + server("")),
    "networks": (location("allow 10.1.2.3/8; deny all;"), location("allow 10.0.0.0/8; deny all;")),
    "condition": (location("if ($arg_a = b) { return 403; }"), location("if ( $ARG_a = 'b' ) { return 403; }")),
    "location in one word": (server("location = /a { return 204; } location ~* \\.x$ { return 204; }"), server("location =/a { return 204; } location ~*\\.x$ { return 204; }")),
    "error pages": (server("error_page 500 502 /50x.html;"), server("error_page 502 /50x.html; error_page 500 /50x.html;")),
    "root's slash": (location("root /srv/;"), location("root /srv;")),
    "map": ("map $a $b { default 1; x 2; '' 3; }" + server(""), "map ${a} $b { '' 3; \\X 2; default 1; }" + server("")),
    "log's default format": (server("access_log /l combined; error_log /e;"), server("access_log /l; error_log /e error;")),
    "resolver": (location("resolver 127.0.0.11 valid=30s;"), location("resolver 127.0.0.11:53 valid=30 ipv6=on;")),
    "tls parameter of the socket": ("server { listen 443 ssl; server_name a; } server { listen 443 ssl; server_name b; }", "server { listen 443 ssl; server_name a; } server { listen 443; server_name b; }"),
    "map's variable": ("map $a $b { x 1; }" + server("if ($b) { return 403; } return 200 $b;"), "map $a $c { x 1; }" + server("if ($c) { return 403; } return 200 ${c};")),
    "geo's variable": ("geo $b { 10.0.0.0/8 1; }" + location(f"proxy_set_header A $b; {API}"), "geo $c { 10.0.0.0/8 1; }" + location(f"proxy_set_header A $c; {API}")),
    "a map of a map": ("map $a $b { x 1; } map $b $d { 1 2; }" + server("return 200 $d;"), "map $a $c { x 1; } map $c $d { 1 2; }" + server("return 200 $d;")),
    "a group's name": (server("location ~ ^/(?<a>.+)$ { return 200 $a; }"), server("location ~ ^/(?<b>.+)$ { return 200 $b; }")),
    "nested or flat": (location(f"{API} location /a/b {{ {API} }}", "/a"), server(f"location /a {{ {API} }} location /a/b {{ {API} }}")),
    "HEAD with GET": (location(f"limit_except GET {{ deny all; }} {API}"), location(f"limit_except HEAD GET {{ deny all; }} {API}")),
    "names of two servers": (f"server {{ listen 80; server_name a b; location / {{ {API} }} }}", f"server {{ listen 80; server_name a; location / {{ {API} }} }} server {{ listen 80; server_name b; location / {{ {API} }} }}"),
    "ports of two servers": (f"server {{ listen 80; listen 443 ssl; ssl_certificate /c; server_name a; location / {{ {API} }} }}", f"server {{ listen 80; server_name a; location / {{ {API} }} }} server {{ listen 443 ssl; ssl_certificate /c; server_name a; location / {{ {API} }} }}"),
    "the path that is there already": (location("proxy_pass http://api:8000/a;", "= /a"), location("proxy_pass http://api:8000;", "= /a")),
    "what nothing reaches": (server(f"root /a; location / {{ root /c; }} return 301 https://x; location /never {{ {API} }}"), server("root /b; location / { root /c; } return 301 https://x;")),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_the_same_meaning_gives_no_difference(name: str) -> None:
    left, right = SAME[name]
    assert told(left, right) == set()
    assert told(right, left) == set()
    assert model(left).unread == model(right).unread == ()


# left, right, what must be told of it: (kind, setting, gravity)
DIFFERENT = {
    "location": (server(f"location /a {{ {API} }} location / {{ {API} }}"), location(API), {("location", "location", "high")}),
    "modifier": (location(API, "/a"), location(API, "^~ /a"), {("location", "modifier", "medium")}),
    "handler": (location(API), location("return 204;"), {("handler", "handler", "high")}),
    "static": (location(API), location("root /srv;"), {("handler", "handler", "high"), ("setting", "root", "medium")}),
    "service": (location(API), location("proxy_pass http://web:8000;"), {("handler", "service", "high")}),
    "port": (location(API), location("proxy_pass http://api:8001;"), {("port", "port", "medium")}),
    "scheme": (location(API), location("proxy_pass https://api:8000;"), {("handler", "scheme", "high")}),
    "uri part": (location(API), location("proxy_pass http://api:8000/;"), {("uri", "URI part", "medium")}),
    "resolved later": (location(API), location(f"set $a http://api:8000; {API.replace('http://api:8000', '$a')}"), {("resolution", "name resolved at each request", "low")}),
    "tls": (server("ssl_certificate /c; ssl_certificate_key /k;"), "server { listen 443 ssl; server_name app; ssl_certificate /c; ssl_certificate_key /k; }", {("tls", "TLS", "high"), ("listen", "listen", "info")}),
    "protocols": ("server { listen 443 ssl; ssl_protocols TLSv1.2; }", "server { listen 443 ssl; ssl_protocols TLSv1 TLSv1.2; }", {("tls", "ssl_protocols", "high")}),
    "http2": ("server { listen 443 ssl http2; location / { } }", "server { listen 443 ssl; location / { } }", {("setting", "http2", "low")}),
    "proxy_protocol": ("server { listen 80 proxy_protocol; }", "server { listen 80; }", {("listen", "proxy_protocol", "medium")}),
    "certificate": ("server { listen 443 ssl; ssl_certificate /a; }", "server { listen 443 ssl; ssl_certificate /b; }", {("certificate", "ssl_certificate", "info")}),
    "auth": (location(f"auth_basic x; {API}"), location(API), {("access", "auth_basic", "high")}),
    "realm": (location(f"auth_basic x; {API}"), location(f"auth_basic y; {API}"), {("access", "auth_basic", "info")}),
    "access": (location(f"allow 10.0.0.0/8; deny all; {API}"), location(f"deny all; allow 10.0.0.0/8; {API}"), {("access", "access rules", "high")}),
    "header": (location(f"add_header A b always; {API}"), location(f"add_header A b; {API}"), {("header", "add_header a", "medium")}),
    "hsts": (server("add_header Strict-Transport-Security max-age=1;"), server(""), {("header", "add_header strict-transport-security", "medium")}),
    "lost headers": (server(f"proxy_set_header Host $host; location / {{ {API} }}"), server(f"proxy_set_header Host $host; location / {{ proxy_set_header A b; {API} }}"), {("header", "proxy_set_header host", "medium"), ("header", "proxy_set_header a", "medium")}),
    "body": (location(f"client_max_body_size 5m; {API}"), location(API), {("size", "client_max_body_size", "medium")}),
    "timeout": (location(f"proxy_read_timeout 5m; {API}"), location(API), {("timeout", "proxy_read_timeout", "medium")}),
    "redirect's host": (server("return 301 https://a.example$request_uri;"), server("return 301 https://b.example$request_uri;"), {("name", "return host", "info")}),
    "redirect's path": (server("return 301 https://a.example/x;"), server("return 301 https://a.example/y;"), {("handler", "return text", "medium")}),
    "return's code": (server("return 301 /;"), server("return 404;"), {("handler", "return code", "high"), ("handler", "return text", "medium")}),
    "regex order": (server("location ~ a { return 204; } location ~ b { return 403; }"), server("location ~ b { return 403; } location ~ a { return 204; }"), {("order", "order of regular expressions", "medium")}),
    "rewrite": (location(f"rewrite ^/a /b break; {API}"), location(f"rewrite ^/a /c break; {API}"), {("rewrite", "rewrite", "medium")}),
    "step order": (location("set $a 1; set $a 2;"), location("set $a 2; set $a 1;"), {("rewrite", "order of steps", "medium")}),
    "if": (location(f"if ($a) {{ return 403; }} {API}"), location(API), {("rewrite", "if", "medium")}),
    "limit_except": (location(f"limit_except GET {{ deny all; }} {API}"), location(API), {("access", "limit_except", "high")}),
    "nested": (location(f"{API} location /a/b {{ proxy_pass http://web; }}", "/a"), location(f"{API} location /a/b {{ }}", "/a"), {("handler", "handler", "high")}),
    "internal": (location("internal;"), location(""), {("access", "internal", "high")}),
    "rate": ("limit_req_zone $uri zone=a:1m rate=1r/s; " + location("limit_req zone=a;"), "limit_req_zone $uri zone=a:1m rate=100r/s; " + location("limit_req zone=a;"), {("limit", "zone a rate", "medium")}),
    "burst": ("limit_req_zone $uri zone=a:1m rate=1r/s; " + location("limit_req zone=a;"), "limit_req_zone $uri zone=a:1m rate=1r/s; " + location("limit_req zone=a burst=9;"), {("limit", "limit_req a", "medium")}),
    "no limit": ("limit_conn_zone $uri zone=a:1m; " + location("limit_conn a 5;"), "limit_conn_zone $uri zone=a:1m; " + location(""), {("limit", "limit_conn a", "high")}),
    "upstream's member": ("upstream p { server a; server b; } " + location("proxy_pass http://p;"), "upstream p { server a; } " + location("proxy_pass http://p;"), {("upstream", "upstream p server", "medium")}),
    "upstream's method": ("upstream p { server a; ip_hash; } " + location("proxy_pass http://p;"), "upstream p { server a; } " + location("proxy_pass http://p;"), {("upstream", "upstream p method", "medium")}),
    "map's entry": ("map $a $b { x 1; }" + server(""), "map $a $b { x 2; }" + server(""), {("map", "map $b x", "medium")}),
    "log's path": (server("access_log /a;"), server("access_log /b;"), {("log", "access_log", "info")}),
    "no log": (server("access_log off;"), server("access_log /b;"), {("log", "access_log", "low")}),
    "names": ("server { server_name a.dev.example; location / { return 204; } }", "server { server_name a.prod.example; location / { return 204; } }", {("name", "server_name", "info")}),
    "server": (server("") + "server { listen 81; server_name other; }", server(""), {("server", "server", "high")}),
    "default server": ("server { listen 80; server_name a; } server { listen 80; server_name b; }", "server { listen 80; server_name b; } server { listen 80; server_name a; }", {("default-server", "default server", "low")}),
    "try_files": (location("try_files $uri /a;"), location("try_files $uri /b;"), {("rewrite", "try_files", "medium")}),
    "lost access by Lua": (location(f"access_by_lua_file /a.lua; {API}"), location(API), {("access", "access_by_lua_file", "high")}),
    "lost firewall": (server(f"modsecurity on; location / {{ {API} }}"), location(API), {("access", "modsecurity", "high")}),
    "no log against the default": (location(f"access_log off; {API}"), location(API), {("log", "access_log", "low")}),
    "a map with another entry by another name": ("map $a $b { x 1; }" + server("return 200 $b;"), "map $a $c { x 2; }" + server("return 200 $c;"), {("map", "map $b", "medium"), ("map", "map $c", "medium"), ("handler", "return text", "medium")}),
    "a nested location that differs": (location(f"{API} location /a/b {{ {API} }}", "/a"), server(f"location /a {{ {API} }} location /a/b {{ {API} client_max_body_size 5m; }}"), {("size", "client_max_body_size", "medium")}),
    "foreign module": (location("brotli on; more_set_headers a;"), location("brotli on; more_set_headers b;"), {("header", "more_set_headers", "medium")}),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFERENT)
def test_another_meaning_is_told(name: str) -> None:
    left, right, wanted = DIFFERENT[name]
    assert told(left, right) == wanted
    assert told(right, left) == wanted


def test_http3_is_on_where_nothing_says_otherwise() -> None:
    listens = "listen 443 quic; listen 443 ssl;"
    left, right = (model(f"server {{ {listens} {text} }}", "1.27.4") for text in ("http3 off;", ""))
    assert [(one.setting, one.gravity) for one in differences(left, right)] == [("http3", "low")]


def test_hosts_are_compared_as_services() -> None:
    left = "upstream p { server api-dev:8000; } " + server(
        "location / { proxy_pass http://p; } location /w { set $w http://web-dev:3000; proxy_pass $w; }"
    )
    right = server("location / { proxy_pass http://api:8000; } location /w { set $w http://web:3000; proxy_pass $w; }")
    assert ("handler", "service", "high") in told(left, right)
    assert told(left, right, {"api-dev": "api", "web-dev": "web"}) == set()
    own = {"x": "api"}, {"y": "api"}
    one, other = model(location("proxy_pass http://x;")), model(location("proxy_pass http://y;"))
    assert list(differences(one, other, *own)) == []
    assert [record.kind for record in differences(one, other, own[0])] == ["handler"]


def _one(records: list[Record], setting: str) -> Record:
    (found,) = [record for record in records if record.setting == setting]
    return found


def test_a_line_that_acts_in_many_places_is_told_once_with_its_own_place() -> None:
    http = "proxy_read_timeout TIME;\n" + server(
        f"location /a {{ {API} }} location /b {{ {API} location /b/c {{ {API} }} }}"
    )
    (record,) = differences(model(http.replace("TIME", "5s")), model(http.replace("TIME", "9s")))
    assert (record.left, record.right, record.lacking) == ("5s", "9s", "")
    assert str(record.left_place) == str(record.right_place) == f"{MAIN}:3"
    assert (record.server, record.location, len(record.elsewhere)) == ("app (80)", "", 2)


def test_what_is_lost_is_placed_where_it_is_lost() -> None:
    left = server("proxy_set_header Host $host;\nlocation / {\n proxy_pass http://api; }")
    right = server("proxy_set_header Host $host;\nlocation / {\n proxy_pass http://api;\nproxy_set_header A b; }")
    record = _one(list(differences(model(left), model(right))), "proxy_set_header host")
    assert (record.left, record.right) == ("$host", "$proxy_host")
    assert (str(record.left_place), str(record.right_place)) == (f"{MAIN}:3", f"{MAIN}:6")
    gone = _one(list(differences(model(left), model(right))), "proxy_set_header a")
    assert (gone.left, gone.right, gone.lacking) == (None, "b", "left")
    assert str(gone.left_place) == f"{MAIN}:4"


def test_a_file_that_is_included_twice_is_read_in_each_context() -> None:
    snippet = "proxy_set_header A b;\nproxy_pass http://api:8000;\n"
    http = server(
        "location /a { include s.conf; } proxy_set_header B c; location /b { proxy_read_timeout 5s; include s.conf; }"
    )
    found = model(http, **{"s.conf": snippet})
    assert found.unread == ()
    for place in found.servers[0].locations:
        assert place.handler.host == "api"
        assert str(place.settings["proxy_set_header a"].place) == "/etc/nginx/s.conf:1"
        assert "proxy_set_header b" not in place.settings
    without = model(http, **{"s.conf": snippet.splitlines()[1]})
    assert {(one.setting, str(one.left_place)) for one in differences(found, without)} == {
        ("proxy_set_header a", "/etc/nginx/s.conf:1"),
        ("proxy_set_header b", "/etc/nginx/s.conf:1"),
    }


SITE = "location / { proxy_pass http://web; } location /api/ { client_max_body_size SIZE; proxy_pass http://api:8000; }"
REDIRECT = "server { listen 80; server_name app; return 301 https://$host$request_uri; }"
SECURE = (
    f"server {{ listen 443 ssl; http2 on; server_name app; add_header Strict-Transport-Security max-age=1; {SITE} }}"
)


def test_a_site_without_tls_is_compared_with_the_site_and_not_with_its_redirect() -> None:
    left = model(server(SITE.replace("SIZE", "20m")), "1.27.4")
    right = model(REDIRECT + SECURE.replace("SIZE", "5m"), "1.27.4")
    found = {(one.kind, one.setting, one.gravity, one.location) for one in differences(left, right)}
    assert found == {
        ("tls", "TLS", "high", ""),
        ("listen", "listen", "info", ""),
        ("server", "server", "info", ""),
        ("size", "client_max_body_size", "medium", "location /api/"),
    }


def test_a_redirect_that_a_site_with_tls_lacks_is_told() -> None:
    secure = SECURE.replace("SIZE", "5m")
    (record,) = differences(model(secure, "1.27.4"), model(REDIRECT + secure, "1.27.4"))
    assert (record.kind, record.setting, record.gravity, record.lacking) == ("server", "server", "high", "left")


def test_challenges_of_certificates_are_each_environment_s_own() -> None:
    left, right = server(""), server("location ^~ /.well-known/acme-challenge/ { root /var/www/certbot; }")
    assert told(left, right) == {("location", "location", "info")}


TLS = "server {{ listen 443 ssl{}; server_name app; {} location / {{ proxy_pass http://p; }} }} upstream p {{ server a; {} }}"


@pytest.mark.parametrize(
    ("versions", "text", "wanted"),
    [
        (("1.22.1", "1.22.1"), TLS.format(" http2", "", ""), []),
        (("1.22.1", "1.23.4"), TLS.format("", "", ""), ["ssl_protocols"]),
        (("1.27.2", "1.27.3"), TLS.format("", "", ""), ["ssl_protocols"]),
        (("1.27.2", "1.27.3"), TLS.format("", "ssl_protocols TLSv1.2;", ""), []),
        (("1.25.0", "1.25.1"), TLS.format(" http2", "", ""), ["http2"]),
        (("1.25.0", "1.25.1"), TLS.format("", "", ""), []),
        (("1.29.6", "1.29.7"), TLS.format("", "", ""), ["proxy_http_version", "proxy_set_header connection", "upstream p keepalive"]),
        (("1.29.6", "1.29.7"), TLS.format("", 'proxy_http_version 1.1; proxy_set_header Connection "";', "keepalive 5;"), []),
    ],
)  # fmt: skip
def test_what_the_same_text_means_to_two_versions(versions: tuple[str, str], text: str, wanted: list[str]) -> None:
    left, right = (model(text, version) for version in versions)
    found = list(differences(left, right))
    assert sorted(record.setting for record in found) == wanted
    assert all(record.kind == "version" for record in found)


def test_what_versions_change_comes_first() -> None:
    left, right = model(location(f"add_header A b; {API}"), "1.22.1"), model(location(API), "1.31.3")
    kinds = [record.kind for record in differences(left, right)]
    assert kinds == ["version", "version", "header"]


MATCHING = {
    # names of the left servers, of the right ones, and who must meet whom (by server_name)
    "by name": ("server { server_name a; } server { server_name b; location /x { } }", "server { server_name b; } server { server_name a; location /x { } }", {("a", "a"), ("b", "b")}),
    "a nameless one with the default": ("server { server_name _; location /a { } }", "server { server_name o; location /o { } } server { listen 80 default_server; server_name p; location /b { } }", {("_", "p"), (None, "o")}),
    "by locations": ("server { listen 8080; server_name localhost; location /a { } location / { } }", "server { listen 80; server_name x; return 301 https://x; } server { listen 443 ssl; server_name x; location /a { } location / { } }", {("localhost", "x"), (None, "x")}),
    "redirect with redirect": ("server { listen 80; server_name a; return 301 https://a; } server { listen 443 ssl; server_name a; location / { } }", "server { listen 443 ssl; server_name a; location / { } } server { listen 80; server_name a; return 301 https://a; }", {("a", "a")}),
    "content with content": ("server { server_name _; location / { } location /a { } location /b { } }", "server { server_name x; return 301 https://x; } server { listen 443 ssl; server_name y; location / { } location /c { } location /d { } location /e { } }", {("_", "y"), (None, "x")}),
    "another site on the same port": ("server { server_name a; location /a { } } server { server_name b; location /b { } }", "server { server_name a; location /a { } } server { server_name c; location /c { } }", {("a", "a"), ("b", None), (None, "c")}),
    "the site of :80 with that of :443": ("server { listen 80; server_name a; location / { } location /b { } }", "server { listen 80; server_name a; location / { return 301 https://$host$request_uri; } location /.well-known/acme-challenge/ { } location /health { return 200 ok; } } server { listen 443 ssl; server_name www.a a; location / { } location /c { } }", {("a", "www.a"), (None, "a")}),
    "the only site of each, by other names": ("server { server_name x; location / { } location /a { } location /b { } }", "server { listen 80; server_name y; return 301 https://y; } server { listen 443 ssl; server_name y; location / { } location /a { } location /d { } }", {("x", "y"), (None, "y")}),
    "strangers": ("server { listen 81; server_name a; location /a { } }", "server { listen 443 ssl; server_name b; location /b { } }", {("a", None), (None, "b")}),
}  # fmt: skip


@pytest.mark.parametrize("name", MATCHING)
def test_servers_meet_their_counterparts(name: str) -> None:
    left, right, wanted = MATCHING[name]
    pairs = match_servers(model(left).servers, model(right).servers)
    assert {tuple(one.names[0] if one else None for one in pair) for pair in pairs} == wanted
