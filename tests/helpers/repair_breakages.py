"""A healthy configuration, and ways to break it that nginx stops at and that say themselves how it was."""

from __future__ import annotations

from dataclasses import dataclass

MAIN = "/etc/nginx/nginx.conf"
SITE = "/etc/nginx/sites/shop.conf"
APP = "/etc/nginx/sites/shop/app.conf"
QUEUE = "/etc/nginx/sites/shop/queue.conf"
FILES = "/etc/nginx/sites/shop/queue-files.conf"
DEPOT = "/etc/nginx/sites/depot.conf"

HEALTHY = {
    MAIN: b"""\
user root;
pid nginx.pid;
error_log stderr;
events {}
http {
    client_body_temp_path tmp-body;
    proxy_temp_path tmp-proxy;
    fastcgi_temp_path tmp-fastcgi;
    uwsgi_temp_path tmp-uwsgi;
    scgi_temp_path tmp-scgi;
    access_log off;
    sendfile on;
    keepalive_timeout 65s;
    limit_req_zone $binary_remote_addr zone=slow:1m rate=2r/s;
    map $http_upgrade $link {
        default upgrade;
        ""      close;
    }
    include sites/*.conf;
}
""",
    SITE: b"""\
# the shop, Gr\xc3\xbc\xc3\x9fe
upstream pool {
    least_conn;
    server 127.0.0.1:9001;
    keepalive 8;
}

server {
    listen 8081;
    server_name shop.test www.shop.test;
    client_max_body_size 20m;
    root /srv/shop;

    include sites/shop/*.conf;

    location / {
        try_files $uri @back;
        expires 7d;
    }

    location @back {
        proxy_pass http://pool;
        proxy_set_header Host $host;
        proxy_read_timeout 90s;
    }

    location ~ "^/old/[0-9]{4}/" {
        return 301 /archive;
    }

    location ~ ^/legacy/ {
        proxy_pass http://127.0.0.1:9003;
    }
}
""",
    APP: b"""\
location /app/ {
    proxy_pass http://127.0.0.1:9002;
    proxy_http_version 1.1;
    add_header X-Kind "app one" always;
}
""",
    QUEUE: b"""\
location /queue/ {
    # the queue's own pages
    limit_req zone=slow burst=5;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $link;
    proxy_pass http://127.0.0.1:9004/;
}
""",
    FILES: b"""\
location /queue-files/ {
    alias /srv/queue/;
    gzip on;
}

location = /queue-files/robots.txt {
    return 404;
}
""",
    DEPOT: b"""\
server {
    listen 8082;
    server_name depot.test;
    set_real_ip_from 10.20.0.0/16;
    add_header Strict-Transport-Security "max-age=600; includeSubDomains" always;
    if ($http_host = old.test) {
        return 301 http://depot.test$request_uri;
    }
    location /api/ {
        proxy_pass http://127.0.0.1:9005;
        location /api/v2/ {
            proxy_pass http://127.0.0.1:9006;
        }
    }
    location ^~ /files/ {
        root /srv;
        autoindex on;
    }
}
""",
}


@dataclass(frozen=True)
class Breakage:
    """One name, and in each file what is replaced by what."""

    name: str
    changes: tuple[tuple[str, str, str], ...]
    same_bytes: bool = True

    def broken(self) -> dict[str, bytes]:
        files = dict(HEALTHY)
        for file, good, bad in self.changes:
            assert files[file].count(good.encode()) == 1, (self.name, good)
            files[file] = files[file].replace(good.encode(), bad.encode())
        return files


def one(name: str, file: str, good: str, bad: str, *, same_bytes: bool = True) -> Breakage:
    return Breakage(name, ((file, good, bad),), same_bytes)


_QUEUE_BARE = """\
    # the queue's own pages
    limit_req zone=slow burst=5;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $link;
    proxy_pass http://127.0.0.1:9004/;
"""

BREAKAGES = [
    # statements
    one("semicolon-before-directive", SITE, "root /srv/shop;", "root /srv/shop"),
    one("semicolon-before-block", SITE, "root /srv/shop;\n\n    include sites/shop/*.conf;",
        "root /srv/shop;\n\n    include sites/shop/*.conf"),
    one("semicolon-before-location", DEPOT, "set_real_ip_from 10.20.0.0/16;", "set_real_ip_from 10.20.0.0/16"),
    one("semicolon-before-brace", APP, 'add_header X-Kind "app one" always;', 'add_header X-Kind "app one" always'),
    one("semicolon-after-quote", DEPOT, 'includeSubDomains" always;', 'includeSubDomains" always'),
    one("semicolon-listen", SITE, "listen 8081;", "listen 8081"),
    one("semicolon-listen-in-depot", DEPOT, "listen 8082;", "listen 8082"),
    one("semicolon-return", DEPOT, "return 301 http://depot.test$request_uri;", "return 301 http://depot.test$request_uri"),
    one("semicolon-upstream-server", SITE, "server 127.0.0.1:9001;", "server 127.0.0.1:9001"),
    one("semicolon-in-map", MAIN, "default upgrade;", "default upgrade"),
    one("semicolon-before-comment", SITE, "proxy_pass http://pool;", "proxy_pass http://pool # the shop"
        , same_bytes=False),
    one("semicolon-of-a-value", MAIN, "proxy_temp_path tmp-proxy;", "proxy_temp_path tmp-proxy"),
    one("quote-not-opened", APP, '"app one"', 'app one"'),
    one("quote-of-a-regex", SITE, '"^/old/[0-9]{4}/"', '^/old/[0-9]{4}/"'),
    one("semicolon-doubled", SITE, "expires 7d;", "expires 7d;;"),
    one("semicolon-behind-brace", DEPOT, "        autoindex on;\n    }", "        autoindex on;\n    };"),
    one("quote-not-closed", APP, '"app one" always;', '"app one always;', same_bytes=False),
    one("equals-twice", DEPOT, "$http_host = old", "$http_host == old"),
    one("regex-not-quoted", SITE, '"^/old/[0-9]{4}/"', "^/old/[0-9]{4}/"),
    one("header-not-quoted", DEPOT, '"max-age=600; includeSubDomains" always', "max-age=600; includeSubDomains always"),
    one("curly-quotes", APP, '"app one"', "\u201capp one\u201d"),
    # braces
    one("brace-location", SITE, "        return 301 /archive;\n    }\n", "        return 301 /archive;\n"),
    one("brace-first-location", SITE, "        expires 7d;\n    }\n", "        expires 7d;\n"),
    one("brace-upstream", SITE, "    keepalive 8;\n}\n", "    keepalive 8;\n"),
    one("brace-server", DEPOT, "        autoindex on;\n    }\n}\n", "        autoindex on;\n    }\n"),
    one("brace-nested-location", DEPOT, "9006;\n        }\n", "9006;\n"),
    one("brace-map", MAIN, '        ""      close;\n    }\n', '        ""      close;\n'),
    one("brace-http", MAIN, "    include sites/*.conf;\n}\n", "    include sites/*.conf;\n"),
    one("brace-too-many", DEPOT, "        autoindex on;\n    }\n}\n", "        autoindex on;\n    }\n}\n}\n"),
    # encodings
    one("mark", DEPOT, "server {\n    listen 8082", "\ufeffserver {\n    listen 8082"),
    one("no-break-space", DEPOT, "    server_name depot.test;", "\u00a0\u00a0\u00a0\u00a0server_name depot.test;"
        , same_bytes=False),
    one("no-break-space-between", SITE, "client_max_body_size 20m", "client_max_body_size\u00a020m"),
    # values
    one("size-MB", SITE, "client_max_body_size 20m", "client_max_body_size 20MB"),
    one("time-seconds", SITE, "proxy_read_timeout 90s", "proxy_read_timeout 90seconds"),
    one("time-sec", MAIN, "keepalive_timeout 65s", "keepalive_timeout 65sec"),
    one("switch-yes", MAIN, "sendfile on", "sendfile yes"),
    one("switch-true", FILES, "gzip on", "gzip true"),
    one("scheme", SITE, "proxy_pass http://pool", "proxy_pass pool"),
    one("upstream-port", SITE, "proxy_pass http://pool", "proxy_pass http://pool:9001"),
    one("network", DEPOT, "10.20.0.0/16", "10.20.3.4/16"),
    one("modifier", SITE, "location ~ ^/legacy/", "location =~ ^/legacy/"),
    one("modifier-prefix", DEPOT, "location ^~ /files/", "location ~^ /files/"),
    one("nested-path", DEPOT, "location /api/v2/", "location /v2/"),
    one("regex-uri", SITE, "http://127.0.0.1:9003", "http://127.0.0.1:9003/"),
    one("listen-twice", DEPOT, "    listen 8082;\n", "    listen 8082;\n    listen 0.0.0.0:8082;\n"),
    one("typo", SITE, "try_files $uri", "try_fils $uri"),
    one("typo-block", DEPOT, "location ^~ /files/", "locaton ^~ /files/"),
    one("events", MAIN, "events {}\n", ""),
    # blocks in the wrong place
    Breakage("wrap", ((QUEUE, HEALTHY[QUEUE].decode(), "\n".join(
        line.removeprefix("    ") for line in _QUEUE_BARE.split("\n")) ),), same_bytes=False),
    Breakage("wrap-with-its-indentation", ((APP, "location /app/ {\n", ""), (APP, "always;\n}\n", "always;\n"))
        , same_bytes=False),
    one("opening-line", QUEUE, "location /queue/ {\n", ""),
    one("opening-line-of-two", FILES, "location /queue-files/ {\n", ""),
    one("opening-line-app", APP, "location /app/ {\n", ""),
    Breakage("hoist-zone", (
        (MAIN, "    limit_req_zone $binary_remote_addr zone=slow:1m rate=2r/s;\n", ""),
        (SITE, "    root /srv/shop;\n", "    root /srv/shop;\n    limit_req_zone $binary_remote_addr zone=slow:1m rate=2r/s;\n"),
    ), same_bytes=False),
    Breakage("hoist-map", (
        (MAIN, '    map $http_upgrade $link {\n        default upgrade;\n        ""      close;\n    }\n', ""),
        (SITE, "    location @back {\n",
         '    map $http_upgrade $link {\n        default upgrade;\n        ""      close;\n    }\n    location @back {\n'),
    ), same_bytes=False),
    # several, one behind the other
    Breakage("three", (
        (SITE, "root /srv/shop;", "root /srv/shop"),
        (SITE, "90s", "90sec"),
        (DEPOT, "= old", "== old"),
    )),
    Breakage("five", (
        (MAIN, "sendfile on", "sendfile yes"),
        (SITE, "20m", "20MB"),
        (SITE, "http://pool", "pool"),
        (QUEUE, "location /queue/ {\n", ""),
        (DEPOT, "listen 8082;", "listen 8082"),
    )),
]  # fmt: skip
