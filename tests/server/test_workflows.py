"""Workflows over HTTP: from the first draft to the bin."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.conftest import ClientAs
from treadle.server.services import Services
from treadle.store.deployments import Deployment

YAML = """\
# What it is for.
name: order-desk
title: Order desk
tags: [desk]
inputs: {size: number}
nodes:
  - {id: double, type: data.transform, config: {transform: workflow.input.size * 2}}  # twice
"""
DEFINITION: dict[str, Any] = {
    "name": "order-desk",
    "inputs": {"size": "number"},
    "nodes": [{"id": "double", "type": "data.transform", "config": {"transform": "workflow.input.size * 2"}}],
}
API = "/api/v1"


@pytest.fixture
async def editor(client_as: ClientAs) -> httpx.AsyncClient:
    return await client_as("editor")


async def create(client: httpx.AsyncClient, text: str = YAML, **more: Any) -> httpx.Response:
    response = await client.post(f"{API}/workflows", json={"text": text, **more})
    assert response.status_code == 201, response.text
    return response


async def test_a_new_workflow_is_a_draft_that_belongs_to_who_made_it(editor: httpx.AsyncClient) -> None:
    created = (await create(editor)).json()

    user = (await editor.get(f"{API}/workflows/order-desk")).json()["owner"]
    assert user is not None
    assert (created["name"], created["draft"], created["version"], created["tags"]) == ("order-desk", 1, None, ["desk"])
    assert created["definition"]["text"] == YAML
    assert created["definition"]["validation"] == {"valid": True, "issues": [], "names": [], "graphs": []}


async def test_a_definition_may_be_sent_as_json_or_as_a_bare_file(editor: httpx.AsyncClient) -> None:
    as_json = await editor.post(f"{API}/workflows", json={"definition": {**DEFINITION, "name": "one"}})
    as_file = await editor.post(f"{API}/workflows", content=YAML.encode(), headers={"content-type": "application/yaml"})

    assert (as_json.status_code, as_file.status_code) == (201, 201)
    assert as_file.headers["location"] == f"{API}/workflows/order-desk"
    assert as_json.json()["definition"]["definition"]["nodes"] == DEFINITION["nodes"]


async def test_a_workflow_with_a_name_that_is_taken_is_refused(editor: httpx.AsyncClient) -> None:
    await create(editor)

    again = await editor.post(f"{API}/workflows", json={"text": YAML})

    assert (again.status_code, again.json()["code"]) == (409, "workflow_exists")


async def test_everything_that_is_wrong_is_said_with_its_line(editor: httpx.AsyncClient) -> None:
    text = "name: wrong\nnodes:\n  - {id: a, type: data.transfrom}\n  - {id: b, type: http.request}\n"

    response = await editor.post(f"{API}/workflows/validate", json={"text": text})

    found = response.json()
    assert (response.status_code, found["valid"]) == (200, False)
    assert {issue["line"] for issue in found["issues"]} == {3, 4}
    assert all(issue["remedy"] for issue in found["issues"])


async def test_what_is_checked_comes_back_as_graphs_to_draw(editor: httpx.AsyncClient) -> None:
    text = (
        "workflows:\n  - name: one\n    steps: [{id: a, type: transform, transform: '1'}, {id: b, type: http}]\n"
        "  - name: two\n    nodes: [{id: c, type: no.such}]\n    groups: [{id: g, nodes: [c]}]\n"
    )

    found = (await editor.post(f"{API}/workflows/validate", json={"text": text})).json()

    one, two = found["graphs"]
    assert (found["names"], found["valid"]) == (["one", "two"], False)
    assert [(node["id"], node["type"]) for node in one["nodes"]] == [("a", "data.transform"), ("b", "http.request")]
    assert one["nodes"][1]["after"] == ["a"]
    assert two["groups"] == [{"id": "g", "nodes": ["c"]}]


async def test_publishing_a_draft_makes_a_version_and_lists_every_issue_of_a_wrong_one(
    editor: httpx.AsyncClient,
) -> None:
    await create(editor)
    await create(editor, "name: wrong\nnodes:\n  - {id: a, type: no.such}\n  - {id: b, type: nor.this}\n")

    published = await editor.post(f"{API}/workflows/order-desk/publish", json={"note": "first"})
    refused = await editor.post(f"{API}/workflows/wrong/publish", json={})

    assert published.json()["version"] == 1
    assert published.json()["note"] == "first"
    assert published.json()["author"] == "editor"
    assert refused.status_code == 422
    assert len(refused.json()["issues"]) == 2


async def test_create_with_publish_leaves_nothing_behind_when_it_is_wrong(editor: httpx.AsyncClient) -> None:
    wrong = await editor.post(
        f"{API}/workflows", json={"text": "name: a\nnodes: [{id: x, type: no.such}]", "publish": True}
    )
    right = await editor.post(f"{API}/workflows", json={"text": YAML, "publish": True})

    assert wrong.status_code == 422
    assert (await editor.get(f"{API}/workflows/a")).status_code == 404
    assert (right.json()["version"], right.json()["draft"]) == (1, None)
    assert right.json()["tags"] == ["desk"]


async def test_a_draft_is_saved_over_the_one_that_was_read_and_no_other(editor: httpx.AsyncClient) -> None:
    etag = (await create(editor)).headers["etag"]
    path, body = f"{API}/workflows/order-desk", {"text": YAML.replace("* 2", "* 3")}

    blind = await editor.put(path, json=body)
    saved = await editor.put(path, json=body, headers={"If-Match": etag})
    late = await editor.put(path, json=body, headers={"If-Match": etag})
    anyway = await editor.put(path, json=body, headers={"If-Match": "*"})

    assert [one.status_code for one in (blind, saved, late, anyway)] == [428, 200, 412, 200]
    assert blind.json()["code"] == "precondition_required"
    assert late.json()["code"] == "edited_meanwhile"
    assert saved.headers["etag"] != etag


async def test_a_definition_saved_as_json_keeps_the_comments_of_the_file(editor: httpx.AsyncClient) -> None:
    created = await create(editor)
    definition = created.json()["definition"]["definition"]
    definition["title"] = "The desk"

    saved = await editor.put(
        f"{API}/workflows/order-desk", json={"definition": definition}, headers={"If-Match": created.headers["etag"]}
    )

    assert "# What it is for." in saved.json()["text"]
    assert "# twice" in saved.json()["text"]
    assert "title: The desk" in saved.json()["text"]


async def test_what_one_has_already_is_not_sent_again(editor: httpx.AsyncClient) -> None:
    etag = (await create(editor)).headers["etag"]

    again = await editor.get(f"{API}/workflows/order-desk", headers={"If-None-Match": etag})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)


async def test_a_workflow_is_read_as_yaml_by_accept_or_by_form(editor: httpx.AsyncClient) -> None:
    await create(editor)
    await editor.post(f"{API}/workflows", json={"definition": {**DEFINITION, "name": "as-json"}})

    by_form = await editor.get(f"{API}/workflows/order-desk", params={"form": "yaml"})
    by_accept = await editor.get(f"{API}/workflows/order-desk", headers={"accept": "application/yaml"})
    from_json = await editor.get(f"{API}/workflows/as-json", params={"form": "yaml"})

    assert by_form.text == by_accept.text == YAML
    assert from_json.text.startswith("name: as-json\n")


async def test_versions_are_listed_read_compared_and_made_the_latest_again(editor: httpx.AsyncClient) -> None:
    await create(editor, publish=True)
    path = f"{API}/workflows/order-desk"
    await editor.put(path, json={"text": YAML.replace("* 2", "* 3")}, headers={"If-Match": "*"})
    await editor.post(f"{path}/publish", json={})

    versions = (await editor.get(f"{path}/versions")).json()["items"]
    first = await editor.get(f"{path}/versions/1")
    diff = (await editor.get(f"{path}/diff", params={"before": "1"})).json()
    back = await editor.post(f"{path}/rollback", json={"version": "1"})
    none = await editor.post(f"{path}/rollback", json={"version": "1"})

    assert [(one["version"], one["is_latest"]) for one in versions] == [(2, True), (1, False)]
    assert "* 2" in first.json()["text"]
    assert diff["nodes"][0]["fields"][0]["after"] == "workflow.input.size * 3"
    assert diff["lines"]
    assert back.json()["version"] == 1
    assert none.json()["code"] == "is_latest"


async def test_lists_are_searched_sorted_and_paged(editor: httpx.AsyncClient) -> None:
    for name in ("beta", "alpha", "gamma"):
        await create(editor, YAML.replace("order-desk", name), tags=["red"] if name != "beta" else [], publish=True)

    async def names(**query: Any) -> list[str]:
        found, cursor = [], None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = (await editor.get(f"{API}/workflows", params={**query, **more, "limit": 1})).json()
            found += [one["name"] for one in page["items"]]
            cursor = page["next"]
            if cursor is None:
                return found

    assert await names() == ["alpha", "beta", "gamma"]
    assert await names(sort="-name") == ["gamma", "beta", "alpha"]
    assert await names(sort="-updated") == ["gamma", "alpha", "beta"]
    assert await names(search="ALPH") == ["alpha"]
    assert await names(search="%") == []
    assert await names(tag="red") == ["alpha", "gamma"]
    assert await names(tag="desk") == ["alpha", "beta", "gamma"]


async def test_what_was_never_published_is_listed_by_what_its_draft_says(editor: httpx.AsyncClient) -> None:
    await create(editor)
    await create(editor, "name: broken\ntitle: Broken\ntags: [desk, 7]\nnodes: [{id: a}]\n")
    await create(editor, "name: unread\nnodes: [\n", name="unread")

    listed = (await editor.get(f"{API}/workflows", params={"search": "order d"})).json()["items"]
    tagged = (await editor.get(f"{API}/workflows", params={"tag": "desk"})).json()["items"]
    unread = (await editor.get(f"{API}/workflows/unread")).json()

    assert [(one["name"], one["title"]) for one in listed] == [("order-desk", "Order desk")]
    assert [(one["title"], one["tags"]) for one in tagged] == [("Broken", ["desk"]), ("Order desk", ["desk"])]
    assert (unread["title"], unread["tags"]) == (None, [])


async def test_of_what_was_published_the_version_counts(editor: httpx.AsyncClient) -> None:
    await create(editor, publish=True)
    later = YAML.replace("Order desk", "Another desk")
    await editor.put(f"{API}/workflows/order-desk", json={"text": later}, headers={"If-Match": "*"})

    assert (await editor.get(f"{API}/workflows/order-desk")).json()["title"] == "Order desk"


async def test_what_is_somebody_elses_is_not_listed_nor_read_nor_named(client_as: ClientAs) -> None:
    mine, other = await client_as("editor"), await client_as("editor", name="other")
    await create(mine, tags=["secret-tag"])

    assert (await other.get(f"{API}/workflows")).json()["items"] == []
    assert (await other.get(f"{API}/tags")).json()["items"] == []
    for path in ("", "/versions", "/diff?before=1", "/export"):
        assert (await other.get(f"{API}/workflows/order-desk{path}")).status_code == 404, path
    near = (await other.get(f"{API}/workflows/order-dest")).json()
    assert "order-desk" not in near["detail"]
    copied = await other.post(f"{API}/workflows/order-desk/duplicate", json={"name": "mine-now"})
    assert copied.status_code == 404
    bundle = await other.post(f"{API}/workflows/export", json={"names": ["order-desk"]})
    assert bundle.status_code == 404
    assert (await other.delete(f"{API}/workflows/order-desk")).status_code == 404


async def test_a_deployed_workflow_is_not_deleted_and_the_answer_says_by_what(
    editor: httpx.AsyncClient, services: Services
) -> None:
    await create(editor, publish=True)
    store = services.application.store
    await store.save_deployment(Deployment("d1", "desk-live", "order-desk"))

    refused = await editor.delete(f"{API}/workflows/order-desk")
    await store.save_deployment(Deployment("d1", "desk-live", "order-desk", status="stopped"))
    deleted = await editor.delete(f"{API}/workflows/order-desk")

    assert refused.json()["details"]["deployments"] == ["desk-live"]
    assert deleted.status_code == 204


async def test_what_is_in_the_bin_is_left_alone_until_it_is_restored(editor: httpx.AsyncClient) -> None:
    await create(editor, publish=True)
    path = f"{API}/workflows/order-desk"
    await editor.delete(path)

    listed = (await editor.get(f"{API}/workflows")).json()["items"]
    bin_ = (await editor.get(f"{API}/workflows", params={"deleted": True})).json()["items"]
    saved = await editor.put(path, json={"text": YAML}, headers={"If-Match": "*"})
    again = await editor.post(f"{API}/workflows", json={"text": YAML})
    run = await editor.post(f"{path}/execute", json={"input": {"size": 1}})
    imported = await editor.post(f"{API}/workflows/import", json={"text": YAML, "if_exists": "draft"})
    restored = await editor.post(f"{path}/restore")

    assert (listed, [one["name"] for one in bin_]) == ([], ["order-desk"])
    assert saved.json()["code"] == "workflow_deleted"
    assert again.json()["code"] == "workflow_exists"
    assert run.json()["code"] == "workflow_deleted"
    assert imported.json()["code"] == "workflow_exists"
    assert restored.json()["deleted_at"] is None


async def test_a_copy_has_its_own_name_and_the_comments(editor: httpx.AsyncClient) -> None:
    await create(editor)

    copied = await editor.post(f"{API}/workflows/order-desk/duplicate", json={"name": "other-desk"})

    text = copied.json()["definition"]["text"]
    assert "name: other-desk" in text
    assert "# twice" in text


async def test_what_is_exported_can_be_imported_elsewhere(editor: httpx.AsyncClient, client_as: ClientAs) -> None:
    await create(editor, publish=True, tags=["kept"])
    bundle = (await editor.post(f"{API}/workflows/export", json={})).json()
    file = await editor.get(f"{API}/workflows/order-desk/export")

    refused = await editor.post(f"{API}/workflows/import", json={"bundle": bundle})
    skipped = await editor.post(f"{API}/workflows/import", json={"bundle": bundle, "if_exists": "skip"})
    drafted = await editor.post(f"{API}/workflows/import", json={"text": file.text, "if_exists": "draft"})
    renamed = file.text.replace("order-desk", "imported")
    created = await editor.post(
        f"{API}/workflows/import", content=renamed.encode(), headers={"content-type": "text/yaml"}
    )

    assert file.headers["content-disposition"] == 'attachment; filename="order-desk.yaml"'
    assert refused.json()["code"] == "workflow_exists"
    assert [one.json()["items"][0]["outcome"] for one in (skipped, drafted, created)] == [
        "skipped",
        "drafted",
        "created",
    ]


async def test_a_file_of_several_workflows_is_imported_whole(editor: httpx.AsyncClient) -> None:
    text = "workflows:\n" + "".join(
        f"  - name: {name}\n    nodes:\n      - {{id: a, type: data.transform, config: {{transform: '1'}}}}\n"
        for name in ("one", "two")
    )

    response = await editor.post(f"{API}/workflows/import", json={"text": text})

    assert [(one["name"], one["problems"]) for one in response.json()["items"]] == [("one", 0), ("two", 0)]


async def test_tags_are_set_and_counted(editor: httpx.AsyncClient) -> None:
    await create(editor, publish=True)

    tagged = await editor.put(f"{API}/workflows/order-desk/tags", json={"tags": ["b", "a", "a"]})
    refused = await editor.put(f"{API}/workflows/order-desk/tags", json={"tags": ["line\nbreak"]})

    assert tagged.json()["tags"] == ["desk", "a", "b"]
    assert refused.json()["code"] == "invalid_tag"
    assert (await editor.get(f"{API}/tags")).json()["items"][0] == {"tag": "a", "workflows": 1}


async def test_a_definition_that_is_run_under_a_new_name_belongs_to_who_ran_it(client_as: ClientAs) -> None:
    mine, other = await client_as("editor"), await client_as("editor", name="other")

    ran = await mine.post(f"{API}/execute", json={"definition": DEFINITION, "input": {"size": 2}})
    theirs = await other.post(f"{API}/execute", json={"definition": DEFINITION, "input": {"size": 2}})

    assert ran.status_code == 200
    assert theirs.status_code == 404
    assert (await other.get(f"{API}/workflows")).json()["items"] == []
