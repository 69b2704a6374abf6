"""OAuth (C15): client ids, secrets and redirect URIs, against the environment's own domain and the other environments.

Which variables these are is data: `knowledge/oauth.yml`.
"""

from __future__ import annotations

from collections.abc import Iterator

from parity.areas.oauth import authorize, between, redirect_targets, within
from parity.areas.oauth.setup import read_setup
from parity.areas.oauth.vocabulary import load
from parity.compare.comparison import Comparison
from parity.domain.findings import Difference


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what is wrong with logging in by other providers, and where environments differ in it."""
    setup = read_setup(comparison, load())
    yield from within.differences(setup)
    yield from redirect_targets.differences(setup)
    yield from between.differences(setup)
    yield from authorize.differences(setup)
