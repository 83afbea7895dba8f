"""The steps form: a list run from top to bottom, read as the graph it stands for (semantics 1.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from treadle.authoring.node_form import NODE_KEYS, ReadBody, build_node, declared_keys
from treadle.authoring.reading import Fields, Reading
from treadle.authoring.step_input import given_input
from treadle.authoring.tree import Path, snake_case
from treadle.model.nearest import suggest
from treadle.model.node_type import NodeType
from treadle.model.workflow import Connection, Graph, Node

SHORT_NAMES: Mapping[str, str] = {
    "agent": "agent.call",
    "http": "http.request",
    "transform": "data.transform",
    "conditional": "flow.if",
    "switch": "flow.switch",
    "parallel": "flow.parallel",
    "sequential": "flow.sequence",
    "loop": "flow.loop",
    "wait": "flow.wait",
}

_STEP_KEYS = NODE_KEYS | {"output", "condition", "steps", "step"}
_ALIASES = {"output": "publish", "condition": "when"}
# Settings of every node that a type may also use as the name of an input or a field of its own.
_YIELDING = frozenset(
    {"title", "note", "body", "catch", "finally", "cache", "position", "condition", "join", "steps", "step"}
)
_OWN_CONDITION = frozenset({"flow.if", "flow.wait", "flow.while"})
_RENAMED: Mapping[str, Mapping[str, str]] = {"flow.loop": {"max_concurrency": "concurrency"}}
_OWN_TIMEOUT = frozenset({"flow.signal"})
"""Types that wait as long as their own `timeout` says. Others keep it as the limit of an attempt."""
_MILLISECONDS: Mapping[str, frozenset[str]] = {"flow.wait": frozenset({"duration", "poll_interval", "max_wait"})}


@dataclass(frozen=True, slots=True)
class StepList:
    """`items` are what stands in the file and where. `previous` is the expression of what came before the
    list; where `chained`, each step follows the one before it, otherwise all start at once."""

    items: Sequence[tuple[object, Path]]
    model: Path
    prefix: str
    chained: bool = True
    previous: str | None = None


@dataclass(slots=True)
class _Step:
    id: str
    type: str
    declared: NodeType | None
    entries: Mapping[str, Any]
    file: Path
    common: Fields = field(default_factory=dict[str, Any])
    config: Fields = field(default_factory=dict[str, Any])
    written: dict[str, str] = field(default_factory=dict[str, str])
    previous: str | None = None
    chosen_by: _Step | None = None
    chooses: bool = False
    may_choose_nothing: bool = False


def read_steps(reading: Reading, steps: StepList, read_body: ReadBody) -> Fields:
    """`nodes`, `connections` and, where the list ends in one of several ways, `outputs` of its graph."""
    found = list(_sorted_out(reading, steps))
    connections = tuple(_targets(reading, found, steps.model))
    nodes: list[Node] = []
    for index, step in enumerate(found):
        step.previous = _previous(found, index, steps)
        node = _node(reading, step, (*steps.model, "nodes", len(nodes)), read_body)
        if node is None:
            continue
        if steps.chained and index:
            node = node.model_copy(update={"after": tuple(dict.fromkeys((found[index - 1].id, *node.after)))})
        nodes.append(node)
    graph: Fields = {"nodes": tuple(nodes), "connections": connections}
    if steps.chained and found and found[-1].chosen_by is not None:
        graph["outputs"] = "{{ " + str(_previous(found, len(found), steps)) + " }}"
    return graph


def _sorted_out(reading: Reading, steps: StepList) -> Iterator[_Step]:
    """The steps with their fields told apart: those of every node, and those of the type."""
    for index, (raw, file) in enumerate(steps.items):
        entries = reading.mapping(raw, file, "step")
        if entries is None:
            continue
        alone = steps.prefix if len(steps.items) == 1 and isinstance(file[-1], str) else f"{steps.prefix}-{index + 1}"
        id_, type_ = entries.get("id"), entries.get("type")
        id_ = alone if id_ is None else id_
        type_name = SHORT_NAMES.get(type_, type_) if isinstance(type_, str) else ""
        known = reading.catalogue.find(type_name) if type_name else None
        step = _Step(str(id_), type_name, known.type if known else None, entries, file)
        step.common |= {"id": id_, "type": type_name if isinstance(type_, str) else type_}
        _tell_apart(reading, step)
        yield step


def _tell_apart(reading: Reading, step: _Step) -> None:
    own = _own_names(step)
    renamed = _RENAMED.get(step.type, {})
    for key, value in step.entries.items():
        name = key if key in _STEP_KEYS else snake_case(key)
        if name in ("id", "type", "config"):
            continue
        if name == "timeout" and step.type in _OWN_TIMEOUT:
            target, value = step.config, _seconds(value)
        elif name in _STEP_KEYS and not (name in _YIELDING and name in own):
            name = _ALIASES.get(name, name)
            target = step.common
        else:
            name, target = renamed.get(name, name), step.config
        if name in target:
            reading.refuse(
                "duplicate_key",
                f"`{key}` says the same as `{name}`.",
                (*step.file, key),
                "Keep one of them.",
                node=step.id,
            )
            continue
        target[name] = value
        if target is step.common and name != key:
            step.written[name] = key
    explicit: object = step.entries.get("config")
    if isinstance(explicit, dict):
        step.config |= declared_keys(reading, cast("Fields", explicit), step.type)
    elif explicit is not None:
        reading.wrong_type(explicit, (*step.file, "config"), "config", "a mapping (`key: value`)", node=step.id)
    _count_milliseconds(step)


def _own_names(step: _Step) -> set[str]:
    """Names that mean something to the step's type itself."""
    if step.declared is None:
        own = {"condition"} if step.type in _OWN_CONDITION else set[str]()
        body = step.entries.get("body")
        return own if isinstance(body, dict | list) and _looks_like_graph(body) else own | {"body"}  # pyright: ignore[reportUnknownArgumentType]
    return {item.name for item in step.declared.config} | {port.name for port in step.declared.inputs}


def _looks_like_graph(body: object) -> bool:
    return isinstance(body, dict) and ("nodes" in body or "steps" in body)


def _count_milliseconds(step: _Step) -> None:
    """Bare numbers in the time fields of a step are milliseconds; the model counts seconds."""
    for name in ("timeout", "cache"):
        step.common[name] = _seconds(step.common.get(name))
    retry = step.common.get("retry")
    if isinstance(retry, dict):
        entries = cast("Fields", retry)
        step.common["retry"] = {
            key: _seconds(value) if snake_case(key) in ("delay", "max_delay") else value
            for key, value in entries.items()
        }
    for name in _MILLISECONDS.get(step.type, ()):
        if name in step.config:
            step.config[name] = _seconds(step.config[name])
    for name in [name for name in ("timeout", "cache") if step.common[name] is None]:
        del step.common[name]


def _seconds(value: object) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return value // 1000 if isinstance(value, int) and value % 1000 == 0 else value / 1000


def _targets(reading: Reading, steps: list[_Step], model: Path) -> Iterator[Connection]:
    """From the port of each choice to the `trigger` of the step it names."""
    order = {step.id: index for index, step in reversed(list(enumerate(steps)))}
    count = 0
    for index, step in enumerate(steps):
        for port, target, place in _choices(step):
            step.chooses = True
            there = order.get(target)
            if there is None or there <= index:
                known = [other.id for other in steps[index + 1 :]]
                if there is None:
                    remedy = suggest(target, known, "Name a step that stands after this one in the same list.")
                    reading.refuse(
                        "unknown_step",
                        f"There is no step `{target}` in this list.",
                        place,
                        remedy,
                        node=step.id,
                    )
                else:
                    message = f"`{target}` does not stand after `{step.id}`; steps run from top to bottom."
                    reading.refuse(
                        "unknown_step",
                        message,
                        place,
                        "Move it down, or repeat with `flow.while`.",
                        node=step.id,
                    )
                continue
            if steps[there].chosen_by is None:
                steps[there].chosen_by = step
            reading.stands((*model, "connections", count), place)
            count += 1
            yield Connection(source=step.id, output=port, target=target, input="trigger")


def _choices(step: _Step) -> Iterator[tuple[str, str, Path]]:
    """(port, step chosen, where that is written) of a conditional or switch."""
    if step.type == "flow.if":
        for key, port in (("then", "true"), ("else", "false")):
            if isinstance(step.config.get(key), str):
                yield port, step.config[key], (*step.file, key)
        step.may_choose_nothing = "else" not in step.config
    elif step.type == "flow.switch":
        cases: object = step.config.get("cases")
        if isinstance(cases, dict):
            for case, target in cast("Fields", cases).items():
                if isinstance(target, str):
                    yield case, target, (*step.file, "cases", case)
        if isinstance(step.config.get("default"), str):
            yield "default", step.config["default"], (*step.file, "default")
        step.may_choose_nothing = "default" not in step.config


def _previous(steps: list[_Step], index: int, list_: StepList) -> str | None:
    """What `input` means at `index` by default: the output of the step before it that ran."""
    if index < len(steps) and steps[index].chosen_by is not None:
        return cast(_Step, steps[index].chosen_by).previous
    if not list_.chained or index == 0:
        return list_.previous
    last = steps[index - 1]
    if last.chosen_by is None:
        return f"nodes.{last.id}.output"
    ways: list[str] = []
    chooser = last.chosen_by
    while index and steps[index - 1].chosen_by is not None:
        index -= 1
        if not steps[index].chooses:
            ways.append(f"nodes.{steps[index].id}.output")
        chooser = cast(_Step, steps[index].chosen_by)
    if chooser.previous is not None and (chooser.may_choose_nothing or not ways):
        ways.append(chooser.previous)
    return " ?? ".join(ways) or None


def _node(reading: Reading, step: _Step, model: Path, read_body: ReadBody) -> Node | None:
    fields = {**step.common, "config": step.config}
    for key in ("body", "catch", "finally"):
        if fields.get(key) is not None:
            fields[key] = read_body(fields[key], (*step.file, key), (*model, key), step.id)
    inner = _inner_steps(reading, step, fields, model)
    if inner is not None:
        fields["body"] = Graph(**read_steps(reading, inner, read_body))
    if "input" not in step.entries and step.previous is not None:
        when = step.common.get("when")
        if given_input(step.declared, step.config, when):
            fields["input"] = "{{ " + step.previous + " }}"
    explicit: object = step.entries.get("config")
    in_config = cast("Fields", explicit) if isinstance(explicit, dict) else {}
    for key in in_config:
        reading.stands((*model, "config", key), (*step.file, "config", key))
    node = build_node(reading, fields, step.file, model, step.written)
    if node is not None:
        reading.stands((*model, "config"), step.file)
    return node


def _inner_steps(reading: Reading, step: _Step, fields: Fields, model: Path) -> StepList | None:
    """The list under `steps:` or `step:` of a container."""
    many, one = fields.pop("steps", None), fields.pop("step", None)
    if many is None and one is None:
        return None
    if many is not None and one is not None:
        reading.refuse(
            "duplicate_key",
            "`step` and `steps` both give the body.",
            (*step.file, "step"),
            "Keep `steps`.",
            node=step.id,
        )
    if many is not None:
        file: Path = (*step.file, "steps")
        items = [(item, (*file, index)) for index, item in enumerate(reading.sequence(many, file, "steps"))]
    else:
        file = (*step.file, "step")
        items = [(one, file)]
    reading.stands((*model, "body", "nodes"), file)
    return StepList(
        items,
        (*model, "body"),
        f"{step.id}-step",
        chained=step.type != "flow.parallel",
        previous="loop.item" if step.type == "flow.loop" else step.previous,
    )
