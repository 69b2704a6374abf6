"""What logs are found to say: real logs whole, healthy and faulty; where it is said; what a hostile host sends."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_stacks import CASES, audited, container, snapshot, told

from parity.areas.logs.records import records

REFUSED = "redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused."
EMERG = (
    '2026/11/24 01:54:02 [emerg] 1#1: "proxy_pass" directive is not allowed here in /etc/nginx/conf.d/workers.conf:5'
)
OVERCOMMIT = "1:M 24 Nov 2026 01:53:57.063 # WARNING Memory overcommit must be enabled!"
RETRIES = "celery.exceptions.MaxRetriesExceededError: Can't retry tasks.summarise[bb685059] args:() kwargs:{}"


def lines(name: str) -> list[str]:
    return (CASES / f"{name}.txt").read_text().splitlines()


@pytest.mark.parametrize("kind", ["postgresql", "redis", "nginx", "celery", "python", "prometheus", "loki", "grafana"])
def test_a_healthy_log_tells_of_nothing(kind):
    assert len(lines(f"healthy/{kind}")) >= 12
    assert told(kind, lines(f"healthy/{kind}")) == {}
    assert told("unknown", lines(f"healthy/{kind}")) == {}


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        (
            "celery-worker",
            "celery",
            {
                "celery-unregistered-task": 1,
                "celery-task-failed/tasks.boom": 1,
                "celery-time-limit": 4,
                "celery-worker-lost": 1,
                "celery-untrusted-content": 1,
            },
        ),
        ("celery-send", "python", {"celery-publish-failed": 1}),
        ("celery-beat", "celery", {"celery-schedule-unwritable": 1}),
        (
            "postgresql",
            "postgresql",
            {
                "postgresql-login-refused": 3,
                "postgresql-database-missing": 1,
                "postgresql-schema-behind": 3,
                "postgresql-statement-cancelled": 1,
                "postgresql-extension-missing": 1,
                "postgresql-permission-denied": 2,
                "postgresql-too-many-connections": 1,
                "postgresql-not-a-client": 1,
                "postgresql-process-killed": 1,
                "postgresql-unclean-stop": 1,
            },
        ),
        ("uvicorn-request", "python", {"python-traceback/ZeroDivisionError": 1}),
        ("uvicorn-in-use", "python", {"python-address-in-use": 1}),
        ("uvicorn-startup", "python", {"python-traceback/RuntimeError": 1, "uvicorn-startup-failed": 1}),
        (
            "nginx",
            "nginx",
            {
                "nginx-upstream-refused": 3,
                "nginx-no-live-upstreams": 2,
                "nginx-upstream-slow": 1,
                "nginx-upstream-closed": 2,
                "nginx-upstream-tls-failed": 1,
                "nginx-resolver-failed": 1,
                "nginx-rate-limited": 1,
                "nginx-rewrite-cycle": 1,
                "nginx-upstream-header-too-big": 1,
                "nginx-index-missing": 1,
                "nginx-file-not-readable": 1,
                "nginx-connections-used-up": 1,
                "nginx-body-too-large": 1,
                "nginx-worker-died": 1,
            },
        ),
    ],
)
def test_a_faulty_log_tells_of_each_fault_once(name, kind, expected):
    found = told(kind, lines(f"faulty/{name}"))
    assert {key: times(finding) for key, finding in found.items()} == expected


def times(finding: dict) -> int:
    shown = finding["evidence"][0]["shown"]
    return int(shown.partition(" ")[0]) if " times in its last " in shown else 1


def test_where_one_environment_shows_it_and_the_other_does_not_the_evidence_says_so():
    dev, prod = container("redis", ["all is well"]), container("redis", [OVERCOMMIT, OVERCOMMIT])
    finding = audited(snapshot("dev", dev), snapshot("prod", prod))["logs.redis-overcommit/thing@prod"]
    assert finding["evidence"] == [
        {
            "environment": "prod",
            "shown": f"2 times in its last 2 lines: {OVERCOMMIT}",
            "place": "log of container shop-thing-1",
            "service": "thing",
        },
        {
            "environment": "dev",
            "shown": "not in its last 1 lines",
            "place": "log of container shop-thing-1",
            "service": "thing",
        },
    ]


@pytest.mark.parametrize(
    ("log", "read", "shown"),
    [
        ([OVERCOMMIT], True, "also in its log"),
        ([], True, "its log is empty"),
        ([], False, "its log was not read"),
    ],
)
def test_the_other_environment_may_show_it_too_or_nothing(log, read, shown):
    found = audited(
        snapshot("dev", container("redis", log, log_read=read)), snapshot("prod", container("redis", [OVERCOMMIT]))
    )
    assert found["logs.redis-overcommit/thing@prod"]["evidence"][1]["shown"] == shown
    assert found["logs.redis-overcommit/thing@prod"]["severity"] == "low"
    assert found.get("logs.redis-overcommit/thing@dev", {"severity": "info"})["severity"] == "info"


@pytest.mark.parametrize(
    ("state", "rule"),
    [
        ({"state": "restarting", "restarts": 9, "exit_code": 1}, "containers.restarting"),
        ({"state": "exited", "exit_code": 1}, "containers.not-running"),
        ({"health": {"status": "unhealthy"}}, "containers.unhealthy"),
    ],
)
def test_a_grave_message_of_a_container_that_does_not_serve_explains_it_and_is_no_second_finding(state, rule):
    found = audited(snapshot("prod", container("nginx", [EMERG, EMERG], **state)))
    assert [name for name in found if name.startswith("logs.")] == []
    finding = found[f"{rule}/thing@prod"]
    assert finding["severity"] == "high"
    assert '"proxy_pass" directive is not allowed here' in finding["cause"]
    assert "Its log: nginx reports:" in finding["cause"]
    assert finding["action"].startswith("Correct the file and line that the message names")
    assert finding["evidence"][1]["place"] == "log of container shop-thing-1, logs.nginx-config-refused"
    assert finding["evidence"][1]["shown"].startswith("2 times in its last 2 lines: ")


def test_a_container_that_does_not_serve_and_says_nothing_known_is_reported_as_before():
    finding = audited(snapshot("prod", container("nginx", ["hm"], state="exited", exit_code=1)))[
        "containers.not-running/thing@prod"
    ]
    assert finding["cause"].endswith("Last log lines: hm")
    assert finding["action"] == "Find out from its log why it stopped, then start it."
    assert len(finding["evidence"]) == 1


def test_a_light_message_of_a_container_that_does_not_serve_stays_a_finding_of_its_own():
    found = audited(snapshot("prod", container("redis", [OVERCOMMIT], state="restarting", restarts=4, exit_code=1)))
    assert found["logs.redis-overcommit/thing@prod"]["severity"] == "low"
    assert "Its log: " not in found["containers.restarting/thing@prod"]["cause"]


def test_of_several_grave_messages_all_are_evidence_and_the_gravest_is_told():
    log = [
        "redis.exceptions.AuthenticationError: Authentication required.",
        "OSError: [Errno 28] No space left on device: 'x'",
        RETRIES,
    ]
    finding = audited(snapshot("prod", container("celery", log, state="exited", exit_code=1)))[
        "containers.not-running/thing@prod"
    ]
    assert [piece["place"].rpartition(", ")[2] for piece in finding["evidence"][1:]] == [
        "logs.disk-full",
        "logs.celery-retries-exhausted",
        "logs.redis-password-missing",
    ]
    assert "The file system that it writes to is full" in finding["cause"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (137, "SIGKILL"),
        (139, "SIGSEGV"),
        (126, "not executable"),
        (127, "not in the image"),
        (134, "SIGABRT"),
        (143, "SIGTERM"),
    ],
)
def test_an_exit_code_explains_where_the_log_says_nothing_grave(code, words):
    finding = audited(snapshot("prod", container("python", ["bye"], state="exited", exit_code=code)))[
        "containers.not-running/thing@prod"
    ]
    assert words in finding["cause"]
    assert f"logs.exit-{code}" in finding["evidence"][1]["place"]


def test_an_exit_code_does_not_stand_beside_what_the_log_says():
    log = ["ModuleNotFoundError: No module named 'qdrant_client'"]
    finding = audited(snapshot("prod", container("python", log, state="exited", exit_code=127)))[
        "containers.not-running/thing@prod"
    ]
    assert [piece["place"].rpartition(", ")[2] for piece in finding["evidence"][1:]] == ["logs.python-module-missing"]


def test_what_docker_says_of_a_start_that_failed_is_read():
    error = "driver failed programming external connectivity on endpoint x: Bind for 0.0.0.0:80 failed: port is already allocated"
    finding = audited(snapshot("prod", container("nginx", [], state="created", error=error)))[
        "containers.not-running/thing@prod"
    ]
    assert "different port" in finding["action"]


def test_a_job_that_ended_well_is_not_reported():
    assert told("python", ["done"]) == {}
    ended = container("python", ["done"], state="exited", exit_code=0, restart_policy="no")
    assert [name for name in audited(snapshot("prod", ended)) if name.startswith(("logs.", "containers.not"))] == []


@pytest.mark.parametrize(
    ("kind", "fault", "cleared", "name"),
    [
        (
            "postgresql",
            "2026-11-24 02:59:29.507 UTC [74] FATAL:  the database system is starting up",
            "2026-11-24 02:59:30.507 UTC [1] LOG:  database system is ready to accept connections",
            "postgresql-not-ready",
        ),
        (
            "celery",
            "[2026-11-24 03:01:56,069: ERROR/MainProcess] consumer: Cannot connect to redis://redis:6379/0: Error 111 connecting to redis:6379. Connection refused..",
            "[2026-11-24 03:02:02,085: INFO/MainProcess] Connected to redis://redis:6379/0",
            "celery-broker-unreachable",
        ),
        ("nginx", EMERG, "2026/11/24 02:59:26 [notice] 53#53: start worker process 55", "nginx-config-refused"),
        (
            "redis",
            "1:M 24 Nov 2026 02:59:33.101 # Background saving error",
            "1:M 24 Nov 2026 02:59:40.101 * Background saving terminated with success",
            "redis-save-failed",
        ),
        (
            "python",
            "ModuleNotFoundError: No module named 'x'",
            "INFO:     Application startup complete.",
            "python-module-missing/x",
        ),
    ],
)
def test_a_fault_is_over_when_a_later_line_says_so_and_not_when_an_earlier_one_does(kind, fault, cleared, name):
    assert told(kind, [fault, "…", cleared]) == {}
    assert list(told(kind, [cleared, fault])) == [name]
    assert list(told(kind, [fault, cleared, fault])) == [name]


TRACEBACK = [
    "Traceback (most recent call last):",
    '  File "/app/main.py", line 3, in <module>',
    "    load()",
    "ValueError: no",
]


def test_each_traceback_is_one_finding_by_its_exception_with_its_last_line():
    other = [*TRACEBACK[:-1], "shop.errors.StockError: none left"]
    found = told("python", [*TRACEBACK, *TRACEBACK, "INFO: between", *other])
    assert {name: times(finding) for name, finding in found.items()} == {
        "python-traceback/ValueError": 2,
        "python-traceback/StockError": 1,
    }
    assert found["python-traceback/StockError"]["evidence"][0]["shown"] == "shop.errors.StockError: none left"


@pytest.mark.parametrize(
    "ended",
    [
        "KeyboardInterrupt",
        "asyncio.exceptions.CancelledError",
        "SystemExit: 0",
        "BrokenPipeError: [Errno 32] Broken pipe",
    ],
)
def test_how_a_program_is_stopped_is_no_fault(ended):
    assert told("python", [*TRACEBACK[:-1], ended]) == {}


def test_a_chain_of_exceptions_is_one_finding_by_the_last_of_them():
    chain = [
        *TRACEBACK,
        "",
        "During handling of the above exception, another exception occurred:",
        "",
        *TRACEBACK[:-1],
        REFUSED,
    ]
    assert list(told("python", chain)) == ["redis-unreachable"]
    assert list(told("python", [*chain[:-1], "KeyError: 'a'"])) == ["python-traceback/KeyError"]


def test_what_the_log_says_before_a_traceback_tells_more_than_the_exception():
    lost = "[2026-11-24 03:01:56,069: WARNING/MainProcess] consumer: Connection to broker lost. Trying to re-establish the connection..."
    assert list(told("celery", [lost, *TRACEBACK[:-1], REFUSED])) == ["celery-connection-lost"]


def test_code_in_a_traceback_is_not_taken_for_what_the_program_said():
    code = [TRACEBACK[0], TRACEBACK[1], "    raise ConnectionError('NOAUTH Authentication required')", "ValueError: no"]
    assert list(told("python", code)) == ["python-traceback/ValueError"]


def test_a_log_that_begins_within_a_traceback_is_read():
    assert list(told("python", TRACEBACK[1:])) == ["python-traceback/ValueError"]
    assert list(told("celery", ["    raise self.MaxRetriesExceededError(", RETRIES, '"""'])) == [
        "celery-retries-exhausted"
    ]


def test_an_unrelated_line_before_a_traceback_is_read_by_itself():
    found = told("python", ["INFO:     Started server process [8]", REFUSED, "INFO: on", *TRACEBACK])
    assert sorted(found) == ["python-traceback/ValueError", "redis-unreachable"]


def test_an_entry_that_is_no_fault_does_not_announce_the_traceback_after_it():
    missed = "[2026-11-24 03:01:56,069: INFO/MainProcess] missed heartbeat from celery@worker2"
    assert sorted(told("celery", [missed, *TRACEBACK])) == ["celery-heartbeat-missed", "python-traceback/ValueError"]


def test_an_entry_after_a_traceback_that_was_cut_off_announces_the_next_one():
    lost = "[2026-11-24 03:01:56,069: WARNING/MainProcess] consumer: Connection to broker lost. Trying to re-establish the connection..."
    assert list(told("celery", [*TRACEBACK[:3], lost, *TRACEBACK[:-1], REFUSED])) == ["celery-connection-lost"]


def test_only_the_last_lines_of_a_log_are_read():
    assert told("python", [REFUSED, *["fine"] * 1000]) == {}
    assert list(told("python", [REFUSED, *["fine"] * 999])) == ["redis-unreachable"]


def test_what_one_kind_says_is_not_looked_for_in_another():
    assert told("nginx", [RETRIES]) == {}
    assert list(told("unknown", [RETRIES])) == ["celery-retries-exhausted"]


def test_a_visitor_cannot_write_a_finding_of_nginx():
    request = '172.18.0.1 - - [24/Nov/2026:02:59:29 +0000] "GET / HTTP/1.1" 200 15 "-" "{}"'
    forged = EMERG.replace('"', "\\x22")
    assert (
        told(
            "nginx", [request.format(forged), request.format("connect() failed (111: x) while connecting to upstream")]
        )
        == {}
    )


def test_secrets_and_what_steers_a_terminal_do_not_come_through():
    token = f"parity-secret-{'a' * 32}-len8to15-none"
    line = f"redis.exceptions.ResponseError: WRONGPASS invalid username-password pair {token} \x1b[2J\u202e"
    (finding,) = told("python", [line]).values()
    text = str(finding)
    assert token not in text
    assert "\\x1b" not in text
    assert "\\u202e" not in text


@pytest.mark.parametrize(
    "hostile",
    [
        [None, 7, {"a": 1}, ["x"]],
        ["Traceback (most recent call last):"] * 2000,
        ['  File "x", line 1'] * 2000,
        ["|" * 5000] * 50,
    ],
)
def test_a_hostile_log_is_read_without_a_finding_or_an_error(hostile):
    assert told("python", hostile) == {}


def test_a_log_of_any_size_is_read_in_part_and_in_time():
    huge = [f"shop.errors.E{number}Error: " + "x" * 10_000 for number in range(5000)]
    started = time.perf_counter()
    found = told("unknown", huge)
    assert time.perf_counter() - started < 10
    assert len(found) == 21
    assert "python-traceback/others" in found
    assert max(len(finding["evidence"][0]["shown"]) for finding in found.values()) < 600


@given(
    st.lists(
        st.sampled_from(
            [
                *TRACEBACK,
                "",
                '"""',
                "During handling of the above exception, x",
                "ERROR: y",
                "INFO: z",
                "loose",
                "  | File",
                "The above exception was the direct cause of it",
            ]
        ),
        max_size=40,
    )
)
def test_every_line_belongs_to_one_record_in_order(log):
    found = list(records(log))
    assert [line for record in found for line in record.lines] == [line.removeprefix("  | ") for line in log]
    end = -1
    for record in found:
        end += len(record.lines)
        assert record.last == end
        assert list(record.looked_at()) is not None
