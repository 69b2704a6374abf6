"""repair where a hasty one would be wrong: what is text, what is a key, what others read too, what stands thrice."""

from __future__ import annotations

import time

import pytest

from parity.nginx import repair
from parity.nginx.repairs.plan import Plan

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
    "a key of a flat map that is a directive too": ("map $uri $a {\na 1;\nroot 2;\nb 3;\n", "still open"),
    "a file's name for a directive": ("index.php index.html;\n", "no directive that nginx knows"),
    "a name with dots": ("server {\n    server_name.example.com;\n}\n", "no directive that nginx knows"),
    "a key with a third value": ("map $uri $b {\nx 1;\nx 1;\nx 2;\n}\n", "on line 2 and line 4"),
    "a key behind another on its line": ("map $uri $b {\nx 1;\ny 2; x 3;\n}\n", '"x" has two values'),
    "a setting with a third value": ("gzip on;\ngzip on;\ngzip off;\n", '"gzip off" stands in /etc/nginx/site.conf:3'),
    "a name with a dash": ("server {\n    server_name-foo a.com;\n}\n", "no directive that nginx knows"),
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
