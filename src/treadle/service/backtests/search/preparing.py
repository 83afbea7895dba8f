"""What a search asks of a program that is prepared for many variants, and what it makes of the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from treadle.errors import TreadleError
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.engine import failed
from treadle.service.backtests.search.evaluator import Evaluation, Variant
from treadle.simulation.luck import moments_of

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

CANNOT = "cannot_compile"


class Evaluated(Protocol):
    """One variant as a prepared program tells of it. `error` is what it failed of."""

    @property
    def figures(self) -> Mapping[str, Any]: ...
    @property
    def returns(self) -> NDArray[numpy.float64] | None: ...
    @property
    def way(self) -> str: ...
    @property
    def error(self) -> TreadleError | None: ...


class PreparedProgram(Protocol):
    """A workflow that is compiled, its bars read: all that is the same for every variant is done."""

    def evaluate_many(self, variants: Sequence[Variant], *, threads: int) -> Sequence[Evaluated]: ...


Prepare = Callable[[BacktestRequest], PreparedProgram]
"""Raises `InvalidWorkflow` (`cannot_compile`) where the compiled way cannot be gone."""


def told_by(one: Evaluated, request: BacktestRequest) -> Evaluation | None:
    """What a program tells of a variant; None: it is the engine's, unless the request says that there is no other
    way."""
    if one.error is not None:
        return None if one.error.code == CANNOT and request.way != "compiled" else failed(one.error)
    return Evaluation(one.figures, None if one.returns is None else moments_of(one.returns), one.way)
