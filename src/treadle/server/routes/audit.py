"""The audit log: read, exported, verified. Nothing here changes it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime
from starlette.responses import StreamingResponse

from treadle.server.caller import Called
from treadle.server.models.access import AuditPage, AuditVerdict, show_entry
from treadle.server.paging import DEFAULT_LIMIT, Cursor, Limit, decode_cursor, encode_cursor
from treadle.service.access.trail import Trail
from treadle.service.access.trail_text import write_csv, write_ndjson
from treadle.store.audit import AuditFilter

router = APIRouter(prefix="/audit", tags=["audit"])


def read_filter(
    actor: Annotated[str | None, Query(max_length=200, description="A user's name or id.")] = None,
    action: Annotated[str | None, Query(max_length=200, description="`runs.cancel`, or `runs` for all.")] = None,
    subject: Annotated[str | None, Query(max_length=200, description="What it was done to.")] = None,
    outcome: Literal["done", "refused", "failed"] | None = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
) -> AuditFilter:
    return AuditFilter(actor, action, subject, outcome, since, until)


Wanted = Annotated[AuditFilter, Depends(read_filter)]


@router.get("", operation_id="listAudit", summary="List the audit log", response_model=AuditPage)
async def list_audit(caller: Called, wanted: Wanted, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> AuditPage:
    """Newest first."""
    before = None if cursor is None else decode_cursor(cursor, id=int)["id"]
    found = list(await Trail(caller.application).list(wanted, limit=limit + 1, before=before))
    page = found[:limit]
    following = encode_cursor({"id": page[-1].id}) if len(found) > limit else None
    return AuditPage(items=[show_entry(entry) for entry in page], next=following)


@router.get(
    "/export",
    operation_id="exportAudit",
    summary="Export the audit log",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "One entry a line, oldest first.",
            "content": {
                "application/x-ndjson": {"schema": {"type": "string"}},
                "text/csv": {"schema": {"type": "string"}},
            },
        }
    },
)
async def export_audit(
    caller: Called, wanted: Wanted, format: Literal["ndjson", "csv"] = "ndjson"
) -> StreamingResponse:
    """All of it, or what the filter lets through."""
    entries = Trail(caller.application).export(wanted)
    lines = write_ndjson(entries) if format == "ndjson" else write_csv(entries)
    first = await anext(lines, "")  # a refusal is to be heard before the response begins

    async def all_lines() -> AsyncIterator[str]:
        yield first
        async for line in lines:
            yield line

    media_type = "application/x-ndjson" if format == "ndjson" else "text/csv"
    headers = {"Content-Disposition": f'attachment; filename="audit.{format}"'}
    return StreamingResponse(all_lines(), media_type=media_type, headers=headers)


@router.get("/verify", operation_id="verifyAudit", summary="Verify the audit log", response_model=AuditVerdict)
async def verify_audit(caller: Called) -> AuditVerdict:
    """Each entry holds a digest over itself and all before it: what was changed later shows."""
    found = await Trail(caller.application).verify()
    return AuditVerdict(ok=found.broken is None, entries=found.entries, digest=found.digest, broken=found.broken)
