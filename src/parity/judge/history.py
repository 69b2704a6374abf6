"""The memory from run to run: which findings are new, still open, back again or resolved. SQLite beside the reports."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from parity.domain.findings import SEVERITIES, Severity

FILE: Final = "history.sqlite"
RUNS_SHOWN: Final = 60
_BUSY_SECONDS: Final = 30.0
# Each entry leads from one version of the schema to the next; none is ever changed once it was published.
_MIGRATIONS: Final = (
    """
    CREATE TABLE run (id INTEGER PRIMARY KEY, scope TEXT NOT NULL, generated TEXT NOT NULL, counts TEXT NOT NULL);
    CREATE TABLE finding (
        scope TEXT NOT NULL, id TEXT NOT NULL, facts TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
        resolved TEXT NOT NULL DEFAULT '', resolved_by TEXT NOT NULL DEFAULT '', PRIMARY KEY (scope, id));
    CREATE INDEX run_of_scope ON run (scope, id);
    """,
)
# In which parts of which host a finding was seen.
_SIGHT: Final = "seen"
# What the problem was called to which it belonged.
_TITLE: Final = "problem_title"
_FACTS: Final = ("rule", "area", "service", "title", "severity", "environments")


def remember(
    data: Mapping[str, Any],
    reports: Path,
    repairs: Sequence[Mapping[str, str]] = (),
    projects: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """Return an audit's findings with what the memory in the folder `reports` knows of them, and remember this run.

    `data` is what `parity.audit.audit` returns; `repairs` are records of remedies (`finding`, `remedy`, `when`).
    `projects` are what an inventory calls the project on each host of an environment: its name or its folder. They
    tell two applications apart whose hosts have the same names, as all have of which only files are audited.
    Runs at the same time wait for each other. A damaged file is set aside, and `history.note` says so; without a folder
    that can be written everything is new, and the note says why.
    """
    note = ""
    for _ in range(2):
        try:
            with _opened(reports / FILE) as base:
                return {**data, **_told(base, data, repairs, projects or {}, note)}
        except sqlite3.DatabaseError as error:
            note = _set_aside(reports / FILE, error)
        except OSError as error:
            note = f"the history was not saved: {error.strerror}"
    return {**data, **_unremembered(data, note)}


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as base:
        base.execute("BEGIN IMMEDIATE")
        try:
            _migrate(base)
            yield base
        except BaseException:
            base.execute("ROLLBACK")
            raise
        base.execute("COMMIT")


def _migrate(base: sqlite3.Connection) -> None:
    version = int(base.execute("PRAGMA user_version").fetchone()[0])
    if version > len(_MIGRATIONS):
        raise OSError(0, f"a newer Parity wrote it (format {version}, this one knows {len(_MIGRATIONS)})")
    for step in _MIGRATIONS[version:]:
        for statement in filter(str.strip, step.split(";")):
            base.execute(statement)
    base.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")


def _set_aside(path: Path, error: sqlite3.DatabaseError) -> str:
    """Move a damaged file away, and say so; a file that is only busy stays where it is."""
    if isinstance(error, sqlite3.OperationalError):
        return f"the history was not saved: {error}"
    aside = next(p for n in range(1, 1000) if not (p := path.with_name(f"{path.name}.damaged-{n}")).exists())
    path.rename(aside)
    return f"the history was damaged ({error}); it was moved to {aside.name}, and a new one was started"


def _unremembered(data: Mapping[str, Any], note: str) -> dict[str, Any]:
    history = {"runs": [_run(data)], "problems": [], "resolved": [], "not_seen": [], "note": note}
    return {"history": history, "summary": {**data["summary"], "new": _live(data["findings"])}}


def _live(findings: Sequence[Mapping[str, Any]]) -> int:
    return sum(one["status"] == "open" for one in findings)


def _run(data: Mapping[str, Any]) -> dict[str, Any]:
    counts = data["summary"]
    return {
        "generated": data["generated"],
        **{level: counts[level] for level in SEVERITIES},
        "problems": {level: counts["problems"][level] for level in SEVERITIES},
    }


def _told(
    base: sqlite3.Connection,
    data: Mapping[str, Any],
    repairs: Sequence[Mapping[str, str]],
    projects: Mapping[str, Sequence[str]],
    note: str,
) -> dict[str, Any]:
    # One reports folder may serve several inventories: what the environments are called and where they are is a scope.
    places = {one["name"]: [*filter(None, projects.get(one["name"], ()))] for one in data["environments"]}
    scope = json.dumps(
        [[one["name"], one["hosts"], *filter(None, [places[one["name"]]])] for one in data["environments"]]
    )
    now = data["generated"]
    known = {
        row[0]: row[1:]
        for row in base.execute(
            "SELECT id, facts, first_seen, last_seen, resolved, resolved_by FROM finding WHERE scope = ?", (scope,)
        )
    }
    sight = {one["name"]: one["seen"] for one in data["environments"]}
    titles = {one["id"]: one["title"] for one in data["problems"]}
    findings = [_seen(base, scope, now, one, known.get(one["id"]), sight, titles) for one in data["findings"]]
    present = {one["id"] for one in findings if one["status"] != "expected"}
    # A remedy resolved what it changed after it was last seen; times are written with and without colons.
    by = {
        one["finding"]: one["remedy"]
        for one in repairs
        if one["finding"] in known and one["when"].replace(":", "") >= known[one["finding"]][2].replace(":", "")
    }
    by.update({one["id"]: "policy" for one in findings if one["status"] == "expected"})
    gone = {name: json.loads(row[0]) for name, row in known.items() if name not in present and not row[3]}
    unseen = {name for name, told in gone.items() if _is_unseen(told, data, sight)}
    not_seen = [
        {"id": name, **_shown(gone[name]), "first_seen": known[name][1], "last_seen": known[name][2]}
        for name in gone
        if name in unseen
    ]
    left = {name: told for name, told in gone.items() if name not in unseen}
    resolved = [*_resolved(base, scope, now, left, known, by)]
    still = {json.loads(row[0]).get("problem") for name, row in known.items() if not row[3] and name not in left}
    base.execute("INSERT INTO run (scope, generated, counts) VALUES (?, ?, ?)", (scope, now, json.dumps(_run(data))))
    rows = base.execute("SELECT counts FROM run WHERE scope = ? ORDER BY id DESC LIMIT ?", (scope, RUNS_SHOWN))
    runs = [json.loads(row[0]) for row in rows][::-1]
    changes = [one["change"] for one in findings if one["status"] == "open"]
    counted = {"new": changes.count("new"), "back": changes.count("back"), "resolved": len(resolved)}
    return {
        "findings": findings,
        "history": {
            "runs": runs,
            "problems": [*_resolved_problems(resolved, left, still)],
            "resolved": resolved,
            "not_seen": not_seen,
            "note": note,
        },
        "summary": {**data["summary"], **counted},
    }


def _seen(
    base: sqlite3.Connection,
    scope: str,
    now: str,
    finding: Mapping[str, Any],
    known: Sequence[str] | None,
    sight: Mapping[str, Sequence[str]],
    titles: Mapping[str, str],
) -> dict[str, Any]:
    """Return a finding with its past, and remember that it was seen; expected differences have no past."""
    if finding["status"] == "expected":
        return dict(finding)
    change = "new" if known is None else "back" if known[3] else "open"
    first = now if known is None else known[1]
    seen = {name: list(sight.get(name, ())) for name in finding["environments"]}
    of = finding["problem"]
    facts = json.dumps({**{name: finding[name] for name in _FACTS}, _SIGHT: seen, "problem": of, _TITLE: titles[of]})
    base.execute(
        "INSERT INTO finding (scope, id, facts, first_seen, last_seen) VALUES (?, ?, ?, ?, ?) ON CONFLICT (scope, id) "
        "DO UPDATE SET facts = excluded.facts, last_seen = excluded.last_seen, resolved = '', resolved_by = ''",
        (scope, finding["id"], facts, first, now),
    )
    return {**finding, "change": change, "first_seen": first, "last_seen": now}


def _is_unseen(told: Mapping[str, Any], data: Mapping[str, Any], sight: Mapping[str, Sequence[str]]) -> bool:
    """Return whether what was open at the last run may be there still: not all in which it was found was seen again."""
    blind = {piece["environment"] for piece in data["unseen"]}
    blind |= {name for name, parts in told.get(_SIGHT, {}).items() if set(parts) - set(sight.get(name, ()))}
    silent = {
        environment
        for one in data["findings"]
        if one["rule"] == "health.not-known" and one["service"] == told["service"] and told["area"] == "health"
        for environment in one["environments"]
    }
    return bool((blind | silent) & set(told["environments"]))


def _shown(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in _FACTS}


def _resolved(
    base: sqlite3.Connection,
    scope: str,
    now: str,
    gone: Mapping[str, Mapping[str, Any]],
    known: Mapping[str, Sequence[str]],
    by: Mapping[str, str],
) -> Iterator[dict[str, Any]]:
    """Yield what was open at the last run and is gone, and remember it."""
    for name, told in gone.items():
        remedy = by.get(name, "")
        base.execute(
            "UPDATE finding SET resolved = ?, resolved_by = ? WHERE scope = ? AND id = ?", (now, remedy, scope, name)
        )
        yield {"id": name, **_shown(told), "first_seen": known[name][1], "resolved": now, "by": remedy}


def _resolved_problems(
    resolved: Sequence[Mapping[str, Any]], left: Mapping[str, Mapping[str, Any]], still: set[str | None]
) -> Iterator[dict[str, Any]]:
    """Yield the problems of which nothing is left: all of their findings were resolved, whatever else they are now.

    A finding that an older Parity remembered was in no problem, and is one of its own.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in resolved:
        found.setdefault(left[one["id"]].get("problem") or one["id"], []).append(one)
    for name, findings in found.items():
        if name not in still:
            worst = max(findings, key=lambda one: Severity.parse(one["severity"]))
            yield {
                "id": name,
                "rule": worst["rule"],
                "title": left[worst["id"]].get(_TITLE) or worst["title"],
                "severity": worst["severity"],
                "environments": sorted({environment for one in findings for environment in one["environments"]}),
                "first_seen": min(one["first_seen"] for one in findings),
                "resolved": worst["resolved"],
                "by": next((one["by"] for one in findings if one["by"]), ""),
            }
