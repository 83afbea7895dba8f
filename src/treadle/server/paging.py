"""Lists, a page at a time: `{"items": […], "next": …}`, where `next` is the cursor of the page after it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated, Any, Generic, TypeVar, cast

from fastapi import Query
from pydantic import BaseModel, Field
from pydantic_core import from_json, to_json

from treadle.errors import InvalidWorkflow

T = TypeVar("T")
Scalar = str | int | float | bool | None

DEFAULT_LIMIT, MOST = 50, 200

Limit = Annotated[int, Query(ge=1, le=MOST, description="At most so many items.")]
"""A route's parameter `limit: Limit = DEFAULT_LIMIT`."""
Cursor = Annotated[
    str | None, Query(max_length=2000, description="The `next` of the page before; without it, the first page.")
]
"""A route's parameter `cursor: Cursor = None`."""


class Page(BaseModel, Generic[T]):
    """A page of a list. Name a subclass of it for each kind of item: it becomes the name in the document.

    class RunPage(Page[RunSummary]):
        "Runs, newest first."
    """

    items: list[T]
    next: str | None = Field(default=None, description="The `cursor` of the next page; null: this is the last.")


def encode_cursor(place: Mapping[str, Scalar]) -> str:
    """The place that the next page begins at, as text that nobody needs to understand."""
    return base64.urlsafe_b64encode(to_json(dict(place))).decode().rstrip("=")


def decode_cursor(text: str, **kinds: type[str] | type[int] | type[float]) -> dict[str, Any]:
    """What `encode_cursor` was given. `kinds` says what has to be in it: `decode_cursor(text, id=str, at=int)`.

    Raises `InvalidWorkflow` (`bad_cursor`): a cursor comes from outside, whatever it looks like.
    """
    try:
        place: Any = from_json(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        raise bad_cursor() from None
    if not isinstance(place, dict) or any(isinstance(value, dict | list) for value in cast("Any", place).values()):
        raise bad_cursor()
    found = cast("dict[str, Any]", place)
    for name, kind in kinds.items():
        if not isinstance(found.get(name), kind) or (kind is int and not -(2**63) <= found[name] < 2**63):
            raise bad_cursor()
    return found


def bad_cursor() -> InvalidWorkflow:
    return InvalidWorkflow(
        "This `cursor` is none that was given out for this list.",
        code="bad_cursor",
        remedy="Send the `next` of the page before as it is, or leave it out to begin anew.",
    )
