"""Confidence intervals, checked against figures that others have published."""

from __future__ import annotations

from statistics import fmean

import pytest

from treadle.service.intervals import newcombe, paired_mean, paired_newcombe, percentile, welch, wilson

# Student's sleep data (Cushny & Peebles 1905), as in R's `sleep`: extra hours with two drugs, ten patients.
DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_the_paired_interval_is_that_of_students_sleep_data() -> None:
    """R: t.test(extra ~ group, data = sleep, paired = TRUE) gives 0.7001142 … 2.4598858."""
    found = paired_mean(list(zip(DRUG_1, DRUG_2, strict=True)))

    assert found is not None
    assert found.difference == pytest.approx(1.58)
    assert (found.low, found.high) == pytest.approx((0.7001142, 2.4598858), abs=1e-7)


def test_welchs_interval_is_that_of_students_sleep_data() -> None:
    """R: t.test(extra ~ group, data = sleep) gives -3.3654832 … 0.2054832, 17.776 degrees of freedom."""
    found = welch(DRUG_2, DRUG_1)

    assert found is not None
    assert (found.low, found.high) == pytest.approx((-3.3654832, 0.2054832), abs=1e-7)


@pytest.mark.parametrize(
    ("successes", "numbers", "low", "high"),
    [((48, 56), (80, 70), 0.0524, 0.3339), ((3, 9), (10, 10), 0.1705, 0.8090), ((2, 6), (7, 7), 0.0582, 0.8062)],
)
def test_two_proportions_are_as_newcombe_published_them(
    successes: tuple[int, int], numbers: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe 1998, Statistics in Medicine 17:873-890, table II, method 10."""
    found = newcombe(successes, numbers)

    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [((36, 12, 2, 0), 0.0569, 0.3404), ((18, 12, 2, 18), 0.0562, 0.3290), ((53, 0, 0, 1), -0.0729, 0.0729)],
)
def test_paired_proportions_are_as_newcombe_published_them(
    table: tuple[int, int, int, int], low: float, high: float
) -> None:
    """Newcombe 1998, Statistics in Medicine 17:2635-2650, method 10; `table`: both, one, the other, neither."""
    both, one, other, neither = table
    pairs = [(True, True)] * both + [(False, True)] * one + [(True, False)] * other + [(False, False)] * neither

    found = paired_newcombe(pairs)

    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


def test_a_single_proportion_is_as_wilson_says() -> None:
    """Newcombe 1998, Statistics in Medicine 17:857-872: 81 of 263, 15 of 148, 0 of 20."""
    found = [wilson(81, 263)[1:], wilson(15, 148)[1:], wilson(0, 20)[1:]]

    assert found[0] == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert found[1] == pytest.approx((0.0624, 0.1605), abs=1e-4)
    assert found[2] == pytest.approx((0.0, 0.1611), abs=1e-4)


@pytest.mark.parametrize(
    ("number", "confidence", "t"),
    [(2, 0.95, 12.7062), (10, 0.95, 2.2622), (3, 0.99, 9.9248), (31, 0.9, 1.6973), (121, 0.95, 1.9799)],
)
def test_students_t_is_that_of_the_tables(number: int, confidence: float, t: float) -> None:
    """The half width over the standard error is the tabulated quantile."""
    values = [float(at % 7) for at in range(number)]
    mean = fmean(values)
    error = (sum((value - mean) ** 2 for value in values) / (number - 1) / number) ** 0.5

    found = paired_mean([(0.0, value) for value in values], confidence)

    assert found is not None
    assert (found.high - found.difference) / error == pytest.approx(t, abs=5e-5)


def test_too_little_has_no_interval() -> None:
    assert paired_mean([(1, 2)]) is None
    assert welch([1], [1, 2]) is None
    assert newcombe((0, 1), (0, 3)) is None
    assert paired_newcombe([]) is None


def test_values_that_do_not_vary_have_an_interval_of_no_width() -> None:
    found = welch([1, 1, 1], [2, 2])

    assert found is not None
    assert found[:3] == (1, 1, 1)


def test_a_percentile_lies_between_its_neighbours() -> None:
    assert percentile([1, 2, 3, 4, 5], 0.95) == pytest.approx(4.8)
    assert percentile([7], 0.95) == 7
    assert percentile([], 0.95) is None
