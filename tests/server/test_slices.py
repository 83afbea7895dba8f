"""Pages of short lists, also while others change the list."""

from __future__ import annotations

import pytest

from treadle.errors import InvalidWorkflow
from treadle.server.paging import encode_cursor
from treadle.server.slices import Place, cut

NAMES = ["ant", "bee", "cat", "dog", "eel"]


def by_name(name: str) -> Place:
    return (name,)


def test_pages_follow_one_another_to_the_end() -> None:
    first, after = cut(NAMES, 2, None, order=by_name)
    second, then = cut(NAMES, 2, after, order=by_name)
    third, end = cut(NAMES, 2, then, order=by_name)

    assert (first, second, third, end) == (["ant", "bee"], ["cat", "dog"], ["eel"], None)


@pytest.mark.parametrize(("gone", "following"), [(["bee"], "cat"), (["ant", "bee"], "cat"), (["bee", "cat"], "dog")])
def test_it_goes_on_behind_what_is_gone(gone: list[str], following: str) -> None:
    _, cursor = cut(NAMES, 2, None, order=by_name)

    page, _ = cut([name for name in NAMES if name not in gone], 2, cursor, order=by_name)

    assert page[0] == following


def test_what_has_come_before_the_place_is_not_on_later_pages() -> None:
    _, cursor = cut(NAMES, 2, None, order=by_name)

    page, _ = cut(["aardvark", *NAMES], 2, cursor, order=by_name)

    assert page == ["cat", "dog"]


def test_nothing_is_left_once_everything_is_gone() -> None:
    _, cursor = cut(NAMES, 2, None, order=by_name)

    assert cut([], 2, cursor, order=by_name) == ([], None)


@pytest.mark.parametrize("place", [{}, {"after": "bee"}, {"0": 1}, {"0": "bee", "1": "x"}, {"1": "bee"}])
def test_a_cursor_of_another_kind_is_refused(place: dict[str, str]) -> None:
    with pytest.raises(InvalidWorkflow, match="none that was given out"):
        cut(NAMES, 2, encode_cursor(place), order=by_name)
