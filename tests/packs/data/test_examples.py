"""Every node's documented example does what it says, and no pure node changes what it is given."""

from __future__ import annotations

import copy
import inspect
from pathlib import Path
from typing import Any

import pytest

from tests.packs.binding import bind, perform, ports
from tests.packs.fake_context import FakeContext
from treadle.node import NodeDefinition, Permissions, Registry
from treadle.packs import data, file

PURE = [definition for definition in Registry({"data": data}) if definition.type.kind == "pure"]
EFFECTS = [d for d in Registry({"data": data, "file": file}) if d.type.kind == "effect"]


def named(definition: NodeDefinition) -> str:
    return definition.name


def test_the_pack_has_every_node_of_the_catalogue() -> None:
    names = {definition.name.removeprefix("data.") for definition in Registry({"data": data})}

    assert names == {
        "set", "transform", "filter", "sort", "group", "split", "join", "pick", "parse", "format", "validate",
        "template", "variable", "dedupe",
    }  # fmt: skip


@pytest.mark.parametrize("definition", [*PURE, *EFFECTS], ids=named)
def test_every_field_is_described_and_every_node_has_an_example(definition: NodeDefinition) -> None:
    undescribed = [field.name for field in definition.type.config if not field.description]

    assert undescribed == []
    assert definition.type.example is not None
    assert definition.type.description


@pytest.mark.parametrize("definition", PURE, ids=named)
def test_the_example_of_a_pure_node_is_true(definition: NodeDefinition) -> None:
    example: Any = definition.type.example

    found = ports(definition, example["config"], **example["inputs"])

    assert found == example["outputs"]


@pytest.mark.parametrize("definition", EFFECTS, ids=named)
async def test_the_example_of_an_effect_is_true(definition: NodeDefinition, tmp_path: Path) -> None:
    example: Any = definition.type.example
    (tmp_path / "prices.csv").write_text("name,price\nbolt,0.5\n")

    found = await perform(
        definition,
        FakeContext(permissions=Permissions(workspace=tmp_path)),
        example["config"],
        **example["inputs"],
    )

    assert found == example["outputs"]


@pytest.mark.parametrize("definition", PURE, ids=named)
def test_a_pure_node_leaves_its_inputs_as_they_were(definition: NodeDefinition) -> None:
    example: Any = definition.type.example
    inputs = copy.deepcopy(example["inputs"])
    arguments = bind(definition, example["config"], inputs)

    definition(**inputs, **arguments)

    assert inputs == example["inputs"]


@pytest.mark.parametrize("definition", PURE, ids=named)
def test_the_same_inputs_give_the_same_outputs_again(definition: NodeDefinition) -> None:
    example: Any = definition.type.example

    first = ports(definition, example["config"], **example["inputs"])
    second = ports(definition, example["config"], **example["inputs"])

    assert first == second
    assert not inspect.iscoroutinefunction(definition.function)
