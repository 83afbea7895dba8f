"""The files that the clients are built from are those the server's code would write now."""

from __future__ import annotations

import json
from typing import Any

import pytest
from clients.contract import FILES, make_contract
from clients.naming import name_methods


@pytest.mark.parametrize("name", sorted(FILES))
def test_what_the_clients_are_built_from_is_what_the_server_serves(name: str) -> None:
    assert FILES[name].read_text(encoding="utf-8") == make_contract()[name], "Run `python -m clients`."


def document(*operations: tuple[str, str, str, str], content: str = "application/json") -> dict[str, Any]:
    """(method, path, operation id, tag)."""
    paths: dict[str, Any] = {}
    for method, path, operation, tag in operations:
        responses = {"200": {"content": {content: {"schema": {}}}}}
        paths.setdefault(path, {})[method] = {"operationId": operation, "tags": [tag], "responses": responses}
    return {"paths": paths, "tags": [{"name": "runs"}, {"name": "workflows"}], "components": {"schemas": {}}}


@pytest.mark.parametrize(
    ("method", "path", "operation", "tag", "name"),
    [
        ("post", "/workflows/{name}/publish", "publishWorkflow", "versions", "workflows.publish"),
        ("get", "/runs", "listRuns", "runs", "runs.list"),
        ("get", "/runs/{run_id}/log", "listRunLog", "runs", "runs.list_log"),
        ("post", "/workflows/{name}/execute", "executeWorkflow", "runs", "workflows.execute"),
        ("get", "/tags", "listTags", "workflows", "workflows.list_tags"),
        ("post", "/execute", "executeDefinition", "runs", "runs.execute_definition"),
    ],
)
def test_a_method_is_called_after_its_address_and_operation(
    method: str, path: str, operation: str, tag: str, name: str
) -> None:
    groups = name_methods(document((method, path, operation, tag)))

    assert [f"{group}.{method}" for group, methods in groups.items() for method in methods] == [name]


def test_a_stream_belongs_to_what_its_address_begins_with() -> None:
    groups = name_methods(document(("get", "/runs/{run_id}/events", "watchRun", "live"), content="text/event-stream"))

    assert groups["runs"]["events"]["kind"] == "stream"


def test_of_two_that_are_alike_the_one_that_takes_several_says_so() -> None:
    alike = document(("post", "/runs/{run_id}/move", "moveRun", "runs"), ("post", "/runs/move", "moveRuns", "runs"))

    assert set(name_methods(alike)["runs"]) == {"move", "move_many"}


def test_two_operations_of_one_name_are_refused() -> None:
    alike = document(("get", "/runs", "startIt", "runs"), ("post", "/runs", "startIt", "runs"))

    with pytest.raises(ValueError, match=r"`startIt` and `startIt` would both be `runs.start_it`"):
        name_methods(alike)


def test_every_operation_has_a_method() -> None:
    document = json.loads(FILES["openapi.json"].read_text(encoding="utf-8"))
    named = json.loads(FILES["methods.json"].read_text(encoding="utf-8"))

    offered = {call["operation"] for methods in named.values() for call in methods.values()}
    assert offered == {
        operation["operationId"] for operations in document["paths"].values() for operation in operations.values()
    }
