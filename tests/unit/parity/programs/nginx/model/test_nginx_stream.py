"""stream{} is compared by meaning, as http{} is: other spelling is nothing, another target is grave."""

from __future__ import annotations

import pytest

from parity.programs.nginx.differ.differences import differences
from parity.programs.nginx.model.read import read_model
from parity.programs.nginx.model.types import Model

DB = "server { listen 5432; proxy_pass db; } upstream db { server postgres:5432; }"


def model(text: str, version: str = "1.27.3") -> Model:
    return read_model({"/etc/nginx/nginx.conf": f"events {{ }} stream {{ {text} }}".encode()}, version=version)


def found(left: str, right: str, **hosts: str) -> set[tuple[str, str, str, str]]:
    records = differences(model(left), model(right), hosts)
    return {(one.kind, one.setting, one.gravity, one.server) for one in records}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (DB, DB),
        (DB, "server { listen 5432; proxy_pass postgres:5432; }"),
        (DB, "upstream pool { server postgres:5432 weight=1; } server { listen 0.0.0.0:5432; proxy_pass pool; }"),
        (DB, "proxy_timeout 600s; proxy_connect_timeout 1m; tcp_nodelay on; " + DB),
        (DB, DB.replace("5432; proxy", "5432; allow all; proxy").replace("allow all; ", "")),
        ("server { listen 1; proxy_pass a:1; } server { listen 2; proxy_pass b:2; }",
         "server { listen 2; proxy_pass b:2; } server { listen 1; proxy_pass a:1; }"),
        ("proxy_timeout 5s; server { listen 1; proxy_pass a:1; }", "server { listen 1; proxy_timeout 5s; proxy_pass a:1; }"),
        ("server { listen 1; allow 10.0.0.0/8; deny all; proxy_pass a:1; }",
         "allow 10.0.0.0/8; deny all; server { listen 1; proxy_pass a:1; }"),
        ("server { listen 1; proxy_ssl_name x; proxy_pass a:1; }", "server { listen 1; proxy_pass a:1; }"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_nginx_does_alike_is_no_difference(left, right):
    assert found(left, right) == set()


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (DB, "", {("server", "server", "high", "stream 5432")}),
        ("", DB, {("server", "server", "high", "stream 5432")}),
        (DB, DB.replace("listen 5432", "listen 6432"), {("listen", "listen", "info", "stream 5432")}),
        (DB, DB.replace("postgres:5432", "other:5432"), {("handler", "service", "high", "stream 5432")}),
        (DB, "server { listen 5432; proxy_pass postgres:6432; }", {("port", "port", "medium", "stream 5432")}),
        (DB, DB.replace("postgres:5432", "postgres:5432; server b:5432"), {("upstream", "upstream db server", "medium", "stream")}),
        (DB, DB.replace("upstream db {", "upstream db { least_conn;"), {("upstream", "upstream db method", "medium", "stream")}),
        (DB, DB.replace("listen 5432;", "listen 5432; proxy_timeout 5s;"), {("timeout", "proxy_timeout", "medium", "stream 5432")}),
        (DB, DB.replace("listen 5432;", "listen 5432; allow 10.0.0.1; deny all;"), {("access", "access rules", "high", "stream 5432")}),
        (DB, "limit_conn_zone $remote_addr zone=z:1m; " + DB.replace("listen 5432;", "listen 5432; limit_conn z 5;"),
         {("limit", "limit_conn z", "high", "stream 5432")}),
        (DB, DB.replace("listen 5432;", "listen 5432 ssl; ssl_certificate a; ssl_certificate_key b;"),
         {("tls", "TLS", "high", "stream 5432")}),
        (DB, DB.replace("listen 5432;", "listen 5432; proxy_protocol on;"), {("setting", "proxy_protocol", "high", "stream 5432")}),
        (DB, DB.replace("listen 5432;", "listen 5432 udp;"), {("listen", "udp", "high", "stream 5432"), ("listen", "listen", "info", "stream 5432")}),
        ("server { listen 53; return a; }", "server { listen 53; return b; }", {("handler", "return text", "medium", "stream 53")}),
        ("server { listen 1; proxy_pass a:1; } server { listen 2; proxy_pass b:2; }",
         "server { listen 1; proxy_pass a:1; } server { listen 3; proxy_pass c:3; }",
         {("server", "server", "high", "stream 2"), ("server", "server", "high", "stream 3")}),
        ("map $ssl_preread_server_name $up { default a:1; } server { listen 1; ssl_preread on; proxy_pass $up; }",
         "map $ssl_preread_server_name $up { default b:1; } server { listen 1; ssl_preread on; proxy_pass $up; }",
         {("map", "map $up default", "medium", "stream")}),
    ],
)  # fmt: skip
def test_what_nginx_does_otherwise_is_found(left, right, expected):
    assert found(left, right) == expected


def test_hosts_are_compared_as_services():
    right = DB.replace("postgres:5432", "db-prod:5432")
    assert found(DB, right, postgres="db", **{"db-prod": "db"}) == set()


def test_groups_of_stream_and_http_are_apart():
    http = "} http { upstream db { server web:80; } server { listen 80; location / { proxy_pass http://db; } }"
    assert found(DB + http, DB + http) == set()
    assert found(DB + http, DB + http.replace("web:80", "other:80")) == {("handler", "service", "high", "_ (80)")}


def test_versions_change_defaults_of_stream_too():
    text = "server { listen 1 ssl; ssl_certificate a; ssl_certificate_key b; proxy_pass a:1; }"
    records = list(differences(model(text, "1.22.1"), model(text, "1.27.3")))
    assert {(one.kind, one.setting) for one in records} == {("version", "ssl_protocols")}


@pytest.mark.parametrize(
    "text",
    ["server { }", "server { listen; }", "server { proxy_pass; }", "server { listen 1; pass; return; }", "upstream { }",
     "server { listen 99999; server_name ''; }", "server { listen 1 ssl; }", "map a { } geo $x { }", "server { set $x; }"],
)  # fmt: skip
def test_broken_blocks_are_read_as_far_as_they_go(text):
    list(differences(model(text), model(DB)))
    list(differences(model(DB), model(text)))
