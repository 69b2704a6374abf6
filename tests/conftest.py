"""Which tests share a worker when several run at once, and which begin: a file's tests share what they set up."""

from __future__ import annotations

import pytest

# They wait more than they compute, so they begin first and the rest runs in their pauses.
LONGEST = ("test_molecule", "test_lab")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path)))
