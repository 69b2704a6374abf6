"""check and explain on the recorded configurations: what both generations of nginx said, word for word."""

from __future__ import annotations

import re

import pytest
from nginx_recorded.table import Configuration, configurations, recorded

from parity.programs.nginx.check.check import check
from parity.programs.nginx.syntax.explain import explain
from parity.programs.nginx.syntax.problem import Problem

SAID = recorded()
RUNS = [(one, version) for one in configurations() for version in one.versions]
both = pytest.mark.parametrize(("one", "version"), RUNS, ids=[f"{one.name}-{version}" for one, version in RUNS])


def _key(problem: Problem) -> tuple[str, str, str | None, int | None]:
    """Return what must agree; the recorded 1.31 is built with PCRE 8 and musl, which have other words for the same."""
    message = re.sub(r"^pcre2?_compile\(\) failed: .*? in \"", 'pcre_compile() failed: … in "', problem.message)
    message = message.replace("(24: No file descriptors available)", "(24: Too many open files)")
    return problem.level, message, problem.file, problem.line


def _check(one: Configuration, version: str) -> list[Problem]:
    files = {f"/etc/nginx/{path}": data for path, data in one.tree(version).items()}
    return list(check(files, "/etc/nginx/nginx.conf", version))


@both
def test_check(one: Configuration, version: str) -> None:
    mine = _check(one, version)
    if one.host:
        assert [problem for problem in mine if problem.level != "warn"] == []
        return
    assert [_key(problem) for problem in mine] == [_key(problem) for problem in explain(SAID[one.name][version])]
    assert (mine[0].rule if mine else "ok") == one.rule(version)


@both
def test_explain(one: Configuration, version: str) -> None:
    output = SAID[one.name][version]
    found = list(explain(output))
    assert len(found) == len(set(re.findall(r"^.*\[(?:warn|error|crit|alert|emerg)\].*$", output, re.MULTILINE)))
    for problem in found:
        assert problem.rule != "unclassified", problem.message
        assert all((problem.cause, problem.impact, problem.action))
    if not found:
        assert one.rule(version) == "ok"
    elif not _only_files_tell(one, version):
        assert found[0].rule == one.rule(version)
    else:
        assert found[0].rule == found[0].message_class


def _only_files_tell(one: Configuration, version: str) -> bool:
    """Whether the words alone do not give the cause, which check() finds in the files."""
    return explain(SAID[one.name][version])[0].rule != one.rule(version) == _check(one, version)[0].rule


@both
def test_explain_in_a_log_of_compose(one: Configuration, version: str) -> None:
    """Every line twice (the official image writes to stderr and to a log that is stderr), prefixed and time-stamped."""
    lines = SAID[one.name][version].rstrip("\n").split("\n")
    messages = re.split(r"\n(?=\d{4}/|nginx: )", "\n".join(lines))
    twice = [line for message in messages for form in _forms(message) for line in form.split("\n")]
    log = "\n".join(
        f"nginx_1  | 2026-01-01T00:00:00.000000001Z {line}\r" for line in ["/docker-entrypoint.sh: x", *twice]
    )
    assert list(explain(log)) == list(explain(SAID[one.name][version]))


def _forms(message: str) -> list[str]:
    return [message, re.sub(r"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (\[\w+\]) \d+#\d+: ", r"nginx: \1 ", message)]
