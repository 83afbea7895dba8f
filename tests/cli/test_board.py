"""The board: how it stands after events, and how it looks."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

from rich.console import Console

from treadle.authoring.check.file import check_file
from treadle.cli.board import Board
from treadle.cli.board_view import draw
from treadle.engine.compile import compile_plan
from treadle.model.event import (
    NodeCompleted,
    NodeFailed,
    NodeRetried,
    NodeStarted,
    NodeWaited,
    RunFinished,
    RunStarted,
)
from treadle.model.ids import RunId
from treadle.model.run import Failure
from treadle.node.registry import Registry

RUN, AT = RunId("r0"), datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TEXT = """\
name: nested
nodes:
  - {id: last, type: data.pick, config: {path: ""}}
  - {id: fetch, type: http.request, config: {url: "https://example.com"}}
  - id: each
    type: flow.loop
    config: {items: 3}
    body: {nodes: [{id: send, type: file.write, config: {path: "x{{ loop.index }}", value: y}}]}
connections: [{from: fetch.body, to: each.trigger}, {from: each.results, to: last}]
"""


def board() -> Board:
    registry = Registry.installed()
    (workflow,) = check_file(TEXT, registry).workflows
    board = Board(compile_plan(workflow, registry))
    board.apply(RunStarted(RUN, AT, "", "nested", "1"))
    return board


def shown(board: Board, *, height: int = 40, seconds: float = 1) -> list[str]:
    written = io.StringIO()
    console = Console(width=200, file=written, color_system=None)
    console.print(draw(board, AT + timedelta(seconds=seconds), height=height))
    return [line.rstrip() for line in written.getvalue().splitlines()]


def test_rows_stand_in_the_order_in_which_nodes_come_to_their_turn() -> None:
    assert list(board().rows) == ["fetch", "each", "each/send", "last"]


def test_a_container_runs_as_soon_as_something_in_it_does() -> None:
    found = board()

    found.apply(NodeStarted(RUN, AT, "each[1]/send"))

    assert (found.rows["each"].status, found.rows["each"].iterations) == ("running", 2)


def test_a_row_inside_counts_its_iterations_by_status() -> None:
    found = board()

    found.apply(NodeCompleted(RUN, AT, "each[0]/send"))
    found.apply(NodeStarted(RUN, AT, "each[1]/send"))
    found.apply(NodeStarted(RUN, AT, "each[2]/send"))
    found.apply(NodeFailed(RUN, AT, "each[2]/send", Failure("boom", "It broke.")))

    row = found.rows["each/send"]
    assert (row.counts, row.running, row.status) == ({"completed": 1, "failed": 1}, {"each[1]/send"}, "running")


def test_a_retry_shows_the_attempt_and_when_it_comes() -> None:
    found = board()
    failure = Failure("http_status", "Answered 503.", "fetch", 1)

    found.apply(NodeRetried(RUN, AT, "fetch", failure, AT + timedelta(seconds=5)))

    line = next(line for line in shown(found) if "fetch" in line)
    assert "retrying" in line
    assert "attempt 2 in 4.0 s" in line
    assert "http_status: Answered 503." in line


def test_a_node_in_doubt_points_to_what_to_do() -> None:
    found = board()

    found.apply(NodeWaited(RUN, AT, "fetch", None, None, True))

    assert any("treadle resolve" in line for line in shown(found))


def test_what_never_came_to_its_turn_is_skipped_when_the_run_is_over() -> None:
    found = board()

    found.apply(NodeFailed(RUN, AT, "fetch", Failure("boom", "It broke.")))
    found.apply(RunFinished(RUN, AT, "", "failed", None, Failure("boom", "It broke.", "fetch")))

    assert [row.status for row in found.rows.values()] == ["failed", "skipped", "skipped", "skipped"]
    assert found.settled == found.total == 3


def test_on_a_low_terminal_what_failed_is_kept_and_the_rest_counted() -> None:
    found = board()
    found.apply(NodeFailed(RUN, AT, "each[0]/send", Failure("boom", "It broke.")))

    lines = shown(found, height=9)

    assert any("send" in line for line in lines)
    assert lines[-1] == "… and 1 node more"
