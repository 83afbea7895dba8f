"""Pagination: how the next page is found, and where its items are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from treadle.errors import NodeError
from treadle.packs.data.path import PathMissing, read_path
from treadle.packs.data.row import shown
from treadle.packs.http.client.target import parse_url, with_query

if TYPE_CHECKING:
    import httpx

_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s",;]+))*)')
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))', re.IGNORECASE)


class Pagination(BaseModel):
    """Follow an answer's pages and join their items."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Literal["link", "cursor", "page"] = Field(
        description="`link`: the `Link` header's next; `cursor`: a field of the body; `page`: count "
        "until a page is empty."
    )
    items: str = Field(default="", description="Path of the list in the body; empty when the body is the list.")
    cursor: str = Field(default="next", description="cursor: path in the body of the next cursor, or of the next URL.")
    parameter: str | None = Field(
        default=None,
        description="Query field that carries the cursor or page number; default `cursor` or `page`.",
    )
    start: int = Field(default=1, ge=0, description="page: the number of the first page.")
    max_pages: int = Field(default=100, ge=1, le=10_000, description="No more pages than this are asked for.")

    def first(self, url: httpx.URL) -> httpx.URL:
        """The URL of the first page."""
        return with_query(url, {self.parameter or "page": self.start}) if self.by == "page" else url

    def items_of(self, body: Any) -> list[Any]:
        """The items of a page. Raises `NodeError` when the body has no list there."""
        found = read_path(body, self.items)
        if not isinstance(found, list):
            raise NodeError(
                f"The page's items at `{self.items or 'the body'}` are {shown(found)}, not a list.",
                code="bad_response",
                remedy="Set `pagination.items` to the path of the list.",
                retryable=False,
            )
        return cast("list[Any]", found)

    def following(
        self, url: httpx.URL, page: int, items: list[Any], body: Any, headers: Mapping[str, str]
    ) -> httpx.URL | None:
        """The URL of the page after number `page` (from 1), or None after the last."""
        if self.by == "link":
            link = next_link(headers.get("link", ""))
            return parse_url(str(url.join(link))) if link else None
        if self.by == "page":
            return with_query(url, {self.parameter or "page": self.start + page}) if items else None
        try:
            cursor = read_path(body, self.cursor)
        except PathMissing:
            return None
        if cursor in (None, "", False):
            return None
        if isinstance(cursor, str) and cursor.startswith(("http://", "https://", "/")):
            return parse_url(str(url.join(cursor)))
        return with_query(url, {self.parameter or "cursor": cursor})


def next_link(header: str) -> str | None:
    """The target of the `Link` header's `rel=next`, or None."""
    for target, parameters in _LINK.findall(header[:20_000]):
        for quoted, bare in _REL.findall(parameters):
            if "next" in (quoted or bare).lower().split():
                return target
    return None
