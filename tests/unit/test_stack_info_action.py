"""What a host answers reaches the terminal as facts and one harmless sentence, whatever it is."""

from __future__ import annotations

import importlib.util
import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase

PATH = Path(__file__).parents[2] / "action_plugins/parity_stack_info.py"
EVIL = "\n\x1b[31m\n::error::x\r\u202e # y\nmore"


def action(monkeypatch: pytest.MonkeyPatch, run: Any, transport: str = "ssh", become: Any = None) -> Any:
    """Return the action, whose module is the function `run`."""
    spec = importlib.util.spec_from_file_location("parity_stack_info_action", PATH)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(ActionBase, "run", lambda *_: {})
    monkeypatch.setattr(ActionBase, "_execute_module", run)
    made = module.ActionModule.__new__(module.ActionModule)
    made._task = SimpleNamespace(args={"project": "shop"})
    made._connection = SimpleNamespace(transport=transport, become=become)
    return made


def answered(monkeypatch: pytest.MonkeyPatch, answer: Any) -> dict[str, Any]:
    """Return what the action makes of a module's answer, or of what running it raises."""

    def run(*_: Any, **__: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    found: dict[str, Any] = action(monkeypatch, run).run(None, {})
    return found


def test_facts_are_kept_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"engine": {"state": "absent"}, "oauth": [], "health": {"x": "\ud800", "y": float("nan")}}
    noise = {"warnings": [EVIL], "deprecations": [{"msg": EVIL}], "diff": {"after": EVIL}, "ansible_facts": {"a": EVIL}}
    found = answered(monkeypatch, {"changed": True, "invocation": EVIL, **facts, **noise})
    assert set(found) == {"changed", *facts}
    json.dumps(found, allow_nan=False, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"failed": True, "msg": EVIL, "exception": EVIL, "module_stdout": EVIL}, "[31m"),
        ({"failed": True, "msg": "::error::x"}, ": :error::x"),
        ({"failed": True}, "no reason was given"),
        (
            {"failed": True, "rc": 127, "module_stderr": "python3: not found", "msg": "No start of json char found"},
            "Python does not start on this host; set ansible_python_interpreter to Python 3.8 or newer",
        ),
        (AnsibleError("\n::error::x"), ": :error::x"),
    ],
)
def test_of_a_failure_one_sentence_is_left(monkeypatch: pytest.MonkeyPatch, answer: Any, said: str) -> None:
    found = answered(monkeypatch, answer)
    assert found == {"failed": True, "msg": said}


def test_a_host_that_cannot_be_reached_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AnsibleConnectionFailure) as raised:
        answered(monkeypatch, AnsibleConnectionFailure("Failed to connect\n::error::x"))
    assert "::error" not in str(raised.value)


@pytest.mark.parametrize(
    ("transport", "become", "option"),
    [
        ("local", None, "package_folder"),
        # Another user may not be able to read the checkout.
        ("local", object(), "package"),
        ("ssh", None, "package"),
        ("docker", object(), "package"),
    ],
)
def test_the_code_is_sent_unless_it_is_there(
    monkeypatch: pytest.MonkeyPatch, transport: str, become: object, option: str
) -> None:
    given: dict[str, Any] = {}

    def run(_: Any, module_args: dict[str, Any], **__: Any) -> dict[str, Any]:
        given.update(module_args)
        return {}

    action(monkeypatch, run, transport, become).run(None, {})
    assert set(given) == {"project", option}


def test_the_controllers_clock_stands_beside_the_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    host = {"began": 5.0, "ended": 6.0, "asked": 1.0, "answered": 2.0}  # a host cannot say what the controller's was
    before = time.time()
    clock = answered(monkeypatch, {"resources": {"state": "seen", "clock": host}})["resources"]["clock"]
    assert (clock["began"], clock["ended"]) == (5.0, 6.0)
    assert before <= clock["asked"] <= clock["answered"] <= time.time()


@pytest.mark.parametrize("told", [{}, {"resources": {}}, {"resources": {"state": "unseen"}}])
def test_a_host_that_tells_no_time_gets_none(monkeypatch: pytest.MonkeyPatch, told: dict[str, Any]) -> None:
    assert answered(monkeypatch, told) == {"changed": False, **told}
