"""Keys added to env files: in the template's order, read back as given, and nothing else changed."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity_host.envfile.reader import effective, read_env_file
from parity_host.remedy.env_plan import CannotRepairError, add

TEMPLATE = b"# Basics\nMODE=\nPORT=\n\n# Mail\nSMTP_HOST=\n#SMTP_PORT=25\nSMTP_PASSWORD=\n\n# Keys\nAPI_KEY=\n"


@pytest.mark.parametrize(
    ("data", "keys", "expected"),
    [
        (b"MODE=a\nAPI_KEY=k\n", ["PORT"], b"MODE=a\nPORT=v\nAPI_KEY=k\n"),
        (b"MODE=a\nAPI_KEY=k\n", ["SMTP_PORT", "PORT"], b"MODE=a\nPORT=v\n\n# Mail\nSMTP_PORT=v\n\nAPI_KEY=k\n"),
        (b"MODE=a\r\nX=1\r\n", ["PORT"], b"MODE=a\r\nPORT=v\r\nX=1\r\n"),
        (b"MODE=a", ["PORT"], b"MODE=a\nPORT=v\n"),
        (b"", ["PORT"], b"# Basics\nPORT=v\n"),
        (b"\xef\xbb\xbfMODE=a\n", ["PORT"], b"\xef\xbb\xbfMODE=a\nPORT=v\n"),
        (b"\xef\xbb\xbf", ["PORT"], b"\xef\xbb\xbf# Basics\nPORT=v\n"),
        (b"export MODE=a\nexport X=1\n", ["PORT"], b"export MODE=a\nexport PORT=v\nexport X=1\n"),
        (b'MODE="a\nb" # said\n# more\nX=1\n', ["PORT"], b'MODE="a\nb" # said\nPORT=v\n# more\nX=1\n'),
        (b"API_KEY=k\n", ["MODE"], b"API_KEY=k\n\n# Basics\nMODE=v\n"),
        (b"MODE=a\n", ["UNKNOWN", "API_KEY"], b"MODE=a\n\n# Keys\nAPI_KEY=v\n\nUNKNOWN=v\n"),
        (b"MODE=a\nPORT=1\n", ["PORT"], b"MODE=a\nPORT=1\n"),
        (b"MODE=a\nMODE=b\nX=1\n", ["PORT"], b"MODE=a\nMODE=b\nPORT=v\nX=1\n"),
        (b"# Basics\r\nPORT=1\r\n", ["MODE"], b"# Basics\r\nMODE=v\r\nPORT=1\r\n"),
        (b"PORT=1\n# Mail\n\nX=1\n", ["SMTP_HOST"], b"PORT=1\n# Mail\n\nSMTP_HOST=v\n\nX=1\n"),
        (b"export MODE=a", ["API_KEY"], b"export MODE=a\n\n# Keys\nexport API_KEY=v\n"),
    ],
)
def test_a_key_goes_where_the_template_has_it(data, keys, expected):
    plan = add(data, TEMPLATE, keys, dict.fromkeys(keys, "v"))
    assert plan.content == expected
    assert plan.left == ()


SECTIONS = b"# One\nA=\n# its port\nB=\n\n# == Mail ==\n\n# who sends\nFROM=\n# by which host\nHOST=\n\n\nLAST=\n"


@pytest.mark.parametrize(
    ("data", "keys", "expected"),
    [
        (b"A=1\n\nLAST=1\n", "B", b"A=1\n# its port\nB=v\n\nLAST=1\n"),
        (b"# its port\nB=1\n", "A", b"A=v\n# its port\nB=1\n"),
        (b"A=1\n# ours\nX=1\n\nLAST=1\n", ["FROM", "HOST"],
         b"A=1\n# ours\nX=1\n\n# == Mail ==\n\n# who sends\nFROM=v\n# by which host\nHOST=v\n\nLAST=1\n"),
        (b"# == Mail ==\n\nHOST=1\n", ["FROM"], b"# == Mail ==\n\n# who sends\nFROM=v\nHOST=1\n"),
        (b"A=1\n", ["LAST", "HOST"], b"A=1\n\n# == Mail ==\n\n# by which host\nHOST=v\n\nLAST=v\n"),
    ],
)  # fmt: skip
def test_a_section_comes_with_its_heading_and_a_key_with_its_own_comment(data, keys, expected):
    assert add(data, SECTIONS, keys, dict.fromkeys(keys, "v")).content == expected


@pytest.mark.parametrize(
    ("data", "template", "expected"),
    [
        (b"MODE=a\nAPI_KEY=k\n", TEMPLATE, b"MODE=a\nPORT=1\n\n# Mail\n%s\nAPI_KEY=k\n"),
        (b"export MODE=a\r\nexport X=1", TEMPLATE, b"export MODE=a\r\nexport PORT=1\r\nexport X=1\r\n\r\n# Mail\r\n%s"),
        (b"MODE=a\n", b"", b"MODE=a\n\nPORT=1\n%s"),
        (b"MODE=a\n# SMTP_PASSWORD=\n", TEMPLATE, b"MODE=a\nPORT=1\n# SMTP_PASSWORD=\n"),  # it is named already
    ],
)
@pytest.mark.parametrize("given", [{}, {"SMTP_PASSWORD": "your_password_here"}])
def test_a_comment_stands_for_a_key_without_a_value(data, template, expected, given):
    keys, end = ["PORT", "SMTP_PASSWORD"], b"\r\n" if b"\r" in data else b"\n"
    mark = b"# SMTP_PASSWORD=  # Parity: a value is needed here" + end
    plan = add(data, template, keys, {"PORT": 1, **given}, mark=True)
    assert plan.content == (expected % mark if b"%s" in expected else expected)
    assert (plan.added, [one.key for one in plan.left]) == (("PORT",), ["SMTP_PASSWORD"])
    assert plan.marked == (("SMTP_PASSWORD",) if b"%s" in expected else ())
    again = add(plan.content, template, keys, given, mark=True)
    assert (again.content, again.marked) == (plan.content, ())
    filled = add(plan.content, template, keys, {"SMTP_PASSWORD": "b7Qz0pLw"})
    line = b"export SMTP_PASSWORD=b7Qz0pLw" if data.startswith(b"export") else b"SMTP_PASSWORD=b7Qz0pLw"
    assert filled.content == (expected % (line + end) if b"%s" in expected else filled.content)
    assert filled.added == ("SMTP_PASSWORD",)


def test_a_name_that_no_comment_can_hold_is_not_marked():
    plan = add(b"MODE=a\n", TEMPLATE, ["A\nB", "A B"], {}, mark=True)
    assert (plan.content, plan.marked, len(plan.left)) == (b"MODE=a\n", (), 2)


def test_what_is_a_placeholder_for_a_secret_may_be_a_value_of_its_own():
    values = {"REDIS_HOST": "redis", "FLOWER_PORT": 5555, "POSTGRES_USER": "postgres", "REDIS_PASSWORD": "redis"}
    plan = add(b"MODE=a\n", b"", list(values), values)
    assert plan.added == ("FLOWER_PORT", "POSTGRES_USER", "REDIS_HOST")
    assert [(one.key, one.why) for one in plan.left] == [("REDIS_PASSWORD", "its value looks like a common default")]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, "it has no value"),
        ({"PORT": ""}, "is empty"),
        ({"PORT": "your_port_here"}, 'looks like a placeholder that says "your … here"'),
        ({"PORT": "changeme"}, 'looks like a placeholder that says "change me"'),
        ({"PORT": "a\0b"}, "contains a NUL"),
        ({"PORT": False}, "is not a string"),
        ({"PORT": 1.10}, "is not a string"),
        ({"PORT": ["a"]}, "is not a string"),
        ({"PORT": None}, "it has no value"),
    ],
)
def test_a_key_without_a_value_of_its_own_is_left(values, why):
    plan = add(b"MODE=a\n", TEMPLATE, ["PORT"], values)
    assert plan.content == b"MODE=a\n"
    assert [(one.key, one.line) for one in plan.left] == [("PORT", "PORT=")]
    assert why in plan.left[0].why


@pytest.mark.parametrize("data", [b"MODE=\xff\n", b"A B=1\n", b'MODE="open\n'])
def test_a_file_that_cannot_be_read_is_not_added_to(data):
    with pytest.raises(CannotRepairError):
        add(data, TEMPLATE, ["PORT"], {"PORT": "v"})


def test_what_the_file_requires_may_be_set_elsewhere():
    data = b"MODE=${X:?must}${Y?must too}\n"
    assert add(data, b"", ["PORT"], {"PORT": "v"}).content == data + b"\nPORT=v\n"


def test_a_key_that_would_change_another_value_is_left_and_the_others_are_added():
    data = b"MODE=a\nURL=http://x:${PORT:-80}\n"
    plan = add(data, TEMPLATE, ["PORT", "API_KEY"], {"PORT": "8000", "API_KEY": "v"})
    assert plan.added == ("API_KEY",)
    assert [(one.key, "change another value" in one.why) for one in plan.left] == [("PORT", True)]
    # Where it is set outside the file too, that is what the other value reads in any case.
    plan = add(data, TEMPLATE, ["PORT"], {"PORT": "8000"}, lookup={"PORT": "90"})
    assert plan.added == ("PORT",)


def test_a_key_is_left_for_the_reason_that_is_given():
    plan = add(b"MODE=a\n", TEMPLATE, ["PORT"], {"PORT": "v"}, {"PORT": "it is a secret of dev"})
    assert [(one.key, one.why) for one in plan.left] == [("PORT", "it is a secret of dev")]


NAMES = st.lists(st.text(string.ascii_uppercase, min_size=3, max_size=5), min_size=1, max_size=8, unique=True)
VALUES = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=30)


@given(NAMES, NAMES, st.data())
def test_what_was_there_stays_and_what_is_new_reads_back(there, wanted, data):
    lines = [f"{name}='{data.draw(st.text(string.ascii_letters + ' #$', max_size=8))}'" for name in there]
    ending = data.draw(st.sampled_from(["\n", "\r\n"]))
    before = (ending.join(lines) + data.draw(st.sampled_from(["", ending]))).encode()
    order = data.draw(st.permutations(sorted({*there, *wanted})))
    template = "".join(f"{name}=\n" for name in order).encode()
    given_values = {name: data.draw(VALUES) for name in wanted}
    plan = add(before, template, wanted, given_values)
    after = read_env_file(plan.content)
    assert not after.problems
    old = [(entry.key, entry.raw) for entry in read_env_file(before).entries]
    assert [(entry.key, entry.raw) for entry in after.entries if entry.key in there] == old
    assert {key: effective(after)[key].value for key in plan.added} == {key: given_values[key] for key in plan.added}
    assert {*plan.added, *(one.key for one in plan.left), *there} >= set(wanted)
    assert add(plan.content, template, wanted, given_values).content == plan.content
