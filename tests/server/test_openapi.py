"""The API's document: complete, small, and of one spelling."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema.validators import validator_for
from schemathesis.specs.openapi.definitions import OPENAPI_31

from treadle.server.api import create_document

HEADERS = {"Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_document()


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(method, said) for methods in document["paths"].values() for method, said in methods.items()]


def test_it_is_an_openapi_document(document: dict[str, Any]) -> None:
    problems = list(validator_for(OPENAPI_31)(OPENAPI_31).iter_errors(document))

    assert not problems, problems[0].message


def test_what_is_refused_is_said_once_for_all_operations(document: dict[str, Any]) -> None:
    refusals = [
        response for _, said in operations(document) for status, response in said["responses"].items() if status >= "4"
    ]

    assert refusals
    assert all(response.keys() == {"$ref"} for response in refusals)
    assert len(json.dumps(document)) < 600_000


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def find(value: object) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [found for one in value.values() for found in find(one)]
        return [found for one in value for found in find(one)] if isinstance(value, list) else []

    for reference in set(find(document)):
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found


def test_headers_are_written_as_everybody_writes_them(document: dict[str, Any]) -> None:
    names = {
        one["name"] for _, said in operations(document) for one in said.get("parameters", []) if one["in"] == "header"
    }

    assert names == HEADERS


def test_every_change_takes_an_idempotency_key_once(document: dict[str, Any]) -> None:
    for method, said in operations(document):
        given = [one["name"] for one in said.get("parameters", [])].count("Idempotency-Key")
        assert given == (method != "get"), said["operationId"]


def test_a_missing_precondition_is_said_of_those_that_take_one(document: dict[str, Any]) -> None:
    for _, said in operations(document):
        takes = any(one["name"] == "If-Match" for one in said.get("parameters", []))
        assert ("428" in said["responses"]) is takes, said["operationId"]
