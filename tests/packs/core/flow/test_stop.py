from __future__ import annotations

import pytest

from treadle.node import StopRun
from treadle.packs.core.flow.stop import stop


def test_stop_ends_the_run_with_a_status_a_message_and_an_output() -> None:
    """The engine reads them off the exception."""
    with pytest.raises(StopRun) as caught:
        stop({"found": 3}, status="failed", message="The feed is stale.")

    assert (caught.value.status, caught.value.message, caught.value.output) == (
        "failed",
        "The feed is stale.",
        {"found": 3},
    )


def test_stop_completes_the_run_unless_told_otherwise() -> None:
    """A workflow that has found what it looked for is done."""
    with pytest.raises(StopRun, match="stopped as completed") as caught:
        stop()

    assert (caught.value.status, caught.value.output) == ("completed", None)


def test_stop_has_no_output_ports() -> None:
    """Nothing can follow it."""
    assert stop.type.outputs == ()
