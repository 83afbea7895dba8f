"""What has been made of a document: a workflow file's text, and the report of what became of each field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from treadle.authoring.importing.credentials import FoundProfile
from treadle.authoring.importing.ledger import Field
from treadle.authoring.tree import Path
from treadle.model.issue import ValidationResult

Format = Literal["bot", "blocks", "n8n", "workflow"]


@dataclass(frozen=True, slots=True)
class Converted:
    """One workflow of a file. `at` is where its document stands in it; the paths of `fields` begin there.

    `template` is what it was made of, `assumed` what the document does not say and the template does. `bound` are the
    profiles that it names, `profiles` those whose credentials were in the document. `remarks` are for a person to read
    before it runs.
    """

    name: str
    format: Format
    at: Path
    text: str
    fields: Sequence[Field]
    profiles: Sequence[FoundProfile] = ()
    bound: Sequence[str] = ()
    template: str | None = None
    assumed: Mapping[str, Any] = field(default_factory=dict[str, Any])
    remarks: Sequence[str] = ()

    def to_dict(self) -> dict[str, Any]:
        """The report, without a credential."""
        return {
            "workflow": self.name,
            "format": self.format,
            "template": self.template,
            "fields": [Field((*self.at, *one.path), one.fate, one.to, one.note).to_dict() for one in self.fields],
            "assumed": dict(self.assumed),
            "profiles": [
                {"name": one.name, "provider": one.provider, "fields": list(one.fields)} for one in self.profiles
            ],
            "bound": list(self.bound),
            "remarks": list(self.remarks),
        }


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a file came to. Where `result` has errors, nothing of it is to be used."""

    format: Format
    workflows: Sequence[Converted]
    result: ValidationResult
