"""What one worker runs when several do (`pytest -n`), and what begins: a file's tests share what they set up."""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# These wait more than they compute: they begin, and the rest runs in their pauses.
WAITING = ("test_molecule.py", "test_lab.py")
# Each of its tests takes minutes and has containers of its own.
APART = "test_molecule.py::"


class FileScheduling(LoadScopeScheduling):
    """Gives a worker a file's tests as a whole, in the order of collection."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if APART in nodeid else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FileScheduling:
    config.option.loadscopereorder = False  # it would begin with the files that have the most tests
    return FileScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: WAITING.index(item.path.name) if item.path.name in WAITING else len(WAITING))
