"""repair on every case: what can be repaired is, as the stored repair says; all else is refused with a reason."""

from __future__ import annotations

import re

import pytest
from live_nginx import PROGRAMS
from nginx_cases import CASES, HOST, Case
from nginx_mutation.oracle import Nginx, ask
from repair_meaning import meaning

from parity.programs.nginx.check.check import check
from parity.programs.nginx.repair.plan import Plan
from parity.programs.nginx.repair.repair import repair

FIXED = [case for case in CASES if (case.folder / "fixed").is_dir()]
# Repaired as their notes say, although no repaired files are stored: what becomes of which lines.
_TEMPORARY = b"".join(
    b"    %b_temp_path /tmp/%b_temp;\n" % (name, name.removesuffix(b"_body"))
    for name in (b"client_body", b"proxy", b"fastcgi", b"uwsgi", b"scgi")
)
NOTED = {
    "duplicate-listen-options": (
        ("conf.d/default.conf", b"listen 80 reuseport;", b"listen 80 reuseport backlog=1024;"),
        ("conf.d/other.conf", b"listen 80 backlog=1024;", b"listen 80;"),
    ),
    "nonroot-temp-path": (("nginx.conf", b"http {\n", b"http {\n" + _TEMPORARY),),
}
FAILING = [case for case in CASES if case not in FIXED and case.name not in NOTED and not case.expected["ok"]]
VALID = [case for case in CASES if case.expected["class"] == "ok"]
HEAD = b"user root; pid nginx.pid; error_log stderr;\n"
OUTPUTS = {"1.22": "nginx-t.txt", "1.31": "nginx-t.1.31.3.txt"}


def _output(case: Case, version: str = "1.22") -> str:
    return (case.folder / OUTPUTS[version]).read_text(encoding="utf-8", errors="replace")


def _plan(case: Case, version: str = "1.22", output: str = "") -> Plan:
    return repair(case.tree(), case.main, version, output)


@pytest.mark.parametrize("version", ["1.22", "1.31"])
@pytest.mark.parametrize("case", FIXED, ids=lambda case: case.name)
def test_the_stored_repair_is_found(case: Case, version: str) -> None:
    wanted = {**case.tree(), **case.tree("fixed")}
    plan = _plan(case, version, _output(case, version))
    assert plan.left == ()
    assert plan.steps
    assert meaning(plan.files, version) == meaning(wanted, version)
    if case.name != "unclosed-quote-long-file":  # whose stored repair dropped the comments behind the fault as well
        assert plan.files == wanted


@pytest.mark.parametrize("case", [case for case in FIXED if case.expected["class"] not in HOST], ids=lambda c: c.name)
def test_the_same_without_output(case: Case) -> None:
    assert _plan(case).files == _plan(case, output=_output(case)).files


@pytest.mark.parametrize("case", [case for case in CASES if case.name in NOTED], ids=lambda case: case.name)
def test_it_is_repaired_as_noted(case: Case) -> None:
    assert case.expected["fix"]["mechanical"] == "yes"
    wanted = dict(case.tree())
    for name, bad, good in NOTED[case.name]:
        assert wanted[f"/etc/nginx/{name}"].count(bad) == 1
        wanted[f"/etc/nginx/{name}"] = wanted[f"/etc/nginx/{name}"].replace(bad, good)
    plan = _plan(case, output=_output(case))
    assert (plan.files, plan.left) == (wanted, ())
    assert all(step.verify for step in plan.steps)


@pytest.mark.parametrize("case", FAILING, ids=lambda case: case.name)
def test_the_rest_is_refused(case: Case) -> None:
    plan = _plan(case, output=_output(case))
    assert plan.steps == ()
    assert plan.files == case.tree()
    (left,) = plan.left
    assert left.problem.message == case.expected["message"]
    named = [case.expected[key] for key in ("directive", "argument", "file") if case.expected[key]]
    assert not named or any(name in left.why for name in named)


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.name)
def test_a_valid_configuration_stays(case: Case) -> None:
    for output in ("", _output(case)):
        plan = _plan(case, output=output)
        assert (plan.steps, plan.left) == ((), ())
        assert plan.files == case.tree()


@pytest.mark.parametrize("nginx", PROGRAMS, ids=lambda nginx: nginx.version)
def test_nginx_takes_what_was_repaired(nginx: Nginx) -> None:
    trees = [dict(_plan(case, nginx.version, _output(case)).files) for case in FIXED]
    refused = [
        (case.name, answer.output)
        for case, answer in zip(FIXED, ask(nginx, [_below(tree) for tree in trees]), strict=True)
        if answer.code != 0
    ]
    assert refused == []
    for case, tree in zip(FIXED, trees, strict=True):
        assert [one for one in check(tree, case.main, nginx.version) if one.level != "warn"] == [], case.name


def _below(tree: dict[str, bytes]) -> dict[str, bytes]:
    """The tree as this machine can test it: its own user, and addresses for the names of the case's network."""
    found = {path.removeprefix("/etc/nginx/"): _local(data) for path, data in tree.items()}
    # A log that is built in lies where this user may not write.
    found["nginx.conf"] = HEAD + re.sub(rb"(?m)^http\s*{", b"http { access_log off;", found["nginx.conf"])
    return found


def _local(data: bytes) -> bytes:
    data = re.sub(rb"(?m)^(user|pid|error_log) .*;\n", b"", data)
    data = data.replace(b"/var/log/nginx/", b"").replace(b"/etc/nginx/", b"")
    data = re.sub(rb"(listen +(?:\S+:)?)(80|443)\b", rb"\g<1>18\2", data)
    return re.sub(rb"(//|server |_pass )(?:api|web|workers|backend|php)(?=[:;/])", rb"\g<1>127.0.0.1", data)
