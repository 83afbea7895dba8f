"""`treadle backtest` that searches."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from typing import Any

import pytest

from tests.cli.conftest import Ran, Treadle
from tests.cli.process import Process
from tests.cli.test_backtest import BOT
from tests.service.backtests.bars import flat, write_bars
from treadle.cli.backtest_search import print_part
from treadle.cli.screen import Screen
from treadle.service.backtests.search.result import Row, SweepResult, Tried
from treadle.service.reporting.finding import Finding

CLOSES = (100, 93, 97, 106, 99, 92, 94, 108, 101, 90, 94, 107, 100)


def search(treadle: Treadle, *options: str) -> Ran:
    treadle.write("dips.yaml", BOT)
    write_bars(treadle.folder, flat(*CLOSES))
    return treadle("backtest", "dips.yaml", "--data", "bars.csv", "--no-save", *options)


def test_the_best_variants_and_a_map_are_shown(treadle: Treadle) -> None:
    found = search(
        treadle, "--sweep", "low.threshold=93:95:2", "--sweep", "high.threshold=103,107", "--metric", "total_return"
    )

    assert found.code == 0, found.err
    assert "The best variant: low.threshold = " in found.out
    assert "4 variants, by total_return" in found.out
    assert "low.threshold down, high.threshold across" in found.out
    assert "█" in found.out
    assert "too little to tell skill from luck" in found.out


def test_programs_get_everything_of_a_walk_and_its_paths(treadle: Treadle) -> None:
    found = search(
        treadle, "--sweep", "low.threshold=94,96", "--metric", "total_return", "--walk-forward", "5h/3h",
        "--monte-carlo", "20", "--monte-carlo-method", "paths", "--json",
    )  # fmt: skip

    assert found.code == 0, found.err
    assert len(found.json["walk_forward"]["windows"]) == 2
    assert len(found.json["walk_forward"]["stitched"]["at"]) == len(found.json["walk_forward"]["stitched"]["equity"])
    assert found.json["monte_carlo"]["count"] == 20


def test_whatever_is_wrong_is_said_at_once(treadle: Treadle) -> None:
    found = search(treadle, "--sweep", "lw.threshold=1:2", "--sweep", "low.threshold=5:1", "--metric", "sharp")

    assert found.code == 2
    assert "3 problems" in found.err
    assert "Did you mean `low`?" in found.err
    assert "Did you mean `sharpe`?" in found.err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--count", "3"], "`--count` needs something to try"),
        (["--spread"], "`--spread` needs something to try"),
        (["--sweep", "low.threshold=1,2", "--spread"], "There is no store"),
        (["--sweep", "low.threshold=1,2", "--anchored"], "`--anchored` means something only with `--walk-forward`"),
        (["--monte-carlo-method", "paths"], "`--monte-carlo-method` means something only with `--monte-carlo`"),
        (["--sweep", "low.threshold=1,2", "--walk-forward", "5h"], "names no two durations"),
        (["--sweep", "low.threshold=1,2", "--method", "luck"], "There is no method `luck`"),
        (["--sweep", "low.threshold"], "names no values to try"),
    ],
)
def test_options_that_do_not_go_together_are_refused(treadle: Treadle, options: list[str], told: str) -> None:
    found = search(treadle, *options)

    assert found.code == 2
    assert told in found.err


WIDE = ("--sweep", "low.threshold=93:96:1", "--sweep", "high.threshold=101:104:1", "--way", "engine", "--json")


@pytest.mark.slow
def test_variants_are_taken_up_by_a_server_of_the_store_and_come_to_the_same(treadle: Treadle) -> None:
    here = search(treadle, *WIDE)
    with Process(treadle.folder, "server", "--port", "0") as server:
        server.wait_until(lambda: any("Listening on" in line for line in server.errors))
        spread = search(treadle, *WIDE, "--spread")
        server.send(signal.SIGTERM)
        code = server.end()

    assert (here.code, spread.code, code) == (0, 0, 0), (spread.err, server.errors)
    assert "of them in other processes" in spread.err
    assert swept(spread.json) == swept(here.json)


@pytest.mark.slow
def test_where_nobody_else_is_all_is_tried_here_and_what_to_start_is_said(treadle: Treadle) -> None:
    here = search(treadle, "--sweep", "low.threshold=93:96", "--walk-forward", "5h/3h", "--json")
    treadle.write("greeting.yaml", "name: greeting\nnodes:\n  - {id: a, type: data.template, config: {template: x}}\n")
    made = treadle("run", "greeting.yaml")

    spread = search(treadle, "--sweep", "low.threshold=93:96", "--walk-forward", "5h/3h", "--json", "--spread")

    assert (made.code, here.code, spread.code) == (0, 0, 0), spread.err
    assert "No other process took up variants" in spread.err
    assert "treadle server" in spread.err
    assert spread.json["walk_forward"]["stitched"] == here.json["walk_forward"]["stitched"]


def swept(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """What there is to say of a sweep, but how long it took."""
    return {name: value for name, value in found["sweep"].items() if name != "seconds"}


def sweep_of(*warnings: Finding, metric: str = "total_return") -> SweepResult:
    figures = {"total_return": 0.1, "sharpe": 7.25, "max_drawdown": 0.01, "trades": 3}
    rows = [Row({"low.threshold": 95}, figures), Row({"low.threshold": 96}, {}, {"code": "x", "message": "y"})]
    parameters = [Tried("low.threshold", [95, 96])]
    return SweepResult("bot", "1", parameters, metric, "grid", 0, rows, best=0, trials=2, warnings=list(warnings))


@pytest.mark.parametrize(
    ("sweep", "days", "shown"),
    [
        (sweep_of(), 40.0, True),
        (sweep_of(), 10.0, False),
        (sweep_of(Finding("too_little", "3 trades.")), 40.0, False),
        (sweep_of(Finding("too_little", "3 trades."), metric="sharpe"), 10.0, True),
    ],
)
def test_no_figure_of_a_year_stands_beside_the_metric_where_there_is_too_little_for_it(
    sweep: SweepResult, days: float, shown: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    print_part(Screen(), sweep, "bt-1", days=days)

    told = capsys.readouterr().out
    assert ("sharpe" in told, "7.25" in told) == (shown, shown)
    assert "more:" not in told
