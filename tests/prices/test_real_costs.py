"""Prices against real reported costs (the figures of real/README.md and broken/README.md)."""

from collections import Counter

import duckdb
import pytest

from analytics_core.prices.cost import price
from analytics_core.prices.rates import Rates


@pytest.fixture
def aider(shared, con, book):
    """The priced events of the Aider log; a reported 0 with tokens is not a price."""
    from tests.prices.conftest import typed
