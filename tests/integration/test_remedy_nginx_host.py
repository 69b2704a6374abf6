"""The nginx remedy on a real engine with a real nginx: what fails, and what is there afterwards."""

from __future__ import annotations

import datetime
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nginx_containers import docker

from parity.remedy import plan as remedies
from parity_host.engine import trial_container
from parity_host.engine.change import ChangingEngine
from parity_host.engine.client import Engine, EngineUnavailableError
from parity_host.nginx import files as nginx_files
from parity_host.remedy import live_file, nginx, remedy, switch_journal
from parity_host.remedy.nginx import NginxService
from parity_host.secrets.redact import Redactor

KEY = "the key of this test"
MAIN = "/etc/nginx/nginx.conf"
SITE = "/etc/nginx/conf.d/site.conf"
CONF = "events {}\nhttp {\n    include conf.d/*.conf;\n}\n"
GOOD = "server {\n    listen 8080;\n    # the password is Tr0ub4dor-and-3\n    location / { return 200 old; }\n}\n"
BROKEN = GOOD.replace("listen 8080;", "listen 8080").replace("old", "new")
REPAIRED = BROKEN.replace("listen 8080", "listen 8080;")
TODAY = datetime.date(2026, 11, 24)


class Stack:
    """One nginx whose site is mounted alone, or with its folder; its main file is mounted alone."""

    def __init__(self, image: str, root: Path, mount: str, text: str) -> None:
        self.folder = root / "conf.d"
        self.folder.mkdir(parents=True)
        (root / "nginx.conf").write_text(CONF)
        self.file = self.folder / "site.conf"
        self.file.write_text(text)
        self.file.chmod(0o640)
        source, at = (self.file, SITE) if mount == "file" else (self.folder, "/etc/nginx/conf.d")
        more = ("-v", f"{root}/nginx.conf:{MAIN}:ro")
        command = ("--entrypoint", "nginx", image, "-g", "daemon off;")
        self.id = docker(
            "run", "-d", "--init", "--restart=unless-stopped", "--expose", "8080", "-v", f"{source}:{at}:ro", *more, *command
        )  # fmt: skip
        self.before = live_file.read(str(self.file))
        self.settle(text == GOOD)

    def settle(self, runs: bool) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if runs and "nginx: worker process" in docker("top", self.id, check=False):
                return
            if not runs and int(docker("inspect", "-f", "{{.RestartCount}}", self.id)):
                return
            time.sleep(0.1)
        raise AssertionError(docker("logs", self.id))

    def asked(self, files: list[dict[str, Any]], trial: bool = True) -> remedy.RemedyOptions:
        return remedy.RemedyOptions("nginx", self.id, "", files, trial, True, 12.0)

    def plan(self, refusals: tuple[str, ...] = (), output: str = "") -> dict[str, Any]:
        read = remedy.read(self.asked([{"path": MAIN}, {"path": SITE}]), KEY, {})["files"]
        target = {"main": MAIN, "version": "1.22.1", "output": output, "files": []}
        target["files"] = [{"path": path, "digest": one["digest"]} for path, one in read.items()]
        return remedies.plan(target, "nginx", read, TODAY, True, refusals)

    def edits(self, text: str) -> list[dict[str, Any]]:
        """Return a plan by which the site has `text`, whatever would become of it."""
        return [{**one, "sealed": text} if one["path"] == SITE else one for one in self.plan()["edits"]]

    def apply(self, edits: list[dict[str, Any]], *, check: bool = False, trial: bool = True) -> dict[str, Any]:
        return remedy.repair(self.asked(edits, trial), KEY, {}, check)

    def repair(self, **how: bool) -> dict[str, Any]:
        return self.apply(self.plan()["edits"], **how)

    def answer(self) -> str:
        return docker("exec", self.id, "python3", "-c", ASK)

    def started(self) -> str:
        return docker("inspect", "-f", "{{.State.StartedAt}}", self.id)

    def leftovers(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if ".parity-" in path.name)

    def is_as_it_was(self) -> bool:
        return live_file.read(str(self.file)) == self.before and self.leftovers() == []

    def close(self) -> None:
        trials = docker("ps", "-aq", "--filter", f"label={trial_container.LABEL}={self.id}")
        docker("rm", "-fv", self.id)
        assert trials == ""


ASK = "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:8080/').read().decode())"


@pytest.fixture(params=["file", "folder"])
def mount(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def broken(lab_image: str, tmp_path: Path, mount: str) -> Iterator[Stack]:
    made = Stack(lab_image, tmp_path / "nginx", mount, BROKEN)
    yield made
    made.close()


@pytest.fixture
def serving(lab_image: str, tmp_path: Path, mount: str) -> Iterator[Stack]:
    """An nginx that serves what it read before its file was broken."""
    made = Stack(lab_image, tmp_path / "nginx", mount, GOOD)
    made.file.write_text(BROKEN)
    made.before = live_file.read(str(made.file))
    yield made
    made.close()


def test_what_nginx_finds_behind_the_first_fault_is_repaired_from_its_own_words(broken: Stack) -> None:
    text = BROKEN.replace("location /", "resolver dns;\n    location /")
    broken.file.write_text(text)
    first = broken.repair()
    assert (first["state"], broken.file.read_text()) == ("refused", text)
    assert 'host not found in resolver "dns"' in first["output"]
    done = broken.apply(broken.plan((first["output"],))["edits"])
    assert done["state"] == "changed", done
    assert broken.file.read_text() == text.replace("8080", "8080;").replace("dns", "127.0.0.11")
    assert broken.answer() == "new"


def test_one_that_cannot_start_is_repaired_and_the_second_time_nothing_changes(broken: Stack) -> None:
    plan = broken.plan()
    assert plan["accepted"]
    assert "Tr0ub4dor-and-3" not in str(plan)
    assert broken.apply(plan["edits"], check=True)["state"] == "changed"
    assert broken.is_as_it_was()
    done = broken.repair()
    assert done["state"] == "changed", done
    assert broken.answer() == "new"
    assert broken.file.read_text() == REPAIRED
    assert live_file.read(str(broken.file)).kept == broken.before.kept
    assert Path(done["backups"][0]).read_text() == BROKEN
    assert "Tr0ub4dor-and-3" not in str(done)
    started = broken.started()
    assert broken.repair()["state"] == "unchanged"
    assert broken.started() == started


def test_one_that_serves_is_reloaded_and_restarted_only_where_its_file_is_mounted_alone(
    serving: Stack, mount: str
) -> None:
    started = serving.started()
    assert serving.answer() == "old"
    done = serving.repair()
    assert done["state"] == "changed", done
    assert serving.answer() == "new"
    assert (serving.started() == started) is (mount != "file")


def test_one_whose_file_another_remedy_mended_is_made_to_read_it(serving: Stack) -> None:
    """Two services have the same file: the remedy of the first mends it, and the second is still to take it."""
    edits = serving.plan()["edits"]
    mended = serving.file.with_name("mended")
    mended.write_text(REPAIRED)
    mended.replace(serving.file)
    mine = remedy.read(serving.asked([{"path": MAIN}, {"path": SITE}]), KEY, {})["files"]
    edits = [{**one, "sealed": mine[one["path"]]["sealed"]} for one in edits]
    assert serving.apply(edits, check=True)["state"] == "changed"
    assert serving.answer() == "old"
    done = serving.apply(edits)
    assert done["state"] == "changed", done
    assert serving.answer() == "new"
    assert serving.repair()["state"] == "unchanged"


def test_one_that_keeps_to_a_file_of_its_start_is_made_to_read_the_one_of_the_host(serving: Stack, mount: str) -> None:
    """An editor replaced a file that is mounted alone: the next audit finds the new one good, and nginx the old one."""
    mended = serving.file.with_name("mended")
    mended.write_text(REPAIRED)
    mended.replace(serving.file)
    pinned = mount == "file"
    said = docker("exec", serving.id, "sh", "-c", "nginx -t 2>&1 || true")
    plan = serving.plan(output=said)
    assert (plan["accepted"], "not terminated" in said) == (True, pinned), plan
    assert serving.repair()["state"] == ("changed" if pinned else "unchanged")
    assert serving.answer() == ("new" if pinned else "old")
    assert serving.repair()["state"] == "unchanged"


def test_a_paused_one_is_refused_before_anything_is_touched(serving: Stack) -> None:
    docker("pause", serving.id)
    done = serving.repair()
    docker("unpause", serving.id)
    assert (done["state"], serving.is_as_it_was()) == ("refused", True)
    assert "is paused" in done["said"][0]


def test_nginx_itself_refuses_the_files(serving: Stack) -> None:
    started = serving.started()
    done = serving.apply(serving.edits("bogus on;\n"))
    assert done["state"] == "refused", done
    assert 'unknown directive "bogus"' in done["said"][0]
    assert serving.is_as_it_was()
    assert serving.started() == started
    assert serving.answer() == "old"


def test_what_no_trial_held_back_and_nginx_does_not_take_is_put_back(serving: Stack, mount: str) -> None:
    if mount == "file":
        serving.file.write_text(GOOD)  # nothing but a restart takes it, which the broken one would not survive
        serving.before = live_file.read(str(serving.file))
    started = serving.started()
    done = serving.apply(serving.edits("bogus on;\n"), trial=False)
    assert done["state"] == "restored", done
    assert serving.is_as_it_was()
    assert serving.answer() == "old"
    assert (serving.started() == started) is (mount != "file")


def test_the_reload_fails(serving: Stack, mount: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ["once"]
    real = ChangingEngine.ask
    reload = nginx.commands.run

    def ask(self: ChangingEngine, method: str, path: str, *rest: Any, **named: Any) -> Any:
        if path.endswith("/restart") and broken:
            broken.pop()
            raise EngineUnavailableError("the engine was made to fail")
        return real(self, method, path, *rest, **named)

    def run(engine: Any, container: str, argv: list[str], *rest: Any) -> Any:
        if "reload" in argv and broken:
            broken.pop()
            raise EngineUnavailableError("the engine was made to fail")
        return reload(engine, container, argv, *rest)

    serving.file.write_text(GOOD)
    serving.before = live_file.read(str(serving.file))
    monkeypatch.setattr(ChangingEngine, "ask", ask)
    monkeypatch.setattr(nginx.commands, "run", run)
    done = serving.apply(serving.edits(REPAIRED))
    assert done["state"] == "restored", done
    assert "the engine was made to fail" in done["said"][0]
    assert serving.is_as_it_was()
    assert serving.answer() == "old"


def killed(stack: Stack, arrange: Any) -> None:
    """Run the repair in a process that `arrange` makes kill itself on the way."""
    edits = stack.plan()["edits"]
    child = os.fork()
    if child == 0:
        arrange()
        stack.apply(edits)
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_it_is_killed_between_backup_and_rename_and_the_next_run_undoes_it(broken: Stack) -> None:
    def arrange() -> None:
        real = os.rename

        def rename(source: str, target: str, **how: int) -> None:
            if target == broken.file.name:
                os.kill(os.getpid(), signal.SIGKILL)
            real(source, target, **how)

        os.rename = rename  # type: ignore[assignment]

    killed(broken, arrange)
    assert broken.file.read_text() == BROKEN
    assert len(broken.leftovers()) == 3
    done = remedy.repair(broken.asked([{"path": MAIN}, {"path": SITE}]), KEY, {}, check=False)
    assert done["state"] == "changed", done
    assert broken.is_as_it_was()
    assert broken.repair()["state"] == "changed"
    assert broken.answer() == "new"


def test_it_is_killed_before_the_reload_and_the_next_run_undoes_it(broken: Stack) -> None:
    def arrange() -> None:
        NginxService.take = lambda _: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]

    killed(broken, arrange)
    assert broken.file.read_text() == REPAIRED
    done = remedy.repair(broken.asked([{"path": MAIN}, {"path": SITE}]), KEY, {}, check=False)
    assert any("was restored byte for byte" in said for said in done["said"]), done
    assert broken.is_as_it_was()
    assert broken.repair()["state"] == "changed"


def test_of_two_runs_at_once_one_refuses(broken: Stack) -> None:
    edits = broken.plan()["edits"]
    outcomes: list[dict[str, Any]] = []
    threads = [threading.Thread(target=lambda: outcomes.append(broken.apply(edits))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done["state"] for done in outcomes) == ["changed", "refused"]
    assert broken.answer() == "new"


def test_the_file_was_changed_since_it_was_audited(broken: Stack) -> None:
    edits = broken.plan()["edits"]
    broken.file.write_text(BROKEN + "# edited\n")
    done = broken.apply(edits)
    assert done["state"] == "refused"
    assert "changed since the audit" in done["said"][0]
    assert broken.file.read_text() == BROKEN + "# edited\n"
    assert broken.leftovers() == []


def test_the_file_is_changed_while_it_is_repaired(broken: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    edits = broken.plan()["edits"]
    real = switch_journal.Journal.at

    def at(self: switch_journal.Journal, step: str) -> switch_journal.Journal:
        if step == switch_journal.SWITCHING:
            broken.file.write_text(BROKEN + "# edited\n")
        return real(self, step)

    monkeypatch.setattr(switch_journal.Journal, "at", at)
    done = broken.apply(edits)
    assert done["state"] == "restored", done
    assert broken.file.read_text() == BROKEN + "# edited\n"
    assert broken.leftovers() == []


def test_the_disk_is_full(lab_image: str, tmp_path: Path) -> None:
    small = tmp_path / "nginx"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], check=True)
    try:
        stack = Stack(lab_image, small, "folder", BROKEN)
        try:
            edits = stack.plan()["edits"]
            subprocess.run(["dd", "if=/dev/zero", f"of={small}/filler"], check=False, capture_output=True)
            done = stack.apply(edits)
            assert done["state"] in ("refused", "restored"), done
            assert any("No space left on device" in said for said in done["said"])
            assert stack.file.read_text() == BROKEN
        finally:
            stack.close()
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def test_a_read_only_folder_is_told_and_nothing_is_touched(lab_image: str, tmp_path: Path) -> None:
    stack = Stack(lab_image, tmp_path / "nginx", "folder", BROKEN)
    subprocess.run(["mount", "--bind", str(stack.folder), str(stack.folder)], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(stack.folder)], check=True)
        done = stack.repair()
        assert done["state"] in ("refused", "restored"), done
        assert any("Read-only file system" in said for said in done["said"])
    finally:
        subprocess.run(["umount", "-l", str(stack.folder)], check=True)
    assert stack.is_as_it_was()
    stack.close()


def test_a_file_of_the_image_is_read_and_its_change_refused(lab_image: str, tmp_path: Path) -> None:
    stack = Stack(lab_image, tmp_path / "nginx", "folder", GOOD)
    try:
        files = [{"path": "/etc/nginx/mime.types"}, {"path": SITE}]
        read = remedy.read(stack.asked(files), KEY, {})["files"]
        types = read["/etc/nginx/mime.types"]
        assert (types["host_path"], "types {" in types["sealed"]) == ("", True)
        assert "is part of the image" in types["elsewhere"]
        edit = {"path": "/etc/nginx/mime.types", "digest": types["digest"], "sealed": "types {}\n"}
        done = stack.apply([edit, {"path": SITE}])
        assert done["state"] == "refused"
        assert "is part of the image" in done["said"][0]
    finally:
        stack.close()
        shutil.rmtree(tmp_path / "nginx")


TLS = """server {
    listen 8080;
    listen 8443 ssl;
    ssl_certificate conf.d/chain.pem;
    ssl_certificate_key conf.d/site.key;
    location / { return 200 tls; }
}
"""
CHAIN = """cd "$0" && openssl req -x509 -newkey rsa:2048 -nodes -keyout above.key -out above.pem -subj /CN=authority -days 30 &&
openssl req -newkey rsa:2048 -nodes -keyout site.key -out site.csr -subj /CN=shop.example.org &&
openssl x509 -req -in site.csr -CA above.pem -CAkey above.key -CAcreateserial -out site.pem -days 30 &&
cat above.pem site.pem > chain.pem && rm above.key site.csr"""


def test_a_chain_in_the_wrong_order_is_put_right_and_nginx_starts(lab_image: str, tmp_path: Path) -> None:
    stack = Stack(lab_image, tmp_path / "nginx", "folder", TLS)  # it does not start: the certificates are not there
    subprocess.run(["sh", "-c", CHAIN, str(stack.folder)], check=True, capture_output=True)
    above, own = ((stack.folder / name).read_text() for name in ("above.pem", "site.pem"))
    chain = stack.folder / "chain.pem"
    try:
        engine = Engine("unix:///var/run/docker.sock", {})
        engine.negotiate()
        entry = nginx_files.gather(engine, stack.id, ["nginx", "-g", "daemon off;"], Redactor(KEY.encode()))
        entry.update(kind="nginx", service="web", container=stack.id)
        findings = {"findings": [], "services": []}
        [target] = remedies.targets(findings, "nginx", "prod", {"config": {"found": [entry]}, "engine": {}})
        read = remedy.read(stack.asked(target["files"]), KEY, {})["files"]
        plan = remedies.plan({**target, "version": "1.22.1"}, "nginx", read, TODAY, audited=True)
        done = stack.apply(plan["edits"])
        assert done["state"] == "changed", done
        assert chain.read_text() == own + above
        assert (stack.file.read_text(), stack.answer()) == (TLS, "tls")
        assert stack.repair()["state"] == "unchanged"
    finally:
        stack.close()
