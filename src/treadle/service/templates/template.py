"""A template: a workflow file that says what it is for, what it needs, and what is asked before it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from treadle.authoring.document import Document
from treadle.authoring.tree import Path
from treadle.model.issue import ValidationResult
from treadle.model.workflow import Workflow

Difficulty = Literal["beginner", "intermediate", "advanced"]
DIFFICULTIES: tuple[Difficulty, ...] = get_args(Difficulty)
Source = Literal["shipped", "published"]
Need = Literal["secret", "profile", "service", "workflow"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What is asked before the template is used. `schema` is JSON Schema, with title, description and default; `paths`
    lead to what it sets in the file's data."""

    name: str
    schema: Mapping[str, Any]
    paths: Sequence[Path]

    @property
    def is_required(self) -> bool:
        return "default" not in self.schema


@dataclass(frozen=True, slots=True)
class Requirement:
    """What has to be there for its runs. A secret may be one of every run or a field of the profile that a deployment
    is bound to."""

    kind: Need
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """`duration` is about how long a run takes, in seconds, as its author says. `result` is what is wrong with it here:
    of one that was published, a node type may be gone."""

    name: str
    title: str
    description: str
    category: str
    tags: Sequence[str]
    difficulty: Difficulty
    duration: float | None
    parameters: Sequence[Parameter]
    requirements: Sequence[Requirement]
    workflow: Workflow
    document: Document
    result: ValidationResult
    source: Source = "shipped"
    owner: str | None = None
    author: str | None = None
    updated_at: datetime | None = None

    @property
    def text(self) -> str:
        """The file."""
        return self.document.text

    @property
    def form(self) -> dict[str, Any]:
        """The parameters as the JSON Schema of an object, to make a form of."""
        return {
            "type": "object",
            "properties": {one.name: dict(one.schema) for one in self.parameters},
            "required": [one.name for one in self.parameters if one.is_required],
            "additionalProperties": False,
        }

    def find_parameter(self, name: str) -> Parameter | None:
        return next((one for one in self.parameters if one.name == name), None)
