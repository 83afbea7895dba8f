"""Issues: what `check` found, each with its place and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from treadle.errors import InvalidWorkflow


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem. `path` leads to it in the file (`("nodes", 3, "config", "url")`); lines count from 1."""

    code: str
    message: str
    path: tuple[str | int, ...] = ()
    line: int | None = None
    column: int | None = None
    remedy: str | None = None
    severity: Literal["error", "warning"] = "error"
    node: str | None = None

    def at(self, line: int, column: int) -> Issue:
        return replace(self, line=line, column=column)

    @property
    def where(self) -> str:
        """`nodes[3].config.url`."""
        text = ""
        for part in self.path:
            text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
        return text

    def to_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message,
            "path": self.where,
            "line": self.line,
            "column": self.column,
            "remedy": self.remedy,
            "severity": self.severity,
        }


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """Everything found, not the first thing."""

    issues: tuple[Issue, ...] = ()

    @property
    def valid(self) -> bool:
        return not any(issue.severity == "error" for issue in self.issues)

    @property
    def errors(self) -> tuple[Issue, ...]:
        return tuple(issue for issue in self.issues if issue.severity == "error")

    def merge(self, issues: Iterable[Issue]) -> ValidationResult:
        return ValidationResult((*self.issues, *issues))

    def to_dict(self) -> dict[str, Any]:
        """The API's and the CLI's shape: `{"valid", "issues"}`."""
        return {"valid": self.valid, "issues": [issue.to_dict() for issue in self.issues]}


def refuse(issues: Sequence[Issue]) -> None:
    """Raises `InvalidWorkflow` with all of them, coded and remedied as the first is; nothing where there are none."""
    if not issues:
        return
    raise InvalidWorkflow(
        " ".join(issue.message for issue in issues),
        code=issues[0].code,
        issues=tuple(issues),
        remedy=issues[0].remedy if len(issues) == 1 else "Correct everything that `issues` lists.",
    )
