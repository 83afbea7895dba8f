"""Events as they are sent: their ids, and what becomes of values that are too large."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from treadle.errors import InvalidWorkflow
from treadle.service.live.event import DEFAULT_CAP, LEAST_CAP, MOST_CAP, START, LiveEvent, Place, read_place
from treadle.store.feed import LAST, STEP

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def event(**data: Any) -> LiveEvent:
    return LiveEvent(Place(7, 3), "node.completed", NOW, run_id="r1", workflow="w", path="a", data=data)


def sent(made: LiveEvent, cap: int = DEFAULT_CAP) -> dict[str, Any]:
    head, _, data = made.frame(cap).decode().partition("\n")
    assert head == f"id: {made.id}"
    assert data.endswith("\n\n")
    assert data.count("\n") == 2
    return json.loads(data.removeprefix("data: "))


class TestPlaces:
    @pytest.mark.parametrize("place", [Place(7, 0), Place(7, 12), Place(7, LAST), Place(7, STEP, 3), Place(0, 0)])
    def test_an_id_names_its_place(self, place: Place) -> None:
        assert read_place(str(place)) == place

    def test_a_serial_alone_is_the_whole_commit(self) -> None:
        assert read_place(" 7 ") == Place(7, LAST)

    def test_what_is_not_kept_comes_behind_all_that_is(self) -> None:
        ids = ["8.0", "7+2", "7.0", "7.999999", "7+1", "7.10", "7.9"]

        assert sorted(ids, key=read_place) == ["7.0", "7.9", "7.10", "7.999999", "7+1", "7+2", "8.0"]

    @pytest.mark.parametrize("text", ["", "x", "1.x", "-1", "1.2.3", "1+2+3", "1.-2", "²", "9" * 30, "1e3", "1. 2"])
    def test_what_is_no_id_is_refused(self, text: str) -> None:
        with pytest.raises(InvalidWorkflow) as refused:
            read_place(text)

        assert refused.value.code == "bad_event_id"

    def test_before_everything_there_is_no_id(self) -> None:
        assert LiveEvent(START, "stream.reset", NOW).frame(DEFAULT_CAP).startswith(b"data: {")


class TestValues:
    def test_what_is_small_is_sent_as_it_is(self) -> None:
        assert sent(event(outputs={"output": [1, "é", None]})) == {
            "id": "7.3",
            "type": "node.completed",
            "run_id": "r1",
            "workflow": "w",
            "deployment": None,
            "at": "2026-01-02T00:00:00Z",
            "path": "a",
            "data": {"outputs": {"output": [1, "é", None]}},
        }

    def test_a_large_value_is_cut_and_its_neighbour_is_not(self) -> None:
        data = sent(event(outputs={"large": "x" * 50_000, "small": 7}, duration_ms=1.5))["data"]

        assert data == {
            "outputs": {"large": {"truncated": True, "bytes": 50_002, "preview": '"' + "x" * 1023}, "small": 7},
            "duration_ms": 1.5,
        }

    def test_the_reader_says_how_much_is_large(self) -> None:
        made = event(outputs={"output": "x" * 5000})

        assert sent(made, LEAST_CAP)["data"]["outputs"]["output"]["truncated"] is True
        assert sent(made, MOST_CAP)["data"]["outputs"]["output"] == "x" * 5000

    def test_many_values_are_cut_together(self) -> None:
        data = sent(event(outputs={f"port{number}": "x" * 1000 for number in range(1000)}))["data"]

        assert data["outputs"]["truncated"] is True

    def test_nothing_of_a_huge_value_is_held(self) -> None:
        made = event(outputs={"output": "x" * 10_000_000})

        assert made.size < MOST_CAP
        assert made.data["outputs"]["output"]["bytes"] == 10_000_002

    def test_what_is_cut_already_says_how_long_it_was(self) -> None:
        known = {"truncated": True, "bytes": 900_000, "preview": "y" * 1000}

        data = sent(event(outputs=known, more="x" * 50_000), LEAST_CAP)["data"]

        assert (data["outputs"]["bytes"], data["more"]["bytes"]) == (900_000, 50_002)

    def test_an_event_is_written_once_for_all_who_read_it_alike(self) -> None:
        made = event(outputs={"output": "x" * 50_000})

        assert made.frame(2048) is made.frame(2048)
        assert made.frame(2048) is made.frame(2100)

    @pytest.mark.parametrize("value", [float("nan"), b"\xff", {1, 2}, object(), "\ud800", {"a": {"b": "\ud800"}}])
    def test_whatever_a_node_gives_can_be_sent(self, value: object) -> None:
        assert "outputs" in sent(event(outputs={"output": value}))["data"]

    def test_line_breaks_stay_inside(self) -> None:
        assert sent(event(outputs={"output": "a\r\nb\n\nid: 9"}))["data"]["outputs"]["output"] == "a\r\nb\n\nid: 9"
