"""A list of redirects that are allowed may hold schemes of programs; a redirect URI is an address."""

from __future__ import annotations

import pytest

from parity.areas.oauth.redirects import read_redirects


@pytest.mark.parametrize(
    ("value", "allowed", "bad"),
    [
        ("myapp,", True, []),
        ("myapp, exp://, https://app.example.org", True, []),
        ("myapp://callback", True, []),
        ("https://app.example.org/cb#done myapp", True, ["https://app.example.org/cb#done"]),
        ("app.example.org/cb", True, ["app.example.org/cb"]),
        ("myapp", False, ["myapp"]),
        ("app.example.org/cb", False, ["app.example.org/cb"]),
    ],
)
def test_which_entries_are_wrong(value, allowed, bad):
    assert [one.text for one in read_redirects(value, allowed) if one.problem] == bad
