"""Failures: failed runs that nobody has seen to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from treadle.errors import InvalidWorkflow
from treadle.model.ids import RunId
from treadle.server.caller import Called
from treadle.server.models.failures import (
    DismissedRuns,
    FailedGroup,
    FailurePage,
    FailureSelection,
    Refused,
    RetriedRuns,
)
from treadle.server.paging import DEFAULT_LIMIT, Cursor, Limit
from treadle.server.slices import Place, cut
from treadle.service.failures import FailureGroup, Failures, Selection, group_letters
from treadle.store.dead_letters import DeadLetter

router = APIRouter(prefix="/failures", tags=["failures"])

_MOST = 5000
"""Failed runs that are grouped, or acted on, at once."""


@router.get("", operation_id="listFailures", summary="List failures by what they failed of")
async def list_failures(
    caller: Called,
    workflow: Annotated[str | None, Query(max_length=200)] = None,
    error: Annotated[str | None, Query(max_length=500, description="Its type, or a part of its message.")] = None,
    since: Annotated[AwareDatetime | None, Query(alias="from", description="Failed then or later.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> FailurePage:
    """Of the 5,000 newest: the largest groups first."""
    found = await Failures(caller.application).find(Selection(workflow, error, since), most=_MOST)
    page, next = cut(group_letters(found), limit, cursor, order=_largest_first)
    return FailurePage(items=[FailedGroup.of(group) for group in page], next=next)


@router.post("/retry", operation_id="retryFailures", summary="Try failed runs again", status_code=202)
async def retry_failures(caller: Called, body: FailureSelection) -> RetriedRuns:
    """At most 5,000 at once, the newest; one that cannot be tried again stops no other."""
    failures = Failures(caller.application)
    letters = await _select(failures, body)
    refused = await failures.start_retry(letters)
    without = {one.run_id for one in refused}
    return RetriedRuns(
        run_ids=[letter.run_id for letter in letters if letter.run_id not in without],
        refused=[Refused.of(one) for one in refused],
    )


@router.post("/dismiss", operation_id="dismissFailures", summary="Put failed runs aside")
async def dismiss_failures(caller: Called, body: FailureSelection) -> DismissedRuns:
    """They stay as they are, and are failures no more."""
    failures = Failures(caller.application)
    letters = await _select(failures, body)
    await failures.dismiss(letters)
    return DismissedRuns(run_ids=[letter.run_id for letter in letters])


async def _select(failures: Failures, body: FailureSelection) -> list[DeadLetter]:
    selection = Selection(body.workflow, body.error, body.since, [RunId(run_id) for run_id in body.run_ids])
    if selection.is_everything and not body.all:
        raise InvalidWorkflow(
            "Nothing says which runs are meant.",
            code="nothing_selected",
            remedy="Name `run_ids`, narrow them down by `workflow`, `error` or `since`, or send `all: true`.",
        )
    return await failures.find(selection, most=_MOST)


def _largest_first(group: FailureGroup) -> Place:
    return (-len(group.letters), group.workflow, group.node or "", group.type, group.letters[-1].run_id)
