"""What one user may use: read from what people write, and from the installation's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from treadle.errors import InvalidWorkflow
from treadle.model.nearest import listed

if TYPE_CHECKING:
    from treadle.service.settings import Settings

_MOST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """The quotas of one user, for all workflows that are theirs. None: as many as they like."""

    workflows: int | None = None
    runs_per_day: int | None = None
    concurrent_runs: int | None = None
    nodes: int | None = None
    """Of one workflow, those in containers too."""
    run_seconds: int | None = None
    """From a run's beginning to its end, waiting included."""

    def to_dict(self) -> dict[str, int | None]:
        return asdict(self)

    @property
    def is_unbounded(self) -> bool:
        return all(value is None for value in asdict(self).values())


NAMES = tuple(item.name for item in fields(Allowance))


def read_allowance(values: Mapping[str, Any]) -> Allowance:
    """Raises `InvalidWorkflow` (`invalid_quotas`) with everything that is wrong."""
    problems = [f"there is no quota `{name}`" for name in values if name not in NAMES]
    for name in NAMES:
        value = values.get(name)
        least = 1 if name == "run_seconds" else 0
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _MOST):
            problems.append(f"`{name}` is {value!r}, no whole number from {least}")
    if problems:
        raise InvalidWorkflow(
            f"The quotas cannot be: {'; '.join(problems)}.", code="invalid_quotas", remedy=f"Set {listed(NAMES)}."
        )
    return Allowance(**{name: values.get(name) for name in NAMES})


def default_allowance(settings: Settings) -> Allowance:
    """The installation's; 0 in the settings is no quota."""
    return Allowance(**{name: getattr(settings, f"quota_{name}") or None for name in NAMES})


def allowance_of(quotas: Mapping[str, Any] | None, default: Allowance) -> Allowance:
    """A user's: their own where they have one, else the installation's."""
    if quotas is None:
        return default
    own = read_allowance({name: quotas[name] for name in NAMES if name in quotas})
    return Allowance(**{**asdict(default), **{k: v for k, v in asdict(own).items() if v is not None}})
