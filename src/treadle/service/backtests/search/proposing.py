"""Which variants are tried, and in what order: all of a grid, or some that are drawn."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from typing import Protocol

from treadle.service.backtests.search.request import DEFAULT_COUNT, Sweep
from treadle.service.backtests.search.space import Space, Values

_IN_VAIN = 1_000
"""So many draws in a row that bring nothing new: there is nothing more to be had."""


class Proposals(Protocol):
    """`total` is how many there will be, as far as that is known; `skipped` counts combinations that do not go
    together and were passed over."""

    total: int
    skipped: int

    def take(self, most: int) -> list[Values]:
        """The next ones; none when there are no more."""
        ...

    def tell(self, scores: Sequence[float | None]) -> None:
        """How good those were that were taken last; None: nobody knows."""
        ...


class Grid:
    """Every combination in order: the last parameter changes fastest."""

    def __init__(self, space: Space, *, count: int | None = None) -> None:
        self._space = space
        self._left: Iterator[Values] = itertools.product(*(axis.values or () for axis in space.axes))
        self.total = int(space.size) if count is None else min(count, int(space.size))
        self._room, self._known = self.total, count is not None
        self.skipped = 0

    def take(self, most: int) -> list[Values]:
        taken: list[Values] = []
        while len(taken) < min(most, self._room):
            values = next(self._left, None)
            if values is None:
                self._room, self.total = len(taken), self.total - self._room + len(taken)
                break
            if self._space.allows(values):
                taken.append(values)
            else:
                self.skipped += 1
                if not self._known:
                    self._room, self.total = self._room - 1, self.total - 1
        self._room -= len(taken)
        return taken

    def tell(self, scores: Sequence[float | None]) -> None:
        """It goes on as it would."""


class Draws:
    """`count` different ones, each as likely as any other."""

    def __init__(self, space: Space, *, count: int, seed: int) -> None:
        self._space, self._chance = space, random.Random(seed)
        self._seen: set[str] = set()
        self._room = self.total = int(min(space.size, count))
        self.skipped = 0

    def take(self, most: int) -> list[Values]:
        taken: list[Values] = []
        in_vain = 0
        while len(taken) < min(most, self._room):
            values = tuple(axis.draw(self._chance) for axis in self._space.axes)
            known, in_vain = repr(values), in_vain + 1
            if known not in self._seen:
                self._seen.add(known)
                if self._space.allows(values):
                    taken.append(values)
                    in_vain = 0
                else:
                    self.skipped += 1
            if in_vain == _IN_VAIN:
                self._room, self.total = len(taken), self.total - self._room + len(taken)
        self._room -= len(taken)
        return taken

    def tell(self, scores: Sequence[float | None]) -> None:
        """What is drawn does not depend on what was found."""


def proposals_of(sweep: Sweep, space: Space) -> Proposals:
    """Raises `MissingCapability` (`missing_package`) where a library is asked for that is not installed."""
    count = sweep.count or DEFAULT_COUNT
    if sweep.method == "grid":
        return Grid(space, count=sweep.count)
    if sweep.method == "bayesian":
        from treadle.service.backtests.search.bayesian import Bayesian

        return Bayesian(space, count=count, seed=sweep.seed)
    return Grid(space) if space.size <= count else Draws(space, count=count, seed=sweep.seed)
