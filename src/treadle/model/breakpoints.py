"""Breakpoints: before which nodes a run in test mode stops."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ITERATION = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Breakpoints:
    """`nodes` are paths: `send`, `each[2]/send`, or `each/send` for every iteration. With `step` the run stops before
    every node."""

    nodes: tuple[str, ...] = ()
    step: bool = False

    def stops_before(self, path: str) -> bool:
        return self.step or is_one_of(path, self.nodes)


def is_one_of(path: str, paths: tuple[str, ...]) -> bool:
    """Whether a node's path is among `paths`, or one of them means it in every iteration."""
    return path in paths or ("[" in path and without_iterations(path) in paths)


def without_iterations(path: str) -> str:
    """`each[2]/send` as `each/send`."""
    return _ITERATION.sub("", path)
