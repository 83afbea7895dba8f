"""From a Python annotation to a port type."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic import JsonValue as PydanticJson
from typing_extensions import TypeAliasType

from treadle.model.port import ANY, PortType
from treadle.node.output import BranchMark, Dead
from treadle.node.series import Collects

_SCALARS: dict[Any, PortType] = {
    bool: PortType("boolean"),
    int: PortType("integer"),
    float: PortType("number"),
    Decimal: PortType("number"),
    str: PortType("text"),
    bytes: PortType("bytes"),
    datetime: PortType("datetime"),
    date: PortType("datetime"),
    timedelta: PortType("duration"),
    dict: PortType("object"),
    list: PortType("list", ANY),
    type(None): PortType("null"),
    object: ANY,
    Any: ANY,
}


class Domain:
    """Names a domain type: `Candles = Annotated[dict[str, Any], Domain("candles")]`."""

    def __init__(self, name: str) -> None:
        self.name = name


def is_branch(annotation: Any) -> bool:
    return get_origin(annotation) is Annotated and any(isinstance(m, BranchMark) for m in get_args(annotation)[1:])


def port_type(annotation: Any) -> PortType:
    """The port type an annotation stands for; what it does not know is `any`."""
    if annotation is PydanticJson or isinstance(annotation, TypeAliasType):
        return ANY if annotation is PydanticJson else port_type(annotation.__value__)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        column = next((mark for mark in args[1:] if isinstance(mark, Collects)), None)
        if column is not None:
            return PortType(column.kind, PortType(column.items) if column.items else None, base=column.base)
        domain = next((mark for mark in args[1:] if isinstance(mark, Domain)), None)
        inner = port_type(args[0])
        return PortType(domain.name, inner.item, inner.nullable, inner.kind) if domain else inner
    if origin in (Union, types.UnionType):
        return _union([arm for arm in args if arm is not Dead])
    if origin is Literal:
        kinds = {port_type(type(value)) for value in args}
        return kinds.pop() if len(kinds) == 1 else ANY
    if origin in (list, Sequence, tuple, set):
        return PortType("list", port_type(args[0]) if args else ANY)
    if origin in (dict, Mapping):
        return PortType("object")
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return PortType(annotation.__name__.lower(), base="object")
    return ANY


def _union(arms: list[Any]) -> PortType:
    solid = {port_type(arm) for arm in arms if arm is not type(None)}
    if len(solid) == 2 and {kind.kind for kind in solid} == {"integer", "number"}:
        solid = {PortType("number")}
    kind = solid.pop() if len(solid) == 1 else ANY
    nullable = len(arms) > 1 and type(None) in arms
    return PortType(kind.kind, kind.item, nullable or kind.nullable, kind.base)
