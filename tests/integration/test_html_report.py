"""The HTML report in a real Chromium: what a person sees in it and does with it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import html_data
import jsonschema
import pytest

from parity.domain.findings import SEVERITIES
from parity.report import write

ROOT = Path(__file__).resolve().parents[2]
ALL = {one["title"] for one in html_data.stack()}
OPEN = {one["title"] for one in html_data.stack() if one["status"] == "open"}


@pytest.fixture
def show(browser, tmp_path):
    """Open the page of some findings; what it complains about on the console fails the test at its end."""
    contexts, complaints = [], []

    def open_page(data=None, address="", **context):
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context}))
        contexts[-1].set_default_timeout(5000)
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address or html_data.written(tmp_path, html_data.report() if data is None else data))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def visible(page) -> set[str]:
    """The titles of the findings that a person sees, causes that only give context left out."""
    shown = page.locator("[data-finding]:not(.context)").evaluate_all(
        "found => found.filter(e => e.checkVisibility()).map(e => (e.querySelector('h4, h5') || e.querySelector('th')).textContent)"
    )
    return set(shown)


def test_the_page_says_first_what_matters_most(show):
    page = show()
    assert page.title() == "dev and prod: problems"
    assert page.locator(".headline").inner_text() == "Stop: 3 problems reach the threshold"
    assert page.locator(".counts").inner_text().split() == [
        "1",
        "critical",
        "2",
        "high",
        "1",
        "medium",
        "1",
        "low",
        "1",
        "info",
    ]
    assert " ".join(page.locator(".asides").inner_text().split()) == (
        "1 expected 1 waived 1 to verify 1 new 1 back again 1 resolved since the previous run"
    )
    assert page.locator(".hurts a").all_inner_texts() == [
        "DEBUG is on",
        "nginx refuses its configuration",
        "one secret in both",
        "redis runs from other images",
        "api has no fixed version",
    ]
    assert page.locator("#unseen").count() == 0


@pytest.mark.parametrize(
    ("gate", "unseen", "words"),
    [
        ({"fail_on": "never", "reached": [], "problems": []}, [], "Report only: no gate"),
        (
            {"fail_on": "critical", "reached": [], "problems": [], "passed": True},
            [],
            "Go: nothing reaches the threshold",
        ),
        (
            {"reached": [], "problems": [], "incomplete": True},
            [
                {
                    "environment": "prod",
                    "host": "h",
                    "part": "configurations",
                    "what": "the files of nginx",
                    "why": "permission denied",
                }
            ],
            "Not everything could be seen",
        ),
    ],
)
def test_the_verdict_is_the_gates(show, gate, unseen, words):
    data = html_data.report(unseen=unseen)
    page = show({**data, "gate": {**data["gate"], **gate}})
    assert page.locator(".headline").inner_text() == words
    if unseen:
        assert page.locator("#unseen li").inner_text() == "prod, h: the files of nginx: permission denied"


def test_the_matrix_says_where_and_leads_to_the_findings(show):
    page = show()
    cells = {
        (row.locator("th").inner_text(), column): " ".join(cell.inner_text().split()).replace(" ,", ",")
        for row in page.locator(".matrix tbody tr").all()
        for column, cell in enumerate(row.locator("td").all())
        if cell.inner_text().strip()
    }
    assert cells == {
        ("The stack as a whole", 1): "H dev 2, worst: high C prod 2, worst: critical",
        ("api", 0): "L prod 1, worst: low",
        ("nginx", 0): "M dev 1, worst: medium",
        ("nginx", 2): "H dev 1, worst: high",
        ("redis", 0): "M dev 1, worst: medium M prod 1, worst: medium",
    }
    page.locator(".chip.critical").click()
    assert visible(page) == {"DEBUG is on", "one secret in both"}
    assert page.locator("#shown").inner_text() == "2 of 10 findings"
    assert page.evaluate("document.activeElement.id") == "findings-title"


def test_a_finding_shows_its_evidence_side_by_side_and_equal_values_once(show):
    page = show()
    page.get_by_role("button", name="Open all").click()
    secret = page.locator("article.problem", has=page.get_by_role("heading", name="one secret in both"))
    assert secret.locator(".evidence .side").all_inner_texts() == ["dev", "prod"]
    left, right = (section.bounding_box() for section in secret.locator(".evidence section").all())
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"]
    debug = page.locator("article.finding", has=page.get_by_role("heading", name="DEBUG is on"))
    assert debug.locator(".evidence code").all_inner_texts() == ["true"]
    assert debug.locator(".evidence .place").all_inner_texts() == [
        "api: config/production.env:2",
        "worker: config/production.env:2",
    ]
    assert [debug.get_by_text(words).count() for words in ("cause of", "impact of", "action for", "critical by its")] == [1, 1, 1, 1]  # fmt: skip
    assert debug.locator(".badge").inner_text() == "new"
    assert "first seen 2026-11-20 08:00 UTC" in debug.inner_text()


def test_a_consequence_lies_beneath_its_cause(show):
    page = show()
    cause = page.locator(".problem > details > article", has=page.locator("h5", has_text="nginx refuses"))
    assert cause.locator(".consequences h5").all_text_contents() == ["nginx cannot stay up"]
    assert page.locator("h4, h5").get_by_text("nginx cannot stay up").count() == 1
    page.get_by_label("Area", exact=True).select_option("containers")
    assert visible(page) == {"nginx cannot stay up", "redis runs from other images", "api has no fixed version", "redis stays down"}  # fmt: skip
    assert cause.is_visible(), "a cause stays in sight above a consequence that fits"


def test_steps_and_trend(show):
    page = show()
    steps = page.locator("#steps")
    assert steps.locator("h3").all_inner_texts() == ["Now 3", "This week 1", "This month 2", "Done 1"]
    assert steps.locator("ol a").all_inner_texts()[:2] == ["DEBUG is on", "nginx refuses its configuration"]
    assert "remedy env" in steps.locator(".resolved").inner_text()
    assert "the next is due 2026-12-24" in steps.inner_text()
    picture = page.get_by_role("img", name="Open problems per severity, run by run")
    assert picture.locator("polyline").count() == 5
    assert "high 4 to 2" in picture.locator("desc").text_content()
    assert picture.locator(".lane.high .change").text_content() == "-1"
    page.get_by_text("The same as a table").click()
    rows = page.locator("#trend tbody tr").all_inner_texts()
    assert [row.split("\t")[1:] for row in rows][-1] == ["2", "4", "2", "1", "0"]


def test_waivers_and_expected_differences_say_why_and_expected_ones_are_folded(show):
    page = show()
    waived = page.locator("#waived article")
    waived.locator("summary").click()
    assert (
        waived.locator(".waiver").inner_text() == "Waived until 2027-01-31 by operations: It is a cache. waivers.yml:3"
    )
    assert page.locator("#verify h4").inner_text() == "the certificate is its own"
    row = page.locator("#expected tbody tr")
    assert not row.is_visible()
    page.locator("#expected summary").first.click()
    assert [" ".join(text.split()) for text in row.locator("td").all_inner_texts()] == [
        "18000 dev.env:4",
        "28000 prod.env:4",
        "Ports are each environment's own.",
    ]


def test_searching_narrows_and_escape_brings_everything_back(show):
    page = show()
    assert page.locator("#shown").inner_text() == "10 findings"
    before = visible(page)
    page.keyboard.press("/")
    page.keyboard.type("production.env TRUE")
    assert visible(page) == {"DEBUG is on"}
    assert page.locator("#shown").inner_text() == "1 of 10 findings"
    page.keyboard.press("Escape")
    assert visible(page) == before
    page.get_by_role("searchbox").fill("no such thing")
    assert visible(page) == set()
    assert page.get_by_text("No finding fits these filters.").is_visible()
    page.get_by_role("button", name="Reset").click()
    assert visible(page) == before
    page.get_by_role("searchbox").fill("28000")
    assert visible(page) == {"PORT differs in its number"}, "a hit in what is folded unfolds it"


@pytest.mark.parametrize(
    ("severities", "choices", "wanted"),
    [
        (["Critical", "High"], {}, {"DEBUG is on", "nginx refuses its configuration", "one secret in both"}),
        (["High"], {"Environment": "prod"}, {"one secret in both"}),
        (["Medium"], {"Service": "redis"}, {"redis runs from other images", "redis stays down"}),
        (["Medium"], {"Service": "redis", "Status": "waived"}, {"redis stays down"}),
        (
            [],
            {"Area": "nginx", "Environment": "dev"},
            {"nginx refuses its configuration", "the certificate is its own"},
        ),
        ([], {"Status": "to verify"}, {"the certificate is its own"}),
        ([], {"Since": "back again"}, {"one secret in both"}),
        ([], {"Service": "The stack as a whole", "Status": "expected"}, {"PORT differs in its number"}),
        (["Critical"], {"Environment": "dev"}, set()),
    ],
)
def test_filters_combine(show, severities, choices, wanted):
    page = show()
    for severity in severities:
        page.get_by_role("checkbox", name=severity).check()
    for label, choice in choices.items():
        page.get_by_label(label, exact=True).select_option(label=choice)
    assert visible(page) == wanted
    assert page.locator("#shown").inner_text() == f"{len(wanted)} of 10 findings"


def test_everything_can_be_done_from_the_keyboard(show):
    page = show()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the problems"
    page.keyboard.press("Enter")
    assert page.url.endswith("#findings")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("nginx/")
    assert page.get_by_role("searchbox").input_value() == "nginx/", "a slash can be searched for"
    page.keyboard.press("Escape")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "low":
            break
    page.keyboard.press("Space")
    assert visible(page) == {"api has no fixed version", "the certificate is its own"}
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.evidence-of > summary')"):
            break
    page.keyboard.press("Enter")
    assert not page.get_by_text("cause of containers.unpinned").is_visible()
    page.keyboard.press("Enter")
    assert page.get_by_text("cause of containers.unpinned").is_visible()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", "the focus is seen"


def test_a_link_to_a_finding_opens_it_whatever_hides_it(show):
    page = show()
    page.get_by_role("searchbox").fill("DEBUG")
    page.evaluate("location.hash = '#finding-containers.restarting/nginx@dev'")
    page.get_by_text("cause of containers.restarting").wait_for()
    assert page.locator("#shown").inner_text() == "10 findings"
    target = page.locator("article:target")
    assert target.get_attribute("id") == "finding-containers.restarting/nginx@dev"
    bar = page.locator(".filters").bounding_box()
    assert target.bounding_box()["y"] >= bar["y"] + bar["height"] - 1, "the bar does not cover it"
    page.evaluate("location.hash = '#finding-environment.differs/PORT@dev+prod'")
    page.get_by_text("Ports are each environment's own.").wait_for()
    page.get_by_role("button", name="Open all").click()
    permalink = page.locator("article.finding.critical .permalink")
    permalink.click()
    assert page.url.endswith(permalink.get_attribute("href"))


def test_every_link_leads_somewhere(show):
    page = show()
    lost = page.locator("a").evaluate_all(
        "links => links.map(a => a.getAttribute('href')).filter(h => !h.startsWith('side-by-side.html') && (!h.startsWith('#') || !document.getElementById(decodeURIComponent(h.slice(1)))))"
    )
    assert lost == []
    identities = page.locator("[id]").evaluate_all("all => all.map(e => e.id)")
    assert len(identities) == len(set(identities))


def test_a_problem_leads_to_its_facts_side_by_side_and_these_lead_back(show, tmp_path):
    data = html_data.report()
    (tmp_path / "side-by-side.html").write_text(write.render(data)["side-by-side.html"], encoding="utf-8")
    page = show(data)
    page.locator(".problem", has_text="one secret in both").get_by_role("link", name="JWT", exact=True).click()
    assert page.locator("tr:target th").inner_text().split()[0] == "JWT"
    page.locator("tr:target").get_by_role("link", name="high problem").click()
    assert "one secret in both" in page.locator(".problem:target h4").inner_text()
    page.get_by_role("navigation").get_by_role("link", name="Side by side").click()
    assert page.locator(".agree").inner_text() == "3 of 4 facts agree"


def test_commands_are_copied(show):
    page = show(permissions=["clipboard-read", "clipboard-write"])
    button = page.locator("#first").get_by_role("button", name="Copy")
    button.click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "ansible-playbook remediate.yml --tags remedy_nginx"


def test_a_first_run_calls_nothing_new(show):
    data = html_data.report()
    page = show(
        {
            **data,
            "history": {
                "runs": data["history"]["runs"][-1:],
                "problems": [],
                "resolved": [],
                "not_seen": [],
                "note": "",
            },
        }
    )
    assert page.locator(".badge.new, .badge.back").count() == 0
    assert page.locator("#trend").count() == 0
    assert "new" not in page.locator(".asides").inner_text()


def test_nothing_found_is_said(show):
    data = html_data.report([], unseen=[])
    page = show({**data, "gate": {**data["gate"], "passed": True}})
    assert page.get_by_text("Nothing is open.").count() == 2
    assert page.locator(".chip").count() == 0


def test_the_findings_of_these_tests_are_what_the_schema_says():
    jsonschema.validate(html_data.report(), json.loads((ROOT / "schemas/findings.schema.json").read_text()))


def test_the_demo_writes_the_page(audit, show):
    run = audit(ROOT / "inventory/demo")
    assert run.rc == 0, run.output[-2000:]
    page = show(address=(run.report / "report.html").as_uri())
    counted = dict(re.findall(r"(\w+)\s+(\d+)", " ".join(reversed(page.locator(".counts").inner_text().split()))))
    summary = json.loads((run.report / "findings.json").read_text())["summary"]["problems"]
    assert {level: int(number) for level, number in counted.items()} == {level: summary[level] for level in SEVERITIES}
    assert page.locator("[data-finding]").count() == len(run.findings["findings"])
