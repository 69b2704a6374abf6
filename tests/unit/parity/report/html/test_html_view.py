"""What the HTML report derives from findings, without a browser."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from markupsafe import Markup

from parity.domain.findings import SEVERITIES
from parity.report import anchors
from parity.report.html import matrix, page, trend, view
from parity.report.write import TEMPLATES


def finding(name: str, **more):
    return {
        "id": name, "area": "nginx", "service": "", "environments": ["prod"], "severity": "low", "status": "open", "title": name,
        "evidence": [], "caused_by": "", "change": "open", "problem": name, "rule": "nginx.refused", **more,
    }  # fmt: skip


def problem(*findings, **more):
    one = findings[0]
    return {
        "id": one["problem"], "severity": one["severity"], "status": one["status"], "title": one["title"], "shared": False,
        "environments": one["environments"], "findings": [each["id"] for each in findings], "change": "open", **more,
    }  # fmt: skip


def data(*findings, runs=1, **more):
    by_problem = {}
    for one in findings:
        by_problem.setdefault(one["problem"], []).append(one)
    return {
        "problems": [problem(*group) for group in by_problem.values()],
        "environments": [{"name": "dev"}, {"name": "prod"}],
        "services": [{"name": "api"}],
        "areas": [{"name": "nginx", "title": "nginx"}, {"name": "tls", "title": "TLS"}],
        "findings": list(findings),
        "steps": [],
        "side_by_side": {"checkout": [], "host": [], "services": [], "variables": []},
        "history": {"runs": [{"generated": "t", "problems": dict.fromkeys(SEVERITIES, 0)}] * runs},
        "gate": {
            "fail_on": "high",
            "areas": {},
            "only_new": False,
            "reached": [],
            "problems": [],
            "incomplete": False,
            "passed": True,
        },
        **more,
    }


def tree(*findings) -> list[tuple[str, ...]]:
    return [tuple(card.title for card in root.family) for root in view.page(data(*findings))["cards"]["open"]]


@pytest.mark.parametrize(
    ("causes", "expected"),
    [
        ({"a": "", "b": "a"}, [("a", "b")]),
        ({"a": "b", "b": ""}, [("b", "a")]),
        ({"a": "", "b": "a", "c": "b"}, [("a", "b", "c")]),
        ({"a": "nowhere", "b": ""}, [("a",), ("b",)]),
        ({"a": "a"}, [("a",)]),
        ({"a": "b", "b": "a", "c": "b"}, [("a", "b", "c")]),
        ({"z": "b", "b": "c", "c": "b"}, [("b", "z", "c")]),
        ({"a": "c", "b": "a", "c": "b"}, [("a", "b", "c")]),
    ],
)
def test_every_finding_stands_once_beneath_what_it_goes_back_to(causes, expected):
    assert tree(*(finding(name, caused_by=cause) for name, cause in causes.items())) == expected


def test_a_cause_of_another_status_is_linked_and_not_nested():
    cards = view.page(data(finding("a", status="waived"), finding("b", caused_by="a")))["cards"]
    assert [card.consequences for card in cards["waived"]] == [()]
    assert cards["open"][0].cause_anchor == "finding-a"


def test_evidence_is_one_column_an_environment_in_their_order_with_equal_values_once():
    evidence = [
        {"environment": "prod", "shown": "2", "place": "b:1", "service": "api"},
        {"environment": "dev", "shown": "1", "place": "a:1", "service": ""},
        {"environment": "prod", "shown": "2", "place": "b:1", "service": "worker"},
        {"environment": "prod", "shown": "2", "place": "b:1", "service": "worker"},
        {"environment": "prod", "shown": "3", "place": "", "service": ""},
    ]
    columns = view.columns(finding("a", evidence=evidence), ["dev", "prod", "stage"])
    assert [(c.environment, [(v.text, v.places) for v in c.values]) for c in columns] == [
        ("dev", [("1", ("a:1",))]),
        ("prod", [("2", ("api: b:1", "worker: b:1")), ("3", ())]),
    ]


@pytest.mark.parametrize(("length", "folded"), [(view.LONG, False), (view.LONG + 1, True)])
def test_only_a_long_value_has_a_beginning(length, folded):
    piece = {"environment": "dev", "shown": "x" * length, "place": "", "service": ""}
    value = view.columns(finding("a", evidence=[piece]), ["dev"])[0].values[0]
    assert bool(value.start) == folded
    assert len(value.text) == length


def test_places_in_the_page_are_unique_and_fit_for_an_address():
    found = anchors.anchors(["a b/c", "a<b/c", "a-b/c"], "finding")
    assert list(found.values()) == ["finding-a-b/c", "finding-a-b/c-2", "finding-a-b/c-3"]
    assert anchors.anchors(["a b"], "problem") == {"a b": "problem-a-b"}


def test_a_problem_has_the_cards_of_its_open_findings_and_no_others():
    found = [
        finding("a", problem="p", severity="high"),
        finding("b", problem="p", caused_by="a"),
        finding("c", problem="p", status="waived"),
        finding("d", problem="q"),
    ]
    first, second = [one for group in view.page(data(*found))["groups"] for one in group["tickets"]]
    assert [[each.title for each in card.family] for card in first.cards] == [["a", "b"]]
    assert (first.count, first.problem["id"], second.count, second.problem["id"]) == (2, "p", 1, "q")


def test_the_matrix_counts_a_finding_in_each_of_its_environments_and_shows_the_worst():
    found = [
        finding("a", service="api", severity="low", environments=["dev", "prod"]),
        finding("b", service="api", severity="high"),
        finding("c", service="api", severity="critical", status="waived"),
        finding("d", service="unlisted", area="tls", environments=["dev"]),
    ]
    whole = data(*found)
    services = view.service_names(whole)
    assert services == ["", "api", "unlisted"]
    rows = matrix.matrix(whole, services, anchors.of_findings(whole))
    shown = {row.service: [[(c.environment, c.severity, c.count, c.anchor) for c in cell] for cell in row.cells] for row in rows}  # fmt: skip
    assert shown == {
        "": [[], []],
        "api": [[("dev", "low", 1, "finding-a"), ("prod", "high", 2, "finding-b")], []],
        "unlisted": [[], [("dev", "low", 1, "finding-d")]],
    }


def test_the_trend_needs_two_runs_and_draws_all_severities_on_one_scale():
    def run(high):
        return {"generated": "t", "critical": 0, "high": high, "medium": 1, "low": 0, "info": 0}

    assert trend.trend([run(1)]) is None
    picture = trend.trend([run(10), run(4), run(5)])
    lanes = {lane.severity: lane for lane in picture.lanes}
    assert (lanes["high"].now, lanes["high"].change, lanes["medium"].change) == (5, "+1", "same")
    heights = [lane.base - float(point.split(",")[1]) for lane in picture.lanes for point in lane.line.split()[:1]]
    assert heights == pytest.approx([0, 32, 3.2, 0, 0], abs=0.06)
    assert trend.trend([run(0), run(0)]).lanes[1].line == "76.0,78.0 556.0,78.0"


@pytest.mark.parametrize(
    ("gate", "tone"),
    [
        ({}, "good"),
        ({"reached": ["a"], "problems": ["a"]}, "bad"),
        ({"reached": ["a"], "problems": ["a"], "incomplete": True}, "bad"),
        ({"incomplete": True}, "doubtful"),
        ({"fail_on": "never"}, "none"),
    ],
)
def test_the_verdict_has_the_gates_tone(gate, tone):
    whole = data(finding("a"))
    assert view.verdict({**whole, "gate": {**whole["gate"], **gate}})["tone"] == tone


def test_what_gates_is_said_in_words():
    whole = data()
    gate = {**whole["gate"], "areas": {"tls": "medium"}, "only_new": True}
    assert view.thresholds({**whole, "gate": gate}) == "high and above; TLS: medium; new findings only"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-24T08:00:45Z", "2026-11-24 08:00 UTC"),
        ("2026-12-24", "2026-12-24"),
        ("", ""),
        ("yesterday", "yesterday"),
        ("2026-13-45T99:00:00Z", "2026-13-45T99:00:00Z"),
    ],
)
def test_times_are_shown_to_the_minute_and_anything_else_as_it_is(text, shown):
    assert page.moment(text) == shown


def test_what_turns_text_is_written_out_and_markup_and_numbers_are_left():
    assert page.visible("a\u202eb\tc\nd") == "a[U+202E]b\tc\nd"
    assert page.visible(Markup("<b>\u202e")) == Markup("<b>\u202e")
    assert page.visible(3) == 3


def test_the_pages_own_files_cannot_close_their_element():
    for name, end in (("report.css", "</style"), ("report.js", "</script")):
        text = (TEMPLATES / "html" / name).read_text()
        assert end not in text.lower()
        assert "\r" not in text
        assert not re.search(r"@import|url\(|https?:", text)


def test_a_hash_is_what_a_policy_names():
    digest = base64.b64encode(hashlib.sha256(b"a").digest()).decode()
    assert page._hash("a") == f"sha256-{digest}"
