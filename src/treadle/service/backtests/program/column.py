"""`Column`: what a port gives at every bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray


@dataclass(eq=False)
class Column:
    """A port by bars: `values` are off by up to `errors`; NaN: it is dead there. Where the error is NaN, nothing is
    known, not even that; where it is infinite, but that it is live."""

    values: NDArray[numpy.float64]
    errors: NDArray[numpy.float64]
    is_flag: bool = False
