"""`treadle openapi`."""

from __future__ import annotations

import json

from tests.cli.conftest import Treadle


def test_the_document_is_printed_without_a_server_or_a_store(treadle: Treadle) -> None:
    ran = treadle("openapi")

    assert ran.code == 0
    assert ran.json["openapi"].startswith("3.1")
    assert ran.json["paths"]["/workflows"]["post"]["operationId"] == "createWorkflow"
    assert not (treadle.folder / ".treadle").exists()


def test_the_document_is_written_to_a_file(treadle: Treadle) -> None:
    ran = treadle("openapi", "--output", "api.json", "--json")

    assert ran.json == {"written": "api.json"}
    assert json.loads((treadle.folder / "api.json").read_text())["info"]["title"] == "Treadle"
