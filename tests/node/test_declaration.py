"""A node is a function: what the decorators make of one."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

import pytest
from pydantic import Field

from treadle.model.duration import Duration
from treadle.node import (
    DEAD,
    Bodies,
    Branch,
    Context,
    Expression,
    Fire,
    JsonValue,
    Names,
    Ports,
    SecretRef,
    Template,
    Value,
    Verbatim,
    Widget,
    container,
    effect,
    node,
    note,
    trigger,
)


class Guarded(NamedTuple):
    accepted: Annotated[Branch[float], Field(description="Within the limit")] = DEAD
    rejected: Branch[float] = DEAD


@node("risk.guard", title="Price guard")
def guard(
    limit: Annotated[float, Field(description="The price wanted")],
    last: float,
    note: str | None = None,
    *,
    max_drift: Annotated[float, Field(gt=0, description="Share of the last price")] = 0.02,
    mode: Literal["strict", "loose"],
) -> Guarded:
    """Let the limit price pass.

    Or report the drift.
    """
    return Guarded(accepted=limit) if abs(limit - last) / last <= max_drift else Guarded(rejected=limit)


def test_positional_parameters_are_inputs() -> None:
    inputs = [(port.name, port.type.kind, port.required, port.description) for port in guard.type.inputs]

    assert inputs == [
        ("limit", "number", True, "The price wanted"),
        ("last", "number", True, ""),
        ("note", "text", False, ""),
    ]


def test_keyword_only_parameters_are_config() -> None:
    drift, mode = guard.type.config

    assert (drift.name, drift.required, drift.default, drift.description) == (
        "max_drift",
        False,
        0.02,
        "Share of the last price",
    )
    assert drift.schema["exclusiveMinimum"] == 0
    assert (mode.required, mode.schema["enum"]) == (True, ["strict", "loose"])


def test_the_return_type_names_the_outputs() -> None:
    outputs = [(port.name, port.type.kind, port.branch, port.description) for port in guard.type.outputs]

    assert outputs == [("accepted", "number", True, "Within the limit"), ("rejected", "number", True, "")]


def test_the_docstring_is_the_description() -> None:
    assert guard.type.description == "Let the limit price pass.\n\nOr report the drift."
    assert (guard.type.title, guard.name) == ("Price guard", "risk.guard")


def test_the_schema_of_config_is_json_schema() -> None:
    schema = guard.type.config_schema

    assert (schema["type"], schema["required"], schema["additionalProperties"]) == ("object", ["mode"], False)
    assert set(schema["properties"]) == {"max_drift", "mode"}


def test_a_field_says_how_an_editor_shows_it() -> None:
    @node("t.ask")
    def ask(
        *,
        text: Annotated[Verbatim, Widget("long_text"), Field(description="What is asked")] = "",
        source: Annotated[str | None, Widget("code", "python")] = None,
        wait: Annotated[Duration | None, Field(gt=0)] = None,
    ) -> None:
        """Ask."""

    shown = ask.type.config_schema["properties"]

    assert shown["text"] == {"type": "string", "description": "What is asked", "x-widget": "long_text", "default": ""}
    assert (shown["source"]["x-widget"], shown["source"]["x-language"]) == ("code", "python")
    assert shown["wait"]["anyOf"][0] == {"type": "number", "gt": 0, "x-widget": "duration"}


def test_a_node_is_still_a_function() -> None:
    assert guard(100.0, 100.0, mode="strict") == Guarded(accepted=100.0)


def test_without_a_name_it_is_called_after_category_and_function() -> None:
    @node(category="risk")
    def position_size(price: float) -> float:
        """How much."""
        return price

    assert (position_size.name, position_size.type.title) == ("risk.position_size", "Position size")


def test_a_single_value_is_the_port_output() -> None:
    @node("t.one")
    def one() -> int:
        """One."""
        return 1

    assert [port.name for port in one.type.outputs] == ["output"]
    assert one.ports_of(1) == {"output": 1}


def test_a_node_that_returns_nothing_has_no_outputs() -> None:
    @node("t.none")
    def none() -> None:
        """Nothing."""

    assert none.type.outputs == ()
    assert none.ports_of(None) == {}


def test_dead_ports_are_left_out() -> None:
    assert guard.ports_of(Guarded(accepted=5.0)) == {"accepted": 5.0}
    assert guard.ports_of(Guarded()) == {}


def test_ports_chosen_at_run_time_are_taken_as_they_are() -> None:
    @node("t.chosen", outputs=lambda config: ())
    def chosen() -> Ports:
        """Some."""
        return Ports({"case_a": 1})

    assert chosen.ports_of(chosen()) == {"case_a": 1}


def test_a_variadic_input_collects() -> None:
    @node("t.many")
    def many(*values: float) -> float:
        """The sum."""
        return sum(values)

    (port,) = many.type.inputs
    assert (port.name, port.collects, port.required, many.variadic) == ("values", True, False, "values")


def test_a_trailing_underscore_is_pythons_way_around_a_keyword() -> None:
    @node("t.keyword")
    def keyword(*, else_: str = "", while_: str = "") -> str:
        """Files say `else` and `while`."""
        return else_ + while_

    assert [field.name for field in keyword.type.config] == ["else", "while"]
    assert keyword.function(**{"else": "a", "while": "b"}) == "ab"


def test_kinds_of_fields_are_read_off_the_annotations() -> None:
    @node("t.fields")
    def fields(
        *,
        secret: SecretRef | None = None,
        code: Verbatim = "",
        text: Template | None = None,
        test: Annotated[Expression | None, Names("item"), Field(description="A test")] = None,
        value: int = 1,
    ) -> None:
        """Fields of every kind."""

    kinds = {field.name: field.kind for field in fields.type.config}
    assert kinds == {"secret": "secret", "code": "literal", "text": "template", "test": "expression", "value": "value"}
    assert fields.type.field_named("test").extra_roots == {"item"}  # type: ignore[union-attr]
    assert fields.type.config_schema["properties"]["secret"]["format"] == "password"


def test_types_of_ports_follow_from_annotations() -> None:
    @node("t.types")
    def types(
        a: int, b: Decimal, c: str, d: bool, e: datetime, f: dict[str, Any], g: list[float], h: Value, i: JsonValue
    ) -> bytes:
        """All of them."""
        return b""

    kinds = [port.type.kind for port in types.type.inputs]
    assert kinds == ["integer", "number", "text", "boolean", "datetime", "object", "list", "any", "any"]
    assert types.type.inputs[6].type.item.kind == "number"  # type: ignore[union-attr]
    assert types.type.outputs[0].type.kind == "bytes"


def test_an_effect_takes_a_context_which_is_no_input() -> None:
    @effect("t.send", timeout=5)
    async def send(ctx: Context, body: JsonValue) -> JsonValue:
        """Sends."""
        return body

    assert [port.name for port in send.type.inputs] == ["body"]
    assert (send.type.kind, send.type.in_doubt, send.type.timeout) == ("effect", "ask", 5)


def test_how_a_doubt_is_settled_may_depend_on_config() -> None:
    @effect("t.request", in_doubt_for=lambda config: "repeat" if config.get("method") == "GET" else "ask")
    async def request(ctx: Context, *, method: str = "GET") -> None:
        """Asks."""

    assert request.type.in_doubt_of({"method": "GET"}) == "repeat"
    assert request.type.in_doubt_of({"method": "POST"}) == "ask"


def test_a_trigger_takes_what_fired_it() -> None:
    @trigger("t.hourly", next_fire=lambda after, **config: after)
    def hourly(fire: Fire, *, minute: int = 0) -> datetime:
        """Each hour."""
        return fire.at

    assert (hourly.type.kind, hourly.type.inputs) == ("trigger", ())
    assert hourly.next_fire is not None


def test_a_container_says_which_bodies_and_names_it_has() -> None:
    @container("t.twice", bodies=("body", "finally"), names=("turn",), ordered=True)
    async def twice(bodies: Bodies, start: int = 0) -> int:
        """Two turns."""
        return start

    kind = twice.type
    assert (kind.kind, kind.bodies, kind.body_roots, kind.ordered) == ("container", ("body", "finally"), {"turn"}, True)
    assert [port.name for port in kind.inputs] == ["start"]


def test_a_note_has_no_ports() -> None:
    @note("t.remark")
    def remark(*, text: str = "") -> None:
        """Stands there."""

    assert (remark.type.kind, remark.type.inputs, remark.type.outputs) == ("note", (), ())


@pytest.mark.parametrize("declare", [node, trigger])
def test_a_pure_node_is_a_plain_function(declare: Any) -> None:
    async def waits(fire: Fire) -> int:
        """Waits."""
        return 1

    with pytest.raises(TypeError, match="is a plain function"):
        declare("t.waits")(waits)


@pytest.mark.parametrize("declare", [effect, container])
def test_an_effect_is_an_async_function(declare: Any) -> None:
    def plain(ctx: Context) -> int:
        """Does not wait."""
        return 1

    with pytest.raises(TypeError, match="is an async function"):
        declare("t.plain")(plain)


def test_problems_of_config_are_found_all_at_once() -> None:
    problems = guard.config_problems({"max_drift": -1}, frozenset())

    assert {path: message.split(" ")[0] for path, message in problems} == {("max_drift",): "it", ("mode",): "is"}


def test_a_field_that_holds_a_template_is_judged_when_it_is_rendered() -> None:
    problems = guard.config_problems({"max_drift": "{{ x }}", "mode": "strict"}, frozenset({"max_drift"}))

    assert problems == []


def test_a_declaration_may_check_its_config_as_a_whole() -> None:
    @node("t.checked", check=lambda config: ["`a` and `b` exclude each other."] if len(config) > 1 else [])
    def checked(*, a: int = 0, b: int = 0) -> None:
        """One of two."""

    assert checked.config_problems({"a": 1, "b": 2}, frozenset()) == [((), "`a` and `b` exclude each other.")]
    assert checked.config_problems({"a": 1}, frozenset()) == []


def test_modules_that_are_not_installed_are_named() -> None:
    @node("t.needy", requires=("json", "no_such_module_anywhere"), extra="needy")
    def needy() -> None:
        """Needs what is not there."""

    assert needy.missing == ("no_such_module_anywhere",)
    assert needy.type.extra == "needy"


def test_the_package_may_be_called_like_its_decorator() -> None:
    import treadle.node

    @treadle.node("t.called")  # type: ignore[operator]
    def called() -> int:
        """One."""
        return 1

    assert called.name == "t.called"


def test_a_single_output_may_be_dead() -> None:
    @node("t.maybe")
    def maybe() -> Branch[float]:
        """Nothing."""
        return DEAD

    assert maybe.ports_of(maybe()) == {}
