"""How an nginx was started, and what a test of its configuration opens for writing."""

from __future__ import annotations

import pytest

from parity_host.nginx import command, configtest, files
from parity_host.nginx.writes import writes
from parity_host.secrets.redact import Redactor

OFF = "daemon off;"


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["/docker-entrypoint.sh", "nginx", "-g", OFF], ["nginx", "-g", OFF]),
        (["nginx-debug", "-c", "/a.conf"], ["nginx-debug", "-c", "/a.conf"]),
        (["/usr/local/openresty/bin/openresty", "-p", "/app"], ["/usr/local/openresty/bin/openresty", "-p", "/app"]),
        (["/start-nginx.sh"], ["nginx"]),
        (["/init"], ["nginx"]),
        ([], ["nginx"]),
        (
            ["/bin/sh", "-c", "envsubst '$HOST' < /t.conf > /etc/nginx/nginx.conf && exec nginx -g 'daemon off;'"],
            ["nginx", "-g", OFF],
        ),
        (["sh", "-c", 'nginx -t && nginx -c ${CONF} -g "daemon off;"'], ["nginx", "-c", "/srv/n.conf", "-g", OFF]),
        (["bash", "-lc", "cp -r /t/* /etc/nginx; nginx"], ["nginx"]),
        (["sh", "-c", "echo 'nginx -c no'"], ["nginx"]),
        (["sh", "-c", "while :; do nginx -s reload; sleep 6h; done & nginx -c $UNKNOWN"], ["nginx", "-c", "$UNKNOWN"]),
    ],
)
def test_the_words_that_start_nginx_are_found(argv, expected):
    assert command.started(argv, {"CONF": "/srv/n.conf"}) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("nginx -g daemon off;", ["nginx", "-g", OFF]),
        (
            "nginx -c /a.conf -g daemon off; pid /x; -p /b",
            ["nginx", "-c", "/a.conf", "-p", "/b", "-g", "daemon off; pid /x;"],
        ),
        ("/usr/sbin/nginx", ["/usr/sbin/nginx"]),
    ],
)
def test_a_masters_title_is_taken_apart(title, expected):
    assert command.of_title(title) == expected


def test_the_command_that_tests_has_the_options_that_matter_and_no_other():
    words = ["/usr/sbin/nginx", "-q", "-c", "/a.conf", "-s", "reload", "-g", OFF]
    assert command.testing(words, "-e", "stderr") == [
        *("/usr/sbin/nginx", "-e", "stderr", "-v", "-t"),
        *("-c", "/a.conf", "-g", OFF),
    ]


def test_the_text_of_a_shell_is_not_the_path_of_a_configuration():
    assert files.main_of(["sh", "-c", "envsubst < /a > /b; exec nginx -g 'daemon off;'"]) == "/etc/nginx/nginx.conf"
    assert files.main_of(["sh", "-c", "nginx -p /srv -c web.conf"]) == "/srv/web.conf"


def test_everything_that_a_test_opens_for_writing_is_known():
    found = writes(
        [
            "pid /run/n.pid; error_log /logs/e.log warn; error_log stderr; error_log syslog:server=x;",
            "http { access_log off; access_log '/logs/a b.log' main; access_log /logs/$host.log; access_log /dev/stdout;",
            "proxy_cache_path /cache/p levels=1:2 keys_zone=z:1m; client_body_temp_path /temp/b 1 2; }",
        ]
    )
    assert found.known
    assert found.paths == {"/run/n.pid", "/logs/e.log", "/logs/a b.log", "/cache/p", "/temp/b"}


@pytest.mark.parametrize(
    "text",
    ["access_log logs/a.log;", "error_log e.log;", "init_by_lua_block { os.execute('x') }", "perl_require a.pm;"],
)
def test_what_cannot_be_known_is_said(text):
    assert not writes(["events {}", "http { " + text + " }"]).known
    assert writes(["events {}"]).known


@pytest.mark.parametrize(
    ("errors", "version"),
    [
        ("nginx version: nginx/1.22.1 (Ubuntu)\n", "1.22.1"),
        ("nginx version: openresty/1.25.3.1\n", "1.25.3"),
        ("Tengine version: Tengine/3.1.0\nnginx version: nginx/1.24.0\n", "1.24.0"),
        ("Angie version: Angie/1.8.1\nnginx version: nginx/1.27.3\n", "1.27.3"),
        ("freenginx version: freenginx/1.27.1\n", "1.27.1"),
        ("Angie version: Angie/1.8.1\n", ""),
        ("sh: nginx: not found\n", ""),
    ],
)
def test_the_version_is_that_of_the_nginx_it_is_made_from(errors, version):
    said = configtest.told("exec", 0, errors, Redactor(b"a key"))
    assert said["version"] == version


def test_an_end_without_a_word_of_the_configuration_tells_nothing():
    said = configtest.told("throw-away", 137, "nginx version: nginx/1.22.1\n", Redactor(b"a key"))
    assert (said["how"], said["version"]) == ("", "1.22.1")
    assert said["why"] == "nginx -t exited with 137 without a message about the configuration"
    refused = configtest.told("exec", 1, "nginx: [emerg] x\n" + "some words\n" * 5_000, Redactor(b"a key"))
    assert refused["how"] == "exec"
    assert len(refused["output"]) == 20_000
