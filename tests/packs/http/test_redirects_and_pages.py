"""http.request over several requests: redirects and pages, and who learns what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.packs.fake_context import FakeContext
from tests.packs.http.asking import ask, failure
from tests.packs.http.service import Received, Service, answer, running


class TestRedirects:
    async def test_a_redirect_is_followed_as_the_status_asks(self, ctx: FakeContext, service: Service) -> None:
        def handle(r: Received) -> bytes:
            status = {"/a": 303, "/b": 307}.get(r.path)
            return answer(status, location="/end?x=1") if status else answer(200, r.method)

        service.handle = handle

        see_other = await ask(ctx, f"{service.url}/a", "body", method="POST", response_as="text")
        temporary = await ask(ctx, f"{service.url}/b", "body", method="POST", response_as="text")

        assert (see_other["body"], temporary["body"]) == ("GET", "POST")
        assert [r.body for r in service.received] == [b"body", b"", b"body", b"body"]

    async def test_not_followed_it_is_the_answer(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda _: answer(302, location="/x")

        found = await ask(ctx, service.url, follow_redirects=False)

        assert (found["status"], len(service.received)) == (302, 1)

    async def test_a_circle_ends(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda _: answer(302, location="/x")

        assert (await failure(ctx, service.url)).code == "too_many_redirects"
        assert len(service.received) == 11

    async def test_another_origin_learns_no_secret(self, ctx: FakeContext, service: Service) -> None:
        async with running() as other:
            service.handle = lambda _: answer(307, location=f"{other.url}/")

            await ask(
                ctx,
                service.url,
                "b",
                method="POST",
                auth="header",
                secret="k",
                headers={"Authorization": "mine", "Cookie": "c=1", "X-Plain": "p"},
            )

        assert service.received[0].headers["x-api-key"] == "k"
        assert service.received[0].headers["authorization"] == "mine"
        there = other.received[0].headers
        assert there["x-plain"] == "p"
        assert not {"x-api-key", "authorization", "cookie", "idempotency-key"} & set(there)

    @pytest.mark.parametrize("target", ["ftp://example.com/", "http://u:p@127.0.0.1/", "file:///etc/hostname"])
    async def test_a_redirect_to_what_may_not_be_asked_is_refused(
        self, ctx: FakeContext, service: Service, target: str
    ) -> None:
        service.handle = lambda _: answer(302, location=target)

        assert (await failure(ctx, service.url)).code in ("invalid_url", "credentials_in_url")


def pages(request: Received, by: str) -> bytes:
    """Three pages of two items."""
    query = dict(request.query)
    number = int(query.get("page", query.get("cursor", "1")))
    items = [{"id": number * 10}, {"id": number * 10 + 1}] if number <= 3 else []
    link = f'</items?page={number + 1}&q=1>; rel="next", </items?page=9>; rel="last"' if number < 3 else ""
    body: Any = {"data": {"items": items}, "next": number + 1 if number < 3 else None}
    if by == "url":
        body["next"] = f"/items?page={number + 1}" if number < 3 else ""
    return answer(200, body, link=link)


class TestPagination:
    @pytest.mark.parametrize(
        ("by", "config", "requests"),
        [
            ("link", {"by": "link"}, 3),
            ("cursor", {"by": "cursor"}, 3),
            ("url", {"by": "cursor"}, 3),
            ("page", {"by": "page"}, 4),
        ],
    )
    async def test_the_items_of_all_pages_are_joined(
        self, ctx: FakeContext, service: Service, by: str, config: dict[str, Any], requests: int
    ) -> None:
        service.handle = lambda r: pages(r, by)

        found = await ask(ctx, f"{service.url}/items?q=1", pagination={**config, "items": "data.items"})

        assert [item["id"] for item in found["body"]] == [10, 11, 20, 21, 30, 31]
        assert len(service.received) == requests

    async def test_it_stops_at_the_most_pages_and_says_so(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda r: pages(r, "link")
        config = {"by": "link", "items": "data.items", "max_pages": 2}

        found = await ask(ctx, service.url, pagination=config)

        assert len(found["body"]) == 4
        assert ("warning", "Stopped after 2 pages; there are more.") in ctx.logged

    async def test_a_cursor_that_does_not_move_is_an_error(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda _: answer(200, {"items": [1], "next": "same"})

        error = await failure(ctx, service.url, pagination={"by": "cursor", "items": "items"})

        assert (error.code, len(service.received)) == ("pagination_loop", 2)

    async def test_a_page_without_a_list_says_what_is_there(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda _: answer(200, {"items": {"a": 1}})

        error = await failure(ctx, service.url, pagination={"by": "link", "items": "items"})

        assert "`items` are an object" in error.message

    async def test_the_size_of_all_pages_is_bounded_together(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda r: answer(200, ["x" * 400], link=f"</{len(service.received)}>; rel=next")

        assert (await failure(ctx, service.url, pagination={"by": "link"}, max_size=1_000)).code == "too_large"

    async def test_a_next_page_elsewhere_learns_no_secret(self, ctx: FakeContext, service: Service) -> None:
        async with running(lambda _: answer(200, [2])) as other:
            service.handle = lambda _: answer(200, [1], link=f"<{other.url}/>; rel=next")

            found = await ask(ctx, service.url, pagination={"by": "link"}, auth="bearer", secret="t")

        assert found["body"] == [1, 2]
        assert "authorization" not in other.received[0].headers

    async def test_each_page_of_a_change_has_its_own_key(self, ctx: FakeContext, service: Service) -> None:
        service.handle = lambda r: pages(r, "link")

        await ask(ctx, service.url, method="POST", pagination={"by": "link", "items": "data.items"})

        assert [r.headers["idempotency-key"] for r in service.received] == ["key-1", "key-1-2", "key-1-3"]
