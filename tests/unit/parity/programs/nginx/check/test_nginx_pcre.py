"""Regular expressions: 367 patterns with what two nginx and two releases of PCRE2 said (tests/nginx_recorded/record_patterns.py)."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from nginx_mutation.oracle import Nginx, ask, programs
from nginx_recorded import table

from parity.programs.nginx.check.check import check
from parity.programs.nginx.check.pcre import BadPattern, Pattern, parse
from parity.programs.nginx.syntax.tokens import BUFFER

FOLDER = Path(table.__file__).parent
RECORDED: dict[str, dict[str, Any]] = json.loads((FOLDER / "patterns.json").read_text(encoding="utf-8"))
MAIN = "/etc/nginx/nginx.conf"
# Accepted by everything that was asked, and refused by everything.
GOOD = [pattern for pattern, said in RECORDED.items() if not said["1.22"] and not said["1.31"] and said["10.47"]]
BAD = [pattern for pattern, said in RECORDED.items() if said["1.22"] and not said["10.47"]]
EVERYDAY = GOOD[:45]  # the file begins with them
LEFT_TO_NGINX = re.compile(
    r'lookbehind assertion is not fixed length|regular expression is too large|non-existent subpattern in "\(\?<='
)


def _quoted(pattern: str) -> str:
    return '"' + pattern.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _location(pattern: str) -> str:
    names = "".join(f"${name}" for name in RECORDED[pattern]["names"])
    return f'location ~ {_quoted(pattern)} {{ return 200 "{names}"; }}\n'


def _http(text: str) -> dict[str, bytes]:
    return {MAIN: f"events {{}}\nhttp {{\n{text}\n}}\n".encode()}


def _says(text: str, version: str = "1.22") -> list[str]:
    return [problem.message for problem in check(_http(text), MAIN, version)]


def _parsed(pattern: str) -> Pattern | str:
    """Return what is captured, or what nginx would say."""
    try:
        return parse(pattern.encode())
    except BadPattern as error:
        place = f' at "{pattern[error.at :]}"' if error.at < len(pattern) else ""
        return f'pcre2_compile() failed: {error.text.decode()} in "{pattern}"{place}'


def _names(found: Pattern) -> set[str]:
    return {name.decode() for name in found.names}


@pytest.mark.parametrize("pattern", RECORDED)
def test_what_is_certain_is_what_nginx_says(pattern: str) -> None:
    said, found = RECORDED[pattern], _parsed(pattern)
    if isinstance(found, str):
        assert found == said["1.22"]
        assert not said["10.47"], "a later PCRE2 takes it"
    elif found.captures is None:
        assert said["1.22"] or _names(found) >= set(said["names"])
    elif not LEFT_TO_NGINX.search(said["1.22"]):
        assert (found.captures, _names(found)) == (said["captures"], set(said["names"]))


def test_little_is_left_to_nginx() -> None:
    assert [pattern for pattern in EVERYDAY if parse(pattern.encode()).captures is None] == []
    refused = [pattern for pattern in BAD if isinstance(_parsed(pattern), str)]
    assert len(refused) >= 87, f"of {len(BAD)}"


@pytest.mark.parametrize("version", ["1.22", "1.31"])
@pytest.mark.parametrize("pattern", [pattern for pattern in GOOD if RECORDED[pattern]["names"]])
def test_the_groups_of_a_good_pattern_are_variables(pattern: str, version: str) -> None:
    assert _says(f"server {{ {_location(pattern)} }}", version) == []


@pytest.mark.parametrize("nginx", programs(), ids=lambda nginx: nginx.version)
def test_nginx_and_we_take_all_good_patterns(nginx: Nginx) -> None:
    text = "server {\n" + "".join(map(_location, GOOD)) + "}"
    answer = ask(nginx, [{"nginx.conf": b"pid nginx.pid;\n" + _http(text)[MAIN]}])[0]
    assert "syntax is ok" in answer.output, answer.output
    assert _says(text, nginx.version) == []


@pytest.mark.parametrize(
    "text",
    [
        r'server { server_name "~^(?<sub>\p{L}+)\.example\.com$"; return 200 $sub; }',
        r'map $uri $x { "~^/(?<part>\x61.*)" $part; } server { return 200 $x; }',
        r"server { location / { if ($uri ~ (?<=/)(?<rest>.+)\K) { return 200 $rest; } } }",
        r"server { location / { rewrite (?J)(?<n>a)|(?<n>b) /$n; } }",
        r"server { location / { proxy_pass http://10.0.0.1; proxy_redirect ~(*UTF8)/(?<way>.+) /$way; } }",
        r"server { location / { fastcgi_split_path_info ^(.+\x2ephp)(/.+)$; } }",
        r"server { location / { fastcgi_split_path_info ^(.+\.php)(?<!x\.php)(/.+)$; } }",
    ],
)
def test_an_undecided_pattern_is_no_fault(text: str) -> None:
    assert _says(text) == []


def test_other_variables_are_still_unknown() -> None:
    text = r'server { location ~ (?<a>\x2f) { return 200 "$a$b"; } }'
    assert _says(text) == ['unknown "b" variable']


def test_a_group_may_not_have_the_name_of_a_variable_of_nginx() -> None:
    text = r"server { server_name ~(?<host>\x2f); }"
    assert _says(text) == [f'the duplicate "host" variable in {MAIN}:3']


def test_groups_are_counted_behind_a_lookbehind() -> None:
    text = r"server { location / { fastcgi_split_path_info ^(.+)(?<!\.php)$; } }"
    assert _says(text) == [f'pattern "^(.+)(?<!\\.php)$" must have 2 captures in {MAIN}:3']


def test_a_server_with_a_named_group_has_its_names_in_a_hash_table() -> None:
    text = f"server {{ server_name ~(?<a>\\x41) {'x' * 100}; }}"
    assert _says(text) == ["could not build server_names_hash, you should increase server_names_hash_bucket_size: 64"]


@pytest.mark.parametrize("start", ["", "(?x)"])
@pytest.mark.parametrize("part", ["[[:", "[:a", "[a-b", "()", "(?<a", "(?'a", "(?#", "a{0", "{1,2", "\\Q", "9"])
def test_a_pattern_that_is_made_to_hurt_is_read_quickly(start: str, part: str) -> None:
    began = time.process_time()
    _parsed(start + part * (BUFFER // len(part)))
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(("opening", "depth", "fault"), [("(", 250, ""), ("(", 251, "("), ("(?:", 251, "(?:")])
def test_how_deep_groups_may_be(opening: str, depth: int, fault: str) -> None:
    pattern = (opening * depth + ")" * depth).encode()
    if not fault:
        assert parse(pattern).captures == depth
        return
    with pytest.raises(BadPattern, match="parentheses are too deeply nested") as caught:
        parse(pattern)
    assert caught.value.at == len(fault) * 251


def test_a_brace_without_quotes_ends_a_property() -> None:
    """Nginx ends the word at `{`: what is left of the pattern is malformed, and that is what it says first."""
    said = 'pcre2_compile() failed: malformed \\P or \\p sequence in "\\p" in /etc/nginx/nginx.conf:3'
    assert _says(r"server { location ~ \p{Lu}(?<n>x) { return 200 $n; } }") == [said]
    assert _says(r'server { location ~ "\p{Lu}(?<n>x)" { return 200 $n; } }') == []
