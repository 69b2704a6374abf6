"""The findings as JUnit XML, as pipelines show tests: a suite an area, a case a finding; those that gate fail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from parity.report.text import plain

# What XML 1.0 cannot hold: https://www.w3.org/TR/xml/#charsets
_NO_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(data: Mapping[str, Any]) -> str:
    """Return the findings (of `findings.json`) as the text of a JUnit file.

    A finding that the gate counts is a failure; one that is waived, expected or to verify is skipped with its reason;
    any other open one passes and says in its output what to do. What could not be seen is an error.
    """
    reached = set(data["gate"]["reached"])
    document = JUnitXml("Parity")
    for area in data["areas"]:
        suite = TestSuite(_text(area["title"]))
        suite.timestamp = data["generated"].removesuffix("Z")
        found = [finding for finding in data["findings"] if finding["area"] == area["name"]]
        cases = [_case(finding, finding["id"] in reached) for finding in found]
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


def _case(finding: Mapping[str, Any], fails: bool) -> TestCase:
    case = TestCase(_text(finding["id"]), classname=f"parity.{finding['area']}", time=0)
    if fails:
        case.result = [Failure(_text(finding["title"]), finding["severity"])]
        case.result[0].text = _text(f"{finding['cause']} {finding['impact']} {finding['action']}")
    elif finding["status"] != "open":
        case.result = [Skipped(_text(f"{finding['status']}: {finding['because']}"))]
    else:
        case.system_out = _text(f"{finding['severity']}: {finding['title']}. {finding['action']}")
    return case


def _text(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", plain(text))
