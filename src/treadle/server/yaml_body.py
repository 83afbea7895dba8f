"""Routes that take a definition as JSON, or as the bare text of a workflow file."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from treadle.errors import InvalidWorkflow
from treadle.server.limits import again
from treadle.server.validation import TAKEN

YAML_KINDS = frozenset({"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"})
YAML_TOO: dict[str, Any] = {
    "requestBody": {
        "content": {"application/yaml": {"schema": {"type": "string", "description": "A workflow file."}}},
        "required": True,
    }
}
"""For a route's `openapi_extra=`."""


class YamlRoute(APIRoute):
    """A body that is YAML reaches the route as `{"text": …}`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def take(request: Request) -> Response:
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind not in YAML_KINDS:
                return await handle(request)
            request.scope[TAKEN] = True
            body = to_json({"text": _decode(await request.body())})
            others = [pair for pair in request.scope["headers"] if pair[0] not in (b"content-type", b"content-length")]
            headers = [*others, (b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
            scope = {**request.scope, "headers": headers}
            return await handle(Request(scope, again(body, request.receive)))

        return take


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidWorkflow("The file is not UTF-8.", code="invalid_encoding", remedy="Save it as UTF-8.") from None
