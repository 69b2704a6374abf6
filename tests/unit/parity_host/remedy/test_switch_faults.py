"""Every call of a switch that touches a file, failing in every way: the service has the old files or the new, whole."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from switching import ERRORS, NEW, OLD, Site, calls, clean_run, fail, kill

from parity_host.remedy import switch
from parity_host.remedy.live_file import FileError

with tempfile.TemporaryDirectory() as name:
    CALLS = clean_run(Path(name))
EVERY = [pytest.param(at, id=f"{at}-{name}") for at, name in enumerate(CALLS, 1)]
LASTING = {False: "once", True: "lasting"}


def failures() -> Iterator[Any]:
    """Yield every call with every error, once and lasting: one for each call in each run, the rest in the long tier."""
    kinds = list(itertools.product(ERRORS, LASTING))
    for at, call in enumerate(CALLS, 1):
        for kind, (error, lasting) in enumerate(kinds):
            marks = [] if kind == at % len(kinds) else [pytest.mark.long_run]
            yield pytest.param(at, error, lasting, marks=marks, id=f"{at}-{call}-{error}-{LASTING[lasting]}")


def held(site: Site, outcome: switch.SwitchOutcome) -> None:
    """Whatever happened, the files are whole, the service runs with what lies there, and the report says which."""
    assert site.metadata() == site.belongs
    content, said = site.content(), "\n".join(outcome.said)
    if outcome.state == switch.CHANGED:
        assert content == NEW
        assert site.service.runs_with() == NEW
    elif outcome.state in (switch.RESTORED, switch.REFUSED):
        assert content == OLD
        assert site.service.runs_with() == OLD
        assert site.leftovers() == [] or "the next run will" in said
    else:
        assert outcome.state == switch.BROKEN
        for name in OLD:
            path = site.folder / name
            which = "the old file" if content[name] == OLD[name] else "the new file"
            assert content[name] in (OLD[name], NEW[name])
            # Where a lasting fault keeps it from being read, that is said instead: nothing is claimed that is not seen.
            assert f"{path} is {which}, complete" in said or f"{path} cannot be read" in said
            assert site.service.runs_with()[name] in (OLD[name], NEW[name])
        assert "run the remedy again to complete the rollback" in said


def next_run_holds(site: Site, done: bool) -> None:
    """The next run finds all as it was, or as it was proved, and cleans up."""
    site.recover()
    assert site.content() == (NEW if done else OLD)
    assert site.service.runs_with() == (NEW if done else OLD)
    assert site.metadata() == site.belongs
    assert [name for name in site.leftovers() if not (done and name.endswith(".bak"))] == []
    assert site.recover() == []
    if not done:
        assert site.switch(stamp="later").state == switch.CHANGED


def test_faults_are_injected_into_calls_of_every_kind() -> None:
    assert {"open", "write", "link", "rename", "fsync", "fchmod", "unlink"} <= set(CALLS)
    assert len(CALLS) > 60


@pytest.mark.parametrize(("at", "error", "lasting"), list(failures()))
def test_a_call_fails(tmp_path: Path, at: int, error: str, lasting: bool) -> None:
    site = Site(tmp_path)
    try:
        with calls(fail(at, ERRORS[error], lasting)):
            outcome = site.switch()
    except FileError as refused:
        outcome = switch.SwitchOutcome(switch.REFUSED, [str(refused)])
    held(site, outcome)
    next_run_holds(site, outcome.state == switch.CHANGED)


@pytest.mark.parametrize("at", EVERY)
def test_the_process_is_killed(tmp_path: Path, at: int) -> None:
    site = Site(tmp_path)
    child = os.fork()
    if child == 0:
        with calls(kill(at)):
            site.switch()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert all(content in (OLD[name], NEW[name]) for name, content in site.content().items())
    assert all(content in (OLD[name], NEW[name]) for name, content in site.service.runs_with().items())
    next_run_holds(site, done=not (site.folder / ".parity-remedy.json").exists() and site.content() == NEW)
