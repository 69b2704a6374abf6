"""The env remedy on a host: what fails, and what is there afterwards."""

from __future__ import annotations

import errno
import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from parity.remedy.env_targets import env_target
from parity_host.remedy import env, live_file, stopping, switch_journal
from parity_host.secrets.redact import Redactor

KEY = "the key of this test"
OLD = "MODE=fast\nAPI_KEY='b7Qz0pLw9TnX4vRk' # ours\n"
NEW = "MODE=fast\nAPI_KEY='b7Qz0pLw9TnX4vRk' # ours\nNOTION_KEY=nt-7Yp2cV9kQ4\n"
VALUES = {"NOTION_KEY": "nt-7Yp2cV9kQ4"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / ".env.template").write_text("MODE=\nAPI_KEY=\nNOTION_KEY=\n")
    path = tmp_path / "app.env"
    path.write_text(OLD)
    path.chmod(0o640)
    return path


def digest(path: Path) -> str:
    return Redactor(KEY.encode()).fingerprint(path.read_bytes())


def repair(
    path: Path, *, audited: str = "", check: bool = False, values: dict[str, str] | None = None
) -> dict[str, Any]:
    template = str(path.parent / ".env.template")
    asked = env.EnvFileOptions(str(path), template, audited or digest(path), ["NOTION_KEY"], values or VALUES)
    return env.repair(asked, KEY, {}, check)


def leftovers(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir() if ".parity-" in one.name)


def is_untouched(path: Path) -> bool:
    return path.read_text() == OLD and leftovers(path) == []


def test_the_key_is_added_and_the_second_time_nothing_changes(file):
    shown = repair(file, check=True)
    assert (shown["state"], is_untouched(file)) == ("changed", True)
    done = repair(file)
    assert done["state"] == "changed", done
    assert file.read_text() == NEW
    assert file.stat().st_mode & 0o777 == 0o640
    assert Path(done["backups"][0]).read_text() == OLD
    for said in (shown, done):
        assert "nt-7Yp2cV9kQ4" not in str(said)
        assert "b7Qz0pLw9TnX4vRk" not in str(said)
        assert "+NOTION" not in str(said["diff"][0]["before"])
        assert "NOTION_KEY=" in said["diff"][0]["after"]
    for again in (repair(file, check=True), repair(file)):
        assert (again["state"], again["there"], again["left"]) == ("unchanged", ["NOTION_KEY"], [])
        assert "it already has NOTION_KEY, but the containers that read it are older" in again["said"][0]


def test_a_key_without_a_value_is_marked_where_that_is_asked_for(file):
    def marked(*, check: bool) -> dict[str, Any]:
        template = str(file.parent / ".env.template")
        asked = env.EnvFileOptions(str(file), template, digest(file), ["NOTION_KEY"], {}, mark=True)
        return env.repair(asked, KEY, {}, check)

    shown = marked(check=True)
    assert (shown["state"], shown["marked"], is_untouched(file)) == ("changed", ["NOTION_KEY"], True)
    assert shown["said"] == [f"a comment for NOTION_KEY would be added to {file}"]
    done = marked(check=False)
    assert file.read_text() == OLD + "# NOTION_KEY=  # Parity: a value is needed here\n"
    assert done["said"][1] == "NOTION_KEY was marked"
    assert (done["added"], len(done["left"])) == ([], 1)
    assert marked(check=False)["state"] == "unchanged"


def test_what_is_refused_is_refused_in_check_mode_too(file):
    os.link(file, file.parent / "another name")
    shown, done = repair(file, check=True), repair(file)
    assert (shown["state"], shown["said"]) == (done["state"], done["said"])
    assert (done["state"], is_untouched(file)) == ("refused", True)
    assert "has 2 hard links" in done["said"][0]


def test_the_file_was_changed_since_it_was_audited(file):
    audited = digest(file)
    file.write_text(OLD + "X=1\n")
    done = repair(file, audited=audited)
    assert done["state"] == "refused"
    assert "changed since the audit" in done["said"][0]
    assert file.read_text() == OLD + "X=1\n"
    assert leftovers(file) == []


def test_the_file_is_changed_while_it_is_repaired(file, monkeypatch):
    real = switch_journal.Journal.at

    def at(self: switch_journal.Journal, step: str) -> switch_journal.Journal:
        if step == switch_journal.SWITCHING:
            file.write_text(OLD + "X=1\n")
        return real(self, step)

    monkeypatch.setattr(switch_journal.Journal, "at", at)
    assert repair(file)["state"] == "restored"
    assert file.read_text() == OLD + "X=1\n"
    assert leftovers(file) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("step", ["keep", "write_new", "put_in_place"])
def test_what_the_file_system_refuses_leaves_every_byte(file, monkeypatch, step, number):
    real = getattr(live_file, step)
    broken = ["once"]

    def fails(*arguments: Any) -> Any:
        if broken:
            broken.pop()
            raise OSError(number, os.strerror(number), arguments[0])
        return real(*arguments)

    monkeypatch.setattr(live_file, step, fails)
    done = repair(file)
    assert done["state"] in ("refused", "restored"), done
    assert any(os.strerror(number) in said for said in done["said"])
    assert is_untouched(file)


def killed(path: Path, function: str) -> None:
    child = os.fork()
    if child == 0:
        real = getattr(live_file, function)

        def dies(*arguments: Any) -> Any:
            if path.name in arguments[0]:  # and not with the journal, which is written first
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments)

        setattr(live_file, function, dies)
        repair(path)
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("function", ["keep", "write_new", "put_in_place"])
def test_a_run_that_is_killed_is_undone_by_the_next_one(file, function):
    killed(file, function)
    assert file.read_text() == OLD
    done = repair(file)
    assert done["state"] == "changed", done
    assert "was interrupted" in done["said"][0]
    assert file.read_text() == NEW
    assert leftovers(file) == [Path(done["backups"][0]).name]


@pytest.mark.parametrize("number", stopping.SIGNALS)
def test_a_run_that_is_told_to_end_puts_back_what_is_half_done_even_when_told_again(file, number):
    child = os.fork()
    if child == 0:
        stopping.by_exception()
        real = live_file.put_in_place

        def replaces(new: str, path: str) -> None:
            real(new, path)
            if path == str(file):  # it is replaced, and then put back
                os.kill(os.getpid(), number)

        live_file.put_in_place = replaces
        done = repair(file)
        said = f"it failed at the step 'switching': it was stopped by {number.name}"
        os._exit(3 if (done["state"], done["said"][0]) == ("restored", said) else 0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
    assert is_untouched(file)


@pytest.mark.parametrize("number", stopping.SIGNALS)
def test_a_run_that_is_told_to_end_before_anything_is_touched_says_so(file, number):
    child = os.fork()
    if child == 0:
        stopping.by_exception()
        live_file.read = lambda path: os.kill(os.getpid(), number)
        done = repair(file, audited="any")
        os._exit(3 if (done["state"], done["said"][0]) == ("restored", f"it was stopped by {number.name}") else 0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
    assert is_untouched(file)


def test_of_two_runs_at_once_one_refuses_or_finds_it_done(file):
    audited = digest(file)
    outcomes: list[dict[str, Any]] = []
    threads = [threading.Thread(target=lambda: outcomes.append(repair(file, audited=audited))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = sorted(done["state"] for done in outcomes)
    assert states[0] == "changed"
    assert states[1] in ("refused", "unchanged")
    assert file.read_text() == NEW


def test_a_file_with_two_names_and_one_that_compose_refuses_are_left(file):
    os.link(file, file.parent / "other.env")
    done = repair(file)
    assert "has 2 hard links" in done["said"][0]
    os.unlink(file.parent / "other.env")
    file.write_text("A B=1\n")
    done = repair(file)
    assert (done["state"], "Compose rejects it at line 1" in done["said"][0]) == ("refused", True)
    assert leftovers(file) == []


def facts(*names: str) -> dict[str, Any]:
    files = {f"/srv/{name}": {"roles": ["env_file"], "text": "", "digest": name} for name in names}
    for name in files.keys() & {"/srv/.env", "/srv/more.env"}:
        files[name]["roles"] = ["project"]
    compose = "services: {job: {image: x, env_file: ../b.env}, api: {image: x, env_file: [../app.env]}}"
    files["/srv/docker/compose.yml"] = {"roles": ["compose"], "text": compose}
    return {"project": {"directory": "/srv/docker", "template": "/srv/.env.template", "files": files}}


def finding(rule: str, item: str, environment: str, status: str = "open") -> dict[str, Any]:
    evidence = [{"environment": environment, "service": "api", "shown": "", "place": ""}]
    return {
        "id": f"{rule}/{item}",
        "rule": rule,
        "item": item,
        "environments": [environment],
        "status": status,
        "evidence": evidence,
    }


FOUND = {
    "findings": [
        finding("environment.missing", "A", "prod"),
        finding("environment.template-key-missing", "A", "prod"),
        finding("environment.missing", "B", "dev"),
        finding("environment.missing", "C", "prod", "waived"),
        finding("environment.empty", "D", "prod"),
    ],
    "services": [
        {"name": "api", "environments": {"dev": {"service": "api"}, "prod": {"service": "web_api"}}},
        {"name": "worker", "environments": {"dev": {"service": "worker"}}},
    ],
}


@pytest.mark.parametrize(
    ("names", "file", "path", "why"),
    [
        (("app.env",), "", "/srv/app.env", ""),
        (("app.env", "b.env"), "../b.env", "/srv/b.env", ""),
        (("app.env",), "/srv/app.env", "/srv/app.env", ""),
        (
            ("app.env", "b.env"),
            "",
            "",
            "set parity_env_file to the file to add the keys to. Env files found: /srv/app.env, /srv/b.env",
        ),
        (("app.env",), "x.env", "", "/srv/docker/x.env is not an env file of the project or of a service"),
        ((), "", "", "Env files found: none"),
        ((".env",), "", "/srv/.env", ""),
        ((".env", "app.env"), "", "/srv/app.env", ""),
        ((".env", "app.env"), "../.env", "/srv/.env", ""),
        ((".env", "more.env"), "", "", "Env files found: /srv/.env, /srv/more.env"),
    ],
)
def test_the_file_is_the_one_that_is_named_or_the_only_one(names, file, path, why):
    target = env_target(FOUND, "prod", facts(*names), file)
    assert (target["path"], target["digest"]) == (path, Path(path).name)
    assert why in target["why"]
    assert target["keys"] == ["A"]
    assert target["findings"] == {"A": ["environment.missing/A", "environment.template-key-missing/A"]}
    assert target["services"] == sorted({"/srv/b.env": {"job"}, "/srv/app.env": {"api"}}.get(path, set()) | {"web_api"})


@pytest.mark.parametrize(
    ("value", "names", "path"),
    [
        ("${A:-none}", (".env", "app.env"), "/srv/.env"),
        ("$A", (".env", "app.env"), "/srv/.env"),
        ("$$A", (".env", "app.env"), "/srv/app.env"),
        ("${AB:-none}", (".env", "app.env"), "/srv/app.env"),
        ("${A:-none}", ("app.env",), "/srv/app.env"),
    ],
)
def test_what_compose_reads_itself_goes_into_the_project_s_own_file(value, names, path):
    found = facts(*names)
    found["project"]["files"]["/srv/docker/compose.yml"]["text"] += f"# {value}\n"
    assert env_target(FOUND, "prod", found)["path"] == path


def test_what_another_remedy_left_in_the_folder_is_left_to_it(file):
    kept = live_file.read(str(file)).kept
    conf = file.parent / "loki.yaml"
    conf.write_text("a: 1\n")
    left = switch_journal.entry(str(conf), "20261124T083000Z", live_file.digest(b"a: 1\n"), live_file.digest(b"a: 2\n"))
    os.link(conf, left.backup)
    live_file.write_new(left.new, b"a: 2\n", kept)
    os.rename(left.new, conf)
    journal = switch_journal.Journal(str(file.parent), switch_journal.TAKING, "then", "0123456789ab", [left])
    journal.at(switch_journal.TAKING)
    done = repair(file)
    assert done["state"] == "refused"
    assert "for container 0123456789ab was interrupted in this folder; run that remedy first" in done["said"][0]
    assert (conf.read_text(), file.read_text()) == ("a: 2\n", OLD)
    assert switch_journal.find(str(file.parent)) is not None
