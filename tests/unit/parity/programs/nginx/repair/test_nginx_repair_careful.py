"""repair where a hasty one would be wrong: what is text, what is a key, what others read too, what stands thrice."""

from __future__ import annotations

import time

import pytest

from parity.programs.nginx.repair.plan import Plan
from parity.programs.nginx.repair.repair import repair

MAIN = "/etc/nginx/nginx.conf"
SITE = "/etc/nginx/site.conf"
HEAD = b"events {}\nhttp {\n    include site.conf;\n}\n"


def _run(text: str, version: str = "1.22", **more: str) -> tuple[Plan, str]:
    others = {f"/etc/nginx/{name}.conf": data.encode() for name, data in more.items()}
    plan = repair({MAIN: HEAD, SITE: text.encode(), **others}, MAIN, version)
    return plan, plan.files[SITE].decode()


def _in_location(line: str) -> str:
    return f"server {{\n    location / {{\n        {line}\n    }}\n}}\n"


# What was written, and what becomes of it; a person has to look at each.
TO_LOOK_AT = {
    "a directive in the text of return": (
        _in_location("return 500 index missing;"),
        _in_location('return 500 "index missing";'),
    ),
    "another in the text of return": (
        _in_location("return 404 alias unknown;"),
        _in_location('return 404 "alias unknown";'),
    ),
    "a directive behind an address": (
        _in_location("return 301 https://a.test root /srv;"),
        _in_location("return 301 https://a.test; root /srv;"),
    ),
    "a directive in the name of a realm": ("auth_basic Members root area;\n", 'auth_basic "Members root area";\n'),
    "a directive that is no word behind a realm": (
        "auth_basic Members auth_basic_user_file /a;\n",
        "auth_basic Members; auth_basic_user_file /a;\n",
    ),
    "settings behind a flat map": (
        "map $http_upgrade $cu {\ndefault upgrade;\n'' close;\nclient_max_body_size 20m;\nserver_tokens off;\n",
        "map $http_upgrade $cu {\ndefault upgrade;\n'' close;\n}\nclient_max_body_size 20m;\nserver_tokens off;\n",
    ),
    "settings behind flat types": (
        "types {\ntext/html html;\nsendfile on;\n",
        "types {\ntext/html html;\n}\nsendfile on;\n",
    ),
    "another language's comment": ("// a: b;\nserver_tokens off;\n", "# a: b;\nserver_tokens off;\n"),
    "another language's comment before a block": (
        "// a server\nserver {\n    listen 81;\n}\n",
        "# a server\nserver {\n    listen 81;\n}\n",
    ),
    "a format behind its use": (
        "server {\n    access_log /a l;\n}\nlog_format l x;\n",
        "log_format l x;\nserver {\n    access_log /a l;\n}\n",
    ),
    "a port glued to its listen": ("server {\n    listen8086;\n}\n", "server {\n    listen 8086;\n}\n"),
}


@pytest.mark.parametrize("name", TO_LOOK_AT)
def test_repaired_and_to_be_looked_at(name: str) -> None:
    text, wanted = TO_LOOK_AT[name]
    plan, found = _run(text)
    assert (plan.left, found) == ((), wanted)
    assert [step.verify for step in plan.steps] == [True]


def test_a_flat_map_is_not_said_to_be_indented() -> None:
    plan, found = _run("map $uri $a {\ndefault x;\n")
    assert found == "map $uri $a {\ndefault x;\n}\n"
    assert "indentation" not in plan.steps[0].why


# What was written, and a part of the reason.
REFUSED = {
    "a word behind a variable": ("server {\n    proxy_set_header A $host stray;\n}\n", "may be part of the value"),
    "always of another directive": ("server {\n    proxy_set_header A $host always;\n}\n", 'does not support "always"'),
    "always before the name": ("server {\n    add_header always A $host;\n}\n", "instead of a header name"),
    "a number and a word": ("server {\n    client_max_body_size 1024 off;\n}\n", "too few or too many arguments"),
    "a part of a megabyte": ("server {\n    client_max_body_size 1.5m;\n}\n", 'does not accept "1.5m"'),
    "a key of a flat map that is a directive too": ("map $uri $a {\na 1;\nroot 2;\nb 3;\n", "still open"),
    "a file's name for a directive": ("index.php index.html;\n", "is not a directive that nginx allows here"),
    "a file's name with a number": ("index2.html index.html;\n", "is not a directive that nginx allows here"),
    "a name with dots": ("server {\n    server_name.example.com;\n}\n", "is not a directive that nginx allows here"),
    "a block of which only the first line is a comment": (
        "server {\n    //location /old {\n        return 404;\n    }\n}\n",
        "its block has other lines",
    ),
    "a listen in a condition": (
        "server {\n    if ($uri) {\n        listen 81;\n    }\n    location /b {\n        return 204;\n    }\n}\n",
        "belongs in the server",
    ),
    "a key with a third value": ("map $uri $b {\nx 1;\nx 1;\nx 2;\n}\n", ": line 2 and line 4"),
    "a key behind another on its line": ("map $uri $b {\nx 1;\ny 2; x 3;\n}\n", '"x" has two values'),
    "a setting with a third value": ("gzip on;\ngzip on;\ngzip off;\n", '"gzip off" is in /etc/nginx/site.conf:3'),
    "a name with a dash": ("server {\n    server_name-foo a.com;\n}\n", "is not a directive that nginx allows here"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    text, why = REFUSED[name]
    plan, found = _run(text)
    assert (plan.steps, found) == ((), text)
    assert why in plan.left[0].why


# What was written, and what nginx takes; nothing but what stood there already goes.
AGAIN = {
    "two things twice": ("gzip on;\nserver_tokens off;\n" * 2, "gzip on;\nserver_tokens off;\n"),
    "two locations twice": (
        "server {\n" + "location /a { return 204; }\nlocation /b { return 404; }\n" * 2 + "}\n",
        "server {\nlocation /a { return 204; }\nlocation /b { return 404; }\n}\n",
    ),
    "a setting thrice": ("gzip on;\n" * 3, "gzip on;\n"),
    "a location thrice": (
        "server {\n" + "    location /a {\n        return 204;\n    }\n" * 3 + "}\n",
        "server {\n    location /a {\n        return 204;\n    }\n}\n",
    ),
    "a key thrice": ("map $uri $b {\nx 1;\nx 1;\nx 1;\n}\n", "map $uri $b {\nx 1;\n}\n"),
    "a key behind another": ("map $uri $b {\nx 1;\ny 2; x 1;\n}\n", "map $uri $b {\nx 1;\ny 2; \n}\n"),
    "a key in capitals": ("map $uri $b {\nx 1; X 1;\n}\n", "map $uri $b {\nx 1; \n}\n"),
}


@pytest.mark.parametrize("name", AGAIN)
def test_what_stands_again(name: str) -> None:
    text, wanted = AGAIN[name]
    plan, found = _run(text)
    assert (plan.left, found) == ((), wanted)


# Ten times as long as it takes on a machine at rest, and less than what grows with the square of the size took.
MANY = {
    "rows of lost directives": (b"env A;\ngzip on;\n" * 3000 + b"events {}\nhttp {\n}\n", 5.0),
    "objects that never end": (b"events {}\nhttp {\nserver {\n" + b"return 200 {" * 16000, 3.0),
}


@pytest.mark.parametrize("name", MANY)
def test_much_of_one_thing_takes_no_longer_than_its_size(name: str) -> None:
    data, seconds = MANY[name]
    began = time.process_time()
    repair({MAIN: data})
    assert time.process_time() - began < seconds


def test_all_includes_of_one_file_go_at_once() -> None:
    main = "events {}\nhttp {\n    server {\n%s    }\n}\n"
    files = {MAIN: (main % ("        include a.conf;\n" * 20)).encode(), "/etc/nginx/a.conf": b"location /x { }\n"}
    plan = repair(files)
    assert plan.files[MAIN].decode() == main % "        include a.conf;\n"
    assert len(plan.steps) == 1


def test_a_block_of_which_each_line_is_a_comment() -> None:
    site = "server {\n    //location /old {\n    //    return 404;\n    //}\n    listen 81;\n}\n"
    plan, found = _run(site)
    assert (plan.left, found) == ((), site.replace("//", "#"))


def test_a_format_behind_its_use_is_not_said_to_stand_where_it_may_not() -> None:
    plan, _ = _run("server {\n    access_log /a l;\n}\nlog_format l x;\n")
    assert plan.steps[0].why == "nginx reads them in order"


SNIPPET = (
    "server {\n    listen 8080%s;\n    include snip.conf;\n}\nserver {\n    include snip.conf;\n    server_name b;\n}\n"
)


def test_a_listen_that_another_server_needs_stays() -> None:
    plan, found = _run(SNIPPET % "", snip="listen 8080;\n")
    assert (plan.left, found) == ((), (SNIPPET % "").replace("    listen 8080;\n", ""))
    assert plan.files["/etc/nginx/snip.conf"] == b"listen 8080;\n"


def test_a_listen_that_another_server_needs_and_one_that_says_more() -> None:
    plan, found = _run(SNIPPET % " backlog=64", snip="listen 8080;\n")
    assert (plan.steps, found) == ((), SNIPPET % " backlog=64")
    assert "included in several places" in plan.left[0].why


def test_http2_in_lines_that_two_servers_share() -> None:
    server = "server {\n    include tls.conf;\n    server_name %s;\n}\n"
    tls = "listen 443 ssl;\nssl_certificate a.pem;\nssl_certificate_key a.key;\n"
    plan, found = _run("http2 on;\n" + server % "a" + server % "b", "1.24", tls=tls)
    assert (plan.left, found) == ((), server % "a" + server % "b")
    assert plan.files["/etc/nginx/tls.conf"].startswith(b"listen 443 ssl http2;\n")


def test_a_location_thrice_in_two_files() -> None:
    one = "location /a { return 204; }\n"
    plan, found = _run("server {\n" + one + "include more.conf;\n" + one + "}\n", more=one)
    assert (plan.left, found) == ((), "server {\n" + one + "include more.conf;\n}\n")
    assert plan.files["/etc/nginx/more.conf"] == b""
