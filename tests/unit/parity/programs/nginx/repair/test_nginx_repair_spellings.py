"""repair on the many ways in which people write one fault: each line of a table is what they wrote and what it becomes."""

from __future__ import annotations

import pytest
from live_nginx import PROGRAMS
from nginx_mutation.oracle import Nginx, ask

from parity.programs.nginx.check.check import check
from parity.programs.nginx.repair.plan import Plan
from parity.programs.nginx.repair.repair import repair

MAIN = "/etc/nginx/nginx.conf"
SITE = "/etc/nginx/site.conf"
HEAD = b"events {}\nhttp {\n    include site.conf;\n}\n"
LOCAL = b"user root; pid nginx.pid; error_log stderr;\n"
PATHS = "    access_log off;\n" + "".join(
    f"    {name}_temp_path tmp-{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)

# What was written, and what nginx is to read. Each stands in http{}, between lines that are right.
LINES = {
    "amount and unit": ("client_max_body_size 10 MB;", "client_max_body_size 10m;"),
    "time and unit": ("proxy_read_timeout 60 sec;", "proxy_read_timeout 60s;"),
    "number and letter": ("proxy_read_timeout 60 s;", "proxy_read_timeout 60s;"),
    "binary unit": ("client_max_body_size 10Mi;", "client_max_body_size 10m;"),
    "half a gigabyte more": ("client_max_body_size 1.5g;", "client_max_body_size 1536m;"),
    "half a second": ("proxy_read_timeout 0.5s;", "proxy_read_timeout 500ms;"),
    "two times": ("keepalive_timeout 65sec 60sec;", "keepalive_timeout 65s 60s;"),
    "year": ("expires 1year;", "expires 1y;"),
    "months": ("expires 6months;", "expires 6M;"),
    "switch with a third value": ("server_tokens no;", "server_tokens off;"),
    "protocols without dots": ("ssl_protocols TLSv12 TLSv13;", "ssl_protocols TLSv1.2 TLSv1.3;"),
    "protocols with underscores": ("ssl_protocols TLSv1_2;", "ssl_protocols TLSv1.2;"),
    "protocols with commas": ("ssl_protocols TLSv1.2, TLSv1.3;", "ssl_protocols TLSv1.2 TLSv1.3;"),
    "protocols in one word": ("ssl_protocols TLSv1.2,TLSv1.3;", "ssl_protocols TLSv1.2 TLSv1.3;"),
    "protocols by number": ("ssl_protocols 1.2 1.3;", "ssl_protocols TLSv1.2 TLSv1.3;"),
    "size of a cache of sessions": ("ssl_session_cache shared:S:10MB;", "ssl_session_cache shared:S:10m;"),
    "size of a zone": (
        "limit_req_zone $uri zone=z:1MB rate=5r/s;",
        "limit_req_zone $uri zone=z:1m rate=5r/s;",
    ),
    "rate by minute": ("limit_req_zone $uri zone=z:1m rate=5r/min;", "limit_req_zone $uri zone=z:1m rate=5r/m;"),
    "rate by second": ("limit_req_zone $uri zone=z:1m rate=5/sec;", "limit_req_zone $uri zone=z:1m rate=5r/s;"),
    "gigabytes where nginx knows them": (
        "proxy_cache_path pages keys_zone=p:1m max_size=1GB;",
        "proxy_cache_path pages keys_zone=p:1m max_size=1g;",
    ),
    "no-break space in a value": ("add_header X-A\u00a0b;", "add_header X-A b;"),
    "no-break space in a zone": (
        "limit_req_zone $uri zone=z:1m rate=5r/s;\nlimit_req zone=z\u00a0burst=2;",
        "limit_req_zone $uri zone=z:1m rate=5r/s;\nlimit_req zone=z burst=2;",
    ),
    "capitals": ("Server_Tokens off;", "server_tokens off;"),
    "dashes": ("client-max-body-size 1m;", "client_max_body_size 1m;"),
    "expression of a map": (
        "map $uri $m {\n    ~^/v[0-9]{1,2}/ a;\n}",
        'map $uri $m {\n    "~^/v[0-9]{1,2}/" a;\n}',
    ),
    "extension twice": ("types {\n    text/css css;\n    text/css css;\n}", "types {\n    text/css css;\n}"),
    "extension twice on a line": ("types {\n    text/css css css;\n}", "types {\n    text/css css;\n}"),
    "value glued to its name": ("client_max_body_size=10m;", "client_max_body_size 10m;"),
    "value behind a sign": ("client_max_body_size = 10m;", "client_max_body_size 10m;"),
    "value behind a colon": ("client_max_body_size : 10m;", "client_max_body_size 10m;"),
    "level of a log": ("error_log stderr warning;", "error_log stderr warn;"),
    "comment of another language": ("// the site; as it was\ngzip on; // all of it", "# the site; as it was\ngzip on; # all of it"),
    "parameters of a server": (
        "upstream u {\n    server 127.0.0.1:1 weigth=3 maxfails=2 fail_timout=5s;\n}",
        "upstream u {\n    server 127.0.0.1:1 weight=3 max_fails=2 fail_timeout=5s;\n}",
    ),
    "parameter without its sign": (
        "limit_req_zone $uri zone=z:1m rate=5r/s;\nlimit_req zone=z burst=2 no-delay;",
        "limit_req_zone $uri zone=z:1m rate=5r/s;\nlimit_req zone=z burst=2 nodelay;",
    ),
    "server with a scheme": (
        "upstream u {\n    server http://127.0.0.1:1/ weight=2;\n    server 127.0.0.1:2/;\n}",
        "upstream u {\n    server 127.0.0.1:1 weight=2;\n    server 127.0.0.1:2;\n}",
    ),
    "default twice": ("map $uri $m {\n    default a;\n    default a;\n}", "map $uri $m {\n    default a;\n}"),
    "key twice": ("map $uri $m {\n    a b;\n    c d;\n    a b;\n}", "map $uri $m {\n    a b;\n    c d;\n}"),
    "network twice": ("geo $g {\n    10.0.0.0/8 a;\n    10.0.0.0/8 a;\n}", "geo $g {\n    10.0.0.0/8 a;\n}"),
    "upstream without its brace, flat": (
        "upstream u {\nserver 127.0.0.1:1;\nserver {\nlisten 8086;\n}",
        "upstream u {\nserver 127.0.0.1:1;\n}\nserver {\nlisten 8086;\n}",
    ),
    "server without its brace, flat": (
        "server {\nlisten 8086;\nserver {\nlisten 8087;\n}",
        "server {\nlisten 8086;\n}\nserver {\nlisten 8087;\n}",
    ),
    "header glued to its value": ('add_header X-A"b c; d" always;', 'add_header X-A "b c; d" always;'),
    "letters that changed places": ("alolw all;\nlcient_max_body_size 1m;", "allow all;\nclient_max_body_size 1m;"),
    "time of two parts": ("keepalive_timeout 1h30min;", "keepalive_timeout 1h30m;"),
    "switch with a letter too many": ("gzip onn;\nautoindex of;", "gzip on;\nautoindex off;"),
    "name with a colon": ("server_tokens: off;", "server_tokens off;"),
    "name with what is not seen": ("\x0bserver_tokens off;", "server_tokens off;"),
    "map without its brace": (
        "map $uri $m {\n    default a;\nlimit_req_zone $uri zone=z:1m rate=5r/s;",
        "map $uri $m {\n    default a;\n}\nlimit_req_zone $uri zone=z:1m rate=5r/s;",
    ),
}  # fmt: skip
# The same within a server.
SERVER = {
    "scheme with a slip": (
        "location / { proxy_pass htp://127.0.0.1:1; }",
        "location / { proxy_pass http://127.0.0.1:1; }",
    ),
    "scheme without its colon": (
        "location / { proxy_pass http//127.0.0.1:1; }",
        "location / { proxy_pass http://127.0.0.1:1; }",
    ),
    "condition without blanks": ("if ($host==a) { return 204; }", "if ($host = a) { return 204; }"),
    "condition without blanks, quoted": ('if ($host=="a") { return 204; }', 'if ($host = "a") { return 204; }'),
    "one sign without blanks": ("if ($host=a) { return 204; }", "if ($host = a) { return 204; }"),
    "signs glued to the value": ("if ($host ==a) { return 204; }", "if ($host = a) { return 204; }"),
    "if without a blank": ("if($host = a) { return 204; }", "if ($host = a) { return 204; }"),
    "condition without parentheses": ("if $host = a { return 204; }", "if ($host = a) { return 204; }"),
    "variable without parentheses": ("if $arg_a { return 204; }", "if ($arg_a) { return 204; }"),
    "condition that is not closed": ("if ($host = a { return 204; }", "if ($host = a) { return 204; }"),
    "condition that is not opened": ("if $host ~ ^a) { return 204; }", "if ($host ~ ^a) { return 204; }"),
    "expression glued to its location": ("location~ \\.a$ { return 204; }", "location ~ \\.a$ { return 204; }"),
    "path glued to its location": ("location/api/ { return 204; }", "location /api/ { return 204; }"),
    "code glued to its return": ("location / { return204; }", "location / { return 204; }"),
    "port glued to its listen": ("listen8086 default_server;", "listen 8086 default_server;"),
    "parameter of listen": ("listen 8086 default-server;", "listen 8086 default_server;"),
    "flag of a rewrite": ("rewrite ^/a /b permanant;", "rewrite ^/a /b permanent;"),
    "sign of set": ("set $a = 1;", "set $a 1;"),
    "version of HTTP": ("proxy_http_version HTTP/1.1;", "proxy_http_version 1.1;"),
    "JSON": (
        'location / { return 200 {"status":"ok","of":{"a":1}}; }',
        'location / { return 200 \'{"status":"ok","of":{"a":1}}\'; }',
    ),
    "expression that closes the condition": (
        "if ($request_method ~ (PUT|DELETE) { return 405; }",
        "if ($request_method ~ (PUT|DELETE)) { return 405; }",
    ),
    "quoted expression that closes the condition": (
        'if ($uri ~ "^/(a|b)" { return 405; }',
        'if ($uri ~ "^/(a|b)") { return 405; }',
    ),
    "quoted expression glued to its sign": (
        'location ~*"\\.(a|b){1}$" { return 204; }',
        'location ~* "\\.(a|b){1}$" { return 204; }',
    ),
    "scheme of gRPC": ("location / { grpc_pass http://127.0.0.1:1; }", "location / { grpc_pass grpc://127.0.0.1:1; }"),
    "scheme of FastCGI": (
        "location / { fastcgi_pass http://127.0.0.1:1; fastcgi_param A b; }",
        "location / { fastcgi_pass 127.0.0.1:1; fastcgi_param A b; }",
    ),
    "block on one line without its brace": (
        "    location /a { return 204;\n    location /b { return 204; }\n    location /c { return 204; }",
        "    location /a { return 204; }\n    location /b { return 204; }\n    location /c { return 204; }",
    ),
    "line twice": (
        "    location / {\n    location / {\n        return 204;\n    }",
        "    location / {\n        return 204;\n    }",
    ),
    "semicolon before a brace that is glued to the value": (
        "location /a { return 200 ${host}}\nlocation /b { return 204}",
        "location /a { return 200 ${host};}\nlocation /b { return 204;}",
    ),
    "semicolon before a directive on the line": (
        "location / { proxy_pass http://127.0.0.1:1 proxy_set_header Host $host; }",
        "location / { proxy_pass http://127.0.0.1:1; proxy_set_header Host $host; }",
    ),
    "semicolon before a block on the line": (
        "location /a { return 204; } server_name a location /b { return 204; }",
        "location /a { return 204; } server_name a; location /b { return 204; }",
    ),
    "semicolon behind a listen on the line": ("listen 8086 server_name a;", "listen 8086; server_name a;"),
    "semicolon behind a switch on the line": (
        "access_log off server_tokens off;",
        "access_log off; server_tokens off;",
    ),
    "listen that says more": (
        "listen 8086;\nlisten 0.0.0.0:8086 default_server;",
        "listen 0.0.0.0:8086 default_server;",
    ),
    "nested on one line": (
        "location /a { location /b { return 204; } }",
        "location /a { location /a/b { return 204; } }",
    ),
    "expression of a condition": (
        "if ($uri ~ ^/x/[a-f0-9]{8}$) { return 204; }",
        'if ($uri ~ "^/x/[a-f0-9]{8}$") { return 204; }',
    ),
    "expression of a name": ("server_name ~^s[0-9]{2}\\.test$;", 'server_name "~^s[0-9]{2}\\.test$";'),
    "semicolon behind the opening brace": ("location / {; return 204; }", "location / { return 204; }"),
    "semicolon on one line": ("location / { return 204 }", "location / { return 204; }"),
}


def _tree(text: str, *, server: bool) -> dict[str, bytes]:
    whole = f"server {{\nlisten 8085;\n{text}\n}}\n" if server else f"charset utf-8;\n{text}\ntcp_nodelay on;\n"
    return {MAIN: HEAD, SITE: whole.encode()}


CASES = [(name, *pair, False) for name, pair in LINES.items()] + [(name, *pair, True) for name, pair in SERVER.items()]
IDS = [case[0] for case in CASES]


@pytest.mark.parametrize("version", ["1.22", "1.31"])
@pytest.mark.parametrize(("name", "written", "meant", "server"), CASES, ids=IDS)
def test_it_becomes_what_was_meant(name: str, written: str, meant: str, server: bool, version: str) -> None:
    plan = repair(_tree(written, server=server), MAIN, version)
    assert plan.left == ()
    assert plan.files == _tree(meant, server=server), name


@pytest.mark.parametrize("nginx", PROGRAMS, ids=lambda nginx: nginx.version)
def test_nginx_says_the_same(nginx: Nginx) -> None:
    trees = [_tree(text, server=server) for _, written, meant, server in CASES for text in (written, meant)]
    below = [{path.removeprefix("/etc/nginx/"): data for path, data in tree.items()} for tree in trees]
    for tree in below:
        tree["nginx.conf"] = LOCAL + tree["nginx.conf"].replace(b"http {\n", b"http {\n" + PATHS.encode())
    answers = ask(nginx, below)
    for (name, _, _, _), broken, good in zip(CASES, answers[::2], answers[1::2], strict=True):
        assert broken.code != 0 or "[warn]" in broken.output, name
        assert good.code == 0, (name, good.output)


_SERVER = "server {\n    listen 81;\n    location /a {\n        return 204;\n    }\n%s    location /c {\n        return 204;\n    }\n}\n"


@pytest.mark.parametrize("break_", ["\n", "\r\n"])
def test_a_brace_too_many_in_the_middle(break_: str) -> None:
    meant = (_SERVER % "").replace("\n", break_).encode()
    plan = repair({MAIN: HEAD, SITE: (_SERVER % "    }\n").replace("\n", break_).encode()})
    assert (plan.files[SITE], plan.left) == (meant, ())
    assert plan.steps[0].verify


REFUSED = {
    "quote of a file": ('server {\n    return 200 "a\n    ;\n}\n', "last opening quote, on line 2"),
    "line that opened a block": (_SERVER % "        return 205;\n    }\n", "restore the line that opened its block"),
    "tcp": ("server {\nlocation / { proxy_pass tcp://127.0.0.1:1; }\n}\n", "no valid address"),
    "two numbers": ("client_max_body_size 10 20;\n", "too few or too many"),
    "minutes for a size": ("client_max_body_size 10min;\n", '"10min"'),
    "bytes for a time": ("proxy_read_timeout 10MB;\n", '"10MB"'),
    "escapes as they are written": ('server {\nreturn OK "a\\n";\n}\n', '"OK "a\\n""'),
    "module": ("brotli on;\n", "belongs to a module"),
    "expression": ("server {\nlocation ~ *.css$ { return 204; }\n}\n", "site.conf:2"),
    "modifier": ("server {\nlocation !~ x { return 204; }\n}\n", "site.conf:2"),
    "variable": ("server {\nset $a $API_HOST;\n}\n", "site.conf:2"),
    "zone": ("server {\nlimit_req zone=z;\n}\n", 'is used by "limit_req zone=z" (/etc/nginx/site.conf:2)'),
    "buffers": ("proxy_buffer_size 64k;\nserver {\nlocation / { proxy_pass http://127.0.0.1:1; }\n}\n", '"proxy_buffer_size 64k" (/etc/nginx/site.conf:1)'),
    "extension of two types": ("types {\n    text/css a;\n    text/plain a;\n}\n", "text/css and then text/plain"),
    "two comparisons": ("server {\nif $host = a && $uri = b { return 204; }\n}\n", "one comparison"),
    "no variable": ("server {\nif host = a { return 204; }\n}\n", "one comparison"),
    "three signs": ("server {\nif ($host ===a) { return 204; }\n}\n", "one comparison"),
    "nested by a brace in the wrong place": (
        "server {\n    location /a {\n        return 204;\n    location /b {\n        return 204;\n    }\n    }\n}\n",
        "with the same indentation",
    ),
    "named by a brace in the wrong place": (
        "server {\n    location /a {\n        try_files $uri @b;\n    location @b {\n        return 204;\n    }\n    }\n}\n",
        "with the same indentation",
    ),
    "nested by a lost brace": (
        "server {\nlocation /a {\nreturn 204;\nlocation /b {\nreturn 204;\n}\n}\n",
        "a brace is missing, and the indentation does not show where",
    ),
    "server in a server": (
        "server {\nlisten 81;\nroot /a;\nserver {\nlisten 82;\n}\n",
        'because a "}" is missing before it',
    ),
    "brace too many": (
        "server {\n    listen 81;\n    location /a { return 204; }\n}\n    location /c { return 204; }\n}\n",
        'has one "}" too many',
    ),
    "HTTP/3 where it is not": ("server {\nlisten 443 http3;\n}\n", '"443 http3"'),
    "TLS to a server": ("upstream u {\nserver https://127.0.0.1:1;\n}\n", '"https://127.0.0.1:1"'),
    "HTTP or uwsgi": ("server {\nlocation / { uwsgi_pass http://127.0.0.1:1; }\n}\n", '"http://127.0.0.1:1"'),
    "parenthesis that may be missing in the expression": (
        "server {\nif ($request_method !~ ^(GET|PUT$) { return 405; }\n}\n",
        "The regular expression is invalid",
    ),
    "beginning of several names": ("server {\nssl_cert a;\n}\n", '"ssl_cert"'),
    "end of several names": ("server {\nlocation / { cgi_pass 127.0.0.1:1; }\n}\n", '"cgi_pass"'),
    "address with a blank": ("server {\nreturn 301 https://a.test /b;\n}\n", "too few or too many"),
    "nested, and whole": (
        "server {\nlocation /api/v1/ {\n    location /api/v2/ {\n        return 204;\n    }\n}\n}\n",
        "cannot be nested in",
    ),
    "two headers on a line": ('proxy_set_header Upgrade proxy_set_header Connection "upgrade";\n', "too few or too many"),
    "resolver with what is glued to it": ("resolver 127.0.0.11valid=30s;\n", "127.0.0.11valid=30s"),
    "key of two values": ("map $uri $m {\n    a b;\n    a c;\n}\n", "line 2 and line 3"),
    "options of two values": (
        "server {\nlisten 81 backlog=1;\nserver_name a;\n}\nserver {\nlisten 81 backlog=2;\n}\n",
        "are written in two places",
    ),
    "no name of a directive": ("proxy-cache~zone a;\n", '"proxy-cache~zone"'),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_words(name: str) -> None:
    text, words = REFUSED[name]
    tree = {MAIN: HEAD, SITE: text.encode()}
    plan: Plan = repair(tree)
    assert plan.files == tree
    assert words in plan.left[0].why


def test_quic_of_a_newer_nginx() -> None:
    tree = {MAIN: HEAD, SITE: b"server {\nlisten 443 quic;\n}\n"}
    assert "1.25.0" in repair(tree).left[0].why


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(encoding: str) -> None:
    text = "server {\n    listen 81; # Gr\u00fc\u00dfe\n}\n"
    plan = repair({MAIN: HEAD, SITE: text.encode(encoding)})
    assert (plan.files[SITE], plan.left) == (text.encode(), ())


def test_ssl_on_for_each_address() -> None:
    pair = "ssl_certificate a.pem; ssl_certificate_key a.key;"
    for written, meant in (
        ("listen 443;\nlisten [::]:443;\nssl on;\n", "listen 443 ssl;\nlisten [::]:443 ssl;\n"),
        ("listen 443 ssl;\nlisten 8443 ssl;\nssl on;\n", "listen 443 ssl;\nlisten 8443 ssl;\n"),
        ("listen 80;\nlisten 443 ssl;\nssl on;\n", None),
    ):
        tree = {MAIN: HEAD, SITE: f"server {{\n{written}{pair}\n}}\n".encode()}
        for version in ("1.22", "1.31"):
            plan = repair(tree, version=version)
            assert bool(plan.left) == (meant is None)
            assert plan.files[SITE] == f"server {{\n{meant or written}{pair}\n}}\n".encode()


def test_a_hash_that_more_entries_do_not_help() -> None:
    """Three headers of one name share a bucket whatever the number of buckets is."""
    line = "proxy_set_header X-Forwarded-For $host;\n" * 3
    tree = {MAIN: HEAD, SITE: f"{line}server {{\nlocation / {{\nproxy_pass http://127.0.0.1:1;\n}}\n}}\n".encode()}
    plan = repair(tree)
    assert len(plan.steps) <= 1
    assert not any(problem.rule == "hash_bucket_size" for problem in check(plan.files))


API = "/etc/nginx/app/api.conf"
JOBS = "/etc/nginx/app/jobs.conf"
_JOBS = """\
location /jobs/ {
	# who may
	if ($http_user_agent ~* "bot") {
		return 403; # no bots
	}
	limit_except GET POST {
		deny all;
	}
	proxy_pass http://127.0.0.1:1;
}
"""
_OUTSIDE = "server {\n    listen 81;\n    include app/*.conf;\n}\n"


def _snippets(api: str, jobs: str = _JOBS) -> dict[str, bytes]:
    return {MAIN: HEAD, SITE: _OUTSIDE.encode(), API: api.encode(), JOBS: jobs.encode()}


def _bare(snippet: str) -> str:
    return "\n".join(line.removeprefix("\t") for line in snippet.split("\n")[1:-2]) + "\n"


WRAPPED = {
    "conditions and limits": _bare(_JOBS),
    "first a limit": _bare(_JOBS).replace("# who may\n", "").partition("}\n")[2],
    "what only an if of a location takes": "if ($arg_a) {\n\tadd_header X-A b;\n}\nproxy_pass http://127.0.0.1:1;\n",
}


@pytest.mark.parametrize("name", WRAPPED)
def test_a_snippet_with_conditions_is_put_into_its_location(name: str) -> None:
    text = WRAPPED[name]
    meant = "location /jobs/ {\n" + "".join(f"\t{line}\n" for line in text.splitlines()) + "}\n"
    api = "location /api/ {\n\treturn 204;\n}\n"
    plan = repair(_snippets(api, text))
    assert (plan.left, plan.files[JOBS].decode()) == ((), meant)
    assert plan.steps[0].verify


def test_a_snippet_that_is_indented_already_stays_as_it_is() -> None:
    body = "\tproxy_pass http://127.0.0.1:1;\n\tproxy_buffering off;\n"
    plan = repair(_snippets(body))
    assert plan.files[API].decode() == "location /api/ {\n" + body + "}\n"


def test_a_snippet_with_another_fault_besides() -> None:
    jobs = "location /jobs/ {\n    return 204;\n}\n"
    for broken, meant in (
        (
            "proxy_pass http://127.0.0.1:1;\nproxy_buffering off\n",
            "    proxy_pass http://127.0.0.1:1;\n    proxy_buffering off;\n",
        ),
        (
            "    proxy_pass http://127.0.0.1:1;\n    proxy_bufering off;\n}\n",
            "    proxy_pass http://127.0.0.1:1;\n    proxy_buffering off;\n",
        ),
    ):
        plan = repair(_snippets(broken, jobs))
        assert (plan.left, plan.files[API].decode()) == ((), "location /api/ {\n" + meant + "}\n")


def test_beside_a_redirect_to_it_a_location_may_stand() -> None:
    body = "    proxy_pass http://127.0.0.1:1;\n}\n\nlocation = /api {\n    return 301 /api/;\n}\n"
    plan = repair(_snippets(body))
    assert (plan.left, plan.files[API].decode()) == ((), "location /api/ {\n" + body)


@pytest.mark.parametrize("name", ["my.app.conf", "php.conf", "api.v2.conf"])
def test_a_name_that_is_no_path(name: str) -> None:
    files = {MAIN: HEAD, SITE: _OUTSIDE.encode(), f"/etc/nginx/app/{name}": b"proxy_pass http://127.0.0.1:1;\n"}
    plan = repair(files)
    assert plan.files == files
    assert "does not show the path of its location" in plan.left[0].why


def test_a_snippet_that_no_location_takes() -> None:
    plan = repair(_snippets("if ($arg_a) {\n    client_max_body_size 1m;\n}\nproxy_pass http://127.0.0.1:1;\n"))
    assert '"client_max_body_size"' in plan.left[0].why
    assert plan.steps == ()


def test_a_comment_moves_with_its_directive() -> None:
    site = "server {\n    limit_req_zone $uri zone=z:1m rate=5r/s; # five\n    listen 81;\n}\n"
    plan = repair({MAIN: HEAD, SITE: site.encode()})
    assert plan.files[SITE].decode() == (
        "limit_req_zone $uri zone=z:1m rate=5r/s; # five\nserver {\n    listen 81;\n}\n"
    )


def test_a_brace_and_a_semicolon_behind_it() -> None:
    """The second fault is told by a brace too, and is none of blocks."""
    site = "upstream u {\n    server 127.0.0.1:1;\n%sserver {\n    location / {\n        internal%s\n    }\n}\n"
    plan = repair({MAIN: HEAD, SITE: (site % ("", "")).encode()})
    assert (plan.left, plan.files[SITE].decode()) == ((), site % ("}\n", ";"))


def test_what_was_typed_for_a_semicolon() -> None:
    for sign in (":", ",", "\u037e", "\uff1b"):
        site = "server {\n    root /srv%s\n    index a.html;\n}\n"
        plan = repair({MAIN: HEAD, SITE: (site % sign).encode()})
        assert plan.files[SITE].decode() == site % ";"


def test_what_is_not_a_configuration_is_left_alone() -> None:
    for text in ("services:\n  web:\n    image: nginx\n", "<<<<<<< HEAD\nserver {}\n=======\n>>>>>>> x\n"):
        plan = repair({MAIN: HEAD, SITE: text.encode()})
        assert plan.files[SITE] == text.encode()
        assert "HTML" not in plan.left[0].why


def test_a_misspelt_always_is_no_part_of_the_value() -> None:
    plan = repair({MAIN: HEAD, SITE: b"add_header X-A b allways;\n"})
    assert plan.files[SITE] == b"add_header X-A b always;\n"


def test_a_text_without_quotes() -> None:
    for written, meant in (
        ("auth_basic Restricted Area;", 'auth_basic "Restricted Area";'),
        ("return 200 all is well;", 'return 200 "all is well";'),
    ):
        site = "server {\n    location / {\n        %s\n    }\n}\n"
        plan = repair({MAIN: HEAD, SITE: (site % written).encode()})
        assert (plan.left, plan.files[SITE].decode()) == ((), site % meant)


def test_a_header_that_a_template_emptied() -> None:
    plan = repair({MAIN: HEAD, SITE: b"proxy_set_header X-Real-IP ;\n"})
    assert plan.left[0].lines == "proxy_set_header X-Real-IP $remote_addr;"
    assert plan.steps == ()


@pytest.mark.parametrize("version", ["1.22", "1.31"])
def test_what_nginx_ignores_goes(version: str) -> None:
    plan = repair({MAIN: HEAD, SITE: b"http2_max_field_size 8k;\ngzip on;\n"}, version=version)
    assert (plan.files[SITE], plan.left) == (b"gzip on;\n", ())
    assert plan.steps[0].verify


def test_a_resolver_that_is_there_already() -> None:
    said = f'nginx: [emerg] host not found in resolver "ns" in {SITE}:1\n'
    plan = repair({MAIN: HEAD, SITE: b"resolver 127.0.0.11 ns valid=5s;\n"}, output=said)
    assert plan.files[SITE] == b"resolver 127.0.0.11 valid=5s;\n"


def test_a_maximum_is_no_smaller_than_the_usual_one() -> None:
    said = (
        "nginx: [warn] could not build optimal proxy_headers_hash, you should increase either"
        " proxy_headers_hash_max_size: 16 or proxy_headers_hash_bucket_size: 64; ignoring"
        " proxy_headers_hash_bucket_size\n"
    )
    plan = repair({MAIN: HEAD, SITE: b"proxy_headers_hash_max_size 16;\n"}, output=said)
    assert plan.files[SITE] == b"proxy_headers_hash_max_size 1024;\n"


def test_the_end_of_a_file_with_a_comment() -> None:
    plan = repair({MAIN: HEAD, SITE: b"gzip on;\nserver_tokens off # quiet\n"})
    assert plan.files[SITE] == b"gzip on;\nserver_tokens off; # quiet\n"


def test_a_time_of_a_parameter() -> None:
    plan = repair({MAIN: HEAD, SITE: b"resolver 127.0.0.1 valid=30sec;\n"})
    assert plan.files[SITE] == b"resolver 127.0.0.1 valid=30s;\n"


SWALLOWED = {
    "a name": ("server_name a.test%s\n    add_header X-Team x;", ";"),
    "a name before its port": ("server_name a.test%s\n    listen 81;", ";"),
    "a file": ("index a.html%s\n    root /srv;", ";"),
    "a format": ("log_format short '$uri'\n        '$args'%s\n    access_log off;", ";"),
}


@pytest.mark.parametrize("break_", ["\n", "\r\n"])
@pytest.mark.parametrize("name", SWALLOWED)
def test_a_semicolon_that_nginx_does_not_miss(name: str, break_: str) -> None:
    text, sign = SWALLOWED[name]
    site = f"server {{\n    {text}\n}}\n".replace("\n", break_)
    tree = {MAIN: HEAD, SITE: (site % "").encode()}
    if name == "a format":
        tree = {MAIN: b"events {}\nhttp {\n    %b\n}\n" % text.replace("%s", "").encode()}
        site = tree[MAIN].decode().replace("'$args'\n", "'$args'%s\n")
    assert not [problem for problem in check(tree) if problem.level != "warn"]
    plan = repair(tree)
    assert plan.files[SITE if SITE in tree else MAIN].decode() == site % sign
    assert plan.steps[0].verify


@pytest.mark.parametrize(
    "text",
    [
        "server {\n    server_name a.test\n        b.test\n        root x;\n}\n",
        "server {\n    server_name\n    a.test\n    root\n    index;\n}\n",
        'server {\n    server_name a.test\n    "listen" 81;\n}\n',
        "map $uri $m {\n    a\n    index;\n}\n",
    ],
)
def test_values_on_lines_of_their_own_stay(text: str) -> None:
    tree = {MAIN: HEAD, SITE: text.encode()}
    assert repair(tree).files == tree


def test_what_nginx_misses_is_a_value_of_the_line_before() -> None:
    site = (
        "server {\n    listen 443 ssl;\n    server_name a.test%s\n    ssl_certificate a.pem;\n"
        "    ssl_certificate_key a.key;\n}\n"
    )
    plan = repair({MAIN: HEAD, SITE: (site % "").encode()})
    assert (plan.left, plan.files[SITE].decode()) == ((), site % ";")


def test_a_format_that_is_the_next_directive() -> None:
    site = "access_log a.log%s\nerror_log b.log;\n"
    plan = repair({MAIN: HEAD, SITE: (site % "").encode()})
    assert (plan.left, plan.files[SITE].decode()) == ((), site % ";")


def test_the_last_brace_stays_where_no_indentation_tells() -> None:
    """The line that opened the second location was lost: without the last brace, the server would end too early."""
    site = "server {\nlisten 81;\nlocation /a {\nreturn 204;\n}\nexpires 1d;\n}\n}\n"
    plan = repair({MAIN: HEAD, SITE: site.encode()})
    assert (plan.steps, plan.files[SITE].decode()) == ((), site)
