"""An exchange that does what it is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.packs.trading.scripted import Exchange, listed


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with listed(Exchange()) as exchange:
        yield exchange
