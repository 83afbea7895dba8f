"""Places in a workflow file, by the ids of nodes."""

from __future__ import annotations

from typing import Any

import pytest

from treadle.service.templates.place import find_path, parse_place, read_at, write_at, write_place

DATA: dict[str, Any] = {
    "inputs": {"topic": "string", "depth": {"type": "integer", "default": 2}},
    "nodes": [{"id": "a", "config": {"headers": {"X.Y": 1}}}, {"id": "each", "body": {"nodes": [{"id": "in"}]}}],
}


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("nodes.a.config.headers", ("nodes", 0, "config", "headers")),
        ("nodes.0.config", ("nodes", 0, "config")),
        ("nodes.a.config.new", ("nodes", 0, "config", "new")),
        (r"nodes.a.config.headers.X\.Y", ("nodes", 0, "config", "headers", "X.Y")),
        ("nodes.each.body.nodes.in", ("nodes", 1, "body", "nodes", 0)),
        ("inputs.depth", ("inputs", "depth", "default")),
        ("inputs.topic", ("inputs", "topic", "default")),
    ],
)
def test_a_place_leads_there(place: str, path: tuple[str | int, ...]) -> None:
    assert find_path(DATA, place) == path


@pytest.mark.parametrize(
    "place",
    ["nodes.b.config", "nodes.a.cfg.url", "inputs.nope", "nodes.a.config.headers.X.Y", "", "name", "template.category"],
)
def test_a_place_that_leads_nowhere_says_where_it_ends(place: str) -> None:
    with pytest.raises(KeyError):
        find_path(DATA, place)


def test_an_input_in_the_short_form_gets_a_default() -> None:
    data: dict[str, Any] = {"inputs": {"topic": "string"}}

    write_at(data, find_path(data, "inputs.topic"), "tides")

    assert data == {"inputs": {"topic": {"type": "string", "default": "tides"}}}
    assert read_at(data, ("inputs", "topic", "default")) == (True, "tides")


def test_a_place_is_written_as_it_is_read() -> None:
    assert parse_place(write_place(("nodes", "a", "X.Y"))) == ("nodes", "a", "X.Y")
