"""Workflows: listed, written, checked, put into the bin and taken out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request, Response

from treadle.server.caller import Called
from treadle.server.etag import IfMatch, IfNoneMatch, is_unchanged, not_modified, require_match
from treadle.server.models.workflows import (
    CreateWorkflow,
    DefinitionBody,
    DuplicateWorkflow,
    SetTags,
    TagCount,
    TagList,
    Validation,
    Workflow,
    WorkflowDefinition,
    WorkflowDetail,
    WorkflowPage,
    etag_of_workflow,
    show_definition,
    show_detail,
    show_loaded,
    show_workflow,
)
from treadle.server.paging import DEFAULT_LIMIT, Cursor, Limit, bad_cursor, decode_cursor, encode_cursor
from treadle.server.yaml_body import YAML_TOO, YamlRoute
from treadle.service.workflows import Workflows
from treadle.store.rows import to_micros
from treadle.store.workflows import Sort, WorkflowFilter, WorkflowSummary

router = APIRouter(prefix="/workflows", tags=["workflows"], route_class=YamlRoute)
tags_router = APIRouter(prefix="/tags", tags=["workflows"])

WorkflowName = Annotated[str, Path(max_length=100, description="What the workflow is called.")]
WhichVersion = Annotated[
    str | None, Query(max_length=100, description="A number, the beginning of a digest, `latest` or `draft`.")
]
_NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "It is what `If-None-Match` names."}}
_ETAGGED = {"ETag": {"description": "Send it back as `If-Match`.", "schema": {"type": "string"}}}


@router.get("", operation_id="listWorkflows", summary="List workflows", response_model=WorkflowPage)
async def list_workflows(
    caller: Called,
    search: Annotated[str | None, Query(max_length=200, description="In name, title or description.")] = None,
    tag: Annotated[str | None, Query(max_length=60)] = None,
    owner: Annotated[str | None, Query(max_length=100, description="A user's id.")] = None,
    deleted: Annotated[bool, Query(description="Those in the bin, and no others.")] = False,
    sort: Annotated[Sort, Query(description="`-`: the last comes first.")] = "name",
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> WorkflowPage:
    """Those one may see, with what is known of each: its latest version, draft, deployments and last run."""
    which = WorkflowFilter(search, tag, owner, deleted, sort=sort, after=_read_cursor(cursor, sort))
    found = await Workflows(caller.application).list(which, limit=limit + 1)
    page = [show_workflow(one) for one in found[:limit]]
    return WorkflowPage(items=page, next=_write_cursor(found[limit - 1], sort) if len(found) > limit else None)


@router.post(
    "",
    operation_id="createWorkflow",
    summary="Create a workflow",
    status_code=201,
    response_model=WorkflowDetail,
    openapi_extra=YAML_TOO,
)
async def create_workflow(caller: Called, body: CreateWorkflow, response: Response) -> WorkflowDetail:
    """From a definition, which may be unfinished and wrong: it becomes a draft, and the answer lists what is wrong.
    The workflow belongs to whoever creates it."""
    workflows = Workflows(caller.application)
    name = await workflows.create(body.given, name=body.name, tags=body.tags, publish=body.publish, note=body.note)
    response.headers["Location"] = f"/api/v1/workflows/{name}"
    return await _detail(workflows, name, None, response)


@router.post(
    "/validate",
    operation_id="validateWorkflow",
    summary="Check a definition",
    response_model=Validation,
    openapi_extra=YAML_TOO,
)
async def validate_workflow(caller: Called, body: DefinitionBody) -> Validation:
    """Everything that is wrong in it, with line, column and what to do. Nothing is kept."""
    return show_loaded(await Workflows(caller.application).validate(body.given))


@router.get(
    "/{name}",
    operation_id="getWorkflow",
    summary="Read a workflow and its definition",
    response_model=WorkflowDetail,
    responses={
        **_NOT_MODIFIED,
        200: {"headers": _ETAGGED, "content": {"application/yaml": {"schema": {"description": "A workflow file."}}}},
    },
)
async def get_workflow(
    caller: Called,
    request: Request,
    response: Response,
    name: WorkflowName,
    version: WhichVersion = None,
    form: Annotated[
        Literal["json", "yaml"] | None, Query(description="`yaml`: the text alone; so does `Accept: application/yaml`.")
    ] = None,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
    if_none_match: IfNoneMatch = None,
) -> Any:
    """By default the latest version's definition, and of what was never published the draft's."""
    workflows = Workflows(caller.application)
    summary = await workflows.get(name)
    etag = etag_of_workflow(summary)
    if is_unchanged(request, etag):
        return not_modified(etag)
    if form == "yaml" or (form is None and "yaml" in (accept or "")):
        found = await workflows.define(name, version)
        return Response(found.yaml, media_type="application/yaml", headers={"ETag": etag})
    return await _detail(workflows, name, version, response)


@router.put(
    "/{name}",
    operation_id="saveDraft",
    summary="Save the draft of a workflow",
    response_model=WorkflowDefinition,
    responses={200: {"headers": _ETAGGED}},
    openapi_extra=YAML_TOO,
)
async def save_draft(
    caller: Called,
    request: Request,
    response: Response,
    name: WorkflowName,
    body: DefinitionBody,
    if_match: IfMatch = None,
) -> WorkflowDefinition:
    """As it is, unfinished or wrong: it is checked when it is published, and the answer lists what is wrong so far.
    A definition that comes as JSON is written into the text there is, whose comments stay."""
    workflows = Workflows(caller.application)
    summary = await workflows.get(name)
    require_match(request, etag_of_workflow(summary))
    await workflows.save(name, body.given, revision=summary.revision)
    response.headers["ETag"] = etag_of_workflow(await workflows.get(name))
    return show_definition(await workflows.define(name, "draft"))


@router.delete("/{name}/draft", operation_id="discardDraft", summary="Discard the draft", status_code=204)
async def discard_draft(caller: Called, request: Request, name: WorkflowName, if_match: IfMatch = None) -> None:
    """The published versions stay."""
    workflows = Workflows(caller.application)
    summary = await workflows.get(name)
    require_match(request, etag_of_workflow(summary))
    await workflows.drafts.discard(name, revision=summary.revision)


@router.delete("/{name}", operation_id="deleteWorkflow", summary="Put a workflow into the bin", status_code=204)
async def delete_workflow(caller: Called, name: WorkflowName) -> None:
    """Its versions and runs stay. Refused while a deployment of it is not stopped."""
    await Workflows(caller.application).delete(name)


@router.post(
    "/{name}/restore", operation_id="restoreWorkflow", summary="Take a workflow out of the bin", response_model=Workflow
)
async def restore_workflow(caller: Called, name: WorkflowName) -> Workflow:
    return show_workflow(await Workflows(caller.application).restore(name))


@router.post(
    "/{name}/duplicate",
    operation_id="duplicateWorkflow",
    summary="Copy a workflow under another name",
    status_code=201,
    response_model=WorkflowDetail,
)
async def duplicate_workflow(
    caller: Called, name: WorkflowName, body: DuplicateWorkflow, response: Response
) -> WorkflowDetail:
    """The copy is a draft, and belongs to whoever makes it."""
    workflows = Workflows(caller.application)
    await workflows.duplicate(name, body.name, version=body.version)
    response.headers["Location"] = f"/api/v1/workflows/{body.name}"
    return await _detail(workflows, body.name, None, response)


@router.put("/{name}/tags", operation_id="setTags", summary="Set the tags of a workflow", response_model=Workflow)
async def set_tags(caller: Called, name: WorkflowName, body: SetTags) -> Workflow:
    """Those it has beside the ones in its file."""
    return show_workflow(await Workflows(caller.application).set_tags(name, body.tags))


@tags_router.get("", operation_id="listTags", summary="List tags", response_model=TagList)
async def list_tags(caller: Called) -> TagList:
    """Every tag of the workflows one may see, and how many have it."""
    found = await Workflows(caller.application).tags()
    return TagList(items=[TagCount(tag=tag, workflows=number) for tag, number in found.items()])


async def _detail(workflows: Workflows, name: str, version: str | None, response: Response) -> WorkflowDetail:
    summary = await workflows.get(name)
    response.headers["ETag"] = etag_of_workflow(summary)
    return show_detail(summary, await workflows.define(name, version))


def _read_cursor(cursor: str | None, sort: Sort) -> tuple[str | int, str] | None:
    if cursor is None:
        return None
    by_name = sort.endswith("name")
    place = decode_cursor(cursor, sort=str, name=str, at=str if by_name else int)
    if place["sort"] != sort:
        raise bad_cursor()
    return place["at"], place["name"]


def _write_cursor(last: WorkflowSummary, sort: Sort) -> str:
    at = last.name if sort.endswith("name") else to_micros(last.updated_at)
    return encode_cursor({"sort": sort, "at": at, "name": last.name})
