"""What a test came to, and what of a workflow the tests went through. Plain data, also between processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One expectation that was not met: in a sentence, and line by line where values differ."""

    message: str
    lines: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {"message": self.message, "lines": list(self.lines)}


@dataclass(frozen=True, slots=True)
class Trace:
    """What a test went through: paths (without iterations) of the nodes that ran, and `path.port` of the branches."""

    workflow: str
    nodes: frozenset[str] = frozenset()
    branches: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What one test came to. `error`: it could not be run at all."""

    file: str
    line: int
    name: str
    mismatches: tuple[Mismatch, ...] = ()
    error: str | None = None
    seconds: float = 0.0
    trace: Trace | None = None

    @property
    def passed(self) -> bool:
        return not self.mismatches and self.error is None

    def to_dict(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "line": self.line,
            "name": self.name,
            "passed": self.passed,
            "error": self.error,
            "mismatches": [one.to_dict() for one in self.mismatches],
            "seconds": round(self.seconds, 4),
        }

    def text(self) -> list[str]:
        """Why it failed, line by line."""
        lines = [] if self.error is None else self.error.splitlines()
        for one in self.mismatches:
            lines += [one.message, *(f"  {line}" for line in one.lines)]
        return lines


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a workflow the tests went through, and what they did not."""

    workflow: str
    nodes: int
    branches: int
    missed_nodes: tuple[str, ...] = ()
    missed_branches: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Of nodes and branches together."""
        total = self.nodes + self.branches
        missed = len(self.missed_nodes) + len(self.missed_branches)
        return 1.0 if total == 0 else (total - missed) / total

    def to_dict(self) -> dict[str, Any]:
        return {
            "workflow": self.workflow,
            "nodes": self.nodes,
            "branches": self.branches,
            "share": round(self.share, 4),
            "missed_nodes": list(self.missed_nodes),
            "missed_branches": list(self.missed_branches),
        }


@dataclass(frozen=True, slots=True)
class CasesReport:
    """Tests in the order of their files, and the coverage by workflow."""

    outcomes: tuple[CaseOutcome, ...]
    coverage: tuple[Coverage, ...] = ()
    seconds: float = 0.0

    @property
    def failed(self) -> tuple[CaseOutcome, ...]:
        return tuple(one for one in self.outcomes if not one.passed)

    @property
    def share(self) -> float:
        """Of all nodes and branches of all workflows under test."""
        total = sum(one.nodes + one.branches for one in self.coverage)
        missed = sum(len(one.missed_nodes) + len(one.missed_branches) for one in self.coverage)
        return 1.0 if total == 0 else (total - missed) / total

    def to_dict(self) -> dict[str, Any]:
        """The object `treadle test --json` prints."""
        return {
            "passed": len(self.outcomes) - len(self.failed),
            "failed": len(self.failed),
            "seconds": round(self.seconds, 3),
            "coverage": {
                "share": round(self.share, 4),
                "workflows": [one.to_dict() for one in self.coverage],
            },
            "tests": [one.to_dict() for one in self.outcomes],
        }


@dataclass(frozen=True, slots=True)
class Extent:
    """All there is to go through in a workflow."""

    workflow: str
    nodes: frozenset[str] = field(default_factory=frozenset[str])
    branches: frozenset[str] = field(default_factory=frozenset[str])


def cover(extents: Mapping[str, Extent], traces: Iterable[Trace]) -> tuple[Coverage, ...]:
    """The coverage of each workflow (by file) by what the tests went through."""
    ran: dict[str, set[str]] = {}
    taken: dict[str, set[str]] = {}
    for trace in traces:
        ran.setdefault(trace.workflow, set()).update(trace.nodes)
        taken.setdefault(trace.workflow, set()).update(trace.branches)
    return tuple(
        Coverage(
            extent.workflow,
            len(extent.nodes),
            len(extent.branches),
            tuple(sorted(extent.nodes - ran.get(key, set()))),
            tuple(sorted(extent.branches - taken.get(key, set()))),
        )
        for key, extent in sorted(extents.items())
    )
