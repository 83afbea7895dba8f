"""Node types: searched, described, tried out; and what the installation is."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from treadle.server.caller import Called
from treadle.server.etag import IfNoneMatch, etag_of, is_unchanged, not_modified
from treadle.server.idempotency import KEPT_HOURS
from treadle.server.json_body import DEPTH
from treadle.server.models.nodes import (
    Info,
    InfoLimits,
    Kind,
    NodePorts,
    NodePortsBody,
    NodeTestBody,
    NodeTestResult,
    NodeTypeDetail,
    NodeTypeList,
    show_brief,
    show_full,
    show_ports,
    show_tried,
    write_details,
)
from treadle.server.paging import MOST as MOST_ITEMS
from treadle.service.catalogue import Catalogue
from treadle.service.definition import MOST as MOST_BYTES
from treadle.service.node_tests import NodeTests

router = APIRouter(prefix="/nodes", tags=["nodes"])
info_router = APIRouter(prefix="/info", tags=["info"])

NodeTypeName = Annotated[str, Path(max_length=100, description="As in a workflow file: `http.request`.")]


@router.get(
    "",
    operation_id="listNodeTypes",
    summary="List node types",
    response_model=NodeTypeList,
    responses={304: {"description": "They are what `If-None-Match` names."}},
)
async def list_node_types(
    caller: Called,
    request: Request,
    search: Annotated[str | None, Query(max_length=200, description="In type, title or description.")] = None,
    category: Annotated[str | None, Query(max_length=100, description="What stands before the dot.")] = None,
    kind: Kind | None = None,
    detail: Annotated[bool, Query(description="Each in full, with an `ETag` for all.")] = False,
    if_none_match: IfNoneMatch = None,
) -> Any:
    """By name. In full they change only when the server is started anew with other packs."""
    found = await Catalogue(caller.application).list(search=search, category=category, kind=kind)
    if not detail:
        return NodeTypeList(items=[show_brief(one) for one in found])
    text = write_details(found)
    etag = etag_of(text.decode())
    if is_unchanged(request, etag):
        return not_modified(etag)
    # A browser may keep them, and asks each time whether they still hold.
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    return Response(text, media_type="application/json", headers=headers)


@router.get("/{type}", operation_id="getNodeType", summary="Read a node type", response_model=NodeTypeDetail)
async def get_node_type(caller: Called, type: NodeTypeName) -> NodeTypeDetail:
    """Its documentation, ports, the JSON Schema of its config, and an example."""
    return show_full(await Catalogue(caller.application).get(type))


@router.post("/{type}/ports", operation_id="findPorts", summary="Find the ports of a node", response_model=NodePorts)
async def find_ports(caller: Called, type: NodeTypeName, body: NodePortsBody) -> NodePorts:
    """Those it has with this config: of some types they depend on it."""
    return show_ports(*await Catalogue(caller.application).find_ports(type, body.config))


@router.post("/{type}/test", operation_id="testNode", summary="Try a node out", response_model=NodeTestResult)
async def test_node(caller: Called, type: NodeTypeName, body: NodeTestBody) -> NodeTestResult:
    """Runs it once, with these inputs and this config. An effect does what it does, whatever the mode; only the run is
    not kept. At most a minute."""
    tests = NodeTests(caller.application)
    return show_tried(
        await tests.run(type, config=body.config, inputs=body.inputs, mode=body.mode, profiles=body.profiles)
    )


@info_router.get("", operation_id="getInfo", summary="Read what this installation is", response_model=Info)
async def get_info(caller: Called) -> Info:
    """Its version, its time, what is installed and allowed, and its limits."""
    found = await Catalogue(caller.application).describe()
    limits = InfoLimits(
        max_body=found.max_body,
        max_definition=MOST_BYTES,
        json_depth=DEPTH,
        page=MOST_ITEMS,
        idempotency_hours=KEPT_HOURS,
        max_concurrency=found.max_concurrency,
    )
    return Info(version=found.version, time=found.time, packs=list(found.packs), features=found.features, limits=limits)
