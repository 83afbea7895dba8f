"""The API reference: everything the document has, for people, without a script."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import httpx
import pytest

from tests.server.conftest import ClientAs
from treadle.server.api import create_document
from treadle.server.headers import PAGE_CSP
from treadle.server.reference_page import said
from treadle.server.services import Services


class Page(HTMLParser):
    """What a page has: its ids, where its links lead, its elements, its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.elements: list[str] = []
        self.unclosed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append(tag)
        if (name := given.get("id")) is not None:
            self.ids.append(name)
        if (link := given.get("href") or given.get("src")) is not None:
            self.links.append(link)
        if tag not in ("meta", "link", "input", "br"):
            self.unclosed.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag


@pytest.fixture
async def anybody(client_as: ClientAs) -> httpx.AsyncClient:
    return await client_as(None)


async def test_every_operation_and_thing_of_the_document_is_on_the_page(anybody: httpx.AsyncClient) -> None:
    document = create_document()

    page = Page((await anybody.get("/docs")).text)

    operations = {one["operationId"] for methods in document["paths"].values() for one in methods.values()}
    assert operations <= set(page.ids)
    assert document["components"]["schemas"].keys() <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert not page.unclosed


@pytest.mark.parametrize("query", ["", "retry", "delete workflow"])
async def test_every_link_of_the_page_leads_somewhere_here(anybody: httpx.AsyncClient, query: str) -> None:
    page = Page((await anybody.get("/docs", params={"q": query})).text)

    outside = [link for link in page.links if not link.startswith(("#", "/", "data:"))]
    broken = [link for link in page.links if link.startswith("#") and link[1:] not in page.ids]
    answers = {link: (await anybody.get(link)).status_code for link in set(page.links) if link.startswith("/")}
    assert (outside, broken) == ([], [])
    assert set(answers.values()) <= {200, 303}


async def test_the_page_needs_no_script_and_lets_nothing_of_others_in(anybody: httpx.AsyncClient) -> None:
    response = await anybody.get("/docs")

    page = Page(response.text)
    assert response.headers["content-security-policy"] == PAGE_CSP
    assert "script" not in page.elements
    assert "style=" not in response.text


@pytest.mark.parametrize(
    ("query", "expected"),
    [("retry", {"retryRun", "retryFailures"}), ("DELETE teams", {"deleteTeam"}), ("/system/backup", {"backUpSystem"})],
)
async def test_operations_are_found_by_words(anybody: httpx.AsyncClient, query: str, expected: set[str]) -> None:
    page = Page((await anybody.get("/docs", params={"q": query})).text)

    document = create_document()
    operations = {one["operationId"] for methods in document["paths"].values() for one in methods.values()}
    assert operations & set(page.ids) == expected


async def test_what_is_looked_for_is_text_and_nothing_else(anybody: httpx.AsyncClient) -> None:
    response = await anybody.get("/docs", params={"q": '"><script>alert(1)</script>'})

    assert "<script" not in response.text
    assert "No operation has" in response.text


async def test_it_is_shown_as_often_as_the_api_answers(anybody: httpx.AsyncClient, services: Services) -> None:
    application = services.application
    application.settings = replace(application.settings, requests_per_minute=6)

    answers = [(await anybody.get("/docs")).status_code for _ in range(2)]

    assert answers == [200, 429]


def test_what_the_document_says_is_text_with_code_and_nothing_else() -> None:
    shown = said("**Bold** and `co<b>de`, <b>not</b> this.\n\nMore.")

    assert shown == (
        "<p><strong>Bold</strong> and <code>co&lt;b&gt;de</code>, &lt;b&gt;not&lt;/b&gt; this.</p><p>More.</p>"
    )
