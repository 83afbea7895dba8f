"""Versions: published, listed, compared, made the latest again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from treadle.server.caller import Called
from treadle.server.etag import IfMatch, require_match
from treadle.server.models.workflows import (
    PublishedVersion,
    PublishWorkflow,
    RollBackWorkflow,
    VersionPage,
    WorkflowDefinition,
    WorkflowDifference,
    etag_of_workflow,
    show_definition,
    show_difference,
    show_published,
    show_rolled_back,
    show_version,
)
from treadle.server.paging import DEFAULT_LIMIT, Cursor, Limit, bad_cursor, decode_cursor, encode_cursor
from treadle.server.routes.workflows import WorkflowName
from treadle.service.versions import Versions
from treadle.service.workflows import Workflows

router = APIRouter(prefix="/workflows/{name}", tags=["versions"])

OneVersion = Annotated[str, Path(max_length=100, description="A number, the beginning of a digest, or `latest`.")]


@router.post("/publish", operation_id="publishWorkflow", summary="Publish the draft", response_model=PublishedVersion)
async def publish_workflow(
    caller: Called,
    request: Request,
    name: WorkflowName,
    body: PublishWorkflow | None = None,
    if_match: IfMatch = None,
) -> PublishedVersion:
    """It becomes the latest version and never changes again; 422 lists every issue of one that cannot run."""
    workflows, given = Workflows(caller.application), body or PublishWorkflow()
    if if_match is not None:
        require_match(request, etag_of_workflow(await workflows.get(name)))
    return show_published(await workflows.publish(name, revision=given.revision, note=given.note))


@router.post(
    "/rollback",
    operation_id="rollBackWorkflow",
    summary="Make an older version the latest again",
    response_model=PublishedVersion,
)
async def roll_back_workflow(caller: Called, name: WorkflowName, body: RollBackWorkflow) -> PublishedVersion:
    """Deployments that follow the latest take it up with their next run."""
    workflows = Workflows(caller.application)
    return show_rolled_back(await workflows.roll_back(name, body.version, note=body.note))


@router.get("/versions", operation_id="listVersions", summary="List versions", response_model=VersionPage)
async def list_versions(
    caller: Called, name: WorkflowName, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> VersionPage:
    """The latest first, each with the deployments and unfinished runs that use it."""
    found = await Versions(caller.application).list(name)
    start = 0
    if cursor is not None:
        after = decode_cursor(cursor, after=str)["after"]
        places = [at for at, one in enumerate(found) if one.version.version == after]
        if not places:
            raise bad_cursor()
        start = places[0] + 1
    page = found[start : start + limit]
    more = len(found) > start + limit
    return VersionPage(
        items=[show_version(one) for one in page],
        next=encode_cursor({"after": page[-1].version.version}) if more else None,
    )


@router.get(
    "/versions/{version}", operation_id="getVersion", summary="Read one version", response_model=WorkflowDefinition
)
async def get_version(caller: Called, name: WorkflowName, version: OneVersion) -> WorkflowDefinition:
    """`draft` reads the draft."""
    return show_definition(await Workflows(caller.application).define(name, version))


@router.get("/diff", operation_id="diffVersions", summary="Compare two versions", response_model=WorkflowDifference)
async def diff_versions(
    caller: Called,
    name: WorkflowName,
    before: Annotated[str, Query(max_length=100, description="A number, a digest, `latest` or `draft`.")],
    after: Annotated[str, Query(max_length=100)] = "latest",
) -> WorkflowDifference:
    """What has become of the one in the other, by node and field, and as lines for people."""
    found = await Workflows(caller.application).compare(name, before, after)
    return show_difference(found, before, after)
