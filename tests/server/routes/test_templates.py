"""Templates over HTTP: found, filled in, published, rated; and one that really takes requests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.packs.http.service import running
from tests.server.conftest import ClientAs
from treadle.model.ids import RunId
from treadle.server.services import Services
from treadle.service.settings import Settings

TEMPLATES = "/api/v1/templates"
URLS = {"source_url": "https://a.example/items", "target_url": "https://b.example/{{ loop.item.id }}"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    from dataclasses import replace

    return replace(settings, allow_private_network=True)


async def test_templates_are_listed_a_page_at_a_time(client_as: ClientAs) -> None:
    viewer = await client_as("viewer")

    first = (await viewer.get(TEMPLATES, params={"limit": 15})).json()
    second = (await viewer.get(TEMPLATES, params={"limit": 15, "cursor": first["next"]})).json()
    found = (await viewer.get(TEMPLATES, params={"category": "general", "search": "sync"})).json()["items"]

    listed = [one["name"] for one in first["items"] + second["items"]]
    assert listed == sorted(listed)
    assert len(listed) >= 21
    assert second["next"] is None
    assert [one["name"] for one in found] == ["api-sync"]
    assert found[0]["statistics"] == {
        "uses": 0, "completed": 0, "failed": 0, "success_rate": None, "success_at_least": None, "ratings": 0,
        "rating": None,
    }  # fmt: skip


async def test_a_template_has_a_form_a_graph_and_its_file(client_as: ClientAs) -> None:
    viewer = await client_as("viewer")

    shown = (await viewer.get(f"{TEMPLATES}/api-sync")).json()
    file = await viewer.get(f"{TEMPLATES}/api-sync/export")
    unknown = await viewer.get(f"{TEMPLATES}/api-snyc")

    assert shown["parameters"]["required"] == ["source_url", "target_url"]
    assert [node["id"] for node in shown["graph"]["nodes"]] == ["when", "fetch", "changed", "write"]
    assert (file.text, file.headers["content-type"]) == (shown["text"], "application/yaml")
    assert 'filename="api-sync.yaml"' in file.headers["content-disposition"]
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_template")


async def test_a_workflow_made_of_a_template_belongs_to_whoever_made_it(client_as: ClientAs) -> None:
    editor, viewer = await client_as("editor"), await client_as("viewer")
    body = {"name": "orders", "parameters": URLS, "publish": True, "tags": ["mine"]}

    refused = await viewer.post(f"{TEMPLATES}/api-sync/instantiate", json=body)
    made = await editor.post(f"{TEMPLATES}/api-sync/instantiate", json=body)
    workflow = (await editor.get(made.headers["location"])).json()

    assert (refused.status_code, made.status_code) == (403, 201)
    assert made.json()["missing_secrets"] == []
    assert (workflow["version"], workflow["owner"] is None) == (1, False)
    assert "mine" in workflow["tags"]
    assert (await viewer.get(f"{TEMPLATES}/api-sync")).json()["statistics"]["uses"] == 1
    assert (await viewer.get(f"{TEMPLATES}/api-sync/uses")).json()["items"] == []
    assert [one["workflow"] for one in (await editor.get(f"{TEMPLATES}/api-sync/uses")).json()["items"]] == ["orders"]


async def test_everything_that_is_wrong_with_parameters_is_told_by_its_place(client_as: ClientAs) -> None:
    editor = await client_as("editor")

    answered = await editor.post(f"{TEMPLATES}/api-sync/instantiate", json={"name": "No", "parameters": {"x": 1}})

    assert (answered.status_code, answered.json()["code"]) == (422, "invalid_parameters")
    assert [one["path"] for one in answered.json()["issues"]] == [
        "parameters.x", "parameters.source_url", "parameters.target_url", "name",
    ]  # fmt: skip


async def test_templates_are_recommended_with_reasons(client_as: ClientAs) -> None:
    viewer = await client_as("viewer")

    found = (await viewer.post(f"{TEMPLATES}/recommend", json={"about": "approval of invoices", "limit": 1})).json()

    (best,) = found["items"]
    assert best["template"]["name"] == "approval-with-escalation"
    assert best["reasons"] == ["It is about `approval`."]


async def test_a_template_is_published_used_by_others_and_taken_back(client_as: ClientAs) -> None:
    editor, other = await client_as("editor"), await client_as("editor", name="other")
    definition = {
        "name": "desk",
        "title": "Desk",
        "description": "Takes orders.",
        "inputs": {"size": {"type": "number", "default": 2}},
        "nodes": [{"id": "call", "type": "http.request", "config": {"url": "https://user-part.example", "headers": {
            "Authorization": "abc"}}}],
    }  # fmt: skip
    await editor.post("/api/v1/workflows", json={"definition": definition, "publish": True})

    not_theirs = await other.post(TEMPLATES, json={"workflow": "desk"})
    published = await editor.post(TEMPLATES, json={"workflow": "desk", "name": "desk-template", "tags": ["orders"]})
    made = await other.post(
        f"{TEMPLATES}/desk-template/instantiate",
        json={"name": "my-desk", "parameters": {"size": 5, "call_Authorization": "mine"}},
    )
    stolen, gone = await other.delete(f"{TEMPLATES}/desk-template"), await editor.delete(f"{TEMPLATES}/desk-template")

    assert (not_theirs.status_code, published.status_code, made.status_code) == (404, 201, 201)
    assert published.json()["author"] == "editor"
    assert published.json()["stripped"] == [
        {"place": "nodes.call.config.headers.Authorization", "why": "credential", "parameter": "call_Authorization"}
    ]
    assert (stolen.status_code, stolen.json()["code"], gone.status_code) == (403, "not_your_template", 204)
    assert (await other.get("/api/v1/workflows/my-desk")).status_code == 200


async def test_a_template_is_imported_as_yaml_or_json(client_as: ClientAs) -> None:
    editor = await client_as("editor")
    text = (await editor.get(f"{TEMPLATES}/failure-alert/export")).text.replace("name: failure-alert", "name: mine")

    as_yaml = await editor.post(f"{TEMPLATES}/import", content=text, headers={"Content-Type": "application/yaml"})
    again = await editor.post(f"{TEMPLATES}/import", json={"text": text})
    replaced = await editor.post(f"{TEMPLATES}/import", json={"text": text, "replace": True})
    wrong = await editor.post(f"{TEMPLATES}/import", json={"text": "name: x\nnodes: []\n"})

    assert [one.status_code for one in (as_yaml, again, replaced, wrong)] == [201, 409, 201, 422]
    assert [one["path"] for one in wrong.json()["issues"]] == ["title", "description"]


async def test_each_user_rates_for_themselves(client_as: ClientAs) -> None:
    viewer, editor = await client_as("viewer"), await client_as("editor")
    address = f"{TEMPLATES}/api-sync/review"

    await viewer.put(address, json={"rating": 2, "comment": "slow"})
    await editor.put(address, json={"rating": 5})
    known = (await editor.put(address, json={"rating": 4})).json()
    reviews = (await viewer.get(f"{TEMPLATES}/api-sync/reviews")).json()["items"]
    removed, again = await viewer.delete(address), await viewer.delete(address)

    assert (known["ratings"], known["rating"]) == (2, 3.0)
    assert {(one["name"], one["rating"], one["comment"]) for one in reviews} == {
        ("viewer", 2, "slow"), ("editor", 4, None),
    }  # fmt: skip
    assert (removed.status_code, again.status_code) == (204, 404)


async def test_what_is_made_of_the_webhook_template_takes_requests(
    services: Services, client_as: ClientAs, settings: Settings
) -> None:
    editor, caller = await client_as("editor"), await client_as(None)
    async with running() as world:
        parameters: dict[str, Any] = {"notify_url": f"{world.url}/notify", "path": "sign-up"}
        body = {"name": "sign-up", "parameters": parameters, "publish": True}
        await editor.post(f"{TEMPLATES}/webhook-store-notify/instantiate", json=body)
        await editor.post("/api/v1/deployments", json={"workflow": "sign-up"})

        accepted = await caller.post("/hooks/sign-up", json={"name": "Ada", "email": "ada@example.com"})
        refused = await caller.post("/hooks/sign-up", json={"name": "", "email": "ada@example.com"})
        run_id = accepted.json()["id"]
        await services.application.wait(RunId(run_id))

    assert (accepted.status_code, refused.status_code) == (201, 422)
    assert [one["path"] for one in refused.json()["errors"]] == ["name"]
    kept = Path(settings.workspace) / "requests" / f"{run_id}.json"
    assert json.loads(kept.read_text()) == {"name": "Ada", "email": "ada@example.com"}
    assert len(world.received) == 1
