"""Preconditions: who changes something names what they have read, so that of two changes neither is lost unseen."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import Header
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from treadle.errors import Conflict

IfMatch = Annotated[
    str | None, Header(alias="If-Match", max_length=200, description="The `ETag` that was read; `*`: whatever it is.")
]
"""A route's parameter, for the document: `require_match` reads the header itself."""
IfNoneMatch = Annotated[
    str | None, Header(alias="If-None-Match", max_length=1000, description="The `ETag` one has: 304 if it still holds.")
]
MOST = 20
"""Tags in one header that are looked at."""


def etag_of(*parts: object) -> str:
    """A strong tag over JSON values that say which state something is in, quotes included."""
    return f'"{hashlib.sha256(to_json(parts)).hexdigest()[:20]}"'


def require_match(request: Request | str | None, etag: str) -> None:
    """Nothing, if the request's `If-Match` names `etag`.

    Raises `Conflict`: `precondition_required` (428) without the header, `edited_meanwhile` (412) when it names another.
    """
    given = request.headers.get("if-match") if isinstance(request, Request) else request
    if given is None or not given.strip():
        raise Conflict(
            "This changes something that others may have changed since you read it.",
            code="precondition_required",
            remedy="Send the `ETag` that you read as `If-Match`, or `If-Match: *` to overwrite whatever is there.",
        )
    if not _names(given, etag):
        raise Conflict(
            "Somebody has changed it since you read it. Nothing has been written.",
            code="edited_meanwhile",
            remedy="Read it again, put your changes into that, and send its `ETag` as `If-Match`.",
            etag=etag,
        )


def is_unchanged(request: Request, etag: str) -> bool:
    """Whether the request's `If-None-Match` names `etag`: the caller has it already, and is told so by 304."""
    given = request.headers.get("if-none-match")
    return given is not None and _names(given, etag, weak=True)


def not_modified(etag: str) -> Response:
    return Response(status_code=304, headers={"ETag": etag})


def _names(given: str, etag: str, *, weak: bool = False) -> bool:
    tags = [tag.strip() for tag in given.split(",", MOST)]
    return "*" in tags or etag in [tag.removeprefix("W/") if weak else tag for tag in tags]
