"""What a host sends is text in every file that is written: no markup, no link, no command of a pipeline's runner."""

from __future__ import annotations

import copy
import json
import random
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from parity.judge.audit import Settings, audit, completed
from parity.judge.knowledge import load
from parity.report import terminal, write
from parity.report.notification import notification
from parity.report.text import code, code_in_table, markdown, plain

DEMO = Path(__file__).resolve().parents[4] / "inventory/demo/snapshots"
PLANTED = [
    "<img src=x onerror=planted()>",
    "\n# planted heading\n",
    "\n\n::error file=planted::planted\n",
    "::planted::x ##[error]planted ##vso[task.planted]",
    "[planted](http://planted.example) ![planted](http://planted.example/x.png)",
    "\n<script>planted()</script>\n",
    "`<b>planted</b>` ``<i>planted</i>",
    '" onmouseover="planted()" \' planted=\'',
    "\x1b[31mplanted\u202e\u2028# planted\r::warning::planted",
    "<!-- planted --> <planted@planted.example> <http://planted.example>",
    "\n- planted\n1. planted\n| planted | planted |\n|-|-|\n```\nplanted\n",
    "]]>\ufffe\ud800&planted; </testcase><planted/>",
    "\n/close\n@planted/team (@planted) see #12",
]
# By the seed of what is planted where.
RUNS = [0, 1, *(pytest.param(seed, marks=pytest.mark.long_run) for seed in range(2, 6))]


def texts(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in pairs:
        if isinstance(value, str):
            yield (*path, key)
        yield from texts(value, (*path, key))


def planted(seed: int) -> list[dict[str, Any]]:
    """Return the demo's snapshots with something planted in a third of all texts, and in names."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    found = []
    for name in ("dev", "prod"):
        data = json.loads((DEMO / f"{name}.json").read_text())
        for path in [path for path in texts(data["hosts"], ("hosts",)) if path[-1] not in ("kind", "role")]:
            if chance.random() < 0.33:
                inner = data
                for step in path[:-1]:
                    inner = inner[step]
                # `state` tells whether a source was seen; without that nothing else would be looked at.
                if not (path[-1] == "state" and len(path) < 5):
                    inner[path[-1]] += chance.choice(PLANTED)
        for host in data["hosts"].values():
            services = host["rendered"]["services"]
            for container in host["engine"]["containers"]:
                container["environment"]["KEY" + PLANTED[seed]] = "x"
            services[chance.choice(sorted(services)) + chance.choice(PLANTED)] = copy.deepcopy(services["api"])
        found.append(data)
    return found


@pytest.fixture(scope="module", params=RUNS)
def data(request: pytest.FixtureRequest) -> dict[str, Any]:
    found = completed(audit(planted(request.param), load(), Settings(), "2026-11-24T08:00:00Z", "0"))
    assert "planted" in json.dumps(found)
    return found


@pytest.fixture(scope="module")
def files(data: dict[str, Any]) -> dict[str, str]:
    return {**write.render(data), "intended.md": write.intended_differences(data)}


def bad_lines(text: str) -> list[str]:
    """Return the lines in which a runner would see a command, or a terminal something that steers it."""
    odd = re.compile(
        r"^\s*::[A-Za-z]|##[A-Za-z]*\[|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]"
    )
    return [line for line in text.split("\n") if odd.search(line)]


# What a report has of HTML and links: folded evidence, and the places in the page.
OUR_BLOCKS = {"<details><summary>Evidence</summary>\n", "</details>\n", "<!-- parity -->\n"}
OUR_HTML = re.compile(r'<a id="p\d+">|</a>|<!-- -->')
# In text, these notify somebody or appear in the history of an issue.
MENTION = re.compile(r"(?<!\w)(?:@(?=[A-Za-z0-9])|#(?=\d))")
OUR_LINK = re.compile(r"#p\d+|side-by-side\.md")


def ours_only(children: Sequence[Token]) -> bool:
    """Return whether what stands in a line of Markdown is text, or one of our own places and links to them."""
    return all(
        OUR_HTML.fullmatch(one.content)
        if one.type == "html_inline"
        else OUR_LINK.fullmatch(str(one.attrs["href"]))
        if one.type == "link_open"
        else one.type != "image" and not (one.type == "text" and MENTION.search(one.content))
        for one in children
    )


def test_markdown_is_only_ours(files: Mapping[str, str]) -> None:
    for name in ("report.md", "comment.md", "intended.md"):
        ours = {"heading_open", "bullet_list_open", "ordered_list_open"}
        for token in MarkdownIt("commonmark").enable("table").parse(files[name]):
            assert token.type not in ("fence", "code_block", "blockquote_open"), token
            assert token.type != "html_block" or token.content in OUR_BLOCKS, token
            if token.type == "inline":
                assert ours_only(token.children or []), token.content
            assert token.type not in ours or token.level < 8
        headings = re.findall(r"(?m)^#+ .*", files[name])
        assert not [one for one in headings if one.startswith("# planted")]
        assert bad_lines(files[name]) == []
        assert not re.search(r"(?m)^ *([-*] )*/", files[name])  # a command in a comment on GitLab


def test_tables_in_markdown_hold_it_as_text(files: Mapping[str, str], data: dict[str, Any]) -> None:
    text = files["side-by-side.md"]
    columns = len(data["environments"]) + 3
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        assert token.type not in ("html_block", "fence", "code_block", "blockquote_open", "ordered_list_open"), token
        if token.type == "inline":
            assert ours_only(token.children or []), token.content
            assert "link_open" not in {one.type for one in token.children or []}
    rows = [line for line in text.split("\n") if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in rows} == {columns + 1}
    assert bad_lines(text) == []


def test_text_files_steer_neither_a_terminal_nor_a_runner(files: Mapping[str, str], data: dict[str, Any]) -> None:
    said = "\n".join(
        [*terminal.summary(data, "reports"), terminal.verdict(data), notification(data, "reports")["text"]]
    )
    for text in (said, *(text for name, text in files.items() if name.endswith(".txt"))):
        assert bad_lines(text) == []


class Page(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {(tag, name) for name, _ in attrs} | {(tag, "")}
        self.links |= {value or "" for name, value in attrs if name in ("href", "src")}


def elements(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


@pytest.mark.parametrize("name", ["report.html", "side-by-side.html"])
def test_the_page_has_no_element_that_is_not_ours(files: Mapping[str, str], name: str) -> None:
    clean = [json.loads((DEMO / f"{name}.json").read_text()) for name in ("dev", "prod")]
    ours = elements(write.render(completed(audit(clean, load(), Settings(), "2026-11-24T08:00:00Z", "0")))[name])
    page = elements(files[name])
    assert not {tag for tag, _ in page.found} & {"img", "planted", "iframe", "i"} - {tag for tag, _ in ours.found}
    assert not [pair for pair in page.found if pair[1].startswith("on") or "planted" in pair[1]]
    assert {link.partition("#")[0] for link in page.links} <= {"", "data:,", "report.html", "side-by-side.html"}
    assert files[name].count("<script") == 1


def test_exports_hold_it_as_text(files: Mapping[str, str]) -> None:
    names = [one for one in files if one.endswith((".xml", ".sarif", ".prom"))]
    assert len(names) == 3, sorted(files)
    for name in names:
        text = files[name]
        text.encode()
        if name.endswith(".xml"):
            assert {one.tag for one in ET.fromstring(text).iter()} <= {  # noqa: S314 - what we wrote ourselves
                *("testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out")
            }
            assert bad_lines(text) == []
        elif name.endswith(".sarif"):
            for run in json.loads(text)["runs"]:
                for result in run["results"]:
                    assert not re.search(r"(?<!\\)\[[^\]]*\]\(", result["message"]["text"])
        else:
            assert "planted" not in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::error::x", ": :error::x"),
        ("a ::set-output name=x::y", "a : :set-output name=x::y"),
        ("std::io::Error and ::1 and fe80::1", "std::io::Error and ::1 and fe80::1"),
        ("##[error]x", "# #[error]x"),
        ("##vso[a]", "# #vso[a]"),
        ("a # b ## c", "a # b ## c"),
        ("api\ufeff \u200bx\u2060y\xadz\u061c", "api x y z"),
    ],
)
def test_commands_of_runners_are_taken_apart_and_nothing_else(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@team", "@<!-- -->team"),
        ("location @backend, #12", "location @<!-- -->backend, \\#<!-- -->12"),
        ("deploy@host, a#1 @ #x", "deploy@host, a\\#1 @ \\#x"),
        ("/close", "\\/close"),
    ],
)
def test_markdown_notifies_nobody_in_a_comment(text: str, expected: str) -> None:
    assert markdown(text) == expected


@pytest.mark.parametrize(
    "text", ["- a", "+ a", "1. a", "12) a", "=== a", "# a", "> a", "*a*", "[a](b)", "<b>", "~~a~~", "/close"]
)
def test_markdown_shows_the_text(text: str) -> None:
    rendered = MarkdownIt("commonmark").render(f"{markdown(text)}\n")
    assert rendered == "<p>" + text.replace("<", "&lt;").replace(">", "&gt;") + "</p>\n"
    assert code(text) == f"`{text}`"


def test_a_bar_is_escaped_in_a_table_and_a_command_stays_as_it_is() -> None:
    assert code("a | b") == "`a | b`"
    assert code_in_table("a | b") == "`a \\| b`"
