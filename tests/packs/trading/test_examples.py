"""Every node's documented example does what it says; all of the catalogue's nodes are there."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from talib import get_function_groups

from tests.packs.binding import bind
from tests.packs.fake_context import FakeContext
from treadle.model.workflow import Node, Workflow
from treadle.node import NodeDefinition, Permissions, Registry
from treadle.packs.trading import indicator, market, risk
from treadle.packs.trading.indicator.pattern import PATTERNS
from treadle.testing import Harness

PACKS = Registry({"indicator": indicator, "market": market, "risk": risk})
ALL = list(PACKS)


def named(definition: NodeDefinition) -> str:
    return definition.name


def plain(value: Any) -> Any:
    """Columns as lists, with nothing where there is no number."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return [None if one != one else one for one in value.tolist()]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value


def test_the_pack_has_every_indicator_of_the_catalogue() -> None:
    assert {name.partition(".")[2] for name in PACKS.names() if name.startswith("indicator.")} == {
        "ma", "rsi", "macd", "bollinger", "atr", "stochastic", "adx", "vwap", "obv", "donchian", "zscore",
        "correlation", "pattern", "custom",
    }  # fmt: skip


@pytest.mark.parametrize("definition", ALL, ids=named)
def test_every_field_is_described_and_every_node_has_an_example(definition: NodeDefinition) -> None:
    assert [field.name for field in definition.type.config if not field.description] == []
    assert definition.type.example is not None
    assert definition.type.description


@pytest.mark.parametrize("definition", ALL, ids=named)
async def test_the_example_is_true(definition: NodeDefinition, tmp_path: Path) -> None:
    example: Any = definition.type.example
    inputs = {
        name: definition.input_adapters[name].adapter.validate_python(value)
        if name in definition.input_adapters
        else value
        for name, value in example["inputs"].items()
    }
    config = bind(definition, example["config"], inputs)

    if definition.type.kind == "effect":
        context = FakeContext(permissions=Permissions(workspace=tmp_path))
        returned = await definition(context, **inputs, **config)
        await context.aclose()
    else:
        returned = definition(**inputs, **config)

    found = {name: plain(value) for name, value in definition.ports_of(returned).items()}
    if definition.name == "risk.exposure":
        found = {name: value for name, value in found.items() if name in example["outputs"]}
    assert found == example["outputs"]


def test_every_candlestick_pattern_of_talib_is_there() -> None:
    known = get_function_groups()["Pattern Recognition"]

    assert sorted(f"CDL{name.upper()}" for name in PATTERNS) == sorted(known)


@pytest.mark.parametrize("definition", ALL, ids=named)
async def test_a_run_keeps_what_the_example_comes_to(
    definition: NodeDefinition, harness: Harness, tmp_path: Path
) -> None:
    harness.permissions = Permissions(workspace=tmp_path)
    example: Any = definition.type.example
    given: Any = example["inputs"]
    config = {**example["config"], **{name: f"{{{{ workflow.input.{name} }}}}" for name in given}}
    flow = Workflow(name="one", nodes=(Node(id="one", type=definition.name, config=config),))

    run = await harness.run(flow, input=given, deployment="bot")

    assert run.status == "completed", run.error
    (entry,) = [one for one in await harness.journal.load(run.id) if one.node == "one" and "outputs" in one.body]
    assert entry.body["outputs"].keys() >= example["outputs"].keys()
