"""`treadle import`: a file of blocks becomes a workflow file."""

from __future__ import annotations

import json

from tests.cli.conftest import Treadle

BLOCKS = {
    "name": "Arb",
    "blocks": [
        {"id": "begin", "type": "trigger", "subtype": "manual", "config": {}},
        {
            "id": "check",
            "type": "condition",
            "subtype": "threshold",
            "params": {"operator": ">", "threshold": 5, "value": 7},
        },
    ],
    "connections": [{"from": "begin.input", "to": "check.trigger"}],
}


def test_a_file_of_blocks_becomes_a_workflow_that_runs(treadle: Treadle) -> None:
    imported = treadle("import", treadle.write("blocks.json", json.dumps(BLOCKS)))

    ran = treadle("run", "arb.yaml", "--json")

    assert imported.code == 0
    assert "`condition.threshold` became `flow.threshold`" in imported.out
    assert ran.json["nodes"]["check"]["outputs"] == {"true": 7.0}


def test_a_block_of_an_unknown_type_is_kept_and_named(treadle: Treadle) -> None:
    strange = {**BLOCKS, "blocks": [*BLOCKS["blocks"], {"id": "odd", "type": "quantum", "subtype": "leap"}]}

    imported = treadle("import", treadle.write("blocks.json", json.dumps(strange)))

    assert imported.code == 2
    assert "quantum.leap" in (treadle.folder / "arb.yaml").read_text()
    assert "quantum" in imported.out


def test_a_file_that_is_there_is_not_written_over(treadle: Treadle) -> None:
    treadle.write("arb.yaml", "name: mine\n")

    imported = treadle("import", treadle.write("blocks.json", json.dumps(BLOCKS)))

    assert imported.code == 2
    assert (treadle.folder / "arb.yaml").read_text() == "name: mine\n"


def test_running_a_file_of_blocks_says_how_to_import_it(treadle: Treadle) -> None:
    ran = treadle("validate", treadle.write("blocks.json", json.dumps(BLOCKS)))

    assert ran.code == 2
    assert "treadle import" in ran.out
