"""What is both said and kept is told once, whichever comes first."""

from __future__ import annotations

from treadle.service.live.pairing import Pairing

KEY = ("r1", "a", "node.started")


def test_what_was_told_as_kept_is_not_told_again() -> None:
    pairing = Pairing()

    assert pairing.keep(KEY) == 0
    assert pairing.hear(KEY, 1) is False
    assert pairing.hear(KEY, 2) is True


def test_what_is_kept_later_says_under_which_number_it_was_told() -> None:
    pairing = Pairing()

    assert [pairing.hear(KEY, number) for number in (4, 5)] == [True, True]
    assert [pairing.keep(KEY) for _ in range(3)] == [4, 5, 0]


def test_each_attempt_counts_for_itself() -> None:
    pairing = Pairing()
    for _ in range(2):
        pairing.keep(KEY)

    assert [pairing.hear(KEY, number) for number in (1, 2, 3)] == [False, False, True]


def test_it_forgets() -> None:
    pairing = Pairing()
    for number in range(30_000):
        pairing.keep((f"r{number}", "", "log"))
        pairing.hear((f"s{number}", "", "log"), number)

    assert pairing.hear(("r0", "", "log"), 1) is True
    assert pairing.hear(("r29999", "", "log"), 1) is False
