"""Hostile bodies, names and values, wherever the server takes them: refused in words, never run, never believed."""

from __future__ import annotations

import httpx
import pytest

from tests.server.conftest import ClientAs
from tests.server.hooked import count_runs, deploy, hook
from treadle.authoring.document import load_workflow
from treadle.server.services import Services
from treadle.service.execution import ExecutionRequest

API = "/api/v1"
JSON, YAML = {"Content-Type": "application/json"}, {"Content-Type": "text/yaml"}
SCRIPT = "<script>alert(1)</script>"
QUICK = "name: quick\nnodes:\n  - {id: a, type: data.template, config: {template: done}}\n"

LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(12)
)
BOMBS = {
    "laughs": LAUGHS,
    "itself": "name: a\nnodes: &a [*a]\n",
    "merged": "a: &a {x: 1}\n" + "".join(f"{chr(98 + i)}: &{chr(98 + i)} {{<<: [*a, *a]}}\n" for i in range(20)),
    "deep": "a: " + "[" * 20_000,
    "wide": "a:\n" + "".join(f"{' ' * i}- \n" for i in range(1, 400)),
    "python": "!!python/object/apply:os.system ['id']",
    "name": "!!python/name:os.system\n",
    "many documents": "---\nname: a\n" * 3_000,
}
NESTED = {
    "lists": b"[" * 100_000,
    "objects": b'{"a":' * 100_000,
    "closed": b"[" * 3_000 + b"]" * 3_000,
    "nan": b"NaN",
    "huge": b"1e999",
    "digits": b"1" * 10_000,
    "half": b'"\\ud800"',
    "twice": b'{"a": 1, "a": ' + b"[" * 200 + b"]" * 200 + b"}",
}


@pytest.fixture
async def editor(client_as: ClientAs) -> httpx.AsyncClient:
    return await client_as("editor")


def refused(response: httpx.Response, *statuses: int) -> None:
    assert response.status_code in statuses, response.text[:500]
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "Traceback" not in response.text
    assert len(response.content) < 100_000


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
async def test_a_file_that_explodes_is_refused_wherever_files_are_taken(
    editor: httpx.AsyncClient, services: Services, bomb: str
) -> None:
    answers = [
        await editor.post(f"{API}/workflows/import", json={"text": bomb}),
        await editor.post(f"{API}/workflows/import", content=bomb, headers=YAML),
        await editor.post(f"{API}/workflows", json={"text": bomb, "publish": True}),
        await editor.post(f"{API}/workflows", params={"publish": "true"}, content=bomb, headers=YAML),
        await editor.post(f"{API}/execute", json={"text": bomb}),
    ]

    for answer in answers:
        if answer.status_code == 200:  # what is merely wrong is imported as a draft, which says so
            assert all(one["problems"] for one in answer.json()["items"])
            assert len(answer.content) < 10_000
        else:
            refused(answer, 400, 409, 413, 415, 422)
    assert await services.application.store.list_versions() == []
    assert await count_runs(services) == 0


@pytest.mark.parametrize("nested", NESTED.values(), ids=NESTED)
async def test_json_that_explodes_is_refused_wherever_json_is_taken(
    editor: httpx.AsyncClient, services: Services, nested: bytes
) -> None:
    await editor.post(f"{API}/workflows", json={"text": QUICK, "publish": True})
    places = {
        "/workflows/quick/execute": b'{"input": {"a": %s}}',
        "/workflows/validate": b'{"definition": {"nodes": %s}}',
        "/workflows": b'{"definition": {"name": "a", "nodes": %s}}',
        "/nodes/data.template/test": b'{"inputs": {"value": %s}}',
        "/signals": b'{"name": "a", "payload": %s}',
        "/events": b'{"topic": "a", "payload": %s}',
    }

    for path, body in places.items():
        refused(await editor.post(f"{API}{path}", content=body % nested, headers=JSON), 400, 404, 422)
    assert await count_runs(services) == 0


@pytest.mark.parametrize("nested", [NESTED[one] for one in ("lists", "objects", "closed", "nan", "half")])
async def test_a_webhook_reads_nothing_that_explodes(services: Services, client_as: ClientAs, nested: bytes) -> None:
    await deploy(services, hook())
    client = await client_as(None)

    answer = await client.post("/hooks/in", content=nested, headers=JSON)

    refused(answer, 400, 422)
    assert await count_runs(services) == 0


async def test_html_that_a_run_answers_with_is_put_into_a_sandbox(services: Services, client_as: ClientAs) -> None:
    """It comes from the origin of the API: what it holds runs nothing, reads no cookie and sends no form."""
    text = hook(respond="respond").replace(
        "  - {id: said, type: data.transform, config: {transform: nodes.hook.body}}\n",
        "  - {id: said, type: data.template, config: {template: '" + SCRIPT + "'}}\n"
        "  - {id: page, type: http.respond, config: {headers: {Content-Type: text/html, Set-Cookie: a=b,\n"
        "     X-Frame-Options: ALLOWALL, Content-Security-Policy: default-src *, X-Content-Type-Options: sniff}}}\n"
        "connections: [{from: said.output, to: page.body}]\n",
    )
    await deploy(services, text)
    client = await client_as(None)

    answer = await client.post("/hooks/in", json={})

    assert (answer.status_code, answer.text) == (200, SCRIPT)
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "allow-scripts" not in answer.headers["content-security-policy"]
    assert "allow-same-origin" not in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers


async def test_what_a_run_comes_to_is_data_for_a_browser_too(editor: httpx.AsyncClient, services: Services) -> None:
    (workflow,) = load_workflow(QUICK.replace("template: done", f"template: '{SCRIPT}'")).workflows
    await services.application.publish(workflow)
    result = await services.application.execute(ExecutionRequest("quick"))

    for path in (f"/runs/{result.run_id}", f"/runs/{result.run_id}/result", "/workflows/quick", f"/runs/{SCRIPT}"):
        answer = await editor.get(f"{API}{path}")

        assert answer.headers["content-type"] in ("application/json", "application/problem+json"), path
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/forms/%3Cscript%3E",
        "/t/%3Cscript%3E",
        "/sign-in/%3Cscript%3E",
        "/docs?q=%3Cscript%3Ealert(1)%3C/script%3E",
    ],
)
async def test_no_page_gives_back_what_was_asked_for_as_markup(client_as: ClientAs, path: str) -> None:
    client = await client_as("viewer", name="viewer")

    page = await client.get(path)

    assert "<script" not in page.text
    assert (
        "script-src" not in page.headers["content-security-policy"]
        or "'none'" in page.headers["content-security-policy"]
    )


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a/b", "a\\b", 'a"; filename="x.exe', "a\r\nX-Evil: 1", "a\0b", "ＡＢ", ".hidden", "con:"],
)
async def test_no_name_becomes_a_path_or_a_header_of_an_export(editor: httpx.AsyncClient, name: str) -> None:
    made = await editor.post(f"{API}/workflows", json={"text": "nodes: []\n", "name": name})
    taken = await editor.post(f"{API}/workflows/import", json={"text": f"name: {name!r}\nnodes: []\n"})
    bundled = await editor.post(f"{API}/workflows/export", json={"names": [name]})

    refused(made, 422)
    refused(taken, 422)
    refused(bundled, 404, 422)
    for answer in (made, taken, bundled):
        assert "x-evil" not in answer.headers
