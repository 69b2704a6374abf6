"""Files and words that a host may send to hurt: the plans of remedies end in time, and never with a traceback."""

from __future__ import annotations

import datetime
import time

import pytest

from parity.domain.findings import ParityError
from parity.programs.loki.check.check import check as check_loki
from parity.programs.loki.check.explain import explain as explain_loki
from parity.remedy import loki, nginx, plan

TODAY = datetime.date(2026, 11, 24)
MAIN = "/etc/nginx/nginx.conf"
SECONDS = 90.0  # of this process; a third of that on an idle machine
MANY = "9" * 5000
NUMBERS = [
    f"server:\n  http_listen_port: {MANY}",
    f"server:\n  http_listen_port: 1_{MANY}",
    f"server:\n  http_server_read_timeout: {MANY}s",
    f"server:\n  http_server_read_timeout: 1.{MANY}s",
    f"limits_config:\n  retention_period: {MANY}d",
    f"limits_config:\n  max_line_size: {MANY}KB",
    f"schema_config:\n  configs:\n  - from: 2020-01-01\n    schema: v{MANY}",
    f"limits_config: [{{{MANY}: 1}}]",
]


@pytest.mark.parametrize("version", ["2.9.0", "3.4.3"])
@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_that_python_does_not_read_is_one_that_loki_does_not_take(text: str, version: str) -> None:
    assert check_loki(text, version, TODAY) != ()
    assert not loki.migrated(text, version, TODAY)["accepted"]


def test_a_line_that_loki_never_wrote_is_read() -> None:
    assert explain_loki(f"failed parsing config: yaml: unmarshal errors:\n  line {MANY}: field a not found in type b")


def _is_quick(began: float) -> bool:
    return time.process_time() - began < SECONDS


@pytest.mark.long_run
@pytest.mark.parametrize("line", ["f{}: 1", "limits_config: {{f{}: 1}}"])
def test_a_loki_with_thousands_of_faults_is_left_to_its_owner(line: str) -> None:
    began = time.process_time()
    made = loki.migrated("\n".join(map(line.format, range(3000))), "3.4.3", TODAY)
    assert _is_quick(began)
    assert not made["accepted"]


@pytest.mark.long_run
@pytest.mark.parametrize("server", ["server {{\n  listen {}\n  location / {{ return 200; }}\n}}", "# {}\nlisten 80"])
def test_an_nginx_with_a_thousand_faults_is_left_to_its_owner(server: str) -> None:
    text = "events {}\nhttp {\n" + "\n".join(map(server.format, range(1000, 2000))) + "\n}\n"
    began = time.process_time()
    made = nginx.repaired({MAIN: text}, MAIN, "1.22.1")
    assert _is_quick(began)
    assert not made["accepted"]


def test_a_host_that_sends_other_files_than_it_named_is_told_so() -> None:
    target = {"main": "/etc/loki.yaml", "version": "3.4.3", "files": [{"path": "/etc/loki.yaml", "digest": "a"}]}
    with pytest.raises(ValueError, match=r"did not send /etc/loki\.yaml"):
        plan.plan(target, "loki", {"/other": {"sealed": "a: 1", "host_path": "/other"}}, TODAY, True)


def test_files_of_a_program_without_a_remedy_are_not_taken_for_those_of_another() -> None:
    target = {"main": "/etc/another.yml", "version": "1.0.0", "files": []}
    refused = r"No remedy repairs the files of 'another'\. Valid kinds: loki, nginx\."
    with pytest.raises(ParityError, match=refused):
        plan.plan(target, "another", {"/etc/another.yml": {"sealed": "a: 1"}}, TODAY, True)
    with pytest.raises(ParityError, match=refused):
        plan.targets({"findings": [], "services": []}, "another", "prod", {})
