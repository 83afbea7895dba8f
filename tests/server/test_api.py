"""What every route of the API has in common: how it refuses, what it never does, and what its document says."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from starlette.routing import Route

from tests.server.conftest import ClientAs
from treadle.server.api import create_document
from treadle.server.app import create_app
from treadle.server.headers import API_CSP
from treadle.server.services import Services

API = "/api/v1"
VALIDATE = f"{API}/workflows/validate"
JSON = {"content-type": "application/json"}


@pytest.fixture
async def editor(client_as: ClientAs) -> httpx.AsyncClient:
    return await client_as("editor")


def assert_problem(response: httpx.Response, status: int, code: str) -> None:
    body = response.json()
    assert (response.status_code, body["status"], body["code"]) == (status, status, code), response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert body["type"] == f"urn:treadle:error:{code}"
    assert "Traceback" not in response.text


async def test_an_address_and_a_method_that_there_are_not_are_problems(editor: httpx.AsyncClient) -> None:
    assert_problem(await editor.get(f"{API}/no/such"), 404, "unknown_address")
    assert_problem(await editor.get("/no/such"), 404, "unknown_address")
    refused = await editor.patch(f"{API}/info")
    assert_problem(refused, 405, "method_not_allowed")
    assert refused.headers["allow"] == "GET"


async def test_nobody_gets_in_without_a_key(client_as: ClientAs) -> None:
    nobody = await client_as(None)

    for path in ("/workflows", "/nodes", "/info", "/tags"):
        assert_problem(await nobody.get(f"{API}{path}"), 401, "unauthenticated")


async def test_everything_that_is_wrong_in_a_request_is_said_at_once(editor: httpx.AsyncClient) -> None:
    response = await editor.post(f"{API}/workflows", json={"text": 1, "tags": "x", "no": 1, "publish": "perhaps"})

    assert_problem(response, 422, "invalid_request")
    issues = {issue["path"]: issue for issue in response.json()["issues"]}
    assert set(issues) == {"text", "tags", "no", "publish"}
    assert all(issue["remedy"] for issue in issues.values())


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b'{"text": NaN}',
        b'{"text": Infinity}',
        b'{"definition": {"a": 1e999}}',
        b'{"text": "\\ud800"}',
        b"\xff\xfe",
        b'{"definition": ' + b"[" * 100_000,
        b'{"definition": {"a": ' + b"[" * 65 + b"]" * 65 + b"}}",
        b'{"definition": {"a": ' + b"1" * 5_000 + b"}}",
    ],
    ids=["cut", "empty", "nan", "infinity", "huge", "half-character", "binary", "bomb", "deep", "digits"],
)
async def test_what_is_no_json_is_refused_before_anything_looks_at_it(editor: httpx.AsyncClient, body: bytes) -> None:
    response = await editor.post(VALIDATE, content=body, headers=JSON)

    assert response.status_code in (400, 422)
    assert response.json()["code"] in ("invalid_json", "invalid_request")


async def test_a_body_is_no_larger_than_the_operator_allows(services: Services, client_as: ClientAs) -> None:
    editor = await client_as("editor")
    key = editor.headers["authorization"]
    application = services.application
    application.settings = replace(application.settings, max_body=1_000)
    transport = httpx.ASGITransport(create_app(services))

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100

    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8765", headers={"authorization": key}
    ) as client:
        said = await client.post(VALIDATE, content=b" " * 1_001, headers=JSON)
        unsaid = await client.post(VALIDATE, content=pieces(), headers=JSON)

    assert_problem(said, 413, "body_too_large")
    assert_problem(unsaid, 413, "body_too_large")


async def test_a_body_of_another_kind_is_refused_and_told_which_is_read(editor: httpx.AsyncClient) -> None:
    form = await editor.post(VALIDATE, data={"text": "name: a"})
    unnamed = await editor.post(VALIDATE, content=b'{"text": "name: a"}')
    yaml = await editor.post(f"{API}/workflows/a/publish", content=b"a: 1", headers={"content-type": "text/yaml"})

    for response in (form, unnamed, yaml):
        assert_problem(response, 415, "unsupported_media_type")
    assert "application/json" in form.json()["remedy"]


async def test_a_long_address_and_long_headers_are_refused(editor: httpx.AsyncClient) -> None:
    assert_problem(await editor.get(f"{API}/workflows?search={'x' * 9_000}"), 414, "address_too_long")
    assert_problem(await editor.get(f"{API}/info", headers={"x-much": "y" * 40_000}), 431, "headers_too_large")


@pytest.mark.parametrize(
    "cursor",
    ["x", "!!", "e30", "W10", "bnVsbA", "eyJzb3J0IjogIm5hbWUifQ", "\x00", "eyJhdCI6MWU5OTl9", "a" * 1_999, "%ff"],
)
async def test_a_cursor_that_was_not_given_out_is_refused(editor: httpx.AsyncClient, cursor: str) -> None:
    assert_problem(await editor.get(f"{API}/workflows", params={"cursor": cursor}), 422, "bad_cursor")


async def test_a_cursor_of_another_list_is_refused(editor: httpx.AsyncClient) -> None:
    for name in ("a", "b"):
        await editor.post(f"{API}/workflows", json={"text": f"name: {name}\nnodes: []\n"})
    cursor = (await editor.get(f"{API}/workflows", params={"limit": 1})).json()["next"]

    other = await editor.get(f"{API}/workflows", params={"cursor": cursor, "sort": "-updated"})

    assert_problem(other, 422, "bad_cursor")


async def test_security_headers_are_on_every_response(editor: httpx.AsyncClient) -> None:
    for path in (f"{API}/info", f"{API}/nope", "/nope", f"{API}/openapi.json", f"{API}/info?x={'y' * 9_000}"):
        headers = (await editor.get(path)).headers
        assert headers["content-security-policy"] == API_CSP, path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers
        assert "strict-transport-security" not in headers


async def test_https_is_remembered_where_it_is_spoken(services: Services) -> None:
    transport = httpx.ASGITransport(create_app(services))
    async with httpx.AsyncClient(transport=transport, base_url="https://127.0.0.1:8765") as client:
        assert "strict-transport-security" in (await client.get(f"{API}/info")).headers


async def test_other_origins_may_use_the_api_only_when_the_operator_says_so(services: Services) -> None:
    origin = {"origin": "https://desk.example.com"}
    application = services.application

    async def allowed() -> str | None:
        transport = httpx.ASGITransport(create_app(services))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765") as client:
            response = await client.get(f"{API}/info", headers=origin)
            assert "access-control-allow-credentials" not in response.headers
            return response.headers.get("access-control-allow-origin")

    before = await allowed()
    application.settings = replace(application.settings, cors_origins=("https://desk.example.com",))
    after = await allowed()

    assert (before, after) == (None, "https://desk.example.com")


async def test_large_json_goes_out_compressed(editor: httpx.AsyncClient) -> None:
    large = await editor.get(f"{API}/nodes", headers={"accept-encoding": "gzip"})
    small = await editor.get(f"{API}/info", headers={"accept-encoding": "gzip"})

    assert (large.headers.get("content-encoding"), small.headers.get("content-encoding")) == ("gzip", None)


async def test_a_defect_says_nothing_but_where_its_log_is(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    async def break_down(request: object) -> None:
        raise RuntimeError("the password is hunter2")

    app = create_app(services)
    api = next(route for route in app.routes if getattr(route, "path", "") == API).app  # pyright: ignore
    api.router.routes.insert(0, Route("/break", break_down))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8765") as client:
        response = await client.get(f"{API}/break")

    assert_problem(response, 500, "internal_error")
    assert "hunter2" not in response.text
    assert response.json()["details"]["request"] == response.headers["x-request-id"]
    assert "hunter2" in caplog.text


@pytest.mark.parametrize(
    "name", ["..%2f..%2fetc%2fpasswd", "%2e%2e", "a%00b", "a%0d%0aX-Evil:1", "%ff", "a" * 101, "A B"]
)
async def test_names_that_are_paths_or_headers_reach_nothing(editor: httpx.AsyncClient, name: str) -> None:
    for path in (f"/workflows/{name}", f"/workflows/{name}/export", f"/nodes/{name}", f"/workflows/a/versions/{name}"):
        response = await editor.get(f"{API}{path}")
        assert response.status_code in (404, 422), (path, response.text)
        assert "x-evil" not in response.headers

    made = await editor.post(f"{API}/workflows", json={"text": "nodes: []\n", "name": "../../etc"})
    assert_problem(made, 422, "invalid_name")


_BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(12)
)


@pytest.mark.parametrize(
    "text",
    [
        _BOMB,
        "&a [*a]",
        "a: " + "[" * 5_000,
        "a:\n" + "".join(f"{' ' * i}- \n" for i in range(1, 400)),
        "!!python/object/apply:os.system ['id']",
        "name: a\nnodes: !!binary aGVsbG8=\n",
        "name: a\nnodes:\n  - {id: x, type: data.transform, config: {transform: .nan}}\n",
        "name: a\nnodes:\n  - {id: x, type: data.transform, config: {transform: .inf}}\n",
        "name: a\nname: b\nnodes: []\n",
        "? [a, b]\n: c\n",
        "\x00\x01\x02",
        "2026-01-31: 2026-01-31\nname: a\nnodes: [2026-01-31T00:00:00Z]\n",
        "<<: *missing\n",
    ],
)
async def test_hostile_yaml_is_refused_in_words(editor: httpx.AsyncClient, text: str) -> None:
    checked = await editor.post(VALIDATE, json={"text": text})
    drafted = await editor.post(f"{API}/workflows", json={"text": text})

    assert checked.status_code == 200, checked.text
    assert not checked.json()["valid"]
    assert checked.json()["issues"]
    assert drafted.status_code in (201, 422)
    if drafted.status_code == 201:
        assert (await editor.get(drafted.headers["location"])).status_code == 200


async def test_a_definition_that_is_too_large_is_refused_before_it_is_read(editor: httpx.AsyncClient) -> None:
    large = "name: a\n" + "#" * 1_000_001

    assert_problem(
        await editor.post(VALIDATE, content=large.encode(), headers={"content-type": "application/yaml"}),
        422,
        "invalid_request",
    )
    definition = {"name": "a", "nodes": [], "description": "x" * 1_000_001}
    assert_problem(await editor.post(VALIDATE, json={"definition": definition}), 413, "body_too_large")


def test_every_operation_of_the_document_is_named_described_and_refuses_by_problems() -> None:
    document = create_document()
    operations = [
        (f"{method.upper()} {path}", route)
        for path, routes in document["paths"].items()
        for method, route in routes.items()
    ]
    ids = [route["operationId"] for _, route in operations]

    assert document["openapi"].startswith("3.1")
    assert len(ids) == len(set(ids))
    assert all("_" not in name and name[0].islower() for name in ids), ids
    for name, route in operations:
        assert route.get("summary"), name
        assert route.get("tags"), name
        assert route["responses"]["422"] == {"$ref": "#/components/responses/Unprocessable"}, name
    assert all(tag.get("description") for tag in document["tags"]), document["tags"]
    assert "HTTPValidationError" not in json.dumps(document)


async def test_a_mistyped_filter_is_refused_and_the_right_one_named(client_as: ClientAs) -> None:
    client = await client_as("viewer")

    answer = await client.get("/api/v1/runs", params={"workfow": "report", "limit": 1, "zzz": 1})

    found = answer.json()
    assert (answer.status_code, found["code"]) == (422, "unknown_query")
    assert [issue["path"] for issue in found["issues"]] == ["query.workfow", "query.zzz"]
    assert "`workflow`" in found["issues"][0]["remedy"]
