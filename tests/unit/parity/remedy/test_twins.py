"""An nginx's files are repaired with what other environments' copies of them prove; and only files of the host are."""

from __future__ import annotations

import datetime
from typing import Any

from parity.remedy import plan as remedies

MAIN = "/etc/nginx/nginx.conf"
SITE = "/etc/nginx/conf.d/default.conf"
GOOD = "events {}\nhttp { server { listen 80; location / { proxy_http_version 1.1; return 204; } } }\n"
BROKEN = GOOD.replace("proxy_http_version 1.1;", "proxy_http_version;")
FINDING = {"id": "f", "rule": "nginx.refused", "status": "open", "environments": ["prod"], "service": "web"}


def facts(content: str, service: str = "web", **more: Any) -> dict[str, Any]:
    files = {MAIN: {"text": content, "digest": "d"}, **more}
    entry = {"kind": "nginx", "service": service, "container": "c", "main": MAIN, "files": files}
    return {"engine": {"containers": []}, "config": {"found": [entry]}}


def snapshots(content: str, service: str = "web") -> list[dict[str, Any]]:
    prod = {"environment": "prod", "hosts": {"p": facts(BROKEN)}}
    return [prod, {"environment": "dev", "hosts": {"d": facts(content, service), "odd": "text"}}]


def planned(others: list[dict[str, Any]]) -> dict[str, Any]:
    [target] = remedies.targets({"findings": [FINDING], "services": []}, "nginx", "prod", facts(BROKEN), others)
    read = {MAIN: {"sealed": BROKEN, "digest": "d", "host_path": "/srv/nginx.conf"}}
    return remedies.plan(target, "nginx", read, datetime.date(2026, 11, 30), audited=True)


def test_the_other_environments_copy_tells_what_was_lost() -> None:
    made = planned(snapshots(GOOD))
    assert (made["accepted"], made["edits"][0]["sealed"]) == (True, GOOD)
    assert "the otherwise identical file of another environment has it this way" in made["said"][0]


def test_without_a_copy_it_is_left() -> None:
    for others in ([], snapshots(BROKEN), snapshots(GOOD, "another")):
        assert planned(others)["accepted"] is False


def test_what_an_image_renders_is_no_file_of_the_host() -> None:
    seen = facts(GOOD, **{SITE: {"text": "server { }", "template": "/etc/nginx/templates/default.conf.template"}})
    [target] = remedies.targets({"findings": [], "services": []}, "nginx", "prod", seen)
    assert ([one["path"] for one in target["files"]], target["in_image"]) == ([MAIN], [SITE])
