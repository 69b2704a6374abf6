"""repair of directives beside their blocks, of lost lines that opened a block, and of files that are read twice."""

from __future__ import annotations

import pytest
from live_nginx import PROGRAMS
from nginx_mutation.oracle import Nginx, ask

from parity.programs.nginx.repair.repair import repair

MAIN = "/etc/nginx/nginx.conf"
TOP = "user root;\npid nginx.pid;\nerror_log stderr;\n"
PATHS = "    access_log off;\n" + "".join(
    f"    {name}_temp_path tmp-{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)
SERVER = "server {\n    listen 8085;\n    server_name a.test;\n    location / {\n        return 204;\n    }\n}\n"
INNER = "".join(f"    {line}\n" for line in SERVER.splitlines())

# The main file as it was written, and as it was meant.
MEANT = {
    "before http": (
        "events {}\n# two\nmap $uri $m {\n    default a;\n}\nlog_format l\n\t'$m'; # one\n\nhttp {\n    sendfile on;\n" + PATHS + "}\n",
        "events {}\n\nhttp {\n    # two\n    map $uri $m {\n        default a;\n    }\n    log_format l\n    \t'$m'; # one\n"
        "    sendfile on;\n" + PATHS + "}\n",
    ),
    "behind http": (
        "events {}\nhttp {\n" + PATHS + "}\n" + SERVER,
        "events {}\nhttp {\n" + PATHS + INNER + "}\n",
    ),
    "include behind http": (
        "events {}\nhttp {\n" + PATHS + "}\ninclude sites/*.conf;\n",
        "events {}\nhttp {\n" + PATHS + "    include sites/*.conf;\n}\n",
    ),
    "apart from each other": (
        "upstream u {\n    server 127.0.0.1:1;\n}\nevents {}\ngzip on;\nhttp {\n" + PATHS + "}\n",
        "events {}\nhttp {\n    upstream u {\n        server 127.0.0.1:1;\n    }\n    gzip on;\n" + PATHS + "}\n",
    ),
    "no http": (
        "events {}\n" + PATHS + SERVER,
        "events {}\nhttp {\n" + "".join(f"    {line}\n" for line in (PATHS + SERVER).splitlines()) + "}\n",
    ),
    "a value of two lines": (
        "events {}\nlog_format l 'a\nb';\nhttp {\n" + PATHS + "}\n",
        "events {}\nhttp {\n    log_format l 'a\nb';\n" + PATHS + "}\n",
    ),
    "a format behind its use": (
        "events {}\nhttp {\n" + PATHS + "    server {\n        listen 8087;\n        access_log a.log l;\n    }\n    log_format l $uri;\n}\n",
        "events {}\nhttp {\n" + PATHS + "    log_format l $uri;\n    server {\n        listen 8087;\n        access_log a.log l;\n    }\n}\n",
    ),
    "a format behind the include that uses it": (
        "events {}\nhttp {\n" + PATHS + "    include logs/*.conf;\n    log_format l $uri;\n}\n",
        "events {}\nhttp {\n" + PATHS + "    log_format l $uri;\n    include logs/*.conf;\n}\n",
    ),
    "connections beside events": (
        "worker_connections 64;\nevents {\n    multi_accept on;\n}\nhttp {\n" + PATHS + "}\n",
        "events {\n    worker_connections 64;\n    multi_accept on;\n}\nhttp {\n" + PATHS + "}\n",
    ),
    "connections in http": (
        "events {}\nhttp {\n    worker_connections 64;\n" + PATHS + "}\n",
        "events { worker_connections 64; }\nhttp {\n" + PATHS + "}\n",
    ),
    "connections without events": (
        "worker_connections 64;\nhttp {\n" + PATHS + "}\n",
        "events {\n    worker_connections 64;\n}\nhttp {\n" + PATHS + "}\n",
    ),
    "workers in http": (
        "events {}\nhttp {\n    worker_processes 2;\n" + PATHS + "}\n",
        "events {}\nworker_processes 2;\nhttp {\n" + PATHS + "}\n",
    ),
}  # fmt: skip
LOGS = b"server {\n    listen 8086;\n    access_log a.log l;\n}\n"
SITE = {"/etc/nginx/sites/a.conf": SERVER.encode(), "/etc/nginx/logs/a.conf": LOGS}


@pytest.mark.parametrize("break_", ["\n", "\r\n"])
@pytest.mark.parametrize("name", MEANT)
def test_it_goes_where_nginx_takes_it(name: str, break_: str) -> None:
    written, meant = ((TOP + text).replace("\n", break_).encode() for text in MEANT[name])
    plan = repair({MAIN: written, **SITE})
    assert (plan.left, plan.files[MAIN].decode()) == ((), meant.decode())
    assert plan.files == {MAIN: meant, **SITE}


@pytest.mark.parametrize("nginx", PROGRAMS, ids=lambda nginx: nginx.version)
def test_nginx_says_the_same(nginx: Nginx) -> None:
    trees = [
        {"nginx.conf": (TOP + text).encode(), "sites/a.conf": SERVER.encode(), "logs/a.conf": LOGS}
        for pair in MEANT.values()
        for text in pair
    ]
    answers = ask(nginx, trees)
    for name, broken, good in zip(MEANT, answers[::2], answers[1::2], strict=True):
        assert broken.code != 0, name
        assert good.code == 0, (name, good.output)


def test_what_a_stream_server_passes_on_to_has_no_scheme() -> None:
    text = "events {}\nstream {\n    server {\n        listen 81 udp;\n        proxy_pass %s127.0.0.1:53;\n    }\n}\n"
    plan = repair({MAIN: (text % "udp://").encode()}, built_in=("ngx_stream_module",))
    assert (plan.left, plan.files[MAIN].decode()) == ((), text % "")


def test_the_end_of_a_file() -> None:
    main = b"events {}\nhttp {\ninclude sites/a.conf;\n}\n"
    for text in ("upstream u {\nserver 127.0.0.1:1;\n%s", "map $uri $m {\ndefault a;\n%s"):
        plan = repair({MAIN: main, "/etc/nginx/sites/a.conf": (text % "").encode()})
        assert (plan.left, plan.files["/etc/nginx/sites/a.conf"].decode()) == ((), text % "}\n")
    text = "events {%s\nhttp {\nserver {\nlisten 81;\n}\n}\n"
    plan = repair({MAIN: (text % "").encode()})
    assert (plan.left, plan.files[MAIN].decode()) == ((), text % " }")


LEFT = {
    "events that have it": ("worker_connections 64;\nevents {\n    worker_connections 32;\n}\n", "belongs in events"),
    "a main file that has it": ("events {}\nhttp {\n    pid b.pid;\n}\n", "belongs at the top level"),
    "http that has it": ("events {}\nhttp {\n    sendfile on;\n}\nsendfile off;\n", '"sendfile"'),
    "stream or http": ("events {}\nstream {\n}\nupstream u {\n    server 127.0.0.1:1;\n}\nhttp {\n}\n", '"upstream"'),
    "http that is closed too early": (
        "events {}\nhttp {\n    server {\n        listen 81;\n    }\n}\n    server {\n        listen 82;\n    }\n",
        '"server"',
    ),
    "a location": ("events {}\nhttp {\n}\nlocation / {\n    return 204;\n}\n", '"location"'),
    "a file for conf.d": (SERVER, '"server"'),
    "braces": (
        "events {}\nhttp {\nserver {\nlisten 81;\n}\nmap $uri $m {\ndefault a;\n}\n}\n}\ngzip on;\n",
        "not open",
    ),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_may_be_meant_otherwise_is_left(name: str) -> None:
    text, words = LEFT[name]
    files = {MAIN: (TOP + text).encode()}
    plan = repair(files, built_in=("ngx_stream_module",))
    assert plan.files == files
    assert words in plan.left[0].why


def test_the_brace_of_a_lost_line_stands_alone() -> None:
    text = "# the queue\n\n%s{\n\tproxy_pass http://127.0.0.1:1;\n}\n\nlocation /b\n{\n\treturn 204;\n}\n"
    main = b"events {}\nhttp {\nserver {\ninclude app/*.conf;\n}\n}\n"
    plan = repair({MAIN: main, "/etc/nginx/app/queue.conf": (text % "").encode()})
    assert (plan.left, plan.files["/etc/nginx/app/queue.conf"].decode()) == ((), text % "location /queue/\n")
    for other in (
        text % "location /a\n{\n",
        (text % "").replace("}\n\n", "\n"),
        "gzip on;\n{\n}\n" + text % "location /a\n",
    ):
        files = {MAIN: main, "/etc/nginx/app/queue.conf": other.encode()}
        plan = repair(files)
        assert plan.files == files
        assert plan.left


# Files of which one line is lost, the one that holds the mark; and such that are refused.
OPENED = {
    "server": (
        "upstream u {\n    server 127.0.0.1:1;\n}\n\nserver { # @\n    # the site\n    listen 81;\n    root /a;\n"
        "    location / {\n        return 204;\n    }\n}\nmap $uri $m {\n    default a;\n}\n"
    ),
    "second server": (
        "server {\n    listen 81;\n    server_name a;\n}\nserver { # @\n    listen 81;\n    server_name b;\n}\n"
    ),
}
NOT_OPENED = {
    "the rest of a server": "server {\n    listen 81;\n}\n    server_name a;\n    location / {\n        return 204;\n    }\n}\n",
    "locations of a server": "server {\n    listen 81;\n}\n    location / {\n        return 204;\n    }\n}\n",
    "nothing of a server": "    gzip on;\n    root /a;\n}\n",
    "no indentation": "listen 81;\nlocation / {\nreturn 204;\n}\n}\n",
}


@pytest.mark.parametrize("name", OPENED)
def test_the_lost_line_of_a_block_without_a_name(name: str) -> None:
    main = b"events {}\nhttp {\ninclude sites/a.conf;\n}\n"
    text = OPENED[name]
    (line,) = (one for one in text.splitlines(keepends=True) if "@" in one)
    plan = repair({MAIN: main, "/etc/nginx/sites/a.conf": text.replace(line, "").encode()})
    assert (plan.left, plan.files["/etc/nginx/sites/a.conf"].decode()) == ((), text.replace(" # @", ""))
    assert plan.steps[0].verify


@pytest.mark.parametrize("name", NOT_OPENED)
def test_what_may_be_the_rest_of_a_block_is_left(name: str) -> None:
    files = {
        MAIN: b"events {}\nhttp {\ninclude sites/a.conf;\n}\n",
        "/etc/nginx/sites/a.conf": NOT_OPENED[name].encode(),
    }
    plan = repair(files)
    assert plan.files == files
    assert plan.left


@pytest.mark.parametrize("line", ["events {\n", "http {\n", "    server {\n"])
def test_the_lost_line_of_a_block_in_the_main_file(line: str) -> None:
    text = (
        "user a;\nevents {\n    worker_connections 64;\n}\nhttp {\n    gzip on;\n    server {\n        listen 81;\n"
        "        location / {\n            return 204;\n        }\n    }\n}\n"
    )
    plan = repair({MAIN: text.replace(line, "").encode()})
    assert (plan.left, plan.files[MAIN].decode()) == ((), text)


def test_a_file_that_a_block_reads_twice() -> None:
    """What stands in it once would else be taken away from both places."""
    main = "events {}\nhttp {\n    include mime.types;\n%s    server {\n        include app.conf;\n%s    }\n}\n"
    rest = {
        "/etc/nginx/mime.types": b"types {\n    text/css css;\n    text/html html;\n}\n",
        "/etc/nginx/app.conf": b"location /a {\n    return 204;\n}\n",
    }
    twice = main % ("    include mime.types;\n", "        include app.conf;\n")
    plan = repair({MAIN: twice.encode(), **rest})
    assert (plan.left, plan.files) == ((), {MAIN: (main % ("", "")).encode(), **rest})
    files = {MAIN: (main % ("", "        include ap*.conf;\n")).encode(), **rest}
    plan = repair(files)
    assert plan.files == files
    assert "several places" in plan.left[0].why
