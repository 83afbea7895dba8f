"""Go one of many ways."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from treadle.model.port import ANY, OutputPort, PortType
from treadle.node import JsonValue, Needed, Ports, Value, node
from treadle.packs.core.flow.comparison import text_of

_RESERVED = ("default", "output")

CASES = "The values to tell apart: a list, or an object of value and label. Each names a port."


def _names(cases: object) -> list[str]:
    if not isinstance(cases, list | dict):
        return []
    return [text for case in cases if (text := text_of(case)) is not None]  # type: ignore[misc]


def _labelled(config: Mapping[str, Any]) -> bool:
    return isinstance(config.get("cases"), dict) or config.get("default") is not None


def _outputs(config: Mapping[str, Any]) -> tuple[OutputPort, ...]:
    ports = [
        OutputPort(name, ANY, branch=True, description=f"The value, when it is {name}")
        for name in dict.fromkeys(_names(config.get("cases")))
        if name not in _RESERVED
    ]
    ports.append(OutputPort("default", ANY, branch=True, description="The value, when no case fits"))
    if _labelled(config):
        ports.append(OutputPort("output", PortType("text", nullable=True), description="The label of the case chosen"))
    return tuple(ports)


def _check(config: Mapping[str, Any]) -> list[str]:
    cases = config.get("cases")
    names = _names(cases)
    problems: list[str] = []
    if isinstance(cases, list | dict) and len(names) < len(cases):  # pyright: ignore[reportUnknownArgumentType]
        problems.append("A case is a list or an object. Cases are texts, numbers, true, false or null.")
    problems.extend(
        f"Two cases are written {name!r}. Each case has a port of that name: remove one."
        for name in sorted({name for name in names if names.count(name) > 1})
    )
    problems.extend(
        f"A case is written {name!r}, the name of another port of this node. Use `flow.if` for that value."
        for name in _RESERVED
        if name in names
    )
    return problems


@node(
    "flow.switch",
    title="Switch",
    outputs=_outputs,
    check=_check,
    example={
        "config": {"cases": {"blog": "to-blog", "mail": "to-mail"}, "default": "to-archive"},
        "inputs": {"value": "mail"},
        "outputs": {"mail": "mail", "output": "to-mail"},
    },
)
def switch(
    value: Annotated[Value, Needed(), Field(description="What is matched; the live port carries it on")] = None,
    *,
    cases: Annotated[list[JsonValue] | dict[str, str], Field(description=CASES)],
    default: Annotated[str | None, Field(description="Label given on `output` when no case fits")] = None,
) -> Ports:
    """Go one of many ways: the port of the case that equals the value is live, or else `default`.

    The live port carries the value on. A port is named by the text of its case, and values are matched by
    that text: 5, 5.0 and "5" are one case, as are true and "true". Upper and lower case differ. A list, an
    object or a time fits no case.

    Where `cases` is an object of value and label, or `default` is set, there is also a port `output`: the
    label of the case chosen, null where it has none.
    """
    text = text_of(value)
    fits = text is not None and text in _names(cases)
    ports = Ports({text if fits and text is not None else "default": value})
    labels: Mapping[str, str] = cases if isinstance(cases, dict) else {}
    if isinstance(cases, dict) or default is not None:
        ports["output"] = labels.get(text) if fits and text is not None else default
    return ports
