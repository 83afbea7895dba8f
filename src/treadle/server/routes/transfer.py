"""Workflows as files: exported and imported, one or several."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from treadle.server.caller import Called
from treadle.server.models.workflows import (
    Bundle,
    BundleItem,
    ExportWorkflows,
    ImportResult,
    ImportWorkflows,
    show_imported,
    show_migrated,
)
from treadle.server.routes.workflows import WhichVersion, WorkflowName
from treadle.server.yaml_body import YAML_TOO, YamlRoute
from treadle.service.migration import Migration, is_migrant
from treadle.service.transfer import Exported, Transfer

router = APIRouter(prefix="/workflows", tags=["workflows"], route_class=YamlRoute)


@router.get(
    "/{name}/export",
    operation_id="exportWorkflow",
    summary="Export a workflow as a file",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": {"application/yaml": {"schema": {"description": "A workflow file."}}},
        }
    },
)
async def export_workflow(caller: Called, name: WorkflowName, version: WhichVersion = None) -> Response:
    """YAML, as it was written; by default the latest version, or else the draft."""
    text = await Transfer(caller.application).export(name, version)
    headers = {"Content-Disposition": f'attachment; filename="{name}.yaml"'}
    return Response(text, media_type="application/yaml", headers=headers)


@router.post("/export", operation_id="exportWorkflows", summary="Export several workflows", response_model=Bundle)
async def export_workflows(caller: Called, body: ExportWorkflows | None = None) -> Bundle:
    """A bundle that `import` takes."""
    found = await Transfer(caller.application).export_all(body.names if body else None)
    return Bundle(workflows=[BundleItem(name=one.name, text=one.text, tags=list(one.tags)) for one in found])


@router.post(
    "/import",
    operation_id="importWorkflows",
    summary="Import workflows",
    response_model=ImportResult,
    openapi_extra=YAML_TOO,
)
async def import_workflows(caller: Called, body: ImportWorkflows) -> ImportResult:
    """A file, which may hold several workflows, or a bundle. Each becomes a draft.

    A file of another program (bots, blocks, an export of n8n) is told by its content. Nothing of it is lost: what has
    no counterpart is kept as a note, credentials become profiles, and the report says what became of each field.
    """
    transfer = Transfer(caller.application)
    if body.text is not None and await is_migrant(body.text):
        migrated = await Migration(caller.application).import_text(
            body.text, if_exists=body.if_exists, dry_run=body.dry_run
        )
        items = [show_imported(one.outcome) for one in migrated if one.outcome is not None]
        return ImportResult(items=items, reports=[show_migrated(one) for one in migrated])
    if body.bundle is None:
        found = await transfer.import_text(body.text or "", if_exists=body.if_exists)
    else:
        bundle = [Exported(one.name, one.text, tuple(one.tags)) for one in body.bundle.workflows]
        found = await transfer.import_all(bundle, if_exists=body.if_exists)
    return ImportResult(items=[show_imported(one) for one in found])
