"""The benchmarks' command, on a tiny amount of work: that it works and what it prints, not how quick anything is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lacking import skip_for_lack
from treadle.server.editor import find_editor

ROOT = Path(__file__).parents[2]
ENGINE_ROWS = [
    "durable_5_pure_nodes_50_concurrent",
    "durable_one_at_a_time_p50",
    "durable_one_at_a_time_p99",
    "durable_2_effects_50_concurrent",
    "in_memory_overhead_per_pure_node",
    "plan_50_nodes",
    "plan_1000_nodes",
    "plan_10000_nodes_per_node_over_1000",
    "memory_10000_suspended_runs",
    "wake_one_of_10000_p50",
    "wake_one_of_10000_p99",
    "memory_per_active_deployment",
]

INDICATOR_ROWS = [
    "indicator_update_above_talib",
    "indicator_update",
    "indicator_over_2000_values",
    "indicator_tick_in_memory_p50",
]
WAITING_ROWS = [
    "signal_to_resumed_node_p50",
    "signal_to_resumed_node_p99",
    "signal_from_another_process_p50",
    "signal_from_another_process_p99",
    "wake_lag_p50_200_a_second_of_100000",
    "wake_lag_p99_200_a_second_of_100000",
    "cpu_with_100000_suspended_runs",
]
SCHEDULE_ROWS = [
    "schedules_10000_armed_idle",
    "schedules_10000_armed_in",
    "schedules_start_lag_spread_p50",
    "schedules_start_lag_spread_p99",
    "schedules_start_lag_burst_p50",
    "schedules_start_lag_burst_p99",
    "schedules_10000_due_at_once",
]


TRADING_ROWS = [
    "cross_exchange_reaction_p50",
    "cross_exchange_reaction_p99",
    "cpu_of_100_bots_a_tick_a_second",
    "memory_of_100_bots",
    "tick_to_paper_order_p50",
    "tick_to_paper_order_p99",
]


EDITOR_ROWS = {
    "first_load",
    "open_100_nodes",
    "open_1000_nodes",
    "drag_at_1000_nodes",
    "updates_at_1000_nodes_reading",
    "event_to_badge_p95",
    "typing_at_1000_nodes_longest_task",
    "memory_left_of_100000_events",
}
"""Those that issue 5 names, and the one that says that nothing leaks."""


def _benchmarks(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=200,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("engine", ENGINE_ROWS),
        ("versions", ["fork_of_100_nodes_p50", "fork_of_100_nodes_p99"]),
        ("expressions", ["expression_condition", "expression_template", "expression_lambda_over_100_items"]),
        ("indicators", INDICATOR_ROWS),
        ("start", ["treadle_help", "import_treadle"]),
        ("schedules", SCHEDULE_ROWS),
        ("waiting", WAITING_ROWS),
        ("trading", TRADING_ROWS),
    ],
)
def test_json_is_a_list_of_the_groups_rows(group: str, names: list[str]) -> None:
    done = _benchmarks(group, "--json", "--scale", "0.01")

    rows = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert [row["name"] for row in rows] == names
    assert all(list(row) == ["name", "value", "unit", "better", "limit", "peers"] for row in rows)
    assert all(row["value"] > 0 and row["better"] in ("higher", "lower") for row in rows)


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
@pytest.mark.timeout(240)
def test_the_editor_is_measured_in_a_browser() -> None:
    if shutil.which("chromium") is None or find_editor() is None:
        skip_for_lack("There is no Chromium on the PATH, or no editor is built")
    done = _benchmarks("editor", "--json", "--scale", "0.01")

    assert done.returncode == 0, done.stderr
    assert {row["name"] for row in json.loads(done.stdout)} >= EDITOR_ROWS


def test_without_a_browser_the_editor_is_left_out_and_that_is_said() -> None:
    done = _benchmarks("editor", "--json", PATH="")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
    assert "There is no Chromium on the PATH" in done.stderr


@pytest.mark.slow
def test_the_table_shows_what_each_row_must_reach() -> None:
    done = _benchmarks("expressions", "--scale", "0.01")

    line = next(line for line in done.stdout.splitlines() if line.startswith("expression_condition"))
    assert "≤ 1,500" in line
    assert "ok" in line or "miss" in line


@pytest.mark.slow
def test_an_unknown_group_is_named_and_nothing_is_measured() -> None:
    done = _benchmarks("engines")

    assert done.returncode == 2
    assert "engines" in done.stderr
    assert "expressions" in done.stderr
    assert done.stdout == ""
