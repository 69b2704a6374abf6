"""What is read from a configuration, whole or broken; and that nothing a host sends breaks the reading."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from nginx_cases import CASES, Case

from parity.programs.nginx.model.read import read_model
from parity.programs.nginx.model.types import Gap, Location, Model

MAIN = "/etc/nginx/nginx.conf"
LAB = Path(__file__).parents[6] / "lab" / "stack" / "docker" / "nginx"


def model(http: str, version: str = "1.22.1", **files: str) -> Model:
    tree = {MAIN: f"events {{ }} http {{ {http} }}".encode()}
    return read_model(
        {**tree, **{f"/etc/nginx/{name}": text.encode() for name, text in files.items()}}, version=version
    )


def at(found: Model, *paths: str) -> Location:
    location = found.servers[0].base
    for path in paths:
        location = next(child for child in location.children if child.path == path)
    return location


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ["0.0.0.0:80"]),
        ("listen 8080;", ["0.0.0.0:8080"]),
        ("listen [::]:443 ssl http2;", ["[::]:443 ssl http2"]),
        ("listen 127.0.0.1;", ["127.0.0.1:80"]),
        ("listen unix:/run/x.sock proxy_protocol;", ["unix:/run/x.sock proxy_protocol"]),
        ("listen 8000-8002;", ["0.0.0.0:8000", "0.0.0.0:8001", "0.0.0.0:8002"]),
        ("listen localhost:81;", ["localhost:81"]),
        ("listen 80; listen 443 ssl;", ["0.0.0.0:80", "0.0.0.0:443 ssl"]),
    ],
)
def test_listens(text: str, wanted: list[str]) -> None:
    (server,) = model(f"server {{ {text} }}").servers
    assert [one.shown for one in server.listens] == wanted
    assert all(one.default for one in server.listens)
    assert (server.tls is not None) is ("ssl" in text)


def test_the_default_server_is_the_one_that_says_so_or_the_first() -> None:
    one, two, three = model("server { } server { listen 80 default_server; listen 81; } server { listen 81; }").servers
    assert [[listen.default for listen in server.listens] for server in (one, two, three)] == [
        [False],
        [True, True],
        [False],
    ]


@pytest.mark.parametrize(
    ("text", "kind", "scheme", "host", "port", "uri"),
    [
        ("proxy_pass http://api;", "proxy", "http", "api", 80, None),
        ("proxy_pass HTTPS://Api/;", "proxy", "https", "api", 443, "/"),
        ("proxy_pass http://api:8000/v1/?x=$arg_x;", "proxy", "http", "api", 8000, "/v1/?x=${arg_x}"),
        ("proxy_pass http://[::1]:8000;", "proxy", "http", "[::1]", 8000, None),
        ("proxy_pass http://unix:/run/x.sock:/a;", "proxy", "http", "unix:/run/x.sock", 0, "/a"),
        ("proxy_pass http://$host;", "proxy", "http", "${host}", 80, None),
        ("set $a api; proxy_pass http://$a:8000;", "proxy", "http", "api", 8000, None),
        ("set $a api; set $b http://${a}:8000; proxy_pass $b;", "proxy", "http", "api", 8000, None),
        ("set $a x; set $a y; proxy_pass http://$a;", "proxy", "http", "${a}", 80, None),
        ("fastcgi_pass php:9000;", "fastcgi", "", "php", 9000, None),
        ("fastcgi_pass unix:/run/php.sock;", "fastcgi", "", "unix:/run/php.sock", 0, None),
        ("uwsgi_pass app:3031;", "uwsgi", "uwsgi", "app", 3031, None),
        ("grpc_pass grpcs://rpc;", "grpc", "grpcs", "rpc", 443, None),
        ("memcached_pass cache:11211;", "memcached", "", "cache", 11211, None),
        ("stub_status;", "stub_status", "", "", 0, None),
        ("", "static", "", "", 0, None),
    ],
)
def test_handlers(text: str, kind: str, scheme: str, host: str, port: int, uri: str | None) -> None:
    handler = at(model(f"server {{ location / {{ {text} }} }}"), "/").handler
    assert (handler.kind, handler.scheme, handler.host, handler.port, handler.uri) == (kind, scheme, host, port, uri)
    assert handler.dynamic is ("$" in text.rpartition("_pass")[2])


@pytest.mark.parametrize(
    ("text", "code", "body"),
    [
        ("return 301 https://$host/;", "301", "https://${host}/"),
        ("return https://x/;", "302", "https://x/"),
        ("return 204;", "204", ""),
        ("proxy_pass http://x; return 403 no;", "403", "no"),
        ("if ($a) { return 500; } return 404;", "404", ""),
    ],
)
def test_returns(text: str, code: str, body: str) -> None:
    handler = at(model(f"server {{ location / {{ {text} }} }}"), "/").handler
    assert (handler.kind, handler.code, handler.text) == ("return", code, body)


def test_tls_of_a_server() -> None:
    text = "server { listen 443 ssl; ssl_certificate a.crt; ssl_certificate b.crt; ssl_certificate_key a.key; add_header Strict-Transport-Security max-age=9; }"
    for version, protocols in (
        ("1.22", "TLSv1 TLSv1.1 TLSv1.2"),
        ("1.24", "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"),
        ("1.27.3", "TLSv1.2 TLSv1.3"),
    ):
        tls = model(text, version).servers[0].tls
        assert tls is not None
        assert [path for path, _ in tls.certificates] == ["a.crt", "b.crt"]
        assert [path for path, _ in tls.keys] == ["a.key"]
        assert (tls.protocols.shown, tls.protocols.place) == (protocols, None)
        assert tls.ciphers.shown == "HIGH:!aNULL:!MD5"
        assert tls.hsts is not None
        assert tls.hsts.shown == "max-age=9"


def test_what_is_shared() -> None:
    found = model(
        "upstream P { least_conn; server a:1 weight=2; server unix:/s backup; keepalive 4; }"
        "limit_req_zone $uri zone=z:1m rate=60r/m; map $a $b { default x; ~r 1; } log_format f '$a' '$b';"
    )
    upstream = found.upstreams["p"]
    assert [member.shown for member in upstream.members] == ["a:1 weight=2", "unix:/s backup"]
    assert (upstream.method.shown, upstream.settings["keepalive"].shown) == ("least_conn", "4")
    assert found.zones["limit_req", "z"].options["rate"].value == (60,)
    assert found.tables["${b}"].ordered == ("~r",)
    assert found.formats["f"].shown == "$a$b"


@pytest.mark.parametrize(
    ("files", "unread", "locations"),
    [
        ({"nginx.conf": "http { server { location /a { } proxy_pass http://x; location /b { } } }"}, ["proxy_pass is not allowed here"], ["/a", "/b"]),
        ({"nginx.conf": "http { server { include a.conf; location /c { } } }", "a.conf": "}\nlocation /a { }"}, ["unexpected }"], ["/a", "/c"]),
        ({"nginx.conf": "http { server { include a.conf; location /c { } } }", "a.conf": "location /a { root /x; "}, ["the file ends within a block"], ["/a", "/c"]),
        ({"nginx.conf": "http { server { location /a { } location /b \"x\"y { } } }"}, ['unexpected "y"; the rest of the file'], ["/a"]),
        ({"nginx.conf": "http { server { location /a { prxy_pass http://x; } unheard { location /b { } } location /c { } } }"}, ["unknown directive prxy_pass", "unknown directive unheard"], ["/a", "/c"]),
        ({"nginx.conf": "http { server { include missing.conf; location /a { } } }"}, ["/etc/nginx/missing.conf was not found"], ["/a"]),
        ({"nginx.conf": "http { server { root /a /b; location /a; location { } listen 99999999; } }"}, ["root has the wrong number of arguments", "location has no block", "location has the wrong number of arguments", "listen 99999999: invalid port"], []),
        ({"nginx.conf": "http { server { location /a { } } }\nmail { server { listen 1; } }"}, ["mail{} is not compared"], ["/a"]),
    ],
)  # fmt: skip
def test_broken_configurations_are_read_as_far_as_they_go(
    files: dict[str, str], unread: list[str], locations: list[str]
) -> None:
    found = read_model({f"/etc/nginx/{name}": text.encode() for name, text in files.items()})
    assert [piece.name for piece in found.unread] == unread
    assert [piece.refused for piece in found.unread] == [piece.gap is not Gap.NOT_COMPARED for piece in found.unread]
    assert [location.path for location in found.servers[0].locations] == locations


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("version", ["1.22", "1.31"])
def test_every_case_is_read(case: Case, version: str) -> None:
    found = read_model(case.tree(), case.main, version)
    for server in found.servers:
        for _, location in server.walk():
            assert location.handler.kind
            assert location.place.line > 0
    if case.name.startswith("valid"):
        assert found.unread == ()
        assert found.servers


def test_the_labs_broken_snippet() -> None:
    trees = {
        name: {
            f"/etc/nginx/{path.relative_to(LAB / name)}": path.read_bytes()
            for path in (LAB / name).rglob("*")
            if path.is_file()
        }
        for name in ("dev", "prod")
    }
    dev, prod = (read_model(tree) for tree in trees.values())
    assert [str(piece.place) for piece in dev.unread] == ["/etc/nginx/conf.d/locations/workers.conf:5"]
    assert prod.unread == ()
    assert {location.path for location in prod.servers[0].locations} == {"/", "/workers/"}
    assert {location.path for location in dev.servers[0].locations} == {"/"}


HOSTILE = {
    "nested": b"http { " + b"server { " * 5000,
    "nested locations": b"http { server { " + b"location / { " * 5000,
    "nested maps": b"http { " + b"map $a $b { " * 3000,
    "itself": b"http { include nginx.conf; }",
    "itself everywhere": b"include *; include /etc/nginx/*; include ../nginx/*;",
    "outside": b"http { include /etc/passwd; include ../../../../etc/passwd; include /proc/self/environ; include /etc/*; }",
    "bytes": bytes(range(256)) * 20,
    "words": b"http { server { " + b"a " * 100_000 + b"; } }",
    "listens": b"http { server { listen 1-65535; listen 1-65535; } }",
    "numbers": b"http { server { client_max_body_size "
    + b"9" * 4000
    + b"; proxy_read_timeout "
    + b"9" * 4000
    + b"s; } }",
    "empty words": b"http { server { server_name ''; location '' { proxy_pass ''; return ''; } if '' { } listen ''; } upstream '' { server ''; } }",
    "brackets": b"http { server { location / { proxy_pass http://[; } if ( { } if ) { } if () { } } }",
    "surrogates": "http { server { server_name \ud800x; } }".encode("utf-8", "surrogatepass"),
    "variables": b"http { server { set $a $b; set $b $a; location / { proxy_pass $a; set '' x; set $ y; } } }",
    "lua": b"http { server { location / { content_by_lua_block { [[ } ]] ; } } } }",
    "nul": b"http { server { server_name a\0b; location /\0 { } } }",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_host_may_send(name: str) -> None:
    from parity.programs.nginx.differ.differences import differences

    began = time.monotonic()
    found = read_model({MAIN: HOSTILE[name]})
    other = read_model({MAIN: b"http { server { location / { proxy_pass http://a; } } }"})
    told = [one for pair in ((found, other), (other, found)) for one in differences(*pair)]
    parts = [
        (one.server, one.location, one.setting, one.left, one.right, one.left_place, one.right_place) for one in told
    ]
    parts += [(piece.name, piece.place) for piece in found.unread]
    text = " ".join(str(part) for row in parts for part in row)
    assert text.encode("utf-8")
    assert time.monotonic() - began < 15
    assert "root:" not in text


def test_a_loaded_module_brings_names_of_its_own() -> None:
    text = "load_module modules/ngx_x_module.so; http { server { x_thing on; } }"
    assert [piece.name for piece in read_model({MAIN: text.encode()}).unread] == []
    own = text.replace("ngx_x_module", "ngx_stream_module")
    assert [piece.name for piece in read_model({MAIN: own.encode()}).unread] == ["unknown directive x_thing"]


@pytest.mark.long_run
def test_files_that_include_each_other_many_times_over_end() -> None:
    files = {MAIN: b"http { " + b"include a0.conf; " * 20 + b"}"}
    files |= {f"/etc/nginx/a{n}.conf": f"include a{n + 1}.conf; ".encode() * 20 for n in range(20)}
    files["/etc/nginx/a20.conf"] = b"server { }"
    found = read_model(files)
    assert any(piece.gap is Gap.TOO_LONG for piece in found.unread)


@pytest.mark.long_run
def test_a_large_configuration_is_read_in_time() -> None:
    """300 servers of 12 locations; twice that must take about twice as long, not four times."""
    from parity.programs.nginx.differ.differences import differences

    def text(count: int) -> str:
        one = "".join(f"location /p{n} {{ proxy_set_header X y; proxy_pass http://h{n}:80; }}\n" for n in range(12))
        return "".join(f"server {{ listen 80; server_name s{n}; {one} }}\n" for n in range(count))

    took = []
    for count in (150, 300):
        began = time.process_time()
        left, right = model(text(count)), model(text(count).replace("X y", "X z"))
        assert sum(1 for _ in differences(left, right)) == count * 12
        took.append(time.process_time() - began)
    assert took[1] < 3 * took[0] + 1


def test_a_version_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not an nginx version"):
        read_model({MAIN: b""}, version="latest")
