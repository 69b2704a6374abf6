"""The HTML report as others meet it: hostile values, no network, dark, on paper, on a phone, without its script."""

from __future__ import annotations

import functools
import http.server
import re
import threading

import html_data
import pytest

from parity.domain.findings import SEVERITIES

HOSTILE = {
    "script": "<script>window.hit = 1</script>",
    "closed": "</script><script>window.hit = 1</script></style><style>body{display:none}</style>",
    "attribute": '" onmouseover="window.hit = 1" autofocus onfocus="window.hit = 1" x="',
    "apostrophe": "' onclick='window.hit = 1",
    "bare": "x onpointerover=window.hit=1 style=display:none",
    "link": "javascript:window.hit=1",
    "image": "<img src=x onerror='window.hit = 1'>",
    "picture": "<svg onload='window.hit = 1'><style>*{color:red}</style></svg>",
    "template": "{{ 7 * 7 }}{% for x in () %}",
    "entity": "&lt;b&gt; &amp; &#60;",
    "emoji": "👩‍💻 ok",
    "comment": "<!-- --!> ]]>",
}
TURNED = "user\u202egnp.exe\u2066 and \x1b[31m"
OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"


def hostile_report(text: str):
    """Findings in which `text` stands in every place that a host, an inventory or a waiver fills."""
    one = html_data.finding(
        f"environment.hostile/{text}", "critical", ["prod"], service=text, title=f"title {text}", cause=text, impact=text, action=text, command=text,
        evidence=[html_data.piece("prod", text, text, text)], reasons=[text], waiver=html_data.waiver(text, False), first_seen=text, change="new",
    )  # fmt: skip
    meant = {**one, "id": f"{one['id']}2", "status": "expected", "because": text}
    waived = {**one, "id": f"{one['id']}3", "status": "waived"}
    data = html_data.report([one, meant, waived])
    data["services"] = [html_data._service(text, text)]
    data["unseen"] = [{"environment": "prod", "host": text, "part": "file", "what": text, "why": text}]
    data["history"]["note"] = text
    data["history"]["resolved"][0].update(title=text, by=text)
    data["environments"][0].update(hosts=[text], project_found_by=[text])
    return data


@pytest.fixture
def show(browser, tmp_path):
    contexts = []

    def open_page(data=None, **context):
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context}))
        contexts[-1].set_default_timeout(5000)
        page = contexts[-1].new_page()
        page.goto(html_data.written(tmp_path, html_data.report() if data is None else data))
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_a_host_says_is_only_ever_text(show, text):
    """With the page's own policy switched off, so that it is the escaping that holds."""
    page = show(hostile_report(text), bypass_csp=True)
    page.evaluate(OPEN_ALL)
    page.evaluate("document.querySelectorAll('*').forEach(e => { for (const n of ['mouseover', 'focus', 'click', 'pointerover']) e.tagName !== 'A' && e.dispatchEvent(new Event(n)) })")  # fmt: skip
    assert page.evaluate("window.hit") is None
    assert page.locator("script").count() == 1
    assert page.locator("style").count() == 1
    assert page.locator("img, iframe, object, svg svg, svg style, [style]").count() == 0
    handlers = "all => all.flatMap(e => e.getAttributeNames()).filter(n => n.startsWith('on') || n === 'autofocus')"
    assert page.locator("*").evaluate_all(handlers) == []
    assert page.locator("a:not([href^='#'], [href^='side-by-side.html'])").count() == 0
    code = page.locator("article .evidence code").first
    assert code.text_content() == text
    assert page.locator("article .command code").first.text_content() == text


def test_what_turns_or_steers_text_is_written_out(show):
    page = show(hostile_report(TURNED))
    page.evaluate(OPEN_ALL)
    assert page.locator("article .evidence code").first.text_content() == "user[U+202E]gnp.exe[U+2066] and [U+001B][31m"
    assert [c for c in page.content() if c in "\u202e\u2066\x1b"] == []


def test_a_value_of_ten_thousand_characters_is_folded_and_breaks_no_layout(show):
    page = show(hostile_report("x" * 10_000), viewport={"width": 400, "height": 800})
    page.get_by_text("Evidence: 1 finding").first.click()
    folded = page.locator("article .evidence .long").first
    assert "10,000 characters" in folded.inner_text()
    assert len(folded.inner_text()) < 400
    folded.locator("summary").click()
    assert len(folded.inner_text()) > 10_000
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_the_policy_lets_nothing_in(show):
    page = show()
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.hit = 1";
            document.body.append(script);
            document.body.insertAdjacentHTML("beforeend", '<p id="styled" style="color: rgb(1, 2, 3)" onclick="window.hit = 2">x</p>');
            document.getElementById("styled").click();
        }"""
    )
    assert page.evaluate("window.hit") is None
    assert page.evaluate("getComputedStyle(document.getElementById('styled')).color") != "rgb(1, 2, 3)"
    assert page.evaluate("fetch('https://example.org/').then(() => 'went', () => 'stopped')") == "stopped"


def test_a_browser_asks_for_the_page_and_for_nothing_else(browser, tmp_path):
    html_data.written(tmp_path, html_data.report())
    asked: list[str] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            asked.append(self.path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = browser.new_context()
        page, tried = context.new_page(), []
        page.on("request", lambda request: tried.append(request.url))
        address = f"http://127.0.0.1:{server.server_port}/report.html"
        page.goto(address)
        page.get_by_role("searchbox").fill("redis")
        page.wait_for_timeout(300)
        context.close()
        server.shutdown()
    assert [url for url in tried if not url.startswith("data:")] == [address]
    assert asked == ["/report.html"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_every_text_stands_out(show, scheme):
    from axe_playwright_python.sync_playwright import Axe

    unseen = [{"environment": "prod", "host": "h", "part": "file", "what": "files", "why": "permission denied"}]
    page = show(html_data.report(unseen=unseen), color_scheme=scheme)
    page.evaluate(OPEN_ALL)
    found = Axe().run(page, options={"resultTypes": ["violations", "passes", "incomplete"]}).response
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]] == []
    checked = next(one for one in found["passes"] if one["id"] == "color-contrast")
    assert len(checked["nodes"]) > 100
    unsure = [node for one in found["incomplete"] if one["id"] == "color-contrast" for node in one["nodes"]]
    too_short = [node for node in unsure if node["any"][0]["data"]["messageKey"] in ("shortTextContent", "nonBmp")]
    # Single characters, of the colour of the words beside them.
    assert {len(re.sub("<[^>]+>", "", node["html"])) for node in too_short} <= {1}
    assert [node["html"] for node in unsure if node not in too_short and not node["html"].startswith("<text")] == []
    # axe does not measure text in pictures: the trend is measured here.
    colours = page.locator("#trend svg text").evaluate_all("all => all.map(e => getComputedStyle(e).fill)")
    card = page.locator("#trend figure").evaluate("e => getComputedStyle(e).backgroundColor")
    assert min(contrast(colour, card) for colour in colours) >= 4.5
    assert (luminance(card) < 0.1) == (scheme == "dark")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, of `rgb(r, g, b)`."""
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


HIDDEN = """parts => parts.filter(e => !e.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true})
    || e.getBoundingClientRect().height < 1).map(e => e.textContent)"""


@pytest.mark.parametrize("script", [True, False])
def test_on_paper_everything_is_unfolded_and_nothing_is_to_be_pressed(show, script):
    page = show(java_script_enabled=script, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    parts = page.locator("dd, .evidence code, .expected td code, #trend td")
    assert parts.count() > 40
    for _ in range(20):  # the browser unfolds with its next frame
        if not (hidden := parts.evaluate_all(HIDDEN)):
            break
        page.wait_for_timeout(100)
    assert hidden == []
    for pressed in (".filters", "header nav", ".copy"):
        assert page.locator(pressed).evaluate_all("all => all.filter(e => e.checkVisibility()).length") == 0
    assert luminance(page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")) > 0.9


def test_a_filtered_page_says_on_paper_that_it_is_one(show):
    page = show()
    page.get_by_role("checkbox", name="Critical").check()
    page.emulate_media(media="print")
    assert page.locator("#shown").is_visible()
    assert page.locator("#shown").inner_text() == "1 of 10 findings"
    assert not page.get_by_role("searchbox").is_visible()


def test_without_its_script_everything_can_be_read(show):
    page = show(java_script_enabled=False)
    assert not page.locator(".filters").is_visible()
    assert not page.locator(".copy").first.is_visible()
    for one in html_data.stack():
        assert page.locator("h4, h5, .expected th").get_by_text(one["title"], exact=True).count() >= 1
    folded = page.get_by_text("cause of containers.unpinned/api")
    assert not folded.is_visible()
    page.locator(".problem", has_text="api has no fixed version").get_by_text("Evidence: 1 finding").click()
    assert folded.is_visible()
    page.locator("#expected summary").first.click()
    assert page.get_by_text("Ports are each environment's own.").is_visible()
    assert page.locator(".chip.critical").get_attribute("href") == "#finding-environment.debug/DEBUG@prod"


def test_on_a_phone_nothing_is_wider_than_the_screen(show):
    page = show(viewport={"width": 400, "height": 800}, has_touch=True)
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert not page.get_by_role("checkbox", name="Critical").is_visible()
    button = page.get_by_role("button", name="Filters")
    button.tap()
    assert button.get_attribute("aria-expanded") == "true"
    page.get_by_role("checkbox", name="Critical").tap()
    assert page.locator("#shown").inner_text() == "1 of 10 findings"


def test_a_matrix_that_is_wider_than_the_screen_says_so(show):
    assert show(viewport={"width": 390, "height": 800}).locator(".sideways").is_visible()
    assert not show(viewport={"width": 1400, "height": 800}).locator(".sideways").is_visible()


def test_five_hundred_findings_are_there_within_a_second(show):
    levels = SEVERITIES
    findings = [
        html_data.finding(
            f"environment.rule-{n}/KEY_{n}", levels[n % 5], ["dev", "prod"][: 1 + n % 2], service=f"service{n % 30}",
            cause="word " * 60, evidence=[html_data.piece("dev", "a" * 80, "file:1"), html_data.piece("prod", "b" * 80, "file:2")],
        )
        for n in range(500)
    ]  # fmt: skip
    ready, searched = [], []
    for _ in range(3):
        page = show(html_data.report(findings))
        ready.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
        searched.append(
            page.evaluate(
                """() => {
                    const search = document.getElementById("search"), start = performance.now();
                    search.value = "key_499";
                    search.dispatchEvent(new Event("input", {bubbles: true}));
                    document.body.getBoundingClientRect();
                    return performance.now() - start;
                }"""
            )
        )
        assert page.locator("#shown").inner_text() == "1 of 500 findings"
    assert min(ready) < 1000, ready
    assert min(searched) < 300, searched
