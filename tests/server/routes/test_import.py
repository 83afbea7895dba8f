"""Documents of other programs over HTTP."""

from __future__ import annotations

import json
from typing import Any

from tests.server.conftest import ClientAs

IMPORT = "/api/v1/workflows/import"
BOT: dict[str, Any] = {
    "bot_id": "a",
    "strategy": "alert",
    "provider": "kraken",
    "credentials": {"api_key": "CANARY-1", "secret": "CANARY-2"},
    "params": {"symbol": "BTC/USD", "condition": "above", "price": 5},
    "colour": "red",
}


async def test_a_bot_document_is_told_by_its_content_and_reported(client_as: ClientAs) -> None:
    editor = await client_as("editor")

    answer = await editor.post(IMPORT, json={"text": json.dumps(BOT)})

    (item,), (report,) = answer.json()["items"], answer.json()["reports"]
    assert (answer.status_code, item) == (200, {"name": "a", "outcome": "created", "problems": 0})
    assert {"path": "colour", "fate": "kept", "to": "nodes.imported.config.text",
            "note": "the template has nothing like it"} in report["fields"]  # fmt: skip
    assert report["profiles"] == [{"name": "kraken-a", "provider": "kraken", "fields": ["api_key", "secret"]}]
    assert "CANARY" not in answer.text
    assert (await editor.get("/api/v1/workflows/a")).status_code == 200


async def test_a_dry_run_only_reports(client_as: ClientAs) -> None:
    editor = await client_as("editor")

    answer = await editor.post(IMPORT, json={"text": json.dumps(BOT), "dry_run": True})

    assert (answer.json()["items"], len(answer.json()["reports"])) == ([], 1)
    assert (await editor.get("/api/v1/workflows/a")).status_code == 404


async def test_every_problem_of_a_document_is_told_with_its_path(client_as: ClientAs) -> None:
    editor = await client_as("editor")
    bad = {**BOT, "params": {"symbol": "BTC/USD", "condition": "sideways", "price": "lots"}}

    answer = await editor.post(IMPORT, json={"text": json.dumps(bad)})

    assert answer.status_code in (400, 422)
    assert [issue["path"] for issue in answer.json()["issues"]] == ["params.condition", "params.price"]


async def test_who_may_not_make_workflows_may_not_import(client_as: ClientAs) -> None:
    viewer = await client_as("viewer")

    assert (await viewer.post(IMPORT, json={"text": json.dumps(BOT)})).status_code == 403
