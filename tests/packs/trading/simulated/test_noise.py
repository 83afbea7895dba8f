"""Hashed numbers and the paths made of them."""

from __future__ import annotations

import numpy

from treadle.packs.trading.simulated.noise import Noise, exponentials, grow, hash_one, hashes, key_of, normals

PATH = Noise("path", 12, 0.5, 0.001, regimes=True)
PLACES = numpy.arange(200_000)


def test_one_number_is_the_same_as_among_many() -> None:
    assert [hash_one(7, at) for at in (-3, 0, 5)] == hashes(7, numpy.array([-3, 0, 5])).tolist()


def test_normals_have_mean_0_and_deviation_1() -> None:
    found = normals(key_of("a"), PLACES)

    assert abs(found.mean()) < 0.01
    assert abs(found.std() - 1) < 0.01


def test_exponentials_have_mean_1_and_are_never_less_than_0() -> None:
    found = exponentials(key_of("a"), PLACES)

    assert abs(found.mean() - 1) < 0.01
    assert found.min() >= 0


def test_growth_is_close_to_the_exponential() -> None:
    shares = numpy.linspace(-2, 2, 9)

    assert numpy.allclose(grow(shares), numpy.exp(shares), rtol=0.003)


def test_a_stretch_of_a_path_does_not_depend_on_what_else_is_asked_for() -> None:
    whole = PATH.at(1, -5_000, 20_000)

    for first, last in ((-5_000, -4_990), (0, 0), (4_095, 4_097), (123, 9_876), (19_999, 20_000)):
        assert (PATH.at(1, first, last) == whole[first + 5_000 : last + 5_001]).all()


def test_another_seed_is_another_path() -> None:
    assert (PATH.at(1, 0, 10) != PATH.at(2, 0, 10)).all()


def test_a_path_moves_by_its_step() -> None:
    calm = Noise("calm", 16, 0.25, 0.001)

    moves = numpy.diff(calm.at(1, 0, 100_000))

    assert abs(moves.std() / 0.001 - 1) < 0.05
