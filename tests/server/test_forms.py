"""Hosted forms: what is shown, what is refused, and that one form is one run."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from tests.server.conftest import ClientAs
from tests.server.hooked import count_runs, deploy, field_of
from treadle.server.services import Services

XSS = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"
FORM = """
name: leave
nodes:
  - id: asked
    type: trigger.form
    config:
      path: time-off
      title: Time off
      description: Tell us when you are away.
      thanks: Have a good time.
      fields:
        - {name: who, label: Your name, required: true}
        - {name: mail, label: E-mail, type: email}
        - {name: days, label: Days, type: integer, required: true, help: Whole days}
        - {name: kind, label: Kind, options: [holiday, sick leave], required: true}
        - {name: with, label: Together with, type: choices, options: [Ada, Ben]}
        - {name: urgent, label: It is urgent, type: yes_no}
        - {name: why, label: Why, type: long_text}
  - {id: said, type: data.transform, config: {transform: nodes.asked.values}}
"""
FILLED = {"f-who": "Ada", "f-days": "3", "f-kind": "holiday", "f-with": ["Ada", "Ben"], "f-urgent": "true"}


@pytest.fixture
async def client(client_as: ClientAs, services: Services) -> httpx.AsyncClient:
    await deploy(services, FORM)
    return await client_as(None)


async def send(client: httpx.AsyncClient, values: Mapping[str, Any], **headers: str) -> httpx.Response:
    page = await client.get("/forms/time-off")
    return await client.post("/forms/time-off", data={"token": field_of(page, "token"), **values}, headers=headers)


async def test_every_field_has_a_label_and_its_help(client: httpx.AsyncClient) -> None:
    page = await client.get("/forms/time-off")

    assert page.status_code == 200
    for name in ("who", "mail", "days", "kind", "why"):
        assert f'<label for="f-{name}">' in page.text
        assert f'id="f-{name}"' in page.text
    assert 'aria-describedby="f-days-help"' in page.text
    assert "<legend>Together with" in page.text
    assert 'lang="en"' in page.text


async def test_a_text_is_one_line_and_a_long_text_several(client: httpx.AsyncClient) -> None:
    page = await client.get("/forms/time-off")

    assert '<input type="text" id="f-who"' in page.text
    assert re.findall(r'<textarea id="([^"]+)"', page.text) == ["f-why"]


async def test_nothing_on_the_page_is_a_script_or_comes_from_elsewhere(client: httpx.AsyncClient) -> None:
    page = await client.get("/forms/time-off")
    style = await client.get("/static/style.css")

    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script|style=|\son\w+=|https?://", page.text)
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "url(" not in style.text


async def test_what_is_sent_starts_a_run_with_values_of_their_kinds(
    services: Services, client: httpx.AsyncClient
) -> None:
    sent = await send(client, FILLED)

    assert (sent.status_code, sent.headers["location"]) == (303, "/forms/time-off?sent")
    assert "Have a good time." in (await client.get(sent.headers["location"])).text
    (run,) = await services.application.list_runs()
    values = {"who": "Ada", "days": 3, "kind": "holiday", "with": ["Ada", "Ben"], "urgent": True}
    assert (await services.application.wait(run.id)).output == values


async def test_the_same_page_sent_twice_is_one_run(services: Services, client: httpx.AsyncClient) -> None:
    """A double click, or the back button: whoever sent it is thanked again."""
    page = await client.get("/forms/time-off")
    data = {"token": field_of(page, "token"), **FILLED}

    sent = await asyncio.gather(*(client.post("/forms/time-off", data=data) for _ in range(4)))

    assert [one.status_code for one in sent] == [303] * 4
    assert await count_runs(services) == 1


async def test_everything_that_does_not_fit_is_said_beside_its_field(
    services: Services, client: httpx.AsyncClient
) -> None:
    """What was filled in is kept, and the summary leads to each field."""
    sent = await send(client, {"f-who": "", "f-mail": "ada", "f-days": "three", "f-kind": "other", "f-why": "because"})

    assert sent.status_code == 422
    for name in ("who", "mail", "days", "kind"):
        assert f'<a href="#f-{name}">' in sent.text
        assert f'id="f-{name}-error"' in sent.text
    assert 'aria-describedby="f-days-help f-days-error" aria-invalid="true"' in sent.text
    assert "Write a whole number." in sent.text
    assert 'value="three"' in sent.text
    assert "because</textarea>" in sent.text
    assert "<title>Error:" in sent.text
    assert 'role="alert"' in sent.text
    assert await count_runs(services) == 0


async def test_what_is_sent_back_is_shown_as_text(client: httpx.AsyncClient) -> None:
    sent = await send(client, {f"f-{name}": XSS for name in ("who", "mail", "days", "kind", "with", "why")})

    assert sent.status_code == 422
    assert "<script" not in sent.text
    assert "<img" not in sent.text
    assert "{{ 7*7 }}" in sent.text


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a.1.", "٣.٣.٣"])
async def test_a_token_that_was_not_given_out_starts_nothing(
    services: Services, client: httpx.AsyncClient, token: str
) -> None:
    sent = await client.post("/forms/time-off", data={**FILLED, "token": token})

    assert sent.status_code == 422
    assert "for too long" in sent.text
    assert await count_runs(services) == 0


async def test_a_page_of_another_form_is_no_page_of_this(services: Services, client: httpx.AsyncClient) -> None:
    await deploy(services, FORM.replace("time-off", "other").replace("name: leave", "name: other"))
    other = await client.get("/forms/other")

    sent = await client.post("/forms/time-off", data={**FILLED, "token": field_of(other, "token")})

    assert sent.status_code == 422
    assert await count_runs(services) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_a_form_of_another_site_is_refused(
    services: Services, client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    sent = await send(client, FILLED, **headers)

    assert sent.status_code == 403
    assert await count_runs(services) == 0


async def test_who_fills_in_what_nobody_sees_starts_nothing(services: Services, client: httpx.AsyncClient) -> None:
    """And is not told so."""
    sent = await send(client, {**FILLED, "website": "http://spam.example"})

    assert sent.status_code == 303
    assert await count_runs(services) == 0


async def test_a_form_that_is_not_there_is_a_page_that_says_so(client: httpx.AsyncClient) -> None:
    for path in ("/forms/other", "/forms/", "/forms/time-off/x"):
        answered = await client.get(path)
        assert (answered.status_code, "There is nothing here" in answered.text) == (404, True)


async def test_a_form_leads_on_to_where_it_is_told(services: Services, client: httpx.AsyncClient) -> None:
    text = FORM.replace("name: leave", "name: on").replace("time-off", "on")
    await deploy(services, text.replace("thanks:", "redirect: 'https://shop.example/thanks'\n      thanks:"))
    page = await client.get("/forms/on")

    sent = await client.post("/forms/on", data={**FILLED, "token": field_of(page, "token")})

    assert sent.headers["location"] == "https://shop.example/thanks"
    assert "form-action 'self' https://shop.example" in page.headers["content-security-policy"]
