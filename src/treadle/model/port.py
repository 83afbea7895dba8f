"""Port types: what may flow through a connection, and which outputs fit which inputs."""

from __future__ import annotations

from dataclasses import dataclass

_PLURALS = {"any": "values of any kind", "boolean": "booleans", "text": "texts"}


@dataclass(frozen=True, slots=True)
class PortType:
    """The kind of value on a port.

    `kind` is any, number, integer, text, boolean, datetime, duration, bytes, object, list, series, null, or
    the name of a domain type such as `candles`; a domain type names in `base` what it is made of (object, list…).
    `item` is the kind of a list's or series' items. `nullable` says that null may come too.
    """

    kind: str
    item: PortType | None = None
    nullable: bool = False
    base: str | None = None

    @property
    def name(self) -> str:
        """For people: `number`, `list of texts`."""
        if self.item is not None and self.item.kind != "any":
            plural = _PLURALS.get(self.item.kind, f"{self.item.name}s")
            return f"{self.kind} of {plural}"
        return self.kind

    def accepts(self, other: PortType) -> bool:
        """Whether a value of type `other` may arrive where this type is asked for.

        Unknown (`any`) on either side passes here and is checked when the value arrives.
        """
        if self.kind == "any" or other.kind in ("any", "null"):
            return True
        if self.kind == other.kind:
            return self.item is None or other.item is None or self.item.accepts(other.item)
        if (self.kind, other.kind) in _WIDENINGS:
            return True
        return other.base is not None and self.base is None and self.accepts(PortType(other.base))


_WIDENINGS = {
    ("number", "integer"),
    ("series", "number"),
    ("series", "integer"),
    ("series", "list"),
    ("number", "series"),
    ("integer", "series"),
    ("boolean", "series"),
    ("money", "series"),
    ("money", "number"),
    ("money", "integer"),
    ("percent", "series"),
    ("percent", "number"),
    ("percent", "integer"),
    ("symbol", "text"),
    ("timeframe", "text"),
    ("series", "money"),
    ("series", "percent"),
    ("series", "candle"),
    ("series", "candles"),
    ("candles", "candle"),
    ("candles", "object"),
    ("candles", "list"),
}

ANY = PortType("any")


@dataclass(frozen=True, slots=True)
class InputPort:
    """An input. `collects`: takes any number of connections and arrives as a list, in file order. `needed`: it may be
    left open, but once it is connected it is required."""

    name: str
    type: PortType = ANY
    required: bool = True
    collects: bool = False
    needed: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class OutputPort:
    """An output. `branch`: live only when the node chose it."""

    name: str
    type: PortType = ANY
    branch: bool = False
    description: str = ""


TRIGGER = InputPort(
    "trigger", ANY, required=False, collects=True, description="Runs the node when live; carries no value."
)
ERROR = OutputPort(
    "error",
    PortType("object"),
    branch=True,
    description="With `on_error: branch`: {type, message, node, attempt, details}.",
)
