"""Crash points."""

from __future__ import annotations

import pytest

from treadle.engine.journal import Batch
from treadle.testing.clock import VirtualClock
from treadle.testing.crash import CRASH_POINTS, IN_DOUBT_POINTS, Crash, SimulatedCrash, TestJournal, every_crash
from treadle.testing.journal_contract import make_record, make_result
from treadle.testing.memory_journal import MemoryJournal


def test_every_crash_is_every_point_of_every_path() -> None:
    crashes = every_crash(["a", "b[0]/c"])

    assert len(crashes) == 2 * len(CRASH_POINTS)
    assert {str(crash) for crash in crashes} >= {"before_intent of a", "after_result of b[0]/c"}
    assert set(IN_DOUBT_POINTS) < set(CRASH_POINTS)


def test_a_crash_comes_at_its_point_and_path_only() -> None:
    crash = Crash("after_effect", "a")

    crash("after_effect", "b")
    crash("after_intent", "a")
    with pytest.raises(SimulatedCrash, match="after_effect of a"):
        crash("after_effect", "a")

    assert crash.fired


@pytest.mark.parametrize(("point", "kept"), [("mid_commit", False), ("after_commit", True)])
async def test_a_commit_is_lost_or_kept(point: str, kept: bool) -> None:
    inner, record = MemoryJournal(), make_record()
    crash = Crash(point, "a")  # type: ignore[arg-type]
    journal = TestJournal(inner, VirtualClock(), crash)
    await journal.append(Batch(record.id, 1, opens=record))

    with pytest.raises(SimulatedCrash):
        await journal.append(Batch(record.id, 1, entries=[make_result("a")]))

    assert (len(await inner.load(record.id)) == 1) == kept


async def test_after_the_crash_nothing_is_written() -> None:
    inner, record = MemoryJournal(), make_record()
    crash = Crash("after_effect", "a")
    journal = TestJournal(inner, VirtualClock(), crash)
    await journal.append(Batch(record.id, 1, opens=record))
    with pytest.raises(SimulatedCrash):
        crash("after_effect", "a")

    with pytest.raises(SimulatedCrash, match="dead"):
        await journal.append(Batch(record.id, 1, entries=[make_result("b")]))

    assert await inner.load(record.id) == []
