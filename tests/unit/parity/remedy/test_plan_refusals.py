"""Plans that go on from what nginx printed of the files of the plan before."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from parity.remedy import loki, nginx
from parity.remedy.plan import plan

TODAY = datetime.date(2026, 11, 24)
MAIN = "/etc/nginx/nginx.conf"
SITE = "/etc/nginx/conf.d/site.conf"
CONF = "user nginx;\nevents {}\nhttp { include conf.d/*.conf; }\n"
TEXT = "server {\n    listen 80\n    resolver dns;\n    location / { return 200; }\n}\n"
NO_USER = f'nginx: [emerg] getpwnam("nginx") failed in {MAIN}:1\n'
NO_HOST = f'nginx: [emerg] host not found in resolver "dns" in {SITE}:3\n'
NO_UPSTREAM = f'nginx: [emerg] host not found in upstream "api" in {SITE}:4\n'
MENDED = TEXT.replace("80\n", "80;\n").replace("resolver dns", "resolver 127.0.0.11")
REFUSED = {
    "the resolver": ([NO_HOST], {SITE: MENDED}, ""),
    "the user and then the resolver": (
        [NO_USER, NO_HOST],
        {MAIN: CONF.replace("nginx;", "www-data;"), SITE: MENDED},
        "",
    ),
    "a host that only its owner knows": (
        [NO_HOST, NO_UPSTREAM],
        {SITE: MENDED},
        'needs your decision: host not found in upstream "api"',
    ),
    "words that tell nothing": (
        ["nginx: [warn] all is well\n"],
        {SITE: TEXT.replace("80\n", "80;\n")},
        "nginx rejects the files: nginx: [warn] all is well",
    ),
}


def made(refusals: list[str]) -> dict[str, object]:
    return nginx.repaired({MAIN: CONF, SITE: TEXT}, MAIN, "1.22", "", refusals)


def test_the_first_plan_repairs_what_the_files_show() -> None:
    first = made([])
    assert (first["files"], first["accepted"], first["why"]) == ({SITE: TEXT.replace("80\n", "80;\n")}, True, [])


@pytest.mark.parametrize("case", REFUSED)
def test_the_next_one_repairs_what_nginx_found_behind_it(case: str) -> None:
    refusals, files, why = REFUSED[case]
    following = made(refusals)
    assert following["files"] == files
    assert following["accepted"] is not bool(why)
    assert [why in said for said in following["why"]] == ([True] if why else [])


def test_what_is_left_to_somebody_is_one_sentence_with_the_line_to_add() -> None:
    lost = TEXT.replace("    location / { return 200; }\n", "        proxy_pass http://api;\n    }\n")
    [why] = nginx.repaired({MAIN: CONF, SITE: lost.replace("80\n", "80;\n")}, MAIN, "1.22", "", [])["why"]
    assert why.endswith("restore the line that opened its location; add or change:\nlocation /PATH/ {")


def test_of_what_is_not_certain_somebody_is_asked_to_look_at_it() -> None:
    slip = MENDED.replace("location / { return 200; }", "location / { retur 200; }")
    said = nginx.repaired({MAIN: CONF, SITE: slip}, MAIN, "1.22")["said"]
    assert ['wrote "return" for "retur"' in one for one in said] == [True]
    migrated = loki.migrated("auth_enabled: false\nlimits_config:\n  max_line_sizes: 1MB\n", "3.4.3", TODAY)["said"]
    for one in (said[0], next(one for one in migrated if "max_line_sizes" in one)):
        assert one.endswith("; review this step")
    sure = nginx.repaired({MAIN: CONF, SITE: MENDED.replace("80;", "80")}, MAIN, "1.22")["said"]
    assert [one.endswith("meant") for one in sure] == [False]


@pytest.mark.parametrize("now", [{"digest": "mended"}, {"digest": "audited", "kept": True}])
def test_what_nginx_printed_of_other_files_is_not_taken_for_a_fault_of_these(now: dict[str, object]) -> None:
    """Another service's remedy mended them since the audit, or the container keeps to the one of its start."""
    files = {MAIN: CONF, SITE: MENDED}
    printed = f'nginx: [emerg] directive "listen" is not terminated by ";" in {SITE}:3\n'
    target: dict[str, Any] = {"main": MAIN, "version": "1.22", "output": printed}
    target["files"] = [{"path": path, "digest": "audited"} for path in files]
    read: dict[str, dict[str, object]] = {
        path: {"sealed": text, "host_path": path, "digest": "audited"} for path, text in files.items()
    }
    stays = plan(target, "nginx", read, TODAY, audited=True)
    assert 'add the missing ";" where it should end' in stays["why"][0]
    read[SITE].update(now)
    passes = plan(target, "nginx", read, TODAY, audited=True)
    assert (passes["accepted"], passes["why"], passes["after"]) == (True, [], "")
