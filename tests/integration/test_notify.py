"""What is new is told by a webhook, a mail and a command: real servers on loopback hear it."""

from __future__ import annotations

import email
import email.policy
import json
import socket
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "inventory/demo"
TOKEN = "chat-7Yp2cV9kQ4sLm"


class Web:
    """A web server that notes what it is sent, and answers with `status`."""

    def __init__(self) -> None:
        self.status, self.heard = 200, list[tuple[dict[str, str], str]]()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.heard.append((dict(self.headers), body))
                self.send_response(outer.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing: pytest's output is for tests."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/{TOKEN}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Mailbox:
    """Notes the mails that a real SMTP server takes."""

    def __init__(self) -> None:
        self.mails: list[email.message.EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def web() -> Iterator[Web]:
    made = Web()
    yield made
    made.server.shutdown()


@pytest.fixture
def mail() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


def test_all_ways_are_told_once_and_the_second_run_tells_nothing(audit, web, mail, tmp_path):
    box, port = mail
    program = tmp_path / "told"
    program.write_text(f'#!/bin/sh\ncat >> {tmp_path}/said; echo "$@" >> {tmp_path}/arguments\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    notify = {
        "severity": "high",
        "webhook": {"url": web.url, "headers": {"Authorization": f"Bearer {TOKEN}"}},
        "mail": {"to": ["ops@example.org"], "sender": "parity@example.org", "host": "127.0.0.1", "port": port},
        "command": [str(program), "a b", "$(id)"],
    }
    first = audit(DEMO, "-vvv", extra={"parity_notify": notify})
    assert first.rc == 0, first.output[-2000:]
    ((headers, body),) = web.heard
    told = json.loads(body)
    assert (headers["Authorization"], headers["Content-Type"]) == (f"Bearer {TOKEN}", "application/json")
    problems = [one for one in first.findings["problems"] if one["status"] == "open"]
    high = {one["id"] for one in problems if one["severity"] in ("critical", "high")}
    assert {one["id"] for one in told["new"]} == high
    assert told["subject"] == f"Parity: dev and prod: {len(high)} new"
    assert told["text"].splitlines()[0] == told["subject"]
    (message,) = box.mails
    assert (message["Subject"], message["To"]) == (told["subject"], "ops@example.org")
    assert "high, new: prod: DEBUG is enabled" in message.get_body().get_content()
    assert json.loads((tmp_path / "said").read_text()) == told
    assert (tmp_path / "arguments").read_text() == "a b $(id)\n"
    assert TOKEN not in first.output
    assert audit(DEMO, extra={"parity_notify": notify}).rc == 0
    assert (len(web.heard), len(box.mails)) == (1, 1)


def test_a_body_of_ones_own_and_a_gate_that_fails(audit, web, tmp_path):
    template = tmp_path / "body.j2"
    template.write_text('{"title": {{ notification.subject | to_json }}, "count": {{ notification.new | length }}}')
    notify = {"webhook": {"url": web.url, "template": str(template)}}
    run = audit(DEMO, extra={"parity_notify": notify, "parity_fail_on": "high"})
    assert run.rc != 0
    body = json.loads(web.heard[0][1])
    assert body["title"].startswith("Parity: dev and prod: ")
    assert body["count"] > 10


def test_ways_that_fail_are_said_and_lose_nothing(audit, web):
    web.status = 500
    notify = {
        "webhook": {"url": web.url},
        "mail": {"to": ["a@example.org"], "sender": "b@example.org", "host": "127.0.0.1", "port": 9},
        "command": ["/no/such/program"],
    }
    run = audit(DEMO, extra={"parity_notify": notify})
    assert run.rc == 0, run.output[-2000:]
    assert "parity_notify.webhook failed (HTTP status 500)" in run.output
    assert "parity_notify.mail was not sent:" in run.output
    assert "parity_notify.command failed:" in run.output
    assert (run.report / "report.md").is_file()
    assert TOKEN not in run.output


def test_a_way_that_nobody_knows_is_told(audit):
    run = audit(DEMO, extra={"parity_notify": {"pigeon": {"to": "you"}}})
    assert run.rc != 0
    assert "pigeon" in run.output
    assert "webhook" in run.output
