"""explain: every known message is recognised, in all the forms in which nginx's output reaches people."""

from __future__ import annotations

import json
import re

import pytest

from parity.programs.nginx.syntax.explain import explain
from parity.programs.nginx.syntax.messages import MessageKind, kinds

TYPO = 'unknown directive "proxy_passs" in /etc/nginx/conf.d/default.conf:5'


@pytest.mark.parametrize(
    "kind", [kind for kind in kinds() if kind.patterns], ids=lambda kind: f"{kind.rule}-{kind.wording}"
)
def test_the_example_of_every_kind(kind: MessageKind) -> None:
    (problem,) = explain(f"nginx: [emerg] {kind.example}\n")
    assert (problem.rule, problem.message_class) == (kind.rule, kind.wording)
    assert problem.message == kind.example
    assert not re.search(r"\{(directive|argument|port|address)\}", problem.cause + problem.impact + problem.action)
    assert kind.remedy in ("yes", "partial", "no")


@pytest.mark.parametrize(
    "line",
    [
        f"nginx: [emerg] {TYPO}",
        f"angie: [emerg] {TYPO}",
        f"freenginx: [emerg] {TYPO}",
        f"2026/11/23 18:59:20 [emerg] 16748#16748: {TYPO}",
        f"2026/11/23 18:59:20 [emerg] 1#1: *7 {TYPO}",
        f"nginx_1  | nginx: [emerg] {TYPO}",
        f"app-nginx-1  | 2026/11/23 18:59:20 [emerg] 1#1: {TYPO}",
        f"\x1b[36mnginx-1  | \x1b[0m2026/11/23 18:59:20 [emerg] 1#1: {TYPO}",
        f"2026-11-23T18:59:20.123456789Z nginx: [emerg] {TYPO}",
        f"web-1 | 2026-11-23T18:59:20.123456789Z 2026/11/23 18:59:20 [emerg] 1#1: {TYPO}",
    ],
)
@pytest.mark.parametrize(
    "ending", ["", "\n", "\r\n", "\nnginx: configuration file /etc/nginx/nginx.conf test failed\n"]
)
def test_forms_of_a_line(line: str, ending: str) -> None:
    (problem,) = explain(line + ending)
    assert (problem.message, problem.level) == (TYPO, "emerg")
    assert (problem.file, problem.line, problem.directive) == ("/etc/nginx/conf.d/default.conf", 5, "proxy_passs")


def test_doubled_lines_count_once_and_the_fault_comes_before_warnings() -> None:
    output = f"""\
/docker-entrypoint.sh: Configuration complete; ready for start up
2026/11/23 19:00:22 [warn] 1#1: duplicate MIME type "text/html" in /etc/nginx/nginx.conf:9
nginx: [warn] duplicate MIME type "text/html" in /etc/nginx/nginx.conf:9
2026/11/23 19:00:22 [emerg] 1#1: {TYPO}
nginx: [emerg] {TYPO}
"""
    assert [(p.level, p.rule) for p in explain(output)] == [
        ("emerg", "unknown_directive"),
        ("warn", "duplicate_mime_type"),
    ]


def test_a_message_with_line_breaks() -> None:
    output = """\
nginx-1  | nginx: [emerg] unexpected "p
nginx-1  | roxy
api-1    | INFO: started
nginx-1  | x" in condition in /etc/nginx/conf.d/default.conf:7
nginx-1  | nginx: configuration file /etc/nginx/nginx.conf test failed
"""
    output = output.replace("api-1    | INFO: started\n", "")
    (problem,) = explain(output)
    assert problem.message == 'unexpected "p\nroxy\nx" in condition in /etc/nginx/conf.d/default.conf:7'
    assert (problem.rule, problem.line) == ("bad_condition", 7)


def test_a_message_that_breaks_off_does_not_swallow_what_follows() -> None:
    output = f'nginx: [emerg] invalid value "x\n2026/11/23 19:00:22 [emerg] 1#1: {TYPO}\n'
    assert [p.message for p in explain(output)] == ['invalid value "x', TYPO]


@pytest.mark.parametrize(
    ("message", "rule", "message_class"),
    [
        ('open() "/etc/nginx/nginx.conf" failed (2: No such file or directory)', "missing_main_config", "missing_file"),
        ('open() "/run/x/nginx.pid" failed (2: No such file or directory)', "pid_path", "missing_file"),
        ('unknown directive "serverr" in command line', "command_line", "unknown_directive"),
        ("something that no release of nginx has said yet", "unclassified", "unclassified"),
        ('invalid parameter "proxy_set_header" in /etc/nginx/a.conf:3', "missing_semicolon", "invalid_parameter"),
        ('invalid parameter "backlogs=1" in /etc/nginx/a.conf:3', "invalid_parameter", "invalid_parameter"),
        ('unknown directive "upstrea\ufeffm" in /etc/nginx/a.conf:1', "unknown_directive_encoding", "unknown_directive"),
        ('unknown directive "server\u00a0" in /etc/nginx/a.conf:1', "unknown_directive_encoding", "unknown_directive"),
        ('"proxy_cache" zone "Z" is unknown in /etc/nginx/nginx.conf:40', "unknown_zone", "unknown_zone"),
        ('BIO_new_file("/x.crt") failed (SSL: error:02001002:system library:fopen:No such file or directory)',
         "missing_certificate", "missing_certificate"),
        ('chown("/var/cache/nginx/client_temp", 101) failed (1: Operation not permitted)',
         "missing_capability", "temp_path_permission"),
        ('mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system)', "read_only_fs", "read_only_fs"),
        ('bind() to [::]:80 failed (13: Permission denied)', "bind_permission", "bind_permission"),
    ],
)  # fmt: skip
def test_rules(message: str, rule: str, message_class: str) -> None:
    (problem,) = explain(
        f"2026/11/23 19:00:41 [emerg] 1#1: {message}\nnginx: configuration file /etc/nginx/nginx.conf test failed\n"
    )
    assert (problem.rule, problem.message_class) == (rule, message_class)


def test_what_is_said_about_requests_is_not_about_the_configuration() -> None:
    line = (
        "2026/11/23 19:00:41 [error] 29#29: *1 connect() failed (111: Connection refused) while connecting to upstream, "
        'client: 172.18.0.1, server: _, request: "GET / HTTP/1.1", upstream: "http://172.18.0.3:8000/", host: "localhost"'
    )
    assert list(explain(line)) == []


def test_nothing_and_noise() -> None:
    assert list(explain("")) == []
    assert list(explain("nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n")) == []
    assert list(explain("\x00\ufffd | | [emerg] \n nginx: [emerg]\n")) == []


def test_a_problem_is_plain_data() -> None:
    (problem,) = explain(f"nginx: [emerg] {TYPO}")
    assert json.loads(json.dumps(problem.as_dict()))["line"] == 5
