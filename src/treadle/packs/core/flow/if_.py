"""Go one of two ways."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from treadle.model.port import ANY, OutputPort, PortType
from treadle.node import Expression, Needed, Ports, Value, node
from treadle.packs.core.flow.comparison import Operator, holds, is_true


def _outputs(config: Mapping[str, Any]) -> tuple[OutputPort, ...]:
    ports = (
        OutputPort("true", ANY, branch=True, description="`a`, when the comparison or condition holds"),
        OutputPort("false", ANY, branch=True, description="`a`, when it does not"),
    )
    if "then" in config or "else" in config:
        return (
            *ports,
            OutputPort("output", PortType("text", nullable=True), description="The label of the way taken"),
        )
    return ports


def _check(config: Mapping[str, Any]) -> list[str]:
    given = [name for name in ("operator", "condition") if config.get(name) is not None]
    if len(given) == 1:
        return []
    if given:
        return ["Both `operator` and `condition` are set. Keep one: it alone decides."]
    return ["Nothing decides which way to go. Set `operator` (and connect `a` and `b`), or write a `condition`."]


@node(
    "flow.if",
    title="If",
    outputs=_outputs,
    check=_check,
    example={"config": {"operator": ">"}, "inputs": {"a": 7, "b": 5}, "outputs": {"true": 7}},
)
def if_(
    a: Annotated[Value, Needed(), Field(description="The left side; the live port carries it on")] = None,
    b: Annotated[Value, Needed(), Field(description="The right side")] = None,
    *,
    operator: Annotated[Operator | None, Field(description="How `a` is compared to `b`")] = None,
    condition: Annotated[
        Expression | None, Field(description="Decides instead of `operator`; sees `input.a` and `input.b`")
    ] = None,
    then: Annotated[str | None, Field(description="Label given on `output` when it holds")] = None,
    else_: Annotated[str | None, Field(description="Label given on `output` when it does not")] = None,
) -> Ports:
    """Go one of two ways: the port `true` or the port `false` is live, and carries `a` on.

    Either compare `a` with `b` by `operator`, or write a `condition`. Comparisons mean what they mean in
    expressions: `=` never converts, `>` `<` `>=` `<=` compare numbers with numeric text and otherwise values
    of one kind, and anything else fails the node. `contains` looks for `b` in the text or list `a`,
    `starts_with` compares text, `matches` takes `b` as a regular expression found anywhere in `a`. `is_empty`
    needs no `b`: null, empty text, an empty list and an empty object are empty; 0 and false are not.

    With `then` or `else` there is a third port, `output`: the label of the way taken, null where that one has
    none.
    """
    if condition is not None:
        chosen = is_true(condition.evaluate(), what="The condition")
    else:
        chosen = is_true(holds(operator or "=", a, b), what="The comparison")
    ports = Ports({"true" if chosen else "false": a})
    if then is not None or else_ is not None:
        ports["output"] = then if chosen else else_
    return ports
