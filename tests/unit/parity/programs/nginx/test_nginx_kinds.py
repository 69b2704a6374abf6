"""Cases of untried kinds: valid files that stay silent, causes, repairs and comparisons, as the real programs have them."""

from __future__ import annotations

import pytest
from nginx_cases import KINDS, Case

from parity.programs.nginx.check.check import check
from parity.programs.nginx.differ.differences import differences
from parity.programs.nginx.model.read import read_model
from parity.programs.nginx.repair.repair import repair
from parity.programs.nginx.syntax.explain import explain
from parity.programs.nginx.syntax.modules import OFFICIAL

VERSION = {"1.22": "1.22.1", "1.31": "1.31.3"}
# What only the host decides; there the files are silent, and nginx's own words are explained.
OF_THE_HOST = frozenset({"missing_directory", "weak_dhparam", "missing_capability"})
COMPARED = [case for case in KINDS if "compare" in case.expected]
CHECKED = [case for case in KINDS if "compare" not in case.expected]
REFUSED = [case for case in CHECKED if case.expected["message"]]
RUNS = [
    (case, version)
    for case in CHECKED
    for version in VERSION
    if version == "1.22" or case.expected.get("nginx_1_31") is not None
]
CAUSES = {
    "dh-parameters-too-small": "dh.pem",
    "explain-worker-may-not-change-group": "SETGID",
    "log-format-ended-early": "ends too early",
    "map-hash-size-after-map": "before the first map",
    "split-path-info-one-capture": "is valid, but has too few groups",
    "unix-socket-folder-missing": "directory of the socket",
}
PID = b"pid        /run/nginx.pid;\n"
# file, what is written there before and after the repair; None where it is refused
REPAIRS: dict[str, tuple[str, bytes, bytes | None]] = {
    "log-format-ended-early": ("conf.d/default.conf", b";\n", b"\n"),
    "map-hash-size-after-map": ("conf.d/default.conf", b"", b"map_hash_bucket_size"),
    "repair-lost-opening-brace-server": ("conf.d/default.conf", b"server\n", b"server {\n"),
    "repair-pid-twice-the-same": ("nginx.conf", 2 * PID, PID),
    "repair-proxy-set-header-always": ("conf.d/default.conf", b"", None),
}
# kind, setting, gravity, location of what must be reported
DIFFERENT = {
    "compare-limit-except-get-head": set(),
    "compare-redirect-and-tls-same-name": {
        ("tls", "TLS", "high", ""),
        ("listen", "listen", "info", ""),
        ("server", "server", "info", ""),
        ("size", "client_max_body_size", "medium", "location /api/"),
    },
}


@pytest.mark.parametrize(("case", "version"), RUNS, ids=[f"{case.name}-{version}" for case, version in RUNS])
def test_the_check_says_what_nginx_says(case: Case, version: str) -> None:
    said = case.said(version)
    found = check(case.tree(), case.main, VERSION[version], built_in=OFFICIAL)
    if said is None or said[1] is None or case.expected["class"] in OF_THE_HOST:
        assert list(found) == []
        return
    assert [problem.message for problem in found if problem.fatal] == [said[1]]
    assert found[0].message_class == case.expected["message_class"]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_the_cause_is_told(case: Case) -> None:
    text = (case.folder / "nginx-t.txt").read_text(encoding="utf-8")
    first = explain(text)[0]
    assert (first.message, first.message_class) == (case.expected["message"], case.expected["message_class"])
    assert first.rule in (case.expected["class"], case.expected["message_class"])
    assert CAUSES.get(case.name, "") in first.cause
    assert first.action


@pytest.mark.parametrize("name", REPAIRS)
def test_it_is_repaired_or_refused(name: str) -> None:
    (case,) = [one for one in KINDS if one.name == name]
    file, before, after = REPAIRS[name]
    path = f"/etc/nginx/{file}"
    plan = repair(case.tree(), case.main, "1.22.1", built_in=OFFICIAL)
    if after is None:
        assert plan.files == case.tree()
        assert 'does not support "always"' in plan.left[0].why
        return
    assert plan.left == ()
    assert list(check(plan.files, case.main, "1.22.1", built_in=OFFICIAL)) == []
    if before:
        assert plan.files[path] == case.tree()[path].replace(before, after, 1)
    else:
        assert plan.files[path].startswith(after)
    assert {**plan.files, path: b""} == {**case.tree(), path: b""}


@pytest.mark.parametrize("case", COMPARED, ids=lambda case: case.name)
def test_two_configurations_differ_in_what_they_mean(case: Case) -> None:
    left, right = (
        read_model(_side(case, side), version=case.expected["compare"]["version"]) for side in ("left", "right")
    )
    found = {(one.kind, one.setting, one.gravity, one.location) for one in differences(left, right)}
    assert found == DIFFERENT[case.name]


def _side(case: Case, side: str) -> dict[str, bytes]:
    return case.tree(f"{side}/nginx")
