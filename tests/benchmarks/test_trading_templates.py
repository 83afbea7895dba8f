"""Every trading template runs for days on simulated markets; `python -m benchmarks.trading.templates` does a year."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from benchmarks.trading.templates import FILE, PARAMETERS, Measured, read, shipped_trading, simulate, write

from treadle.service.templates import measured as kept
from treadle.service.templates.measured import find_measured

TRADING = dict(shipped_trading())
DAYS = {
    "volatility-momentum-portfolio": 4.0,
    "macd-trend-following": 12.0,
    "dollar-cost-averaging": 6.0,
    "cross-exchange-arbitrage": 0.8,
    "triangular-arbitrage": 0.4,
    "market-making": 0.5,
}
"""What comes to some dozens of runs; two days where nothing is said."""


def test_the_thirteen_of_the_catalogue_are_there() -> None:
    assert TRADING.keys() == {
        "cross-exchange-arbitrage", "funding-rate-arbitrage", "grid", "rsi-mean-reversion", "macd-trend-following",
        "bollinger-breakout", "dollar-cost-averaging", "market-making", "triangular-arbitrage", "pairs-trading",
        "prediction-market-mispricing", "volatility-momentum-portfolio", "price-alert",
    }  # fmt: skip


@pytest.mark.parametrize("name", [name for name in TRADING if name != "price-alert"])
async def test_a_template_trades_for_days_without_an_error_that_nobody_can_explain(name: str) -> None:
    measured = await simulate(TRADING[name], parameters=PARAMETERS.get(name), days=DAYS.get(name, 2.0))

    assert measured.failed == {}
    assert measured.runs > 3
    assert measured.began_with > 0


@pytest.mark.parametrize("name", TRADING)
async def test_a_template_has_what_the_gallery_shows(name: str) -> None:
    template = await read(TRADING[name])

    assert template.category == "trading"
    assert template.duration is not None
    assert template.tags
    assert template.parameters
    assert all(one.schema.get("title") for one in template.parameters)
    assert all(not one.is_required for one in template.parameters)
    # The editor lays it out: what was placed by hand overlaps as soon as a node gets another port.
    assert all(node.position is None for node in template.workflow.nodes)


async def test_the_same_days_come_to_the_same(tmp_path: Path) -> None:
    text = TRADING["funding-rate-arbitrage"]
    first, again = [asdict(await simulate(text, days=1)) for _ in range(2)]

    assert {**first, "seconds": 0} == {**again, "seconds": 0}


async def test_what_was_measured_is_shown_until_the_file_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = TRADING["funding-rate-arbitrage"]
    template = await read(text)
    write(await simulate(text, days=0.3), tmp_path / "measured.json")
    known = json.loads((tmp_path / "measured.json").read_text())
    monkeypatch.setattr(kept, "_kept", lambda: known)

    found = find_measured(await read(text.replace("Funding-rate arbitrage", "Another title")))

    assert found is not None
    assert (found.runs, found.currency, found.seed) == (7, "USDT", 1)
    assert find_measured(template) == found
    assert find_measured(await read(text.replace("seconds: 1h", "seconds: 2h"))) is None
    assert find_measured(await read(TRADING["grid"])) is None


async def test_figures_of_a_template_that_has_changed_are_not_kept() -> None:
    """What stands in `measured.json` is of the templates as they are."""
    known = json.loads(FILE.read_text()) if FILE.exists() else {}

    assert [name for name in known if find_measured(await read(TRADING[name])) is None] == []


def test_a_measurement_tells_its_period_fees_and_seed() -> None:
    assert {"begins", "ends", "fees", "seed", "parameters"} <= set(Measured.__dataclass_fields__)
