"""OAuth (C15): client ids, secrets and redirect URIs, against the environment's own domain and the other environments.

Which variables these are is data: `knowledge/oauth.yml`.
"""

from __future__ import annotations

from collections.abc import Iterator

from parity import oauth_answers, oauth_between, oauth_places, oauth_within
from parity.compare.comparison import Comparison
from parity.domain.findings import Difference
from parity.oauth_names import load
from parity.oauth_setup import read_setup


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what is wrong with logging in by other providers, and where environments differ in it."""
    setup = read_setup(comparison, load())
    yield from oauth_within.differences(setup)
    yield from oauth_places.differences(setup)
    yield from oauth_between.differences(setup)
    yield from oauth_answers.differences(setup)
