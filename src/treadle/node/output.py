"""What a node returns: one value, a NamedTuple of ports, or ports chosen at run time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, TypeVar, final

T = TypeVar("T")


@final
class Dead:
    """The type of `DEAD`: the port carries nothing, and what needs it is skipped."""

    _instance: Dead | None = None

    def __new__(cls) -> Dead:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __repr__(self) -> str:
        return "DEAD"

    def __bool__(self) -> bool:
        return False


DEAD: Final = Dead()


class BranchMark:
    """Marks an output annotation as a branch."""


Branch = Annotated[T | Dead, BranchMark()]
"""An output port that is live only when the node chose it: `accepted: Branch[float] = DEAD`."""


class Ports(dict[str, Any]):
    """The live ports of a node whose ports depend on its config: `Ports({"case_a": value})`."""


def live_ports(names: tuple[str, ...], values: tuple[Any, ...]) -> Mapping[str, Any]:
    """The ports whose value is not DEAD."""
    return {name: value for name, value in zip(names, values, strict=True) if value is not DEAD}
