"""The model's rules of inheritance, held against a real nginx: every request must go as the model says it will.

Nothing here states a rule. `predict` reads the model of a configuration; nginx runs that configuration; both must agree.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from live_nginx import PROGRAMS, Answer, Live, Nginx, running

from parity.programs.nginx.model.read import read_model
from parity.programs.nginx.model.types import Location, Model
from parity.programs.nginx.syntax.knowledge import version_of

CLIENT = {"X-Client": "mine", "Upgrade": "thing", "TE": "trailers"}
_SUCCESS = frozenset({200, 201, 204, 206, 301, 302, 303, 304, 307, 308})
_VARIABLE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class Request:
    """A request, and the levels it ends in: each by modifier and path, from the server inwards."""

    path: str
    levels: tuple[tuple[str, str], ...]
    body: int = 0
    method: str = ""


@dataclass(frozen=True)
class Case:
    text: str
    requests: tuple[Request, ...]
    since: tuple[int, ...] = (0,)


def at(path: str, *levels: str | tuple[str, str], body: int = 0, method: str = "") -> Request:
    return Request(path, tuple(one if isinstance(one, tuple) else ("", one) for one in levels), body, method)


PASS = "proxy_pass http://127.0.0.1:BEHIND;"

CASES = {
    "set-header-replaces-all": Case(
        f"""
        proxy_set_header X-Http http;
        server {{
            listen 127.0.0.1:PORT;
            proxy_set_header Host named; proxy_set_header X-Server server;
            location /inherits/ {{ {PASS} }}
            location /sets/ {{ proxy_set_header X-Own own; {PASS} }}
            location /drops/ {{ proxy_set_header X-Client ""; proxy_set_header Connection keep; {PASS} }}
        }}""",
        (at("/inherits/", "/inherits/"), at("/sets/", "/sets/"), at("/drops/", "/drops/")),
    ),
    "set-header-from-http": Case(
        f"proxy_set_header HOST ${{host}}; proxy_set_header X-Twice a; proxy_set_header x-twice b; server {{ listen 127.0.0.1:PORT; location / {{ {PASS} }} }}",
        (at("/", "/"),),
    ),
    "nested-inherits-from-its-parent": Case(
        f"""
        server {{
            listen 127.0.0.1:PORT;
            proxy_set_header X-Server server; add_header X-Reply server;
            location /a/ {{
                proxy_set_header X-A a; add_header X-A a; {PASS}
                location /a/b/ {{ {PASS} }}
                location /a/c/ {{ add_header X-C c; {PASS} location ~ /c/d$ {{ proxy_set_header X-D d; {PASS} }} }}
            }}
        }}""",
        (
            at("/a/", "/a/"),
            at("/a/b/", "/a/", "/a/b/"),
            at("/a/c/", "/a/", "/a/c/"),
            at("/a/c/d", "/a/", "/a/c/", ("~", "/c/d$")),
        ),
    ),
    "add-header": Case(
        f"""
        add_header X-Http http always;
        server {{
            listen 127.0.0.1:PORT;
            add_header X-Server server; add_header X-Always always always; add_header X-Empty "";
            location /inherits/ {{ {PASS} }}
            location /own/ {{ add_header Cache-Control no-store; {PASS} }}
            location /only-empty/ {{ add_header X-Nothing ""; {PASS} }}
            location /missing/ {{ return 404; }}
        }}
        """,
        (
            at("/inherits/", "/inherits/"),
            at("/own/", "/own/"),
            at("/only-empty/", "/only-empty/"),
            at("/missing/", "/missing/"),
        ),
    ),
    "if-in-location": Case(
        f"""
        server {{
            listen 127.0.0.1:PORT;
            add_header X-Server server;
            location / {{
                add_header X-Location location; proxy_set_header X-To to; {PASS}
                if ($arg_x = 1) {{ add_header X-If if; }}
                if ($arg_y = 1) {{ set $y 1; }}
                if ($arg_z = 1) {{ return 403; }}
            }}
        }}""",
        (
            at("/", "/"),
            at("/?x=1", "/", ("if", "(${arg_x} = 1)")),
            at("/?y=1", "/", ("if", "(${arg_y} = 1)")),
            at("/?z=1", "/", ("if", "(${arg_z} = 1)")),
        ),
    ),
    "access-is-one-array": Case(
        f"""
        server {{
            listen 127.0.0.1:PORT;
            deny all;
            location /inherits/ {{ {PASS} }}
            location /allowed/ {{ allow all; {PASS} }}
            location /ordered/ {{ allow 127.0.0.0/8; deny all; {PASS} }}
            location /reversed/ {{ deny 127.0.0.1; allow all; {PASS} location /reversed/in/ {{ {PASS} }} }}
            location /other/ {{ deny 10.0.0.0/8; {PASS} }}
        }}""",
        (
            at("/inherits/", "/inherits/"),
            at("/allowed/", "/allowed/"),
            at("/ordered/", "/ordered/"),
            at("/reversed/", "/reversed/"),
            at("/reversed/in/", "/reversed/", "/reversed/in/"),
            at("/other/", "/other/"),
        ),
    ),
    "limit-except": Case(
        f"server {{ listen 127.0.0.1:PORT; location / {{ proxy_set_header X-In in; {PASS} limit_except GET {{ deny all; }} }} }}",
        (at("/", "/"), at("/", "/", ("limit_except", "GET"), method="POST")),
    ),
    "body-size-nearest": Case(
        f"""
        client_max_body_size 2k;
        server {{
            listen 127.0.0.1:PORT;
            location /two/ {{ {PASS} }}
            location /one/ {{ client_max_body_size 1024; {PASS} location /one/four/ {{ client_max_body_size 4K; {PASS} }} location /one/in/ {{ {PASS} }} }}
            location /any/ {{ client_max_body_size 0; {PASS} }}
        }}""",
        (
            at("/two/", "/two/", body=2048),
            at("/two/", "/two/", body=2049),
            at("/one/", "/one/", body=1024),
            at("/one/", "/one/", body=1025),
            at("/one/four/", "/one/", "/one/four/", body=4096),
            at("/one/in/", "/one/", "/one/in/", body=1025),
            at("/any/", "/any/", body=70000),
        ),
    ),
    "body-size-default": Case(
        f"server {{ listen 127.0.0.1:PORT; location / {{ {PASS} }} }}",
        (at("/", "/", body=2**20), at("/", "/", body=2**20 + 1)),
    ),
    "auth-basic": Case(
        f"""
        auth_basic closed; auth_basic_user_file FOLDER/none;
        server {{
            listen 127.0.0.1:PORT;
            location /closed/ {{ {PASS} }}
            location /open/ {{ auth_basic off; {PASS} location /open/in/ {{ {PASS} }} location /open/shut/ {{ auth_basic again; {PASS} }} }}
            satisfy any; allow 127.0.0.1;
            location /all/ {{ satisfy all; {PASS} }}
        }}""",
        (
            at("/closed/", "/closed/"),
            at("/open/", "/open/"),
            at("/open/in/", "/open/", "/open/in/"),
            at("/open/shut/", "/open/", "/open/shut/"),
            at("/all/", "/all/"),
        ),
    ),
    "limit-req": Case(
        f"""
        limit_req_zone $uri zone=once:1m rate=1r/m;
        limit_req_zone $arg_a zone=other:1m rate=1r/m;
        server {{
            listen 127.0.0.1:PORT;
            limit_req zone=once;
            location /inherits/ {{ {PASS} }}
            location /replaces/ {{ limit_req zone=other; {PASS} location /replaces/in/ {{ {PASS} }} }}
            location /bursts/ {{ limit_req zone=once burst=5 nodelay; {PASS} }}
        }}""",
        (
            at("/inherits/1", "/inherits/"),
            at("/inherits/1", "/inherits/"),
            at("/replaces/1", "/replaces/"),
            at("/replaces/1", "/replaces/"),
            at("/replaces/in/1", "/replaces/", "/replaces/in/"),
            at("/replaces/in/1", "/replaces/", "/replaces/in/"),
            at("/bursts/1", "/bursts/"),
            at("/bursts/1", "/bursts/"),
        ),
    ),
    "handlers-are-not-inherited": Case(
        f"""
        server {{
            listen 127.0.0.1:PORT; root FOLDER/www; index index.html;
            location /p/ {{ {PASS} location /p/in/ {{ }} }}
            location /r/ {{ return 410; location /r/in/ {{ {PASS} }} }}
            location /t/ {{ try_files $uri @named; location /t/in/ {{ }} }}
            location @named {{ return 418; }}
            location /broken/ {{ break; return 410; {PASS} }}
        }}""",
        (
            at("/p/", "/p/"),
            at("/p/in/x", "/p/", "/p/in/"),
            at("/r/", "/r/"),
            at("/r/in/", "/r/", "/r/in/"),
            at("/t/in/x", "/t/", "/t/in/"),
            at("/broken/", "/broken/"),
        ),
    ),
    "uri-part-and-constants": Case(
        """
        server {
            listen 127.0.0.1:PORT;
            set $where http://127.0.0.1:BEHIND;
            location /plain/ { proxy_pass http://127.0.0.1:BEHIND; }
            location /cut/ { proxy_pass http://127.0.0.1:BEHIND/; }
            location /moved/ { proxy_pass http://127.0.0.1:BEHIND/v2/; }
            location /known/ { proxy_pass $where; }
            location /here/ { set $here 127.0.0.1:BEHIND; proxy_pass http://$here; }
        }""",
        (
            at("/plain/x", "/plain/"),
            at("/cut/x", "/cut/"),
            at("/moved/x", "/moved/"),
            at("/known/x", "/known/"),
            at("/here/x", "/here/"),
        ),
    ),
    "version-and-buffers": Case(
        f"""
        proxy_http_version 1.1;
        server {{
            listen 127.0.0.1:PORT;
            location /inherits/ {{ {PASS} }}
            location /old/ {{ proxy_http_version 1.0; {PASS} location /old/in/ {{ {PASS} }} }}
        }}""",
        (at("/inherits/", "/inherits/"), at("/old/", "/old/"), at("/old/in/", "/old/", "/old/in/")),
    ),
    "error-page-is-an-array": Case(
        f"""
        error_page 404 =200 /found;
        server {{
            listen 127.0.0.1:PORT;
            location = /found {{ {PASS} }}
            location /inherits/ {{ return 404; }}
            location /own/ {{ error_page 403 =201 /found; return 404; }}
            location /own/403/ {{ error_page 403 404 =201 /found; return 403; }}
        }}""",
        (
            at("/inherits/", "/inherits/"),
            at("/own/", "/own/"),
            at("/own/403/", "/own/403/"),
        ),
    ),
    "add-header-inherit": Case(
        f"""
        add_header X-Http http; add_header_inherit merge;
        server {{
            listen 127.0.0.1:PORT;
            add_header X-Server server;
            location /merges/ {{ add_header X-Own own; add_header X-Server again; {PASS} location /merges/in/ {{ {PASS} }} }}
            location /off/ {{ add_header_inherit off; {PASS} location /off/in/ {{ add_header X-In in; {PASS} }} }}
            location /on/ {{ add_header_inherit on; add_header X-Own own; {PASS} location /on/in/ {{ {PASS} }} }}
            location /off-own/ {{ add_header_inherit off; add_header X-Own own; {PASS} location /off-own/in/ {{ {PASS} }} }}
        }}""",
        (
            at("/merges/", "/merges/"),
            at("/merges/in/", "/merges/", "/merges/in/"),
            at("/off/", "/off/"),
            at("/off/in/", "/off/", "/off/in/"),
            at("/on/", "/on/"),
            at("/on/in/", "/on/", "/on/in/"),
            at("/off-own/", "/off-own/"),
            at("/off-own/in/", "/off-own/", "/off-own/in/"),
        ),
        since=(1, 29, 3),
    ),
}  # fmt: skip


def _find(model: Model, levels: tuple[tuple[str, str], ...]) -> Location:
    location = model.servers[0].base
    for key in levels:
        location = next(child for child in location.children if child.key == key)
    return location


def _filled(text: str, live: Live) -> str:
    known = {"host": "127.0.0.1", "proxy_host": f"127.0.0.1:{live.behind}"}
    return _VARIABLE.sub(lambda name: known[name[1]], text)


def _array(location: Location, directive: str) -> Iterator[tuple[str, tuple[object, ...]]]:
    for name, setting in location.settings.items():
        if setting.directive == directive:
            assert isinstance(setting.value, tuple)
            yield name.removeprefix(directive).strip(), setting.value


def _sent(location: Location, live: Live) -> dict[str, list[str]]:
    """Return the headers of ours that must reach the server behind: what is set, and what the client sent besides."""
    found = {name.lower(): [value] for name, value in CLIENT.items()}
    for name, values in _array(location, "proxy_set_header"):
        texts = [_filled(str(value), live) for value in values if value]
        found.pop(name, None)
        if texts:
            found[name] = texts
    return found


def _replied(location: Location, status: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, values in _array(location, "add_header"):
        for value in values:
            text, always = (value[0], True) if isinstance(value, tuple) else (value, False)
            if always or status in _SUCCESS:
                found.setdefault(name, []).append(str(text))
    return found


def _allowed(location: Location) -> bool:
    setting = location.settings.get("access rules")
    rules = setting.value if setting else ()
    assert isinstance(rules, tuple)
    for verb, network in rules:
        if network == "all":
            return bool(verb == "allow")
        address, mask = (int(part, 16) for part in network.split("/"))
        if int(ipaddress.ip_address("127.0.0.1")) & mask == address:
            return bool(verb == "allow")
    return True


def _status(location: Location, request: Request, seen: set[tuple[str, str]]) -> int:
    if location.handler.kind == "return":
        code = location.handler.code
        answer = location.settings.get(f"error_page {code}")
        assert answer is None or isinstance(answer.value, tuple)
        return int(answer.value[0][0].removeprefix("=") or code) if answer else int(code)
    size = location.settings["client_max_body_size"].value
    assert isinstance(size, tuple)
    if size[0] and request.body > size[0]:
        return 413
    key = request.path if "limit_req once" in location.settings else ""
    burst = dict(location.settings["limit_req once"].value[0])["burst"] if key else 0  # type: ignore[index]
    if key and ("once", key) in seen and not burst:
        return 503
    seen.add(("once", key))
    locked = location.settings["auth_basic"].value != ("off",)
    either = location.settings["satisfy"].value == ("any",) and "access rules" in location.settings
    if not _allowed(location) and not (either and locked):
        return 403
    if locked and not (either and _allowed(location)):
        return 401  # we send no password
    return 200 if location.handler.kind == "proxy" else 404


def _agree(location: Location, request: Request, live: Live, seen: set[tuple[str, str]], answer: Answer) -> None:
    status = _status(location, request, seen)
    assert answer.status == status
    if location.handler.kind == "return":
        assert (answer.sent is not None) is (f"error_page {location.handler.code}" in location.settings)
        return
    assert answer.headers == _replied(location, status)
    if status != 200:
        assert answer.sent is None
        return
    assert answer.sent is not None
    own = {name: values for name, values in answer.sent.items() if name not in ("accept-encoding", "content-length")}
    assert own == _sent(location, live)
    assert answer.version == f"HTTP/{location.settings['proxy_http_version'].value[0]}"  # type: ignore[index]
    handler = location.handler
    assert (handler.host, handler.port) == ("127.0.0.1", live.behind)
    prefix = request.levels[-1][1]
    assert answer.path == (request.path if handler.uri is None else handler.uri + request.path.removeprefix(prefix))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("nginx", PROGRAMS, ids=lambda nginx: nginx.version)
def test_nginx_does_what_the_model_says(name: str, nginx: Nginx, tmp_path: Path) -> None:
    case = CASES[name]
    if version_of(nginx.version) < case.since:
        pytest.skip(f"nginx {nginx.version} does not know this; it came with {case.since}")
    seen: set[tuple[str, str]] = set()
    with running(nginx, case.text, tmp_path) as live:
        model = read_model(live.files, live.main, nginx.version)
        assert model.unread == ()
        for request in case.requests:
            method = request.method or ("POST" if request.body else "GET")
            answer = live.ask(request.path, method, CLIENT, b"x" * request.body)
            _agree(_find(model, request.levels), request, live, seen, answer)


def test_there_is_an_nginx_to_ask() -> None:
    assert PROGRAMS
