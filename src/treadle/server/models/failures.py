"""Failures as the API shows them."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, Field

from treadle.server.models.runs import Name, Taken
from treadle.server.paging import Page
from treadle.service.failures import FailureGroup, Retried


class FailedGroup(BaseModel):
    """Failed runs of one workflow that failed of the same."""

    workflow: str
    node: str | None
    error: str
    message: str
    count: int
    first_at: datetime
    last_at: datetime
    run_ids: list[str]

    @classmethod
    def of(cls, group: FailureGroup) -> FailedGroup:
        return cls.model_validate(group.to_dict())


class FailurePage(Page[FailedGroup]):
    """Failed runs that nobody has seen to, the largest groups first."""


class FailureSelection(Taken):
    """Which failed runs: those that fit everything that is given. `all` where nothing is."""

    run_ids: list[Name] = Field(default=[], max_length=1000)
    workflow: str | None = Field(default=None, max_length=200)
    error: str | None = Field(default=None, max_length=500, description="Its type, or a part of its message.")
    since: AwareDatetime | None = None
    all: bool = False


class Refused(BaseModel):
    """A run that could not be tried again."""

    run_id: str
    code: str
    message: str
    remedy: str | None = None

    @classmethod
    def of(cls, found: Retried) -> Refused:
        assert found.refusal is not None
        return cls(
            run_id=found.run_id,
            code=found.refusal.code,
            message=found.refusal.message,
            remedy=found.refusal.remedy,
        )


class RetriedRuns(BaseModel):
    """Runs that are being tried again, and those that could not be."""

    run_ids: list[str]
    refused: list[Refused]


class DismissedRuns(BaseModel):
    """Runs that were put aside."""

    run_ids: list[str]
