"""The problems as JUnit XML, as pipelines show tests: a suite an area, a case a problem; those that gate fail."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from parity.report.problems import findings_of
from parity.report.text import expected, plain

# What XML 1.0 cannot hold: https://www.w3.org/TR/xml/#charsets
_NO_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(data: Mapping[str, Any]) -> str:
    """Return the problems (of `findings.json`) as the text of a JUnit file.

    A problem that the gate counts is a failure; one that is waived or to verify, and an expected difference, is skipped
    with its reason; any other open one passes and says in its output what to do. What could not be seen is an error.
    """
    reached = set(data["gate"]["problems"])
    by_id = {finding["id"]: finding for finding in data["findings"]}
    document = JUnitXml("Parity")
    for area in data["areas"]:
        suite = TestSuite(_text(area["title"]))
        suite.timestamp = data["generated"].removesuffix("Z")
        problems = [one for one in data["problems"] if by_id[one["findings"][0]]["area"] == area["name"]]
        cases = [_case(one, findings_of(one, by_id), area["name"], one["id"] in reached) for one in problems]
        cases += [_expected(one) for one in expected(data["findings"]) if one["area"] == area["name"]]
        # All at once: with each one, the library counts the whole suite anew.
        suite.add_testcases(cases or [TestCase("nothing differs", classname=f"parity.{area['name']}", time=0)])
        document.add_testsuite(suite)
    unseen = TestSuite("What could be seen")
    cases = [_unseen(one) for one in data["unseen"]]
    unseen.add_testcases(cases or [TestCase("everything was seen", classname="parity.unseen", time=0)])
    document.add_testsuite(unseen)
    text: bytes = document.tostring()  # type: ignore[no-untyped-call]
    return text.decode("utf-8") + "\n"


def _unseen(one: Mapping[str, Any]) -> TestCase:
    case = TestCase(_text(f"{one['what']} of {one['environment']}"), classname="parity.unseen", time=0)
    case.result = [Error(_text(f"{one['host']}: {one['why']}"), "unseen")]
    return case


def _case(problem: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], area: str, fails: bool) -> TestCase:
    case = TestCase(_text(problem["id"]), classname=f"parity.{area}", time=0)
    if fails:
        said = [problem[part] for part in ("cause", "impact", "action")]
        case.result = [Failure(_text(problem["title"]), problem["severity"])]
        case.result[0].text = "\n".join(_text(line) for line in [" ".join(said), *(one["title"] for one in findings)])
    elif problem["status"] != "open":
        case.result = [Skipped(_text(f"{problem['status']}: {problem['why']}"))]
    else:
        case.system_out = _text(f"{problem['severity']}: {problem['title']}. {problem['action']}")
    return case


def _expected(finding: Mapping[str, Any]) -> TestCase:
    case = TestCase(_text(finding["id"]), classname=f"parity.{finding['area']}", time=0)
    case.result = [Skipped(_text(f"{finding['status']}: {finding['because']}"))]
    return case


def _text(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", plain(text))
