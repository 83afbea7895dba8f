"""The nearest name."""

from treadle.model.nearest import find_nearest, listed, suggest


def test_a_misspelt_name_finds_the_one_meant() -> None:
    assert find_nearest("topik", ["depth", "topic"]) == "topic"


def test_another_spelling_of_the_same_name_wins() -> None:
    assert find_nearest("Max-Attempts", ["max_attempt", "max_attempts"]) == "max_attempts"


def test_nothing_near_gives_the_other_remedy() -> None:
    assert suggest("qqqq", ["topic"], "See the inputs.") == "See the inputs."


def test_long_lists_are_cut() -> None:
    assert listed([str(n) for n in range(5)], limit=2) == "`0`, `1` and 3 more"
