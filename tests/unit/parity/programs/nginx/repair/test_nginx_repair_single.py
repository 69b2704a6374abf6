"""repair, one fault at a time: what it writes, what it refuses and with which words, and what only nginx's output tells."""

from __future__ import annotations

import pytest

from parity.programs.nginx.repair.plan import Plan
from parity.programs.nginx.repair.repair import repair

MAIN = "/etc/nginx/nginx.conf"
SITE = "/etc/nginx/conf.d/site.conf"
HEAD = b"events {}\nhttp {\n    include conf.d/*.conf;\n}\n"


def _below(more: dict[str, str]) -> dict[str, bytes]:
    return {f"/etc/nginx/{name}": text.encode() for name, text in more.items()}


def _run(text: str, version: str = "1.22", output: str = "", **more: str) -> tuple[Plan, str]:
    files = {MAIN: HEAD, SITE: text.encode(), **_below(more)}
    plan = repair(files, MAIN, version, output)
    for path, data in _below(more).items():
        assert plan.files[path] == data
    return plan, plan.files[SITE].decode()


REPAIRED = {
    "http2 directive before 1.25.1": (
        "server {\n    listen 80;\n    listen 443 ssl;\n    http2 on;\n    ssl_certificate a.pem;\n"
        "    ssl_certificate_key a.key;\n}\n",
        "server {\n    listen 80;\n    listen 443 ssl http2;\n    ssl_certificate a.pem;\n"
        "    ssl_certificate_key a.key;\n}\n",
        "1.22",
    ),
    "http2 directive of gRPC": (
        "server {\n    listen 81;\n    http2 on;\n    location / {\n        grpc_pass grpc://127.0.0.1:1;\n    }\n}\n",
        "server {\n    listen 81 http2;\n    location / {\n        grpc_pass grpc://127.0.0.1:1;\n    }\n}\n",
        "1.22",
    ),
    "http2 directive without TLS": (
        "server {\n    listen 80;\n    http2 on;\n}\n",
        "server {\n    listen 80;\n}\n",
        "1.22",
    ),
    "http2 directive of all servers": (
        "http2 on;\nserver {\n    listen 80;\n}\nserver {\n    listen 443 ssl;\n    ssl_certificate a.pem;\n"
        "    ssl_certificate_key a.key;\n}\n",
        "server {\n    listen 80;\n}\nserver {\n    listen 443 ssl http2;\n    ssl_certificate a.pem;\n"
        "    ssl_certificate_key a.key;\n}\n",
        "1.22",
    ),
    "SPDY": (
        "server {\n    listen 443 ssl spdy;\n    ssl_certificate a.pem;\n    ssl_certificate_key a.key;\n}\n",
        "server {\n    listen 443 ssl http2;\n    ssl_certificate a.pem;\n    ssl_certificate_key a.key;\n}\n",
        "1.22",
    ),
    "ssl on since 1.25.1": (
        "server {\n    listen 443;\n    ssl on;\n    ssl_certificate a.pem;\n    ssl_certificate_key a.key;\n}\n",
        "server {\n    listen 443 ssl;\n    ssl_certificate a.pem;\n    ssl_certificate_key a.key;\n}\n",
        "1.31",
    ),
    "listen http2 since 1.25.1": (
        "server {\n\tlisten 443 ssl http2;\n\tlisten [::]:443 ssl http2;\n\tssl_certificate a.pem;\n"
        "\tssl_certificate_key a.key;\n}\n",
        "server {\n\tlisten 443 ssl;\n\tlisten [::]:443 ssl;\n\thttp2 on;\n\tssl_certificate a.pem;\n"
        "\tssl_certificate_key a.key;\n}\n",
        "1.27.0",
    ),
    "equal locations": (
        "server {\n    location /a/ {\n        return 200;\n    }\n    location /a/ {\n      return 200; # same\n    }\n}\n",
        "server {\n    location /a/ {\n        return 200;\n    }\n}\n",
        "1.22",
    ),
    "repeated socket options": (
        "server {\n    listen 80 reuseport;\n    server_name a;\n}\nserver {\n    listen 80 reuseport;\n"
        "    server_name b;\n}\n",
        "server {\n    listen 80 reuseport;\n    server_name a;\n}\nserver {\n    listen 80;\n    server_name b;\n}\n",
        "1.22",
    ),
    "other socket options": (
        "server {\n    listen 80 reuseport;\n    server_name a;\n}\nserver {\n    listen 80 backlog=512;\n}\n",
        "server {\n    listen 80 reuseport backlog=512;\n    server_name a;\n}\nserver {\n    listen 80;\n}\n",
        "1.22",
    ),
    "map of WebSockets": (
        "server {\n    location / {\n        proxy_set_header Connection $connection_upgrade;\n"
        "        proxy_pass http://127.0.0.1:1;\n    }\n}\n",
        None,
        "1.22",
    ),
    "protocol": ("server {\n    ssl_protocols TLSv1.2 TLS1.3;\n}\n", "server {\n    ssl_protocols TLSv1.2 TLSv1.3;\n}\n", "1.22"),
    "gigabytes": ("client_max_body_size 2GB;\n", "client_max_body_size 2g;\n", "1.22"),
    "time in a parameter": (
        "upstream u {\n    server 127.0.0.1:1 fail_timeout=10sec;\n}\n",
        "upstream u {\n    server 127.0.0.1:1 fail_timeout=10s;\n}\n",
        "1.22",
    ),
    "keepalive before the method": (
        "upstream u {\n    server 127.0.0.1:1;\n    keepalive 8;\n    least_conn;\n}\n",
        "upstream u {\n    server 127.0.0.1:1;\n    least_conn;\n    keepalive 8;\n}\n",
        "1.22",
    ),
    "text/html in gzip_types": ("gzip_types text/css text/html text/plain;\n", "gzip_types text/css text/plain;\n", "1.22"),
    "content policy": (
        "add_header Content-Security-Policy default-src 'self'; img-src *; always;\n",
        "add_header Content-Security-Policy \"default-src 'self'; img-src *\" always;\n",
        "1.22",
    ),
    "named location": (
        "server {\n    location / {\n        try_files $uri @app;\n        location @app {\n            return 200;\n"
        "        }\n    }\n}\n",
        "server {\n    location / {\n        try_files $uri @app;\n    }\n    location @app {\n        return 200;\n    }\n}\n",
        "1.22",
    ),
    "last statement, no line break": ("charset utf-8;\nserver_tokens off", "charset utf-8;\nserver_tokens off;", "1.22"),
    "equal directives": ("gzip on;\ngzip on;\n", "gzip on;\n", "1.22"),
    "no scheme, two slashes": (
        "server {\n    location / {\n        proxy_pass //127.0.0.1:8000;\n    }\n}\n",
        "server {\n    location / {\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n",
        "1.22",
    ),
    "server without its closing brace": (
        "server {\n    listen 80;\n\n# the second\nserver {\n    listen 81;\n}\n",
        "server {\n    listen 80;\n}\n\n# the second\nserver {\n    listen 81;\n}\n",
        "1.22",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REPAIRED)
def test_repaired(name: str) -> None:
    text, wanted, version = REPAIRED[name]
    plan, found = _run(text, version)
    assert plan.steps
    assert plan.left == ()
    if wanted is not None:
        assert found == wanted


REFUSED = {
    "the opening line of a location of unknown path": (
        "server {\n        proxy_pass http://127.0.0.1:1;\n    }\n    location /b/ {\n        return 200;\n    }\n}\n",
        "restore the line that opened its location",
    ),
    "a whole nginx.conf": ("user nginx;\nevents {}\nhttp {}\n", "looks like a complete nginx.conf"),
    "a location in http": ("location /x/ {\n    return 200;\n}\n", "Include it in the server that it belongs to"),
    "no scheme in http": ("proxy_pass http://127.0.0.1:1;\n", "only in"),
    "two that differ": ("server {\n    location /a { return 200; }\n    location /a { return 404; }\n}\n", "two differ"),
    "text behind a quote": ('server {\n    return 200 "a"b;\n}\n', "closing quote"),
    "unknown name": ("server {\n    wibble_wobble on;\n}\n", '"wibble_wobble"'),
    "unknown variable": ("server {\n    return 200 $api_host;\n}\n", "$api_host"),
    "a value of no unit": ("client_max_body_size lots;\n", '"lots"'),
    "port": ("server {\n    listen ${PORT:-8080};\n}\n", "listen"),
    "two methods of comparing": ("server {\n    if ($host === a) { return 200; }\n}\n", "==="),
    "HTML": ("<html><body>404</body></html>\n", "HTML"),
    "listen that differs": ("server {\n    listen 80 http2;\n    listen 0.0.0.0:80 default_server;\n}\n", "twice"),
    "flat text": ("server {\nlisten 80;\nlocation / {\nreturn 200;\n}\n", "still open"),
    "a shared snippet": ("server {\n    include snips/*.conf;\n}\n", "does not show the path of its location", {"snips/proxy.conf": "proxy_pass http://127.0.0.1:1;\n"}),
    "a location that is there": (
        "server {\n    location /jobs {\n        return 200;\n    }\n    include snips/*.conf;\n}\n",
        "already",
        {"snips/jobs.conf": "proxy_pass http://127.0.0.1:1;\n"},
    ),
    "legal at the first place only": (
        "server {\n    location / {\n        include snips/jobs.conf;\n    }\n    include snips/jobs.conf;\n}\n",
        "several kinds",
        {"snips/jobs.conf": "proxy_pass http://127.0.0.1:1;\n"},
    ),
    "a directive of the server": (
        "server {\n    include snips/*.conf;\n}\n",
        '"listen"',
        {"snips/jobs.conf": "listen 81;\nproxy_pass http://127.0.0.1:1;\n"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    text, words, *more = REFUSED[name]
    plan, found = _run(text, **(more[0] if more else {}))  # type: ignore[arg-type]
    assert plan.steps == ()
    assert found == text
    assert words in plan.left[0].why


def test_the_snippets_beside_it_say_how_the_path_is_written() -> None:
    server = "server {\n    include snips/*.conf;\n}\n"
    for beside, line in (
        ("location /v1/b {", b"location /v1/a {"),
        ("location /b/ {", b"location /a/ {"),
        ("location /b {", b"location /a {"),
    ):
        files = {
            MAIN: HEAD,
            SITE: server.encode(),
            "/etc/nginx/snips/10-a.conf": b"proxy_pass http://127.0.0.1:1;\n",
            "/etc/nginx/snips/20-b.conf": beside.encode() + b"\n    return 200;\n}\n",
        }
        plan = repair(files)
        assert plan.files["/etc/nginx/snips/10-a.conf"].startswith(line), plan.left


HASH = "nginx: [emerg] could not build server_names_hash, you should increase server_names_hash_bucket_size: 64\n"


def test_the_output_decides() -> None:
    text = "server {\n    listen 80;\n}\n"
    plan, _ = _run(text, output=HASH)
    assert plan.files[MAIN] == HEAD.replace(b"http {\n", b"http {\n    server_names_hash_bucket_size 128;\n")
    assert plan.steps[0].action == 'set "server_names_hash_bucket_size" to 128'
    said = 'nginx: [emerg] host not found in upstream "api" in /etc/nginx/conf.d/site.conf:2\n'
    plan, found = _run("server {\n    listen 80\n}\n", output=said)
    assert (plan.steps, found) == ((), "server {\n    listen 80\n}\n")
    assert '"api"' in plan.left[0].why
    passed = "nginx: configuration file /etc/nginx/nginx.conf test is successful\n"
    plan, found = _run("server {\n    listen 80\n}\n", output=passed)
    assert (plan.steps, plan.left) == ((), ())


OUTPUTS = {
    "another user": (
        'nginx: [emerg] getpwnam("www-data") failed in /etc/nginx/conf.d/site.conf:1\n',
        "user www-data;\n",
        "user nginx;\n",
    ),
    "the user of another system": (
        'nginx: [emerg] getpwnam("apache") failed in /etc/nginx/conf.d/site.conf:1\n',
        "user apache;\n",
        "user nginx;\n",
    ),
    "temporary folders": (
        'nginx: [emerg] mkdir() "/var/lib/nginx/body" failed (13: Permission denied)\n',
        "http {\n    proxy_temp_path /srv/tmp;\n}\n",
        "http {\n    client_body_temp_path /tmp/client_temp;\n    fastcgi_temp_path /tmp/fastcgi_temp;\n"
        "    uwsgi_temp_path /tmp/uwsgi_temp;\n    scgi_temp_path /tmp/scgi_temp;\n    proxy_temp_path /srv/tmp;\n}\n",
    ),
    "a temporary folder that is named": (
        'nginx: [emerg] mkdir() "/var/lib/nginx/body" failed (13: Permission denied)\n',
        "http {\n    client_body_temp_path /var/lib/nginx/body 1 2;\n}\n",
        "http {\n    proxy_temp_path /tmp/proxy_temp;\n    fastcgi_temp_path /tmp/fastcgi_temp;\n"
        "    uwsgi_temp_path /tmp/uwsgi_temp;\n    scgi_temp_path /tmp/scgi_temp;\n"
        "    client_body_temp_path /tmp/client_temp 1 2;\n}\n",
    ),
    "a cache": (
        'nginx: [emerg] mkdir() "/srv/cache" failed (13: Permission denied)\n',
        "http {\n    proxy_cache_path /srv/cache keys_zone=a:1m;\n}\n",
        None,
    ),
    "a file system that is read-only": (
        'nginx: [emerg] mkdir() "/var/lib/nginx/body" failed (30: Read-only file system)\n',
        "http {\n}\n",
        None,
    ),
    "a user of its own": ('nginx: [emerg] getpwnam("app") failed in /etc/nginx/conf.d/site.conf:1\n', "user app;\n", None),
    "user, not root": (
        'nginx: [warn] the "user" directive makes sense only if the master process runs with super-user privileges,'
        " ignored in /etc/nginx/conf.d/site.conf:1\n",
        "user app;\nworker_processes 1;\n",
        "worker_processes 1;\n",
    ),
    "resolver": (
        'nginx: [emerg] host not found in resolver "dns" in /etc/nginx/conf.d/site.conf:2\n',
        "http {\n    resolver dns valid=5s;\n}\n",
        "http {\n    resolver 127.0.0.11 valid=5s;\n}\n",
    ),
    "stapling": (
        'nginx: [warn] "ssl_stapling" ignored, issuer certificate not found for certificate "/a.crt"\n',
        "http {\n    ssl_stapling on;\n}\n",
        "http {\n    ssl_stapling off;\n}\n",
    ),
    "a directory": (
        'nginx: [crit] pread() "/etc/nginx/conf.d/site.conf" failed (21: Is a directory)\n',
        "user app;\n",
        None,
    ),
    "certificate": ('nginx: [emerg] cannot load certificate "/a.crt": BIO_new_file() failed (SSL: error:80000002:system'
        " library::No such file or directory)\n", "user app;\n", None),
}  # fmt: skip


@pytest.mark.parametrize("name", OUTPUTS)
def test_only_the_output_tells(name: str) -> None:
    said, text, wanted = OUTPUTS[name]
    files = {MAIN: b"include conf.d/*.conf;\n" + (b"" if "events" in text else b"events {}\n"), SITE: text.encode()}
    plan = repair(files, output=said)
    assert plan.files == {**files, SITE: (wanted or text).encode()}
    assert bool(plan.steps) == (wanted is not None)
    assert bool(plan.left) == (wanted is None)
    assert repair(plan.files, output=said).files == plan.files


def test_the_protocols_of_an_address() -> None:
    text = (
        "server {\n    listen 81 proxy_protocol;\n    server_name a;\n}\n"
        "server {\n    listen 81 http2;\n    server_name b;\n}\n"
    )
    plan, found = _run(text, "1.24")
    both = text.replace("81 proxy_protocol;", "81 proxy_protocol http2;").replace(
        "81 http2;", "81 http2 proxy_protocol;"
    )
    assert (found, plan.left) == (text, ()) or found == both
    assert len(plan.steps) == (found == both)
