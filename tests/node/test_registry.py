"""The registry: node types by name."""

from __future__ import annotations

from types import ModuleType

import pytest

from treadle.errors import NotFound
from treadle.node import JsonValue, NodeDefinition, Registry, node


@node("mine.first")
def first() -> JsonValue:
    """The first."""
    return 1


@node("mine.second")
def second() -> JsonValue:
    """The second."""
    return 2


def pack(*definitions: NodeDefinition) -> ModuleType:
    module = ModuleType("a_pack")
    for definition in definitions:
        setattr(module, definition.name.replace(".", "_"), definition)
    return module


def test_a_type_is_found_in_its_pack() -> None:
    registry = Registry({"mine": pack(first, second)})

    assert registry.find("mine.first") is first
    assert registry.get("mine.second") is second
    assert registry.find("mine.third") is None


def test_an_unknown_type_is_refused_with_the_nearest_names() -> None:
    registry = Registry({"mine": pack(first, second)})

    with pytest.raises(NotFound, match=r"mine\.frist") as refused:
        registry.get("mine.frist")

    assert refused.value.code == "unknown_node_type"
    assert refused.value.remedy is not None
    assert "mine.first" in refused.value.remedy


def test_definitions_given_win_over_installed_ones() -> None:
    @node("mine.first")
    def other() -> JsonValue:
        """Another first."""
        return 3

    registry = Registry({"mine": pack(first, second)}).with_definitions(other)

    assert registry.get("mine.first") is other
    assert registry.get("mine.second") is second
    assert registry.names() == ["mine.first", "mine.second"]


def test_a_pack_is_imported_when_it_is_first_asked_for() -> None:
    registry = Registry({"mine": pack(first), "broken": "no_such_module_anywhere"})

    assert registry.find("mine.first") is first
    with pytest.raises(ModuleNotFoundError):
        registry.find("broken.thing")


def test_installed_packs_are_found_by_entry_point() -> None:
    registry = Registry.installed()

    assert registry.get("flow.loop").type.kind == "container"
    assert {"flow.if", "data.parse", "http.request", "trigger.manual"} <= set(registry.names())


def test_a_registry_is_walked_definition_by_definition() -> None:
    registry = Registry({"mine": pack(first, second)})

    assert {definition.name for definition in registry} == {"mine.first", "mine.second"}
