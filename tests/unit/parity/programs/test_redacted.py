"""What was hidden on its host is unknown to the checkers: redacted texts have no problem that the originals lack."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from nginx_cases import CASES, Case

from parity.programs.loki.check.check import check as check_loki
from parity.programs.nginx.check.check import check
from parity.programs.nginx.check.walker import Unseen
from parity_host.loki import text as loki_text
from parity_host.nginx import text as nginx_text
from parity_host.secrets.redact import Redactor
from parity_host.secrets.token import TOKEN

KEY = b"0" * 32
HIDDEN = Unseen(hidden=re.compile(TOKEN.pattern.encode()))
LOKI = sorted((Path(__file__).parents[4] / "tests" / "cases" / "loki").glob("*.yaml"))


def redacted(tree: dict[str, bytes]) -> dict[str, bytes]:
    redactor = Redactor(KEY)
    texts = {path: nginx_text.decoded(data) for path, data in tree.items()}
    return {path: nginx_text.redact(text, redactor).encode(encoding) for path, (text, encoding) in texts.items()}


@pytest.mark.parametrize("version", ["1.22", "1.31"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nginx(case: Case, version: str) -> None:
    before = {(one.rule, one.file, one.line) for one in check(case.tree(), case.main, version)}
    after = [(one.rule, one.file, one.line) for one in check(redacted(case.tree()), case.main, version, unseen=HIDDEN)]
    assert set(after) <= before
    # What is wrong with a word of nginx's own is still seen.
    assert len(after) == len(before) or TOKEN.search("".join(map(bytes.decode, redacted(case.tree()).values())))


@pytest.mark.parametrize("path", LOKI, ids=lambda path: path.stem)
def test_loki(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    day = datetime.date(2026, 11, 30)
    before = {str(one.rule) for one in check_loki(text, "3.7.2", day)}
    after = [str(one.rule) for one in check_loki(loki_text.redact(text, Redactor(KEY)), "3.7.2", day)]
    assert set(after) <= before
