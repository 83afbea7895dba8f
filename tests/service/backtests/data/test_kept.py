"""Bars in a folder: mapped, appended, put before others, and never half of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest

from treadle.errors import Conflict, StoreError
from treadle.service.backtests.data.cache import BarCache
from treadle.service.backtests.data.kept import KeptBars
from treadle.service.backtests.data.source import MarketSource
from treadle.service.settings import Settings

HOUR = 3_600_000
BEGIN = 1_704_067_200_000


@pytest.fixture
def kept(tmp_path: Path) -> KeptBars:
    return KeptBars(tmp_path / "bars", MarketSource("binance", "BTC/USDT", "1h"))


def columns(first: int, end: int) -> dict[str, Any]:
    time = numpy.arange(first, end) * HOUR + BEGIN
    return {"time": time, **{name: time / 1e9 + at for at, name in enumerate(("open", "high", "low", "close"))},
            "volume": time * 0.0}  # fmt: skip


def add(kept: KeptBars, first: int, end: int) -> None:
    kept.append(columns(first, end), since=BEGIN + first * HOUR, until=BEGIN + end * HOUR)


def test_what_was_appended_is_read_exactly(kept: KeptBars) -> None:
    add(kept, 0, 3)
    add(kept, 3, 5)

    bars = kept.read()

    assert bars.time.tolist() == columns(0, 5)["time"].tolist()
    assert bars.low.tolist() == columns(0, 5)["low"].tolist()
    assert bars.timeframe == "1h"


def test_what_is_read_may_be_written_to_and_changes_no_file(kept: KeptBars) -> None:
    add(kept, 0, 3)

    kept.read().close[:] = 0

    assert kept.read().close.tolist() == columns(0, 3)["close"].tolist()


def test_who_has_bars_open_is_not_disturbed_by_more(kept: KeptBars) -> None:
    add(kept, 0, 3)
    bars = kept.read()

    add(kept, 3, 9)

    assert len(bars) == 3
    assert bars.time.tolist() == columns(0, 3)["time"].tolist()


def test_columns_longer_than_what_counts_are_written_over(kept: KeptBars) -> None:
    """A process was killed between the columns and `bars.json`."""
    add(kept, 0, 3)
    for name in ("time", "open", "high"):
        with (kept.folder / f"{name}.0.bin").open("ab") as file:
            file.write(b"\x01" * 20)
    assert len(kept.read()) == 3

    add(kept, 3, 5)

    assert kept.read().open.tolist() == columns(0, 5)["open"].tolist()


def test_older_bars_are_not_appended(kept: KeptBars) -> None:
    add(kept, 3, 5)

    with pytest.raises(ValueError, match="in order"):
        add(kept, 4, 6)


def test_earlier_ones_are_put_before(kept: KeptBars) -> None:
    add(kept, 5, 8)
    bars, earlier = kept.read(), kept.earlier
    add(earlier, 0, 3)

    about = kept.prepend(earlier)

    assert kept.read().time.tolist() == [*columns(0, 3)["time"].tolist(), *columns(5, 8)["time"].tolist()]
    assert (about.count, about.gaps, about.since) == (6, 1, BEGIN)
    assert bars.time.tolist() == columns(5, 8)["time"].tolist()
    assert sorted(file.name for file in kept.folder.glob("*.bin")) == sorted(
        f"{name}.1.bin" for name in ("time", "open", "high", "low", "close", "volume")
    )


@pytest.mark.parametrize("harm", ["no json", "no columns"])
def test_what_cannot_be_read_is_said_with_its_remedy(kept: KeptBars, harm: str) -> None:
    add(kept, 0, 3)
    if harm == "no json":
        (kept.folder / "bars.json").write_text("{")
    else:
        (kept.folder / "close.0.bin").write_bytes(b"")

    with pytest.raises(StoreError) as refused:
        kept.read()

    assert refused.value.code == "corrupt_bars"
    assert "treadle bars delete binance:BTC/USDT@1h" in (refused.value.remedy or "")


def test_two_do_not_write_at_a_time(kept: KeptBars) -> None:
    with kept.alone(), pytest.raises(Conflict), kept.alone():
        pass

    with kept.alone():
        pass


@pytest.mark.parametrize("symbol", ["../../../x", "..", "a/b/c", ".", "%2F", "BTC/USDT:USDT", "é\n"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, symbol: str) -> None:
    cache = BarCache(Settings(workspace=str(tmp_path)))
    kept = cache.of(MarketSource("file", symbol, "1h"))
    add(kept, 0, 2)

    assert kept.folder.resolve().is_relative_to(cache.folder.resolve())
    assert kept.folder.parent.parent.parent == cache.folder
    assert [one.source for one in cache.list()] == [kept.source]


def test_what_is_deleted_leaves_nothing_behind(tmp_path: Path) -> None:
    cache = BarCache(Settings(workspace=str(tmp_path)))
    kept = cache.of(MarketSource("binance", "BTC/USDT", "1h"))
    add(kept, 0, 2)

    kept.delete()

    assert cache.list() == []
    assert not (cache.folder / "binance").exists()
