"""`@node`, `@effect`, `@trigger`, `@container`: from a function to a node type.

Positional parameters are input ports, keyword-only parameters are config, the return type names the output ports.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from treadle.model.node_type import ConfigField, FieldKind, NodeKind, NodeType
from treadle.model.policy import InDoubt
from treadle.model.port import InputPort, OutputPort
from treadle.node.annotation import is_branch, port_type
from treadle.node.definition import LazyAdapter, NodeDefinition
from treadle.node.field import Expression, Names, Needed, SecretMark, TemplateMark, VerbatimMark
from treadle.node.series import Collects, Lookback
from treadle.node.stake import Stakes
from treadle.node.watching import Watching

Function = Callable[..., Any]
Decorator = Callable[[Function], NodeDefinition]
PortsFor = Callable[[Mapping[str, Any]], tuple[Any, ...]]


def node(name: str | None = None, **more: Any) -> Decorator:
    """Declare a pure node: a plain function that may be computed again at any time and also takes arrays.

    Without a `name` it is called after its `category` and the function: `risk.position_size`. `lookback(config)` says
    how many values of a `Series` come before the first that it can speak of.
    """
    return _declare("pure", name, **more)


def effect(
    name: str | None = None,
    *,
    in_doubt: InDoubt = "ask",
    confirms: Stakes | None = None,
    begins_with_record: bool = False,
    **more: Any,
) -> Decorator:
    """Declare an effect: an `async` function with a `Context`, journaled before it starts and when it is done.

    `in_doubt` says what happens after a crash in the middle: `ask` a person, `repeat`, or `reconcile`.
    `provider(config)` names who is asked: when that fails again and again, it is left alone for a while. `confirms`
    tells what a workflow with such a node puts at stake: a person has to confirm that before it is deployed live.
    `begins_with_record`: before its first `ctx.records.put` (or `write`) it changes nothing outside, it only reads; its
    intent is written in one commit with that record then.
    """
    return _declare("effect", name, in_doubt=in_doubt, confirms=confirms, begins_with_record=begins_with_record, **more)


def trigger(
    name: str,
    *,
    next_fire: Callable[..., Any] | None = None,
    last_fire: Callable[..., Any] | None = None,
    watching: Watching | None = None,
    **more: Any,
) -> Decorator:
    """Declare a trigger: a function from a `Fire` to output ports.

    `next_fire(after, **config)` gives the next time it is due, for triggers that run on time; `last_fire(after,
    until, **config)` the last one in between, where that is found quicker than by walking there. The config fields
    `catch_up` (`skip`, `last`, `all`) and `jitter` (seconds) of such a trigger are heeded by who fires it, and not
    passed to them. `watching` is for triggers that are told things as they happen: `Watching(watch)`, where
    `watch(lookout, **config)` is an async generator of the items that start a run each.
    """
    return _declare("trigger", name, next_fire=next_fire, last_fire=last_fire, watching=watching, **more)


def note(name: str, **more: Any) -> Decorator:
    """Declare something that stands on the canvas and never runs: a plain function of which only the keyword-only
    parameters, its config, mean anything. It has no ports."""
    return _declare("note", name, **more)


def container(name: str, *, bodies: tuple[str, ...] = ("body",), names: tuple[str, ...] = (), **more: Any) -> Decorator:
    """Declare a container: an `async` function with `Bodies`. `names` are the roots it adds for its bodies;
    with `ordered=True` the nodes of a body run one after another."""
    return _declare("container", name, bodies=bodies, names=names, **more)


def _declare(
    kind: NodeKind,
    given_name: str | None,
    *,
    category: str = "custom",
    title: str | None = None,
    in_doubt: InDoubt = "repeat",
    in_doubt_for: Callable[[Mapping[str, Any]], InDoubt] | None = None,
    bodies: tuple[str, ...] = (),
    names: tuple[str, ...] = (),
    ordered: bool = False,
    inputs: PortsFor | None = None,
    outputs: PortsFor | None = None,
    requires: tuple[str, ...] = (),
    extra: str | None = None,
    timeout: float | None = None,
    check: Callable[[Mapping[str, Any]], list[str]] | None = None,
    next_fire: Callable[..., Any] | None = None,
    last_fire: Callable[..., Any] | None = None,
    watching: Watching | None = None,
    confirms: Stakes | None = None,
    begins_with_record: bool = False,
    provider: Callable[[Mapping[str, Any]], str | None] | None = None,
    lookback: Lookback | None = None,
    example: Mapping[str, Any] | None = None,
) -> Decorator:
    def declare(function: Function) -> NodeDefinition:
        name = given_name or f"{category}.{function.__name__}"
        if inspect.iscoroutinefunction(function) != (kind in ("effect", "container")):
            wanted = "an async function" if kind in ("effect", "container") else "a plain function"
            raise TypeError(f"{name}: a node of kind {kind} is {wanted}; {function.__qualname__} is not")
        hints = get_type_hints(function, include_extras=True)
        parameters = list(inspect.signature(function).parameters.values())
        takes_context = kind not in ("pure", "note")
        if takes_context:
            parameters = parameters[1:]
        ports = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.VAR_POSITIONAL)]
        fields = [p for p in parameters if p.kind is p.KEYWORD_ONLY]
        config = tuple(_config_field(p, hints.get(p.name, Any)) for p in fields)
        output_ports, output_names = _outputs(hints.get("return", Any))
        if outputs is not None:
            output_ports = outputs({})
        node_type = NodeType(
            name=name,
            title=title or name.split(".")[-1].replace("_", " ").capitalize(),
            description=inspect.cleandoc(function.__doc__ or ""),
            kind=kind,
            inputs=tuple(_input_port(p, hints.get(p.name, Any)) for p in ports),
            outputs=output_ports,
            config=config,
            config_schema=_config_schema(config),
            in_doubt=in_doubt,
            in_doubt_for=in_doubt_for,
            bodies=bodies,
            body_roots=frozenset(names),
            ordered=ordered,
            requires=requires,
            extra=extra,
            timeout=timeout,
            inputs_for=inputs,
            outputs_for=outputs,
            example=example,
        )
        return NodeDefinition(
            type=node_type,
            function=_with_file_keys(function, [p.name for p in fields]),
            takes_context=takes_context,
            input_names=tuple(p.name for p in ports if p.kind is not p.VAR_POSITIONAL),
            variadic=next((p.name for p in ports if p.kind is p.VAR_POSITIONAL), None),
            output_names=output_names,
            input_adapters={p.name: LazyAdapter(hints[p.name]) for p in ports if _checked(hints.get(p.name, Any))},
            config_adapters={_file_key(p.name): LazyAdapter(hints.get(p.name, Any)) for p in fields},
            input_defaults={p.name: p.default for p in ports if p.default is not p.empty},
            config_check=check,
            next_fire=next_fire,
            last_fire=last_fire,
            watching=watching,
            confirms=confirms,
            begins_with_record=begins_with_record,
            provider=provider,
            columns={p.name: mark for p in ports if (mark := _column(hints.get(p.name, Any))) is not None},
            lookback=lookback,
        )

    return declare


def _config_schema(config: tuple[ConfigField, ...]) -> dict[str, Any]:
    """One schema of all fields; what their schemas refer to moves to the top, where `#/$defs` looks for it."""
    shared = {name: part for item in config for name, part in item.schema.get("$defs", {}).items()}
    return {
        "type": "object",
        "properties": {
            item.name: {key: part for key, part in item.schema.items() if key != "$defs"} for item in config
        },
        "required": [item.name for item in config if item.required],
        "additionalProperties": False,
        **({"$defs": shared} if shared else {}),
    }


def _file_key(parameter: str) -> str:
    """How files write a config parameter: `else_` is Python's way around a keyword, files say `else`."""
    return parameter.rstrip("_")


def _with_file_keys(function: Function, parameters: list[str]) -> Function:
    """`function`, taking config by the keys files use."""
    parameter_of = {_file_key(name): name for name in parameters if _file_key(name) != name}
    if not parameter_of:
        return function

    @functools.wraps(function)
    def call(*args: Any, **config: Any) -> Any:
        return function(*args, **{parameter_of.get(key, key): value for key, value in config.items()})

    return call


def _checked(annotation: Any) -> bool:
    return port_type(annotation).kind != "any"


def _input_port(parameter: inspect.Parameter, annotation: Any) -> InputPort:
    collects = parameter.kind is parameter.VAR_POSITIONAL
    return InputPort(
        name=parameter.name,
        type=port_type(annotation),
        required=parameter.default is parameter.empty and not collects,
        collects=collects,
        needed=any(isinstance(mark, Needed) for mark in _marks(annotation)),
        description=_description(annotation),
    )


def _column(annotation: Any) -> Collects | None:
    return next((mark for mark in _marks(annotation) if isinstance(mark, Collects)), None)


def _is_named_tuple(annotation: Any) -> bool:
    return inspect.isclass(annotation) and tuple in annotation.__mro__ and hasattr(annotation, "_fields")


def _outputs(annotation: Any) -> tuple[tuple[OutputPort, ...], tuple[str, ...] | None]:
    if annotation is type(None) or annotation is None:
        return (), None
    if _is_named_tuple(annotation):
        hints = get_type_hints(annotation, include_extras=True)
        ports = tuple(
            OutputPort(name, port_type(hint), branch=is_branch(hint), description=_description(hint))
            for name, hint in hints.items()
        )
        return ports, tuple(hints)
    return (OutputPort("output", port_type(annotation), description=_description(annotation)),), None


def _config_field(parameter: inspect.Parameter, annotation: Any) -> ConfigField:
    marks = _marks(annotation)
    kind: FieldKind = "value"
    if any(isinstance(mark, SecretMark) for mark in marks):
        kind = "secret"
    elif any(isinstance(mark, VerbatimMark) for mark in marks):
        kind = "literal"
    elif any(isinstance(mark, TemplateMark) for mark in marks):
        kind = "template"
    elif Expression in marks:
        kind = "expression"
    schema = dict(TypeAdapter(annotation).json_schema())
    if kind == "secret":
        schema["format"] = "password"
    required = parameter.default is parameter.empty
    default = None if required or isinstance(parameter.default, FieldInfo) else parameter.default
    if not required and default is not None:
        shown = float(default) if isinstance(default, Decimal) else default
        schema.setdefault("default", shown if isinstance(shown, str | int | float | bool) else None)
    extra = frozenset(name for mark in marks if isinstance(mark, Names) for name in mark.names)
    return ConfigField(
        name=_file_key(parameter.name),
        schema=schema,
        required=required,
        kind=kind,
        default=default,
        extra_roots=extra,
        description=_description(annotation),
    )


def _marks(annotation: Any) -> list[Any]:
    """Every mark and class met inside an annotation, `X | None` and nested `Annotated` included."""
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        return [*marks, *_marks(inner)]
    arms = get_args(annotation)
    return [annotation, *(mark for arm in arms for mark in _marks(arm))]


def _description(annotation: Any) -> str:
    for mark in _marks(annotation):
        if isinstance(mark, FieldInfo) and mark.description:
            return mark.description
    return ""
