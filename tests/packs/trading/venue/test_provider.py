"""Which account at which venue is meant."""

from __future__ import annotations

from treadle.packs.trading.venue.provider import ProviderRef, read_provider


def test_people_are_told_of_a_provider_in_words_and_not_of_its_settings() -> None:
    provider = ProviderRef("binance", "main", "BTC/USDT", settings={"seed": 7})

    assert str(provider) == "binance main BTC/USDT"
    assert str(read_provider("paper")) == "paper"
