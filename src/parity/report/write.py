"""The reports: every file is a view of the same findings, from the templates in `templates/`."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import jinja2

from parity.domain.findings import SEVERITIES, ParityError
from parity.judge import gate, knowledge
from parity.record import snapshot
from parity.report import comment, exports, problems, templates, tls_section
from parity.report.exports.checkout import Checkout, remote
from parity.report.html import page
from parity.report.side_by_side import page as side_by_side
from parity.report.text import FILTERS

_REPORT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z(?:-\d+)?")
_PROJECT: Final = Path(__file__).resolve().parents[3]
TEMPLATES: Final = _PROJECT / "templates"


def names(environments: Sequence[str]) -> dict[str, str]:
    """Return each report file's name by its template; the comparisons are named for the environments compared."""
    both = "_vs_".join(environments)
    production = environments[-1]
    return {
        "report.md.j2": "report.md",
        "summary.txt.j2": "summary.txt",
        "detailed_analysis.txt.j2": "detailed_analysis.txt",
        "env_diff.txt.j2": f"{both}_env_diff.txt",
        "compose_diff.txt.j2": f"docker_compose_{both}_diff.txt",
        "env_template_diff.txt.j2": f"docker_env_template_vs_{production}_diff.txt",
        "nginx_ssl_diff.txt.j2": "nginx_ssl_diff.txt",
    }


def render(
    data: Mapping[str, Any], folder: Path = TEMPLATES, docs: str = "", audited: Checkout | None = None
) -> dict[str, str]:
    """Return every report file's text by its name.

    `data` is what `parity.audit.audit` returns, `docs` where the pages of the rules are, seen from the report, and
    `audited` the checkout whose files may have been audited. What hosts sent is only ever a value here, never a
    template.
    """
    environment = _environment(folder)
    by_id = {finding["id"]: finding for finding in data["findings"]}
    files = {
        name: environment.get_template(template).render(**data, by_id=by_id, docs=docs)
        for template, name in names([e["name"] for e in data["environments"]]).items()
    }
    files["comment.md"] = comment.render(data, environment)
    files["report.html"] = page.render(data, folder, docs)
    files.update(side_by_side.render(data, environment, folder))
    files.update(exports.render(data, knowledge.load().rules, audited, _home()))
    files["findings.json"] = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    return files


def _home() -> str:
    """Return where this copy of Parity is on the web: the address it was cloned from; empty where that is not known."""
    # Without a `.git` of its own, the copy may be in a repository of somebody else.
    address = remote(_PROJECT) if (_PROJECT / ".git").exists() else ""
    return address if address.startswith("http") else ""


def docs_from(reports: Path) -> str:
    """Return where the pages of the rules are, seen from a report's folder in `reports`; empty outside of the project.

    A report that lies elsewhere would show the controller's own folders.
    """
    if not reports.resolve().is_relative_to(_PROJECT):
        return ""
    return os.path.relpath(_PROJECT / "docs", reports.resolve() / "report")


def intended_differences(data: Mapping[str, Any], folder: Path = TEMPLATES) -> str:
    """Return a page, in Markdown, of what differs and is meant to, with the reasons: for the repository's own docs.

    `data` is what `findings.json` holds. The same differences make the same bytes: the page has no time of its own.
    """
    return _environment(folder).get_template("intended_differences.md.j2").render(**data)


@functools.lru_cache(maxsize=1)
def _environment(folder: Path) -> jinja2.Environment:
    environment = templates.environment(folder, autoescape=False)
    environment.globals["severities"] = SEVERITIES
    environment.filters.update(FILTERS)
    environment.filters.update(problems.FILTERS, outcome=gate.outcome, tls_section=tls_section.section)
    return environment


def write(
    files: Mapping[str, str], snapshots: Sequence[Mapping[str, Any]], reports: Path, stamp: str, keep: int = 0
) -> Path:
    """Write a report's folder whole or not at all, point `latest` to it, and return it.

    `stamp` names the folder, `keep` says how many reports stay (0: all); raises ParityError when the reports folder
    cannot be written.
    """
    try:
        reports.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=reports))
    except OSError as error:
        raise ParityError(
            f"the reports folder {reports} cannot be written: {error.strerror}; set parity_reports_dir"
        ) from None
    try:
        for name, text in files.items():
            (aside / name).write_text(text, encoding="utf-8", errors="replace")
        (aside / "snapshots").mkdir()
        for entry in snapshots:
            (aside / "snapshots" / f"{entry['environment']}.json").write_text(
                snapshot.dump(entry), encoding="utf-8", errors="replace"
            )
        aside.chmod(0o755)
        final = _take_name(aside, reports, stamp)
        _point_latest(reports, final.name)
        _forget(reports, keep)
    except OSError as error:
        raise ParityError(
            f"the report cannot be written below {reports}: {error.strerror}; no partial report was kept"
        ) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return final


def _take_name(aside: Path, reports: Path, stamp: str) -> Path:
    for number in range(1, 1000):
        final = reports / (stamp if number == 1 else f"{stamp}-{number}")
        if not final.exists():
            try:
                aside.rename(final)
            except FileExistsError:
                continue
            return final
    raise ParityError(f"{reports} already has 1000 reports with this timestamp; check the clock")


def _forget(reports: Path, keep: int) -> None:
    """Remove all but the last `keep` reports, and nothing that is none."""
    made = sorted(path for path in reports.iterdir() if _REPORT.fullmatch(path.name) and not path.is_symlink())
    for path in made[:-keep] if keep > 0 else []:
        shutil.rmtree(path)


def _point_latest(reports: Path, name: str) -> None:
    link = reports / f".latest-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(name)
    link.replace(reports / "latest")
