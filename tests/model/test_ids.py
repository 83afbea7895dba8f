"""Run ids that are worked out rather than drawn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from treadle.model.ids import new_run_id, run_id_for

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def test_the_same_time_and_seed_give_the_same_id() -> None:
    assert run_id_for(AT, "d") == run_id_for(AT, "d")


def test_another_seed_or_another_microsecond_gives_another_id() -> None:
    ids = {run_id_for(AT, "d"), run_id_for(AT, "e"), run_id_for(AT + timedelta(microseconds=1), "d")}

    assert len(ids) == 3


def test_such_ids_look_like_others_and_sort_by_time_among_them() -> None:
    earlier, later = run_id_for(AT, "d"), run_id_for(AT + timedelta(milliseconds=1), "a")

    assert len(earlier) == len(new_run_id())
    assert earlier < later
    assert earlier[0] == "r"
