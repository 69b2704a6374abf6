"""No behaviour hangs on a sentence: with every text of ours replaced, an audit decides the same."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from jinja2 import Environment
from stacks import stack
from without_prose import MARK, is_sentence

from parity.compare.read_stack import read_stack
from parity.domain.stack import Part

ROOT = Path(__file__).resolve().parents[2]
DIAL = "dial tcp cache:6379: connect: connection refused"
NGINX = "/etc/nginx/nginx.conf"


def demo() -> list[dict[str, Any]]:
    folder = ROOT / "inventory/demo/snapshots"
    return [json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in ("dev", "prod")]


def links() -> list[dict[str, Any]]:
    """Effects that are linked to their causes by a service, an item, a mention, and both."""
    settings = {"LOST": "20", "TOKEN": "a"}
    services = {"api": {"env": settings}, "web": {}, "worker": {}, "cache": {"image": "redis:7"}, "check": {}, "ui": {}}
    down = {"state": "exited", "exit_code": 137}
    ill = {
        "api": {"env": {}, "log_tail": [DIAL]},
        "web": {"health": {"status": "unhealthy", "output": DIAL}},
        "worker": {"log_tail": ["KeyError: 'TOKEN'"]},
        "cache": {"image": "redis:7", "oom_killed": True, **down},
        "check": down,
        # It names nobody. Our sentence about it speaks of a health check, and a service of that name is down.
        "ui": {"health": {"status": "unhealthy", "output": "timed out"}},
    }
    declared = {"api": {"image": "example/api:1.2", "environment": {"LOST": "20"}}}
    files = {".env.template": ("template", "TOKEN=\nOTHER=\n"), ".env": ("project", "OTHER=1\n")}
    return [stack("dev", services), stack("prod", ill, declared=declared, files=files)]


def unread() -> list[dict[str, Any]]:
    """Configurations that nginx refuses, with names that lead nowhere and a file that could not be read."""
    server = "server { listen 80; location / { proxy_pass http://api:8000; } %s }"
    text = "events {}\nhttp {\n" + server + "\n%s\n}\n"
    sides = []
    for environment, inside, outside in (
        ("dev", "location /b/ { proxy_pass http://api:8000/b/; }", "proxy_pass http://api;"),
        (
            "prod",
            "location /a/ { proxy_pass http://other; } location /b/ { proxy_pass http://api:8000/; }",
            "include large.conf; unheard of;",
        ),
    ):
        web = {"image": "nginx:1.22.1", "networks": {"front": {"aliases": []}}}
        services = {"web": web, "api": {"env": {"OTHER_HOST": "other"}}}
        services |= {"other": {}} if environment == "dev" else {}
        configuration = {"web": ("nginx", {NGINX: text % (inside, outside)})}
        sides.append(stack(environment, services, config=configuration))
    (host,) = sides[1]["hosts"].values()
    host["config"]["found"][0]["unread"] = ["/etc/nginx/large.conf: it is larger than 1048576 bytes"]
    return sides


# What a host may leave untold, and which part of it that is.
UNSEEN: dict[str, tuple[dict[str, Any], list[str]]] = {
    "host": ({"state": "unreachable", "reason": "no route"}, ["host"]),
    "engine": ({"engine": {"state": "unseen", "reason": "refused"}}, ["engine"]),
    "container": ({"engine": {"state": "seen", "unread": ["api-1 is gone"]}}, ["container"]),
    "project": ({"project": {"state": "unseen", "reason": "denied"}}, ["project"]),
    "project's file": ({"project": {"state": "seen", "unread": ["/srv/a: denied"]}}, ["file"]),
    "named file": ({"project": {"state": "seen", "files": {"/srv/a": {"text": None}}}}, ["file"]),
    "health": ({"health": {"state": "unseen", "reason": "late"}}, ["health"]),
    "configurations": ({"config": {"state": "unseen", "reason": "denied"}}, ["configurations"]),
    "configuration's file": ({"config": {"state": "seen", "found": [{"kind": "nginx", "unread": ["a: b"]}]}}, ["file"]),
}


def unseen(name: str) -> dict[str, Any]:
    found = stack("prod", {"api": {}})
    found["hosts"]["prod1"].update(UNSEEN[name][0])
    return found


CASES = {"demo": demo, "links": links, "unread": unread}


@pytest.fixture(scope="module")
def audits(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what each case's audit decides, with our sentences and without."""
    given = tmp_path_factory.mktemp("audits") / "audits.json"
    given.write_text(json.dumps([*(case() for case in CASES.values())]), encoding="utf-8")
    program = [sys.executable, str(ROOT / "tests/helpers/without_prose.py"), str(given)]
    runs = [
        subprocess.Popen([*program, *more], stdout=subprocess.PIPE, env={"PYTHONPATH": str(ROOT / "src")})
        for more in ([], ["replace"])
    ]
    with_prose, without = [json.loads(run.communicate()[0]) for run in runs]
    return with_prose, without


@pytest.mark.parametrize("case", CASES)
def test_without_our_sentences_an_audit_decides_the_same(audits, case):
    one, other = (run[list(CASES).index(case)] for run in audits)
    assert one["decided"]["findings"]
    for part, decided in one["decided"].items():
        assert other["decided"][part] == decided, part


@pytest.mark.parametrize("case", CASES)
def test_the_sentences_are_really_gone(audits, case):
    """What has no marker is made of values alone, as `{values}.` is; a sentence that stayed would prove nothing."""
    one, other = (run[list(CASES).index(case)]["texts"] for run in audits)
    assert len(one) == len(other)
    kept = [text for text in other if MARK not in text]
    assert len(kept) < len(other) / 20
    assert not [text for text in kept if text not in one]


def test_the_cases_have_what_they_are_for(audits):
    demo, links, unread = (run["decided"]["findings"] for run in audits[0])
    assert sum(bool(finding["caused_by"]) for finding in demo) == 10
    assert {finding["id"]: finding["caused_by"] for finding in links if finding["caused_by"]} == {
        "containers.not-running/cache@prod": "containers.oom-killed/cache@prod",
        "containers.unhealthy/web@prod": "containers.not-running/cache@prod",
        "logs.connection-refused/api@prod": "containers.not-running/cache@prod",
        "logs.python-traceback/worker/KeyError@prod": "environment.missing/TOKEN@prod",
        "environment.missing/LOST@prod": "compose.drift/api@prod",
        "environment.template-key-missing/TOKEN@prod": "environment.missing/TOKEN@prod",
    }
    rules = {finding["rule"] for finding in unread}
    assert {"nginx.refused", "nginx.unresolvable", "nginx.uri-part-differs", "containers.unresolvable"} <= rules


@pytest.mark.parametrize("name", UNSEEN)
def test_what_was_not_seen_is_named_by_its_part(name):
    assert [one.part for one in read_stack(unseen(name)).unseen] == UNSEEN[name][1]


def test_the_schema_names_the_parts():
    schema = json.loads((ROOT / "schemas/findings.schema.json").read_text(encoding="utf-8"))
    assert set(schema["properties"]["unseen"]["items"]["properties"]["part"]["enum"]) == set(get_args(Part))


def test_remedies_are_refused_where_what_they_need_was_not_seen():
    (play,) = yaml.safe_load((ROOT / "playbooks/remedied.yml").read_text(encoding="utf-8"))
    words = play["tasks"][-1]["vars"]
    environment = Environment()  # noqa: S701 - no page is made
    environment.filters["difference"] = lambda one, other: sorted(set(one) - set(other))
    blind = environment.compile_expression(words["__remedied_blind"].strip().removeprefix("{{").removesuffix("}}"))
    refused = {
        name
        for name in UNSEEN
        if blind(
            __report_judged={"findings": {"unseen": [vars(one) for one in read_stack(unseen(name)).unseen]}},
            __remedied_parts=words["__remedied_parts"],
            __remedied_names=["prod1"],
            __remedied_recorded=[],
        )
    }
    # A host of which nothing was seen is refused as such; single files are named, and hold up nothing else.
    assert refused == {"engine", "project", "configurations"}
    assert set(words["__remedied_parts"]) <= set(get_args(Part))


def test_templates_ask_for_parts_that_there_are():
    named = [
        part
        for path in sorted((ROOT / "templates").rglob("*.j2"))
        for parts in re.findall(r"'part', 'in', \[([^\]]*)\]", path.read_text(encoding="utf-8"))
        for part in re.findall(r"'([^']*)'", parts)
    ]
    assert named == ["host", "engine"]
    assert set(named) <= set(get_args(Part))


# Where a text is compared with words that are not ours, or with a mark that we leave in a file.
OTHERS = {
    "src/parity/areas/logs/records.py": "Python",
    "src/parity/docs/signature_page.py": "a mark in docs/signatures.md",
    "src/parity/programs/loki/check/explain.py": "Loki",
    "src/parity/programs/loki/go/yaml_nodes.py": "PyYAML",
    "src/parity/programs/nginx/repair/listens.py": "nginx",
    "src/parity/programs/nginx/repair/repair.py": "nginx",
    "src/parity/programs/nginx/repair/sections.py": "nginx",
    "src/parity/programs/nginx/repair/surroundings.py": "nginx",
    "src/parity/programs/nginx/syntax/diagnose.py": "nginx",
    "src/parity/programs/nginx/syntax/messages.py": "nginx",
    "src/parity/record/run_compose.py": "Go's runtime",
    "src/parity_host/engine/commands.py": "the Docker Engine, coreutils and busybox",
    "src/parity_host/nginx/copy_limits.py": "Linux",
    "src/parity_host/remedy/nginx.py": "nginx",
}
# Codes that happen to have a blank: kinds of PEM blocks, an answer of Redis, and fields of nginx's own structures.
CODE = re.compile(r"[A-Z]+(?: [A-Z]+)+|(?:referers|listen|proxy_pass) \w+|AUTH failed")
COMPARING = frozenset({"startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition", "find"})


def asked_of(node: ast.AST) -> list[ast.expr]:
    """Return what a comparison or a look into a text is given."""
    if isinstance(node, ast.Compare) and not isinstance(node.ops[0], ast.Is | ast.IsNot):
        return [node.left, *node.comparators]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in COMPARING:
        return node.args
    return [node.iter] if isinstance(node, ast.comprehension) else []  # any(words in said for words in _WORDS)


def compared(tree: ast.Module) -> Iterator[str]:
    """Yield the sentences that a module compares with, or looks for; also by the names of its constants."""
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in [given for one in ast.walk(tree) for given in asked_of(one)]:
        value = constants.get(node.id) if isinstance(node, ast.Name) else node
        for part in value.elts if isinstance(value, ast.Tuple | ast.Set | ast.List) else [value]:
            pieces = part.values if isinstance(part, ast.JoinedStr) else [part]
            texts = [one.value if isinstance(one, ast.Constant) else "xx" for one in pieces]
            whole = "".join(one for one in texts if isinstance(one, str))
            if isinstance(part, ast.Constant | ast.JoinedStr) and is_sentence(whole):
                yield whole


def test_no_code_compares_with_a_sentence_of_ours():
    tops = ("src", "library", "action_plugins", "callback_plugins", "filter_plugins")
    found = {
        str(path.relative_to(ROOT)): said
        for top in tops
        for path in sorted((ROOT / top).rglob("*.py"))
        if (said := [one for one in compared(ast.parse(path.read_text("utf-8"))) if not CODE.fullmatch(one)])
    }
    ours = [f"{name} looks for {said}; ask for a code or a class" for name, said in found.items() if name not in OTHERS]
    assert not ours, "\n".join(ours)
    assert set(found) == set(OTHERS), "OTHERS names a file that compares with no sentence"


def test_no_playbook_or_template_compares_with_a_sentence():
    asked = re.compile(r"(?:==|!=|\bin\b|'in',|'equalto',|\bmatch|\bsearch)\s*[\[(]?\s*['\"]([a-z]+ [a-z][^'\"]*)['\"]")
    found = [
        f"{path.relative_to(ROOT)}: {words}"
        for top in ("playbooks", "roles", "templates")
        for path in sorted((ROOT / top).rglob("*"))
        if path.suffix in (".yml", ".j2")
        for words in asked.findall(path.read_text(encoding="utf-8"))
    ]
    assert found == []
