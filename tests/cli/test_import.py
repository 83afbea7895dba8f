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


BOT = {
    "bot_id": "a",
    "strategy": "alert",
    "provider": "kraken",
    "credentials": {"api_key": "CANARY-1"},
    "params": {"symbol": "BTC/USD", "condition": "above", "price": 5},
    "mode": "live",
}


def test_bots_become_files_in_a_folder_and_their_credentials_a_profile(treadle: Treadle) -> None:
    second = {**BOT, "bot_id": "b", "credentials": "mine"}
    treadle.write("one.json", json.dumps(BOT))
    treadle.write("two.json", json.dumps(second))

    imported = treadle("import", "one.json", "two.json", "--out", "made")
    validated = treadle("validate", "made/a.yaml", "made/b.yaml")

    assert (imported.code, validated.code) == (0, 0)
    assert "kraken-a: api_key" in imported.out
    assert "treadle deploy made/b.yaml --mode paper --profile mine" in imported.out
    assert "kraken-a" in treadle("profile").out
    assert "CANARY" not in imported.out + imported.err + (treadle.folder / "made/a.yaml").read_text()


def test_a_dry_run_tells_each_field_and_writes_nothing(treadle: Treadle) -> None:
    imported = treadle("import", treadle.write("one.json", json.dumps(BOT)), "--dry-run", "--json")

    (report,) = imported.json["workflows"]
    assert (imported.code, imported.json["dry_run"], report["template"]) == (0, True, "price-alert")
    assert {field["path"]: field["fate"] for field in report["fields"]} == {
        "strategy": "mapped", "bot_id": "mapped", "params.symbol": "mapped", "params.condition": "mapped",
        "params.price": "mapped", "provider": "mapped", "credentials.api_key": "credential", "mode": "kept",
    }  # fmt: skip
    assert sorted(path.name for path in treadle.folder.iterdir()) == ["one.json"]


def test_with_a_problem_in_one_file_nothing_is_written(treadle: Treadle) -> None:
    treadle.write("good.json", json.dumps(BOT))
    treadle.write("bad.json", json.dumps({**BOT, "strategy": "unheard", "bot_id": "b"}))
    treadle.write("worse.json", "[5]")

    imported = treadle("import", "good.json", "bad.json", "worse.json")

    assert imported.code == 2
    assert "unknown_strategy" in imported.err
    assert "worse.json" in imported.err
    assert list(treadle.folder.glob("*.yaml")) == []
    assert not (treadle.folder / ".treadle").exists()


def test_a_file_of_several_workflows_becomes_several_files(treadle: Treadle) -> None:
    text = "workflows:\n  - {name: a, steps: [{id: x, type: transform, transform: '1'}]}\n  - {name: b, steps: []}\n"

    imported = treadle("import", treadle.write("many.yaml", text))

    assert imported.code == 0
    assert sorted(path.name for path in treadle.folder.glob("?.yaml")) == ["a.yaml", "b.yaml"]
