"""Resampling: the same draws with the same seed, and the statistics that drawing with replacement has."""

from __future__ import annotations

import numpy
import pytest

from treadle.simulation.metrics import drawdown
from treadle.simulation.resampling import block_length, resample

RETURNS = numpy.random.default_rng(5).normal(0.001, 0.02, size=120)


def test_the_same_seed_draws_the_same_paths() -> None:
    one, again, other = (resample(RETURNS, count=20, seed=seed, places=[60, 120]) for seed in (1, 1, 2))

    assert (one.growth == again.growth).all()
    assert not (one.growth == other.growth).any()


@pytest.mark.parametrize("block", [1.0, 5.0])
def test_paths_scatter_as_drawing_with_replacement_does(block: float) -> None:
    """The mean of what 1 grows to is (1 + mean) ^ n where draws are independent; that of a logarithm is n × mean."""
    paths = resample(RETURNS, count=20_000, seed=3, places=[0, 120], block=block)

    assert (paths.growth[:, 0] == 1.0).all()
    assert numpy.log(paths.final).mean() == pytest.approx(120 * numpy.log1p(RETURNS).mean(), abs=0.01)
    if block == 1.0:
        assert paths.final.mean() == pytest.approx((1 + RETURNS.mean()) ** 120, rel=0.01)
        assert numpy.log(paths.final).std() == pytest.approx(numpy.log1p(RETURNS).std() * 120**0.5, rel=0.02)


def test_blocks_keep_neighbours_together() -> None:
    """Of returns that go up and down in turn, a path in long blocks comes to nothing much; single draws stray."""
    turns = numpy.array([0.05, -0.047] * 100)

    single, blocks = (resample(turns, count=2_000, seed=1, places=[200], block=block) for block in (1.0, 50.0))

    assert numpy.log(blocks.final).std() < numpy.log(single.final).std() / 3


def test_the_drawdown_of_a_path_is_that_of_its_equity() -> None:
    every = list(range(len(RETURNS) + 1))

    paths = resample(RETURNS, count=50, seed=9, places=every, block=block_length(len(RETURNS)))

    for path, deepest, lowest in zip(paths.growth, paths.drawdown, paths.lowest, strict=True):
        found = drawdown(path)
        assert found is not None
        assert deepest == pytest.approx(found.share)
        assert lowest == path.min()


def test_who_loses_everything_stays_without() -> None:
    paths = resample(numpy.array([0.5, -1.2]), count=100, seed=2, places=[1, 2])

    assert set(paths.final.tolist()) == {0.0, 2.25}
    assert (paths.drawdown[paths.final == 0] == 1.0).all()
