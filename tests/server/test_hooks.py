"""Webhooks over HTTP: what runs, what the caller hears, and what they do not."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.server.conftest import ClientAs
from tests.server.hooked import ECHO, count_runs, deploy, hook
from treadle.errors import InvalidWorkflow
from treadle.model.ids import RunId
from treadle.server.app import create_app
from treadle.server.services import Services
from treadle.service.access.identities import Identities
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings

RESPOND = """
name: ordering
nodes:
  - {id: hook, type: trigger.webhook, config: {path: orders, respond: respond}}
  - {id: answer, type: http.respond, config: {status: 201, headers: {X-Order: "17", Set-Cookie: a=b}}}
  - {id: after, type: data.transform, config: {transform: "nodes.answer.answered"}}
connections:
  - {from: hook.body, to: answer.body}
"""


@pytest.fixture
async def client(client_as: ClientAs) -> httpx.AsyncClient:
    return await client_as(None)


async def test_the_run_sees_the_request_and_the_caller_its_output(
    services: Services, client: httpx.AsyncClient
) -> None:
    """But what shows who the caller is."""
    await deploy(services, ECHO)

    answered = await client.post(
        "/hooks/echo/berlin?a=1&b=2&b=3",
        json={"n": 1},
        headers={"Cookie": "treadle_session=x", "Authorization": "Bearer y", "X-Of-Ours": "z"},
    )

    said = answered.json()
    assert (answered.status_code, said["body"], said["query"]) == (200, {"n": 1}, {"a": "1", "b": ["2", "3"]})
    assert (said["path"], len(said["hash"])) == ({"shop": "berlin"}, 64)
    assert said["headers"]["x-of-ours"] == "z"
    assert not {"cookie", "authorization"} & said["headers"].keys()
    assert (await services.application.get_result(RunId(answered.headers["x-treadle-run"]))).status == "completed"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/hooks/other"),
        ("DELETE", "/hooks/echo/berlin"),
        ("POST", "/hooks/echo"),
        ("POST", "/hooks/echo/a/b"),
        ("POST", "/hooks/echo/%2e%2e"),
        ("POST", "/hooks//echo/berlin"),
        ("POST", "/hooks/..%2fapi/v1/me/echo"),
        ("OPTIONS", "/hooks/echo/berlin"),
        ("GET", "/hooks/"),
    ],
)
async def test_whatever_is_not_there_is_answered_alike(
    services: Services, client: httpx.AsyncClient, method: str, path: str
) -> None:
    """A wrong method and a wrong path cannot be told apart, and nothing is run."""
    await deploy(services, ECHO)

    answered = await client.request(method, path)

    assert answered.status_code == 404
    assert await count_runs(services) == 0


async def test_one_that_answers_at_once_says_which_run(services: Services, client: httpx.AsyncClient) -> None:
    await deploy(services, hook(respond="at_once"))

    answered = await client.post("/hooks/in", json=7)

    assert (answered.status_code, answered.json()["status"]) == (202, "accepted")
    assert (await services.application.wait(RunId(answered.json()["run"]))).output == 7


async def test_a_failed_run_is_a_problem_that_says_nothing_of_the_inside(
    services: Services, client: httpx.AsyncClient
) -> None:
    await deploy(services, hook().replace("nodes.hook.body}", '"1 / nodes.hook.body.zero"}'))

    answered = await client.post("/hooks/in", json={"zero": 0, "hidden": "topsecret"})

    assert (answered.status_code, answered.json()["code"]) == (500, "run_failed")
    assert "topsecret" not in answered.text
    assert "zero" not in answered.text


async def test_a_suspended_run_is_accepted(services: Services, client: httpx.AsyncClient) -> None:
    """Nobody waits for as long as people take."""
    text = hook() + "  - {id: nap, type: flow.wait, config: {duration: 1h}, after: [hook]}\n"
    await deploy(services, text)

    answered = await client.post("/hooks/in", json=1)

    assert (answered.status_code, answered.json()["status"]) == (202, "suspended")


async def test_a_node_answers_and_the_run_goes_on(services: Services, client: httpx.AsyncClient) -> None:
    """Cookies and what keeps browsers safe are not its to set."""
    await deploy(services, RESPOND)

    answered = await client.post("/hooks/orders", json={"order": 17})

    assert (answered.status_code, answered.json(), answered.headers["x-order"]) == (201, {"order": 17}, "17")
    assert "set-cookie" not in answered.headers
    assert "sandbox" in answered.headers["content-security-policy"]
    run_id = RunId(answered.headers["x-treadle-run"])
    assert (await services.application.wait(run_id)).output is True


async def test_a_run_that_nobody_waits_for_says_so(services: Services) -> None:
    deployed = await deploy(services, RESPOND)

    run_id = await services.deployments.fire(deployed)

    assert run_id is not None
    result = await services.application.wait(run_id)
    assert result.nodes["answer"].outputs == {"answered": False, "reason": "No request waits for this run."}


async def test_a_run_that_ends_without_an_answer_is_a_problem(services: Services, client: httpx.AsyncClient) -> None:
    await deploy(services, hook(respond="respond"))

    answered = await client.post("/hooks/in", json=1)

    assert (answered.status_code, answered.json()["code"]) == (500, "no_answer")


async def test_who_has_waited_long_enough_hears_of_the_run(services: Services, client: httpx.AsyncClient) -> None:
    text = hook(respond="respond", wait="100ms") + "  - {id: nap, type: flow.wait, config: {duration: 2s}}\n"
    await deploy(services, text)

    answered = await client.post("/hooks/in", json=1)

    assert (answered.status_code, answered.json()["status"]) == (202, "accepted")


async def test_the_same_key_is_the_same_run(services: Services, client: httpx.AsyncClient) -> None:
    """Also where both come at once."""
    await deploy(services, hook())
    sent = [client.post("/hooks/in", json=7, headers={"Idempotency-Key": "k1"}) for _ in range(5)]

    answered = await asyncio.gather(*sent)
    later = await client.post("/hooks/in", json=7, headers={"Idempotency-Key": "k1"})

    assert len({one.headers["x-treadle-run"] for one in [*answered, later]}) == 1
    assert (later.status_code, later.json()) == (200, 7)
    assert await count_runs(services) == 1


async def test_a_key_is_of_one_request(services: Services, client: httpx.AsyncClient) -> None:
    """Who guesses the key of somebody else hears nothing of their run."""
    await deploy(services, hook())
    await client.post("/hooks/in", json={"mine": 1}, headers={"Idempotency-Key": "k1"})

    other = await client.post("/hooks/in", json={}, headers={"Idempotency-Key": "k1"})

    assert (other.status_code, other.json()["code"], "mine" in other.text) == (422, "key_reused", False)
    assert await count_runs(services) == 1


async def test_runs_of_a_deployment_with_limits_take_turns(services: Services, client: httpx.AsyncClient) -> None:
    """Whoever waits for theirs waits for those before it."""
    text = hook() + "  - {id: nap, type: flow.wait, config: {duration: 20ms}, after: [hook]}\n"
    await deploy(services, text.replace("respond: when_done", "respond: when_done, in_turn: true"))

    answered = await asyncio.gather(*(client.post("/hooks/in", json=number) for number in range(4)))

    assert [one.status_code for one in answered] == [200] * 4
    runs = [await services.application.store.get_run(RunId(one.headers["x-treadle-run"])) for one in answered]
    assert {run.lane for run in runs} == {"deployment:guarded"}


async def test_a_run_without_limits_has_no_lane(services: Services, client: httpx.AsyncClient) -> None:
    await deploy(services, hook())

    answered = await client.post("/hooks/in", json=1)

    assert (await services.application.store.get_run(RunId(answered.headers["x-treadle-run"]))).lane is None


async def test_the_inputs_of_the_workflow_come_from_the_request(services: Services, client: httpx.AsyncClient) -> None:
    text = (
        "name: mapped\ninputs:\n  order: {type: string}\n  count: {type: integer, default: 1}\nnodes:\n"
        "  - {id: hook, type: trigger.webhook, config: {path: 'm/{shop}', respond: when_done,"
        " input: {order: 'path.shop + body.order'}}}\n"
        "  - {id: said, type: data.transform, after: [hook], config:"
        " {transform: '[workflow.input.order, workflow.input.count, nodes.hook.method]'}}\n"
    )
    await deploy(services, text)

    fits = await client.post("/hooks/m/x", json={"order": "A17"})
    misses = await client.post("/hooks/m/x", json={})

    assert (fits.status_code, fits.json()) == (200, ["xA17", 1, "POST"])
    assert (misses.status_code, misses.json()["code"]) == (422, "invalid_input")
    assert await count_runs(services) == 1


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "invalid_json"),
        (b"[" * 200 + b"]" * 200, "application/json", 400, "invalid_json"),
        (b"NaN", "application/json", 400, "invalid_json"),
        (b"x" * 2000, "text/plain", 413, "body_too_large"),
        (b"\xff\xfe", "text/plain", 422, "invalid_body"),
        (b"x", "image/png", 415, "unsupported_media_type"),
        (b"x", "multipart/form-data", 422, "invalid_body"),
        (b"&".join(b"a=1" for _ in range(300)) * 1, "application/x-www-form-urlencoded", 413, "body_too_large"),
    ],
)
async def test_a_body_that_does_not_do_starts_nothing(
    services: Services, client: httpx.AsyncClient, content: bytes, kind: str, status: int, code: str
) -> None:
    await deploy(services, hook(max_body=1000))

    answered = await client.post("/hooks/in", content=content, headers={"Content-Type": kind})

    assert (answered.json()["code"], answered.status_code) == (code, status)
    assert await count_runs(services) == 0


async def test_files_and_forms_and_text_are_read_as_what_they_are(
    services: Services, client: httpx.AsyncClient
) -> None:
    await deploy(services, hook())

    form = await client.post("/hooks/in", data={"a": "1", "b": ["2", "3"]})
    text = await client.post("/hooks/in", content="hello", headers={"Content-Type": "text/plain"})
    files = await client.post("/hooks/in", data={"a": "1"}, files={"f": ("x.txt", b"hi", "text/plain")})

    assert (form.json(), text.json()) == ({"a": "1", "b": ["2", "3"]}, "hello")
    assert files.json() == {"a": "1", "f": {"name": "x.txt", "type": "text/plain", "size": 2, "base64": "aGk="}}


async def test_two_deployments_cannot_have_one_address(services: Services) -> None:
    """All that is taken is said at once; another method, or a stopped deployment, is no hindrance."""
    text = ECHO + "  - {id: second, type: trigger.webhook, config: {path: two}}\n"
    await deploy(services, text)

    with pytest.raises(InvalidWorkflow) as refused:
        await deploy(services, text.replace("{shop}", "{place}"), name="again")

    assert (refused.value.code, len(refused.value.issues)) == ("address_taken", 2)
    await deploy(services, ECHO.replace("[POST, GET]", "[PUT]"), name="other-method")
    await services.deployments.stop("echo")
    await deploy(services, text, name="again")
    with pytest.raises(InvalidWorkflow):
        await services.deployments.start("echo")


def answering(path: str, name: str, *, methods: str = "[POST]") -> dict[str, object]:
    config = f'{{path: "{path}", methods: {methods}}}'
    return {
        "text": f"name: {name}\nnodes:\n  - {{id: hook, type: trigger.webhook, config: {config}}}\n",
        "publish": True,
    }


async def deploy_as(client: httpx.AsyncClient, definition: dict[str, object], name: str) -> httpx.Response:
    assert (await client.post("/api/v1/workflows", json=definition)).status_code == 201
    return await client.post("/api/v1/deployments", json={"workflow": name, "name": name})


@pytest.mark.parametrize(
    ("hers", "his"), [("stripe/{account}", "stripe/acct-77"), ("a/b/{c}", "a/{b}/c"), ("fixed", "{any}")]
)
async def test_nobody_takes_a_part_of_what_another_answers(client_as: ClientAs, hers: str, his: str) -> None:
    """Neither is said whose it is, nor does it matter who came first."""
    ada, bob = await client_as("editor", name="ada"), await client_as("editor", name="bob")
    assert (await deploy_as(ada, answering(hers, "hers"), "hers")).status_code == 201

    refused = await deploy_as(bob, answering(his, "his"), "his")

    assert (refused.status_code, refused.json()["code"], "ada" in refused.text) == (422, "address_taken", False)
    assert (await deploy_as(ada, answering(his, "also-hers"), "also-hers")).status_code == 201
    assert (await deploy_as(bob, answering(his, "put", methods="[PUT]"), "put")).status_code == 201
    assert (await deploy_as(bob, answering(f"{his}/x", "longer"), "longer")).status_code == 201


async def test_an_answer_sets_no_header_that_browsers_apply_to_the_whole_origin(
    services: Services, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    refused = ["Set-Cookie", "NEL", "Report-To", "Reporting-Endpoints", "Clear-Site-Data", "Alt-Svc", "Refresh"]
    refused += ["Accept-CH", "Origin-Agent-Cluster", "Service-Worker-Allowed", "Strict-Transport-Security"]
    refused += [
        "Content-Security-Policy-Report-Only",
        "WWW-Authenticate",
        "Access-Control-Allow-Origin",
        "Speculation-Rules",
    ]
    refused += ["X-Accel-Redirect", "X-Sendfile", "X-Frame-Options", "X-Content-Type-Options", "X-Treadle-Run"]
    allowed = ["ETag", "Cache-Control", "Content-Disposition", "Last-Modified", "Retry-After", "Link", "X-Order"]
    headers = ", ".join(f'{name}: "of the workflow"' for name in (*refused, *allowed))
    await deploy(services, RESPOND.replace('X-Order: "17", Set-Cookie: a=b', headers))

    answered = await client.post("/hooks/orders", json=1)

    theirs = [name for name, value in answered.headers.items() if value == "of the workflow"]
    assert sorted(theirs) == sorted(name.lower() for name in allowed)
    assert all(name in caplog.text for name in refused)


async def test_a_paused_deployment_is_not_there(services: Services, client: httpx.AsyncClient) -> None:
    await deploy(services, hook())
    assert (await client.post("/hooks/in", json=1)).status_code == 200

    await services.deployments.pause("guarded")
    await asyncio.sleep(0.15)

    assert (await client.post("/hooks/in", json=1)).status_code == 404


async def test_a_new_version_answers_from_then_on(services: Services, client: httpx.AsyncClient) -> None:
    await deploy(services, hook())
    assert (await client.post("/hooks/in", json=1)).json() == 1

    await deploy(services, hook().replace("nodes.hook.body}", '"nodes.hook.body + 1"}'))
    await asyncio.sleep(0.15)

    assert (await client.post("/hooks/in", json=1)).json() == 2


async def test_an_address_that_nobody_chose_cannot_be_guessed(services: Services, client: httpx.AsyncClient) -> None:
    from treadle.service.hooks.address import path_of

    await deploy(services, hook().replace("path: in, ", ""))
    (trigger,) = await services.deployments.triggers("guarded")
    path = path_of(trigger)

    assert path.startswith("guarded-")
    assert len(path) == len("guarded-") + 16
    assert (await client.post(f"/hooks/{path}", json=3)).json() == 3
    assert (await client.post("/hooks/guarded", json=3)).status_code == 404


async def test_pages_of_other_sites_may_call_where_it_is_said(services: Services, client: httpx.AsyncClient) -> None:
    await deploy(services, hook(cors='["https://shop.example"]'))
    asked = {"Access-Control-Request-Method": "POST"}

    ours = await client.options("/hooks/in", headers={"Origin": "https://shop.example", **asked})
    foreign = await client.options("/hooks/in", headers={"Origin": "https://evil.example", **asked})
    answered = await client.post("/hooks/in", json=1, headers={"Origin": "https://shop.example"})
    elsewhere = await client.post("/hooks/in", json=1, headers={"Origin": "https://evil.example"})

    assert (ours.status_code, ours.headers["access-control-allow-origin"]) == (204, "https://shop.example")
    assert foreign.status_code == 404
    assert answered.headers["access-control-allow-origin"] == "https://shop.example"
    assert "access-control-allow-origin" not in elsewhere.headers
    assert "access-control-allow-credentials" not in answered.headers


async def test_an_address_that_calls_too_often_is_told_to_wait(settings: Settings) -> None:
    """And only that one."""
    application = Application(replace(settings, hook_rate=2))
    async with application:
        services = Services(application, Deployments(application), Identities(application))
        await deploy(services, hook())
        transport = httpx.ASGITransport(create_app(services))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765") as client:
            answered = [await client.post("/hooks/in", json=1) for _ in range(3)]

    assert [one.status_code for one in answered] == [200, 200, 429]
    assert int(answered[2].headers["retry-after"]) >= 1


def signed(body: bytes, *, name: str, at: datetime, key: bytes = b"k" * 32) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    digest = base64.b64encode(hmac.digest(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256)).decode()
    return {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": f"v1,{digest}"}


async def test_a_signed_request_counts_once(
    services: Services, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent again, it starts nothing, and whoever sends it again hears nothing of what the run came to."""
    monkeypatch.setenv("TREADLE_SECRET_SHOP", "whsec_" + base64.b64encode(b"k" * 32).decode())
    await deploy(services, hook(auth="signature", secret='"{{ secrets.shop }}"'))
    headers = signed(b'{"n":1}', name="m1", at=services.application.world.clock.now())

    first = await client.post("/hooks/in", content=b'{"n":1}', headers=headers)
    replayed = await client.post("/hooks/in", content=b'{"n":1}', headers=headers)
    altered = await client.post("/hooks/in", content=b'{"n":2}', headers=headers)

    assert (first.status_code, first.json()) == (200, {"n": 1})
    assert (replayed.status_code, replayed.json()) == (
        202,
        {"run": first.headers["x-treadle-run"], "status": "repeated"},
    )
    assert altered.status_code == 401
    assert await count_runs(services) == 1


async def test_what_shows_who_sends_is_kept_nowhere(
    services: Services, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREADLE_SECRET_SHOP", "canary-31415")
    await deploy(services, hook(auth="token", secret='"{{ secrets.shop }}"'))

    refused = await client.post("/hooks/in", json=1, headers={"X-Token": "canary"})
    answered = await client.post("/hooks/in", json=1, headers={"X-Token": "canary-31415"})

    assert (refused.status_code, refused.json()["code"], answered.status_code) == (401, "not_authenticated", 200)
    (run,) = await services.application.list_runs()
    assert "canary" not in repr(run)
    assert "canary" not in refused.text


async def test_who_guesses_is_soon_told_to_wait(
    services: Services, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREADLE_SECRET_SHOP", "s3cret")
    await deploy(services, hook(auth="token", secret='"{{ secrets.shop }}"'))

    statuses = [(await client.post("/hooks/in", json=1, headers={"X-Token": str(n)})).status_code for n in range(70)]

    assert statuses[0] == 401
    assert statuses[-1] == 429


async def test_one_who_has_a_whole_network_of_addresses_guesses_no_more_often(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREADLE_SECRET_SHOP", "s3cret")
    await deploy(services, hook(auth="token", secret='"{{ secrets.shop }}"'))
    app, statuses = create_app(services), list[int]()

    for number in range(70):
        transport = httpx.ASGITransport(app, client=(f"2001:db8:1:2::{number:x}", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765") as client:
            statuses.append((await client.post("/hooks/in", json=1, headers={"X-Token": str(number)})).status_code)

    assert (statuses[0], statuses[-1]) == (401, 429)


@pytest.mark.parametrize("auth", [{"auth": "token"}, {"auth": "basic", "user": "ada"}])
async def test_whoever_may_not_send_is_not_read(
    services: Services, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, auth: dict[str, str]
) -> None:
    monkeypatch.setenv("TREADLE_SECRET_SHOP", "s3cret")
    await deploy(services, hook(**auth, secret='"{{ secrets.shop }}"'))
    read = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(10):
            read += 1
            yield b"[[[["

    refused = await client.post("/hooks/in", content=parts(), headers={"X-Token": "no"})

    assert (refused.status_code, read) == (401, 0)


async def test_a_body_that_does_not_arrive_is_not_waited_for(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds no run and no place."""
    monkeypatch.setattr("treadle.server.hooks.BODY_SECONDS", 0.05)
    await deploy(services, hook())
    sent: list[dict[str, Any]] = []
    parts = [{"type": "http.request", "body": b"[1,", "more_body": True}]

    async def receive() -> dict[str, Any]:
        if parts:
            return parts.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/hooks/in",
        "raw_path": b"/hooks/in",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1:8765"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8765),
        "scheme": "http",
        "root_path": "",
    }
    await create_app(services)(scope, receive, send)  # type: ignore[arg-type]

    assert sent[0]["status"] == 408
    assert await count_runs(services) == 0


async def test_why_a_request_was_refused_is_logged_and_not_for_each_of_many(
    services: Services, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TREADLE_SECRET_SHOP", "right-token")
    caplog.set_level(logging.INFO, logger="treadle")
    await deploy(services, hook(auth="token", secret='"{{ secrets.shop }}"'))

    for _ in range(20):
        refused = await client.post("/hooks/in", json=1, headers={"X-Token": "wrong-token"})

    told = [one for one in caplog.records if getattr(one, "reason", "") == "wrong_or_missing"]
    assert (refused.status_code, 0 < len(told) < 10) == (401, True)
    assert "wrong-token" not in caplog.text
    assert "right-token" not in caplog.text


async def test_a_stranger_hears_which_fields_are_missing_and_no_expression(
    services: Services, client: httpx.AsyncClient
) -> None:
    text = hook(input="{sum: 'int(body.order.total) * 3', who: body.who, size: 'int(body.size)'}")
    await deploy(services, text.replace("nodes:", "inputs: {sum: integer, who: string, size: integer}\nnodes:", 1))

    answered = await client.post("/hooks/in", json={"order": {}, "size": "large"})

    said = "The request does not say what is needed: `body.order.total`, `body.who`, `size`."
    assert (answered.status_code, answered.json()["title"]) == (422, said)
