"""Where bars come from, as it is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from treadle.errors import InvalidWorkflow, NodeError
from treadle.service.backtests.data.source import (
    FileSource,
    MarketSource,
    read_data,
    read_given,
    read_source,
    simulated_venue,
    split_key,
)
from treadle.service.settings import Settings


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("bars.csv", FileSource(Path("bars.csv"))),
        ("bars.parquet@1h", FileSource(Path("bars.parquet"), "1h")),
        ("binance:BTC/USDT@1h", MarketSource("binance", "BTC/USDT", "1h")),
        ("binance:BTC/USDT:USDT@15m", MarketSource("binance", "BTC/USDT:USDT", "15m")),
        ("simulated-7:BTC/USDT@1d", MarketSource("simulated-7", "BTC/USDT", "1d")),
        ("file:my bars@1h", MarketSource("file", "my bars", "1h")),
    ],
)
def test_a_source_is_a_file_or_a_market(text: str, meant: object) -> None:
    assert read_source(text, Settings()) == meant


@pytest.mark.parametrize(
    ("venue", "meant"),
    [
        ("simulated", (1, "")),
        ("simulated-7", (7, "")),
        ("simulated-alpha", (1, "alpha")),
        ("simulated-7-alpha-2", (7, "alpha-2")),
    ],
)
def test_a_simulated_venue_names_its_seed_and_which_of_several_it_is(venue: str, meant: tuple[int, str]) -> None:
    found = MarketSource(venue, "BTC/USDT", "1h")

    assert found.is_simulated
    assert (found.seed, found.market) == meant


@pytest.mark.parametrize(("name", "venue"), [("", "simulated"), ("alpha", "simulated-alpha"), ("7", "simulated"),
                                             ("Kraken/Two", "simulated-kraken-two")])  # fmt: skip
def test_each_venue_has_simulated_markets_of_its_own(name: str, venue: str) -> None:
    assert simulated_venue(market=name) == venue
    assert read_source(f"{venue}:BTC/USDT@1h", Settings()) == MarketSource(venue, "BTC/USDT", "1h")


@pytest.mark.parametrize(
    ("text", "code"),
    [("binanc:BTC/USDT@1h", "unknown_venue"), ("paper:BTC/USDT@1h", "unknown_venue"),
     ("binance:BTC/USDT@0h", "unknown_timeframe"), ("binance: @1h", "no_symbol"),
     ("simulated:BTC/USDT", "unknown_timeframe"), ("binance:BTC/USDT@7q", "unknown_timeframe")],
)  # fmt: skip
def test_what_names_no_market_is_refused(text: str, code: str) -> None:
    with pytest.raises(NodeError) as refused:
        read_source(text, Settings())

    assert refused.value.code == code


def test_a_market_says_its_symbol_itself_and_two_venues_are_kept_apart() -> None:
    assert read_data(["a.csv"]) == {"*": "a.csv"}
    assert read_data(["BTC/USDT=a.csv", "ETH/USDT=b.csv"]) == {"BTC/USDT": "a.csv", "ETH/USDT": "b.csv"}
    assert read_data(["binance:BTC/USDT@1h"]) == {"BTC/USDT": "binance:BTC/USDT@1h"}
    assert list(read_data(["binance:BTC/USDT@1h", "kraken:BTC/USDT@1h"])) == ["binance:BTC/USDT", "kraken:BTC/USDT"]
    assert read_data(["kraken:BTC/USDT=k.csv"]) == {"kraken:BTC/USDT": "k.csv"}


def test_a_market_given_twice_is_refused() -> None:
    with pytest.raises(InvalidWorkflow, match="more than one source for BTC/USDT"):
        read_data(["BTC/USDT=1m.csv", "BTC/USDT=1h.csv"])


def test_a_key_names_a_venue_only_where_there_is_one() -> None:
    assert split_key("kraken:BTC/USDT") == ("kraken", "BTC/USDT")
    assert split_key("BTC/USDT:USDT") == (None, "BTC/USDT:USDT")
    assert split_key("TRUMP-2024:YES") == (None, "TRUMP-2024:YES")


@pytest.mark.parametrize("text", ["../b.csv", "/etc/passwd", "/etc/b.csv", ".treadle/b.csv", "a.txt", "", "\0.csv"])
def test_from_outside_only_files_of_the_workspace_are_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "b.csv").write_text("time\n")

    with pytest.raises(InvalidWorkflow) as refused:
        read_given([("*", text)], replace(Settings(), workspace=str(tmp_path / "work")))

    assert refused.value.issues[0].path == ("data", 0, "source")


def test_a_link_out_of_the_workspace_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "b.csv").write_text("time\n")
    (tmp_path / "work" / "b.csv").symlink_to(tmp_path / "b.csv")

    with pytest.raises(InvalidWorkflow, match="no file of bars in the workspace"):
        read_given([("*", "b.csv")], replace(Settings(), workspace=str(tmp_path / "work")))


def test_what_is_given_from_outside_becomes_bars(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("time\n")
    settings = replace(Settings(), workspace=str(tmp_path))

    found = read_given([("BTC/USDT", "b.csv"), ("ETH/USDT", "simulated:ETH/USDT@1h")], settings)

    assert found == {"BTC/USDT": tmp_path / "b.csv", "ETH/USDT": "simulated:ETH/USDT@1h"}
