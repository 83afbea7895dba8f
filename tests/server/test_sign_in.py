"""Getting in: by password and by link, without a script, and what a foreign page cannot make a browser do."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.server.conftest import ClientAs
from treadle.server.csrf import CSRF_HEADER
from treadle.server.services import Services
from treadle.service.access.users import Users

PASSWORD = "four lazy otters swim"
OWN = {"Origin": "http://127.0.0.1:8765"}


@pytest.fixture
async def browser(client_as: ClientAs, services: Services) -> httpx.AsyncClient:
    """Somebody's browser, with nobody signed in; `bob` has a password."""
    await Users(services.application).create("bob", role="editor", password=PASSWORD)
    return await client_as(None)


async def sign_in(browser: httpx.AsyncClient, password: str = PASSWORD) -> httpx.Response:
    return await browser.post("/sign-in", data={"name": "bob", "password": password}, headers=OWN)


async def token_of(browser: httpx.AsyncClient) -> str:
    return (await browser.get("/api/v1/me")).json()["csrf"]


async def test_name_and_password_sign_in_without_a_script(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/sign-in")

    response = await sign_in(browser)

    assert '<label for="password">' in page.text
    assert "script" not in page.text
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert (await browser.get("/api/v1/me")).json()["name"] == "bob"


async def test_the_cookie_is_kept_from_scripts_and_foreign_pages(browser: httpx.AsyncClient) -> None:
    cookie = (await sign_in(browser)).headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


async def test_over_https_the_cookie_goes_nowhere_else(browser: httpx.AsyncClient) -> None:
    response = await browser.post("https://127.0.0.1:8765/sign-in", data={"name": "bob", "password": PASSWORD})

    assert "Secure" in response.headers["set-cookie"]


@pytest.mark.parametrize(("name", "password"), [("bob", "guessed it"), ("nobody", PASSWORD), ("", "")])
async def test_what_is_wrong_is_said_in_the_same_words(browser: httpx.AsyncClient, name: str, password: str) -> None:
    response = await browser.post("/sign-in", data={"name": name, "password": password}, headers=OWN)

    assert response.status_code == 401
    assert "The name or the password is wrong." in response.text
    assert password not in response.text or not password


async def test_a_form_that_is_none_is_refused_and_no_defect(browser: httpx.AsyncClient) -> None:
    bad = await browser.post("/sign-in", content=b"name=%ff&" + b"a=1&" * 50, headers=OWN)
    large = await browser.post("/sign-in", content=b"x" * 20_000, headers=OWN)

    assert (bad.status_code, large.status_code) == (422, 413)


async def test_after_signing_in_one_goes_on_where_one_was_and_nowhere_else(browser: httpx.AsyncClient) -> None:
    fields = {"name": "bob", "password": PASSWORD}
    where = ["/tasks?x=1", "//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example"]

    found = [(await browser.post("/sign-in", data=fields | {"next": one}, headers=OWN)) for one in where]

    assert [one.headers["location"] for one in found] == ["/tasks?x=1", "/", "/", "/", "/"]


async def test_a_session_that_was_there_before_is_not_the_one_after(browser: httpx.AsyncClient) -> None:
    browser.cookies.set("treadle_session", "planted", domain="127.0.0.1")

    await sign_in(browser)
    first = browser.cookies["treadle_session"]
    await sign_in(browser)

    assert "planted" not in (first, browser.cookies["treadle_session"])
    browser.cookies.set("treadle_session", first, domain="127.0.0.1")
    assert (await browser.get("/api/v1/me", headers={"Cookie": f"treadle_session={first}"})).status_code == 401


async def test_looking_at_a_link_does_not_use_it_up(browser: httpx.AsyncClient, services: Services) -> None:
    path = "/sign-in/" + await Users(services.application).make_link("bob")

    looks = [(await browser.get(path)) for _ in range(3)]
    used = await browser.post(path, headers=OWN)

    assert all("<strong>bob</strong>" in look.text and "set-cookie" not in look.headers for look in looks)
    assert used.status_code == 303
    assert (await browser.get("/api/v1/me")).json()["name"] == "bob"


async def test_a_link_counts_once(browser: httpx.AsyncClient, services: Services) -> None:
    path = "/sign-in/" + await Users(services.application).make_link("bob")
    await browser.post(path, headers=OWN)

    again, look = await browser.post(path, headers=OWN), await browser.get(path)

    assert (again.status_code, look.status_code) == (401, 401)
    assert "counts no more" in again.text


async def test_a_link_of_who_was_disabled_lets_nobody_in(browser: httpx.AsyncClient, services: Services) -> None:
    users = Users(services.application)
    path = "/sign-in/" + await users.make_link("bob")
    await users.disable("bob")

    assert (await browser.post(path, headers=OWN)).status_code == 401


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/session"])
@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
async def test_a_foreign_page_signs_nobody_in(browser: httpx.AsyncClient, path: str, headers: dict[str, str]) -> None:
    fields = {"name": "bob", "password": PASSWORD}
    given = {"data": fields} if path == "/sign-in" else {"json": fields}

    response = await browser.post(path, **given, headers=headers)

    assert response.status_code in (400, 403)
    assert "set-cookie" not in response.headers


async def test_a_change_by_session_needs_our_page_and_its_token(browser: httpx.AsyncClient) -> None:
    await sign_in(browser)
    token = await token_of(browser)
    good = {**OWN, CSRF_HEADER: token}
    tries = {
        "nothing": {},
        "no token": OWN,
        "no origin": {CSRF_HEADER: token},
        "foreign page": {"Origin": "https://evil.example", CSRF_HEADER: token},
        "same site, other origin": {"Sec-Fetch-Site": "same-site", CSRF_HEADER: token},
        "other port": {"Origin": "http://127.0.0.1:9999", CSRF_HEADER: token},
        "other token": {**OWN, CSRF_HEADER: "0" * 64},
        "not ASCII": {**OWN, CSRF_HEADER: "é".encode()},
    }

    refused = {why: (await browser.post("/api/v1/keys", json={"name": "x"}, headers=h)) for why, h in tries.items()}
    made = await browser.post("/api/v1/keys", json={"name": "x"}, headers=good)

    assert {why: (one.status_code, one.json()["code"]) for why, one in refused.items()} == {
        why: (403, "csrf_failed") for why in tries
    }
    assert made.status_code == 201


async def test_a_token_of_another_session_does_not_count(browser: httpx.AsyncClient) -> None:
    await sign_in(browser)
    old = await token_of(browser)
    await sign_in(browser)

    response = await browser.post("/api/v1/keys", json={"name": "x"}, headers={**OWN, CSRF_HEADER: old})

    assert response.json()["code"] == "csrf_failed"


async def test_a_key_needs_no_token(client_as: ClientAs) -> None:
    editor = await client_as("editor")

    response = await editor.post("/api/v1/keys", json={"name": "x"}, headers={"Origin": "https://evil.example"})

    assert response.status_code == 201


async def test_signing_out_by_the_page_takes_its_token(browser: httpx.AsyncClient) -> None:
    await sign_in(browser)
    page = await browser.get("/sign-in")
    (token,) = re.findall(r'name="csrf" value="([0-9a-f]+)"', page.text)

    without = await browser.post("/sign-in", data={"leave": "1"}, headers=OWN)
    still = await browser.get("/api/v1/me")
    out = await browser.post("/sign-in", data={"leave": "1", "csrf": token}, headers=OWN)

    assert (without.status_code, still.status_code, out.status_code) == (400, 200, 303)
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_signing_out_over_the_api_ends_the_session(browser: httpx.AsyncClient) -> None:
    await sign_in(browser)
    token, cookie = await token_of(browser), browser.cookies["treadle_session"]

    response = await browser.delete("/api/v1/session", headers={**OWN, CSRF_HEADER: token})

    assert response.status_code == 204
    assert (await browser.get("/api/v1/me", headers={"Cookie": f"treadle_session={cookie}"})).status_code == 401


async def test_another_password_ends_all_other_sessions(browser: httpx.AsyncClient, client_as: ClientAs) -> None:
    phone = await client_as(None)
    await sign_in(phone)
    await sign_in(browser)
    headers = {**OWN, CSRF_HEADER: await token_of(browser)}

    wrong = await browser.put("/api/v1/me/password", json={"password": "seven quick brown mice"}, headers=headers)
    body = {"password": "seven quick brown mice", "current_password": PASSWORD}
    right = await browser.put("/api/v1/me/password", json=body, headers=headers)

    assert (wrong.status_code, right.status_code) == (401, 204)
    assert (await browser.get("/api/v1/me")).status_code == 200
    assert (await phone.get("/api/v1/me")).status_code == 401


async def test_a_stolen_session_does_not_guess_the_password(browser: httpx.AsyncClient) -> None:
    await sign_in(browser)
    headers = {**OWN, CSRF_HEADER: await token_of(browser)}
    body = {"password": "seven quick brown mice", "current_password": "wrong guess"}

    answers = [(await browser.put("/api/v1/me/password", json=body, headers=headers)).status_code for _ in range(7)]

    assert (answers[0], answers[-1]) == (401, 429)


async def test_whoever_guesses_has_to_wait(browser: httpx.AsyncClient) -> None:
    answers = [(await sign_in(browser, "wrong guess")).status_code for _ in range(7)]
    refused = await sign_in(browser)

    assert 429 in answers
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1


async def test_a_refused_sign_in_is_remembered_without_what_was_typed(
    browser: httpx.AsyncClient, services: Services
) -> None:
    await browser.post("/sign-in", data={"name": PASSWORD, "password": "bob"}, headers=OWN)
    await sign_in(browser)

    rows = await services.application.store.read(
        lambda c: c.execute("SELECT name, outcome, details FROM audit WHERE action = 'session.sign_in'").fetchall()
    )

    assert [(name, outcome) for name, outcome, _ in rows] == [("nobody", "refused"), ("bob", "done")]
    assert PASSWORD not in str(rows)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8765", 401),
        ("localhost", 401),
        ("flows.localhost:1", 401),
        ("[::1]:8765", 401),
        ("192.168.1.7", 401),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example", 421),
        ("[", 421),
    ],
)
async def test_the_server_answers_to_its_own_names(browser: httpx.AsyncClient, host: str, status: int) -> None:
    response = await browser.get("/api/v1/me", headers={"Host": host})

    assert response.status_code == status
