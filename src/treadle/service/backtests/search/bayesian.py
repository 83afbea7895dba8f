"""Variants that are drawn where those before were good: the tree of Parzen estimators of Optuna."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from treadle.errors import MissingCapability
from treadle.service.backtests.search.space import Space, Values

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial

    from treadle.service.backtests.search.axis import Axis

_AT_ONCE = 8
"""Asked for before any of them is answered. The same whatever the machine, as the draws depend on it."""
_ASKS = 30
"""For each variant, at most, those that were there before or do not go together among them."""


class Bayesian:
    """`count` different ones. The same seed and the same answers draw the same variants."""

    def __init__(self, space: Space, *, count: int, seed: int) -> None:
        optuna = _optuna()
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._space = space
        self._study = optuna.create_study(
            direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed, constant_liar=True)
        )
        self._failed = optuna.trial.TrialState.FAIL
        self._distributions = {axis.name: _distribution(axis) for axis in space.axes}
        self._asked: list[tuple[Trial, str]] = []
        self._scores: dict[str, float | None] = {}
        self._room = self.total = int(min(space.size, count))
        self._asks = _ASKS * self.total
        self.skipped = 0

    def take(self, most: int) -> list[Values]:
        taken: list[Values] = []
        pending: set[str] = set()
        while len(taken) < min(_AT_ONCE, self._room) and self._asks > 0:
            self._asks -= 1
            trial = self._study.ask(self._distributions)
            values = tuple(_value(axis, trial.params[axis.name]) for axis in self._space.axes)
            known = repr(values)
            if known in pending:
                self._fail(trial)
            elif known in self._scores:
                self._answer(trial, self._scores[known])
            elif not self._space.allows(values):
                self._scores[known] = None
                self.skipped += 1
                self._fail(trial)
            else:
                pending.add(known)
                taken.append(values)
                self._asked.append((trial, known))
        self._room -= len(taken)
        if not taken:
            self.total -= self._room
            self._room = 0
        return taken

    def tell(self, scores: Sequence[float | None]) -> None:
        for (trial, known), score in zip(self._asked, scores, strict=True):
            self._scores[known] = score
            self._answer(trial, score)
        self._asked.clear()

    def _answer(self, trial: Trial, score: float | None) -> None:
        if score is None:
            self._fail(trial)
        else:
            self._study.tell(trial, score)

    def _fail(self, trial: Trial) -> None:
        self._study.tell(trial, state=self._failed)


def _optuna() -> Any:
    try:
        import optuna
    except ModuleNotFoundError:
        raise MissingCapability(
            "A Bayesian search needs Optuna, which is not installed.",
            code="missing_package",
            remedy="`pip install 'treadle[backtest]'`, or take the method `random`.",
            package="optuna",
        ) from None
    return optuna


def _distribution(axis: Axis) -> BaseDistribution:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if axis.values is None:
        return FloatDistribution(axis.low, axis.high)
    places = len(axis.values)
    # Numbers lie near one another; words do not.
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in axis.values):
        return IntDistribution(0, places - 1)
    return CategoricalDistribution(range(places))


def _value(axis: Axis, drawn: Any) -> Any:
    return axis.rounded(float(drawn)) if axis.values is None else axis.values[int(drawn)]
