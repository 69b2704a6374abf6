"""What nginx says by `nginx -t`, what its log says and what is predicted are one finding."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

WORDS = '"proxy_pass" directive is not allowed here in /etc/nginx/nginx.conf:2'
BAD = {"/etc/nginx/nginx.conf": "events {}\nhttp { proxy_pass http://api; }\n"}
GOOD = {"/etc/nginx/nginx.conf": "events {}\nhttp { server { listen 80; } }\n"}
REFUSED = "nginx.refused/nginx/misplaced_directive:proxy_pass:nginx.conf@dev"


def sides(files: dict[str, str], log: str = "", state: str = "restarting", **test: Any) -> list[dict[str, Any]]:
    broken = {"image": "nginx:1.22.1", "state": state, "log_tail": [log] if log else []}
    dev = stack("dev", {"nginx": broken}, config={"nginx": ("nginx", files)})
    prod = stack("prod", {"nginx": {"image": "nginx:1.22.1"}}, config={"nginx": ("nginx", GOOD)})
    if test:
        said = {"how": "exec", "code": 1, "output": "", "version": "1.22.1", "why": "", **test}
        dev["hosts"]["dev1"]["config"]["found"][0]["test"] = said
    return [dev, prod]


def test_three_witnesses_of_one_fault_are_one_finding():
    log = f"2026/11/24 08:00:00 [emerg] 1#1: {WORDS}"
    found = audited(
        *sides(BAD, log, how="throw-away", output=f"nginx: [emerg] {WORDS}\nnginx: configuration file x test failed")
    )
    assert [piece.place for piece in found[REFUSED].evidence] == [
        "the files, as nginx 1.22.1 reads them",
        "nginx -t in a temporary copy of container app-nginx-dev",
        "the log of container app-nginx-dev",
    ]
    assert [name for name in found if name.startswith("nginx.refused")] == [REFUSED]


def test_what_only_nginx_can_tell_is_a_finding():
    said = 'nginx: [emerg] open() "/var/log/nginx/app/access.log" failed (2: No such file or directory)'
    found = audited(*sides(GOOD, state="running", output=said))
    (one,) = [finding for finding in found.values() if finding.rule == "nginx.refused"]
    assert one.evidence[0].place == "nginx -t in container app-nginx-dev"


def test_where_nginx_says_that_all_is_well_nothing_is_predicted_and_an_old_log_is_old():
    log = f"2026/11/24 08:00:00 [emerg] 1#1: {WORDS}"
    assert REFUSED in audited(*sides(BAD, log))
    assert REFUSED not in audited(*sides(BAD, log, code=0, output="nginx: configuration file x test is successful"))


def test_the_version_that_nginx_tells_counts():
    http2 = {"/etc/nginx/nginx.conf": "events {}\nhttp { server { listen 80; http2 on; } }\n"}
    assert [name for name in audited(*sides(http2)) if name.startswith("nginx.refused")]
    newer = audited(*sides(http2, how="", version="1.27.0", why="none was asked"))
    assert not [name for name in newer if name.startswith("nginx.refused")]
    assert newer["nginx.not-tested/nginx@dev"].cause == "none was asked."


def test_an_old_spelling_is_no_matter_of_today():
    old = {"/etc/nginx/nginx.conf": "events {}\nhttp { server { listen 80 http2; } }\n"}
    dev = stack("dev", {"nginx": {"image": "nginx:1.27.4"}}, config={"nginx": ("nginx", GOOD)})
    prod = stack("prod", {"nginx": {"image": "nginx:1.27.4"}}, config={"nginx": ("nginx", old)})
    found = audited(dev, prod)
    (one,) = [finding for finding in found.values() if finding.rule == "nginx.warning"]
    assert one.severity.word == "low"


def test_what_was_not_read_may_hold_what_seems_to_be_missing():
    more = {"/etc/nginx/nginx.conf": "events {}\nhttp { server { listen 80; } server { listen 81; server_name b; } }\n"}
    dev = stack("dev", {"nginx": {"image": "nginx:1.27.4"}}, config={"nginx": ("nginx", more)})
    prod = stack("prod", {"nginx": {"image": "nginx:1.27.4"}}, config={"nginx": ("nginx", GOOD)})
    assert [one for one in audited(dev, prod).values() if one.rule == "nginx.server-missing"]
    (facts,) = prod["hosts"].values()
    facts["config"]["found"][0]["unread"] = ["/etc/nginx/conf.d: too large"]
    assert not [one for one in audited(dev, prod).values() if one.rule == "nginx.server-missing"]


# the image, and whether it is certain that `http2 on` is refused and that a misspelling is
TAGS = {
    "nginx:1.25.0": (True, True),
    "nginx:1.25": (False, True),
    "nginx:1.24": (True, True),
    "nginx:stable": (False, True),
    "nginx": (False, True),
    "openresty/openresty:1.25.3.2": (False, False),
    "openresty/openresty:1.21.4.1": (True, False),
    "example/shop:1.4.2": (False, False),
}


@pytest.mark.parametrize("image", TAGS)
def test_a_verdict_that_turns_on_the_release_is_none_where_it_is_not_known(image: str):
    for text, certain in zip(("http2 on;", "access_by_lua x;"), TAGS[image], strict=True):
        sent = sides({"/etc/nginx/nginx.conf": f"events {{}}\nhttp {{ server {{ listen 80; {text} }} }}\n"})
        sent[0]["hosts"]["dev1"]["engine"]["containers"][0]["image"] = image
        refused = [name for name in audited(*sent) if name.startswith("nginx.refused")]
        assert bool(refused) is certain


@pytest.mark.parametrize(
    "test",
    [
        {"version": "newest"},
        {"version": "1.99999999.1"},
        {"version": "1.٢٢.1"},
        {"how": ["exec"], "code": "none"},
        {"how": "telepathy", "output": f"nginx: [emerg] {WORDS}"},
        {"output": 'nginx: [emerg] "' * 200_000},
        {"output": {"a": 1}, "version": None, "why": ["x"]},
    ],
)
def test_what_a_hostile_host_sends_is_no_crash_and_counts_for_nothing(test):
    found = audited(*sides(GOOD, state="running", **test))
    assert REFUSED not in found
    assert not [name for name in found if name.startswith("nginx.version-meaning")]


def test_a_recording_without_a_test_still_reads():
    assert REFUSED in audited(*sides(BAD))
    assert not [name for name in audited(*sides(GOOD)) if name.startswith("nginx.not-tested")]
