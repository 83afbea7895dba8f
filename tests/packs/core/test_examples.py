"""Every node of the packs flow and trigger is declared, described, and does what its example says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from treadle.node import Expression, Fire, NodeDefinition, Registry

REGISTRY = Registry({"flow": "treadle.packs.core.flow", "trigger": "treadle.packs.core.trigger"})
ALL = list(REGISTRY)
PURE = [one for one in ALL if one.type.kind == "pure" and one.name != "flow.stop"]


def configured(definition: NodeDefinition, config: dict[str, Any], expression: Callable[..., Expression]) -> Any:
    values: dict[str, Any] = {}
    for name, value in config.items():
        field = definition.type.field_named(name)
        read = definition.config_value(name, value)
        values[name] = expression(read) if field is not None and field.kind == "expression" else read
    return values


def test_the_packs_hold_the_nodes_of_the_catalogue() -> None:
    """Names are the contract of workflow files."""
    kinds = {definition.name: definition.type.kind for definition in ALL}

    assert kinds == {
        "flow.approval": "effect",
        "flow.compare": "pure",
        "flow.emit": "effect",
        "flow.gate": "pure",
        "flow.if": "pure",
        "flow.in_range": "pure",
        "flow.loop": "container",
        "flow.merge": "pure",
        "flow.note": "note",
        "flow.parallel": "container",
        "flow.rate_limit": "effect",
        "flow.sequence": "container",
        "flow.signal": "effect",
        "flow.stop": "pure",
        "flow.switch": "pure",
        "flow.threshold": "pure",
        "flow.try": "container",
        "flow.wait": "effect",
        "flow.while": "container",
        "flow.workflow": "effect",
        "trigger.event": "trigger",
        "trigger.failure": "trigger",
        "trigger.form": "trigger",
        "trigger.interval": "trigger",
        "trigger.manual": "trigger",
        "trigger.schedule": "trigger",
        "trigger.webhook": "trigger",
        "trigger.workflow": "trigger",
    }


@pytest.mark.parametrize("definition", PURE, ids=lambda one: one.name)
def test_a_pure_node_does_what_its_example_says(
    definition: NodeDefinition, expression: Callable[..., Expression]
) -> None:
    """Examples are shown in the documentation, so they are run."""
    example = definition.type.example
    assert example is not None
    inputs = dict(example["inputs"])
    spread = inputs.pop(definition.variadic, []) if definition.variadic else []
    config = configured(definition, example["config"], expression)

    returned = definition(*spread, **inputs, **config)

    assert dict(definition.ports_of(returned)) == example["outputs"]


@pytest.mark.parametrize("definition", ALL, ids=lambda one: one.name)
def test_an_example_passes_the_check_and_names_real_ports(definition: NodeDefinition) -> None:
    """An example that validation refuses would teach a mistake."""
    example = definition.type.example
    assert example is not None

    problems = definition.config_problems(example["config"], frozenset())
    outputs = {port.name for port in definition.type.outputs_of(example["config"])}

    assert problems == []
    assert set(example["outputs"]) <= outputs
    assert definition.type.kind == "trigger" or set(example["inputs"]) <= {port.name for port in definition.type.inputs}


@pytest.mark.parametrize("definition", ALL, ids=lambda one: one.name)
def test_an_example_fits_the_schema_of_its_config(definition: NodeDefinition) -> None:
    """Editors judge config by the schema alone; durations as text are judged by the node."""
    example = definition.type.example
    assert example is not None
    times = ("duration", "delay", "deadline", "period", "timeout")
    config = {name: 60 if name in times else value for name, value in example["config"].items()}

    errors = list(Draft202012Validator(definition.type.config_schema).iter_errors(config))

    assert errors == []


@pytest.mark.parametrize("definition", ALL, ids=lambda one: one.name)
def test_everything_a_form_shows_is_described(definition: NodeDefinition) -> None:
    """The docstring is the node's page, field descriptions are the form's help."""
    undescribed = [field.name for field in definition.type.config if not field.description]

    assert definition.type.description
    assert undescribed == []


@pytest.mark.parametrize("name", ["trigger.manual", "trigger.interval", "trigger.workflow"])
def test_a_trigger_does_what_its_example_says(name: str, expression: Callable[..., Expression]) -> None:
    """A trigger's example gives the run's input; the time is the one it was due."""
    definition = REGISTRY.get(name)
    example = definition.type.example
    assert example is not None
    at = datetime.fromisoformat(example["outputs"]["at"])
    fire = Fire(at=at.astimezone(UTC), input=example["inputs"], user=example["outputs"].get("user"))

    returned = definition(fire, **configured(definition, example["config"], expression))

    assert dict(definition.ports_of(returned)) == {**example["outputs"], "at": at}
