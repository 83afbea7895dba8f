"""The editor's page and files: who gets them, how long they keep, and what the page may load."""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from treadle.server.app import create_app
from treadle.server.services import Services
from treadle.service.access.users import Users

BROWSER = {"Accept": "text/html,application/xhtml+xml"}
OWN = {"Origin": "http://127.0.0.1:8765"}
PAGE = '<!doctype html><meta name="treadle-style-nonce" content="" /><script src="/assets/index-abc.js"></script>'
SCRIPT = "console.log('weft');" * 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An editor as a build leaves it."""
    made = tmp_path / "ui"
    (made / "assets").mkdir(parents=True)
    (made / "index.html").write_text(PAGE)
    (made / "manifest.json").write_text("{}")
    (made / "sources.sha256").write_text("0")
    (made / "colours.js").write_text("1")
    (made / "assets" / "index-abc.js").write_text(SCRIPT)
    (made / "assets" / "index-abc.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (tmp_path / "secret.txt").write_text("hunter2")
    return made


@pytest.fixture
async def stranger(services: Services, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(services, editor=folder))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765", headers=BROWSER) as client:
        yield client


@pytest.fixture
async def browser(stranger: httpx.AsyncClient, services: Services) -> httpx.AsyncClient:
    """Somebody's who is signed in."""
    await Users(services.application).create("bob", role="editor", password="four lazy otters swim")
    await stranger.post("/sign-in", data={"name": "bob", "password": "four lazy otters swim"}, headers=OWN)
    return stranger


def nonce_of(page: str) -> str:
    (nonce,) = re.findall(r'name="treadle-style-nonce" content="(\w+)"', page)
    return nonce


@pytest.mark.parametrize("path", ["/", "/workflows", "/w/order-desk/runs/r1", "/w/a/diff/1..2", "/anything.html"])
async def test_every_address_within_it_shows_the_page(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "/assets/index-abc.js" in answer.text


@pytest.mark.parametrize(
    ("path", "back"),
    [("/", "/sign-in"), ("/runs?status=failed&id=a b", "/sign-in?next=%2Fruns%3Fstatus%3Dfailed%26id%3Da%2520b")],
)
async def test_strangers_sign_in_and_come_back(stranger: httpx.AsyncClient, path: str, back: str) -> None:
    answer = await stranger.get(path)

    assert (answer.status_code, answer.headers["location"]) == (303, back)
    assert answer.headers["cache-control"] == "no-store"


async def test_after_signing_in_one_is_where_one_wanted_to_be(browser: httpx.AsyncClient) -> None:
    fields = {"name": "bob", "password": "four lazy otters swim", "next": "/runs?status=failed&id=a%20b"}

    answer = await browser.post("/sign-in", data=fields, headers=OWN)

    assert answer.headers["location"] == "/runs?status=failed&id=a%20b"


async def test_a_session_that_counts_no_more_is_a_strangers(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/runs", headers={"Cookie": "treadle_session=" + "0" * 43})

    assert answer.headers["location"] == "/sign-in?next=%2Fruns"


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/assets/nothing.js", "/assets/%2e%2e/%2e%2e/secret.txt", "/static/x.css"]
)
async def test_where_a_program_asks_there_is_no_page(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)

    assert answer.status_code == 404
    assert "hunter2" not in answer.text


async def test_a_program_is_told_that_there_is_nothing(browser: httpx.AsyncClient) -> None:
    got = await browser.get("/nowhere", headers={"Accept": "*/*"})
    posted = await browser.post("/nowhere")

    assert (got.status_code, got.json()["code"]) == (404, "unknown_address")
    assert posted.status_code == 404


@pytest.mark.parametrize("name", ["/index.html.gz", "/manifest.json", "/sources.sha256", "/assets/%2e%2e/index.html"])
async def test_what_the_build_keeps_for_itself_is_not_sent(stranger: httpx.AsyncClient, name: str) -> None:
    answer = await stranger.get(name, headers={"Accept": "*/*"})

    assert answer.status_code == 404


async def test_files_named_by_their_content_are_kept_for_good(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get("/assets/index-abc.js")

    assert answer.text == SCRIPT
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_files_go_out_compressed_to_who_reads_that(stranger: httpx.AsyncClient) -> None:
    small = await stranger.get("/assets/index-abc.js", headers={"Accept-Encoding": "gzip, br"})
    plain = await stranger.get("/assets/index-abc.js", headers={"Accept-Encoding": "identity"})

    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) < int(plain.headers["content-length"])
    assert small.text == plain.text


async def test_other_files_are_asked_for_anew(stranger: httpx.AsyncClient) -> None:
    first = await stranger.get("/colours.js")
    again = await stranger.get("/colours.js", headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")


async def test_the_page_is_asked_for_anew_and_not_sent_again(browser: httpx.AsyncClient) -> None:
    first = await browser.get("/")
    again = await browser.get("/runs", headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["cache-control"] == "private, no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]


async def test_the_page_runs_no_script_but_ours_and_no_style_without_its_nonce(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/")
    rules = dict(rule.strip().split(" ", 1) for rule in answer.headers["content-security-policy"].split(";"))

    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["style-src"] == f"'self' 'nonce-{nonce_of(answer.text)}'"
    assert "unsafe" not in answer.headers["content-security-policy"]


async def test_each_session_has_a_nonce_of_its_own(browser: httpx.AsyncClient) -> None:
    first = await browser.get("/")
    await browser.post("/sign-in", data={"name": "bob", "password": "four lazy otters swim"}, headers=OWN)
    second = await browser.get("/", headers={"If-None-Match": first.headers["etag"]})

    assert second.status_code == 200
    assert nonce_of(first.text) != nonce_of(second.text)
    assert browser.cookies["treadle_session"] not in second.text
