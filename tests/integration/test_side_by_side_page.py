"""The page side by side in a real Chromium: what a person sees, filters and folds, and how fast it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from stacks import KNOWN, stack
from test_html_report_media import HOSTILE, TURNED, luminance

from parity.judge.audit import Settings, audit
from parity.report import write

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("dev", "test", "staging", "demo", "prod")
OPEN_ALL = (
    "document.querySelectorAll('.fold').forEach(one => one.getAttribute('aria-expanded') === 'false' && one.click())"
)
# Two frames: the first has the change, the second begins after it was painted.
PAINTED = """([kind, value]) => new Promise(done => {
    const box = document.getElementById(kind), start = performance.now();
    if (kind === "only") box.click(); else { box.value = value; box.dispatchEvent(new Event("input", {bubbles: true})); }
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
})"""


def audited(*snapshots: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = audit(snapshots, KNOWN, Settings(), "2026-11-24T08:00:00Z", "0.1.0")
    return data


def two() -> dict[str, Any]:
    """Two environments with something of each kind: equal, different, missing, expected, and a secret."""
    env = {"GREETING": "hello", "COLOUR": "green", "API_PASSWORD": "correct horse battery", "ONLY_HERE": "x"}
    other = {"GREETING": "hello", "COLOUR": "blue", "API_PASSWORD": "staple horse battery"}
    queue = {"queue": {"image": "example/queue:3"}}
    return audited(
        stack("dev", {"api": {"env": env}, **queue}),
        stack("prod", {"api": {"env": other, "image": "example/api:1.3"}, **queue}),
    )


def large(services: int = 20, variables: int = 50) -> dict[str, Any]:
    """Five environments of many services with many variables each; three in four of these differ somewhere."""
    return audited(*(
        stack(
            environment,
            {
                f"svc{service}": {
                    "image": f"example/svc{service}:1.{3 if (service + number) % 6 == 0 else 2}",
                    "env": {
                        f"VAR_{service}_{n}": f"value {n}" if (n + number) % 7 else f"value of {environment} {n}"
                        for n in range(variables)
                        if (n * 3 + number) % 29
                    },
                }
                for service in range(services)
            },
        )
        for number, environment in enumerate(NAMES)
    ))  # fmt: skip


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Open the page of an audit, or that of the last one again; what it complains about on the console fails the test at its end."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page(data: dict[str, Any] | None = None, **context: Any) -> Any:
        file = tmp_path / "side-by-side.html"
        if data is not None:
            file.write_text(write.render(data)[file.name], encoding="utf-8", errors="replace")
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context}))
        contexts[-1].set_default_timeout(5000)
        page = contexts[-1].new_page()
        if not context.get("bypass_csp"):
            page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def visible(page: Any) -> list[str]:
    """The names of the facts that a person sees."""
    names: list[str] = page.locator("tbody th").evaluate_all(
        "all => all.filter(e => e.checkVisibility()).map(e => e.firstChild.textContent.trim())"
    )
    return names


def test_the_data_of_these_tests_is_what_the_schema_says() -> None:
    schema = json.loads((ROOT / "schemas/findings.schema.json").read_text())
    for data in (two(), large(3, 8)):
        jsonschema.validate(data, schema)


def test_it_says_first_how_much_agrees_and_folds_it(show: Any) -> None:
    page = show(two())
    assert page.title() == "dev and prod side by side"
    assert page.locator(".agree").inner_text() == "16 of 20 facts agree"
    assert "The others: 3 differ, 1 differ as expected." in page.locator("header").inner_text()
    assert visible(page) == ["version", "ONLY_HERE", "COLOUR", "API_PASSWORD"]
    assert page.locator("#shown").inner_text() == "20 facts"
    button = page.get_by_role("button", name="8 agree")
    assert button.get_attribute("aria-expanded") == "false"
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    assert visible(page)[1:] == ["service", "image", "version", "state", "health", "ports", "memory limit", "CPU limit", "ONLY_HERE", "COLOUR", "API_PASSWORD"]  # fmt: skip
    page.get_by_role("button", name="Show what agrees").click()
    assert len(visible(page)) == 20
    page.get_by_role("button", name="Show what agrees").click()
    assert len(visible(page)) == 4


def test_a_row_says_what_each_environment_has(show: Any) -> None:
    page = show(two())
    cells = {
        row.locator("th").inner_text().split()[0]: [
            " ".join(cell.inner_text().split()) for cell in row.locator("td").all()
        ]
        for row in page.locator("#variables tbody tr").all()
        if row.is_visible()
    }
    assert cells == {
        "ONLY_HERE": ["x", "not set"],
        "COLOUR": ["green", "blue"],
        "API_PASSWORD": ["(secret, 16-31 characters) secret 1", "(secret, 16-31 characters) secret 2"],
    }
    assert page.locator("tr", has_text="COLOUR").locator(".verdict").inner_text() == "different"


def test_the_odd_one_of_many_is_marked_and_what_was_not_seen_is_called_so(show: Any) -> None:
    snapshots = [stack(name, {"api": {"env": {"COLOUR": "blue" if name == "demo" else "green"}}}) for name in NAMES]
    snapshots[1]["hosts"] = {"test1": {"state": "unreachable", "reason": "no route to host"}}
    page = show(audited(*snapshots))
    assert page.locator("#services thead th").nth(2).inner_text().split() == ["test", "not", "seen"]
    row = page.locator("tr", has_text="COLOUR")
    assert row.locator("td").all_text_contents() == ["green", "not seen", "green", "◆Odd one out: blue", "green"]  # fmt: skip
    page.get_by_role("button", name="Show what agrees").click()
    column = {cell.inner_text() for cell in page.locator("tbody td:nth-child(3)").all()}
    assert column == {"not seen"}


def test_only_differences(show: Any) -> None:
    page = show(two())
    page.get_by_label("Only differences").check()
    assert visible(page) == ["version", "ONLY_HERE", "COLOUR"]
    assert page.locator("#shown").inner_text() == "3 of 20 facts"
    titles = page.locator("thead .title").evaluate_all(
        "all => all.filter(e => e.checkVisibility()).map(e => e.textContent)"
    )
    assert titles == ["api", "Missing somewhere", "Different"]
    page.emulate_media(media="print")
    assert page.locator("#shown").is_visible(), "a filtered page says on paper that it is one"
    page.emulate_media(media="screen")
    page.keyboard.press("Escape")
    assert not page.get_by_label("Only differences").is_checked()
    assert len(visible(page)) == 4


def test_searching_finds_what_is_folded_too(show: Any) -> None:
    page = show(two())
    page.keyboard.press("/")
    page.keyboard.type("greeting HELLO")
    assert visible(page) == ["GREETING"]
    assert page.locator("#shown").inner_text() == "1 of 20 facts"
    page.get_by_role("searchbox").fill("queue image")
    assert visible(page) == ["image"]
    page.get_by_label("Only differences").check()
    assert visible(page) == []
    assert page.get_by_text("No fact fits this filter.").is_visible()
    page.keyboard.press("Escape")
    assert len(visible(page)) == 4
    page.get_by_role("searchbox").fill("no such thing")
    assert visible(page) == []


def test_everything_can_be_done_from_the_keyboard(show: Any) -> None:
    page = show(two())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the services"

    def tab_to(what: str) -> None:
        for _ in range(15):
            if page.evaluate(f"document.activeElement.matches('{what}')"):
                return
            page.keyboard.press("Tab")
        pytest.fail(f"{what} is not reached")

    tab_to("#only")
    page.keyboard.press("Space")
    assert len(visible(page)) == 3
    page.keyboard.press("Space")
    tab_to(".scroll")
    tab_to(".fold")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", "the focus is seen"
    page.keyboard.press("Enter")
    assert len(visible(page)) == 4 + 7


def test_the_tables_are_tables_for_a_screen_reader(show: Any) -> None:
    page = show(two())
    assert page.locator("table").count() == page.locator("table > caption").count() > 4
    for table in page.locator("table").all():
        assert table.locator("thead th:not([scope=col]), tbody th:not([scope=row]), tr:not(:has(th))").count() == 0
    assert page.get_by_role("region", name="Services by environment").count() == 1
    assert page.get_by_role("table", name="Services, api: a row for each fact").count() == 1
    assert page.get_by_role("rowheader", name=re.compile("COLOUR different")).count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_every_text_stands_out(show: Any, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = show(large(3, 8), color_scheme=scheme)
    page.get_by_role("button", name="Show what agrees").click()
    found = Axe().run(page, options={"resultTypes": ["violations", "passes"]}).response
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]] == []
    assert len(next(one for one in found["passes"] if one["id"] == "color-contrast")["nodes"]) > 100
    card = page.locator("td").first.evaluate("e => getComputedStyle(e.closest('table')).backgroundColor")
    assert (luminance(card) < 0.1) == (scheme == "dark")


@pytest.mark.parametrize("script", [True, False])
def test_on_paper_everything_is_there_and_nothing_is_to_be_pressed(show: Any, script: bool) -> None:
    page = show(two(), java_script_enabled=script)
    page.emulate_media(media="print", color_scheme="dark")
    assert len(visible(page)) == 20
    for pressed in (".filters", "header nav", ".fold"):
        assert page.locator(pressed).evaluate_all("all => all.filter(e => e.checkVisibility()).length") == 0
    assert luminance(page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")) > 0.9
    paper = page.pdf(format="A4") if script else b"%PDF"
    assert paper.startswith(b"%PDF")


def test_without_its_script_everything_can_be_read(show: Any) -> None:
    page = show(two(), java_script_enabled=False)
    assert len(visible(page)) == 20
    assert not page.locator(".filters").is_visible()
    assert not page.locator(".fold").first.is_visible()


@pytest.mark.parametrize(("environments", "wide"), [(2, False), (5, True)])
def test_on_a_phone_the_page_stays_and_the_tables_scroll_with_a_hint(show: Any, environments: int, wide: bool) -> None:
    data = two() if environments == 2 else large(3, 8)
    page = show(data, viewport={"width": 390, "height": 800}, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    region = page.locator("#services .scroll")
    assert region.evaluate("e => e.scrollWidth > e.clientWidth + 1") == wide
    assert page.locator("#services .sideways").is_visible() == wide
    region.evaluate("e => e.scrollTo(300, 40)")
    name = page.locator("#services tbody th").first.bounding_box()
    assert abs(name["x"] - region.bounding_box()["x"]) <= 1, "the fact's name stays beside its values"


def hostile(text: str) -> dict[str, Any]:
    """Two environments in which `text` stands wherever a host can put it."""
    service = {"image": f"{text}:{text}", "state": text, "health": {"status": text}, "ports": [{"container": text, "host_ip": text, "host_port": text}]}  # fmt: skip
    return audited(
        stack("dev", {f"api{text}": {**service, "env": {f"KEY{text}": text}}}),
        stack("prod", {f"api{text}": {"env": {f"KEY{text}": "other"}}}),
    )


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_a_host_says_is_only_ever_text(show: Any, text: str) -> None:
    """With the page's own policy switched off, so that it is the escaping that holds."""
    page = show(hostile(text), bypass_csp=True)
    page.evaluate("document.querySelectorAll('*').forEach(e => { for (const n of ['mouseover', 'focus', 'click', 'pointerover']) e.tagName !== 'A' && e.dispatchEvent(new Event(n)) })")  # fmt: skip
    assert page.evaluate("window.hit") is None
    assert page.locator("script").count() == 1
    assert page.locator("style").count() == 1
    assert page.locator("img, iframe, object, svg, [style]").count() == 0
    handlers = "all => all.flatMap(e => e.getAttributeNames()).filter(n => n.startsWith('on') || n === 'autofocus')"
    assert page.locator("*").evaluate_all(handlers) == []
    assert page.locator("a:not([href^='#'], [href='report.html'], [href^='report.html#'])").count() == 0
    assert text in page.locator("#services td code").all_text_contents()
    assert page.locator("#variables tbody th").first.evaluate("e => e.firstChild.textContent.trim()") == f"KEY{text}"


def test_what_turns_or_steers_text_is_written_out(show: Any) -> None:
    page = show(hostile(TURNED))
    assert [c for c in page.content() if c in "\u202e\u2066\x1b"] == []


def test_the_policy_lets_nothing_in(show: Any) -> None:
    page = show(two(), bypass_csp=False)
    policy = page.locator("meta[http-equiv='Content-Security-Policy']").get_attribute("content")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")


def test_five_environments_and_a_thousand_variables_open_in_a_second_and_filter_at_once(show: Any) -> None:
    """Filtering is measured in the time of the page's own thread: what else the machine does does not count."""
    data = large()
    assert len(data["side_by_side"]["variables"]) == 1000
    opened: list[float] = []
    filtered: dict[str, list[float]] = {"only": [], "search": [], "clear": []}
    for number in range(3):
        page = show(None if number else data)
        opened.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
        page.evaluate("document.getElementById('variables').scrollIntoView()")
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        for what, kind, value in (("only", "only", ""), ("only", "only", ""), ("search", "search", "var_7_"), ("clear", "search", "")):  # fmt: skip
            before = busy(session)
            page.evaluate(PAINTED, [kind, value])
            filtered[what].append(busy(session) - before)
            if what == "search":
                assert page.locator("#shown").inner_text() == "50 of 1160 facts"
    assert min(opened) < 1000, opened
    for what, times in filtered.items():
        assert 0 < min(times) < 100, (what, times)


def busy(session: Any) -> float:
    """The milliseconds that the page's thread has worked."""
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"]) * 1000
