"""How a venue's HTTP API is mapped: where each call goes, and where in its answer our fields are. Read from `settings`,
and everything that is wrong is told at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from treadle.errors import ExpressionError
from treadle.expressions import Expression, compile_expression
from treadle.model.nearest import suggest
from treadle.packs.trading.venue.refusal import refusal

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_ORDER = ("id", "client_id", "status", "quantity", "filled", "average", "price", "side", "at")
FIELDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "quote": (("bid", "ask"), ("last", "at", "volume")),
    "candles": (("time", "open", "high", "low", "close"), ("volume",)),
    "order_book": (("bids", "asks"), ("at",)),
    "symbols": (("symbol",), ()),
    "account": (("asset", "total"), ("free",)),
    "positions": (("symbol", "quantity"), ("entry", "mark", "profit")),
    "place": (("id",), _ORDER[1:]),
    "cancel": ((), _ORDER),
    "fetch": (("id", "status", "filled"), _ORDER),
    "open_orders": (("id", "client_id", "status", "quantity", "filled"), _ORDER),
    "fills": (("id", "order_id", "quantity", "price", "at"), ("client_id", "side", "fee", "fee_asset", "maker")),
}
"""By call: fields that have to be mapped, and those that may be."""
_LISTS = frozenset({"candles", "symbols", "account", "positions", "open_orders", "fills"})
_NAMES: dict[str, frozenset[str]] = {
    "quote": frozenset({"symbol"}),
    "candles": frozenset({"symbol", "timeframe", "bars", "since", "until"}),
    "order_book": frozenset({"symbol", "depth"}),
    "symbols": frozenset(),
    "account": frozenset(),
    "positions": frozenset({"symbol"}),
    "place": frozenset({"symbol", "client_id", "side", "kind", "quantity", "price", "stop_price", "time_in_force"}),
    "cancel": frozenset({"symbol", "client_id", "id"}),
    "fetch": frozenset({"symbol", "client_id"}),
    "open_orders": frozenset({"symbol"}),
    "fills": frozenset({"symbol", "since"}),
}
STATUSES = ("open", "partly_filled", "filled", "cancelled", "rejected", "expired")
CODES = (
    "unknown_symbol", "market_closed", "insufficient_balance", "below_minimum", "above_maximum", "price_out_of_bounds",
    "off_grid", "credentials_refused", "clock_skew", "rate_limited", "would_trade", "no_position", "refused",
)  # fmt: skip
_ASKED_BY = {"place": "fetch"}


class CallSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    method: Literal["GET", "POST", "PUT", "DELETE"] = "GET"
    path: str = Field(min_length=1)
    query: dict[str, Any] = Field(default_factory=dict[str, Any])
    body: dict[str, Any] | None = None
    list: str = ""
    fields: dict[str, str] = Field(default_factory=dict[str, str])
    missing: int = 404
    """The status that says that there is no such order."""


class Rate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    requests: float = Field(default=60, gt=0)
    seconds: float = Field(default=60, gt=0)


class Rules(BaseModel):
    """Of a market, as of `Market`."""

    model_config = ConfigDict(extra="forbid")

    tick: str | None = None
    lot: str | None = None
    min_quantity: str | None = None
    max_quantity: str | None = None
    min_notional: str | None = None
    maker: str = "0"
    taker: str = "0"


class RestSettings(BaseModel):
    """`settings` of a `market.provider` whose venue is `rest`."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(pattern=r"^https?://[^\s/]+")
    headers: dict[str, str] = Field(default_factory=dict[str, str])
    calls: dict[str, CallSettings]
    symbols: dict[str, str] = Field(default_factory=dict[str, str])
    timeframes: dict[str, str] = Field(default_factory=dict[str, str])
    statuses: dict[str, str] = Field(default_factory=dict[str, str])
    refusals: dict[str, str] = Field(default_factory=dict[str, str])
    """Words in what the venue says no with, and the code that they mean."""
    kinds: list[Literal["market", "limit", "stop", "stop_limit"]] = ["market", "limit"]
    market: Rules = Rules()
    currency: str = "USD"
    rate: Rate = Rate()
    timeout: float = Field(10.0, gt=0, le=120)
    time: Literal["ms", "s", "iso"] = "ms"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field is: a JSON pointer, or an expression over `answer`."""

    pointer: tuple[str, ...] = ()
    expression: Expression | None = None

    def read(self, answer: Any) -> Any:
        """None where there is nothing."""
        if self.expression is not None:
            return self.expression.evaluate({"answer": answer})
        return find(answer, self.pointer)


@dataclass(frozen=True, slots=True)
class Call:
    settings: CallSettings
    items: tuple[str, ...]
    fields: Mapping[str, Place]

    def rows(self, answer: Any) -> list[Any]:
        found = find(answer, self.items)
        return cast("list[Any]", found) if isinstance(found, list) else []


def read_mapping(given: Mapping[str, Any], credentials: Mapping[str, str]) -> tuple[RestSettings, dict[str, Call]]:
    """Raises `NodeError` (`invalid_settings`) that names every problem."""
    faults: list[str] = []
    settings: RestSettings | None = None
    try:
        settings = RestSettings.model_validate(dict(given))
    except ValidationError as error:
        for item in error.errors(include_url=False, include_input=False):
            faults.append(f"`{'.'.join(str(part) for part in item['loc'])}`: {item['msg']}")
    calls: dict[str, Call] = {}
    if settings is not None:
        calls = {name: _call(name, call, faults) for name, call in settings.calls.items()}
        _check_whole(settings, credentials, faults)
    if settings is None or faults:
        raise refusal(
            "invalid_settings",
            f"The mapping of `rest` cannot be used: {'; '.join(faults)}.",
            remedy="Correct the `settings` of `market.provider`.",
            faults=faults,
        )
    return settings, calls


def _check_whole(settings: RestSettings, credentials: Mapping[str, str], faults: list[str]) -> None:
    if "quote" not in settings.calls:
        faults.append("`calls.quote` is missing: prices are the least that a venue tells")
    for name, needs in _ASKED_BY.items():
        if name in settings.calls and needs not in settings.calls:
            faults.append(f"`calls.{name}` needs `calls.{needs}`: an order whose answer is lost has to be found")
    for theirs, ours in settings.statuses.items():
        if ours not in STATUSES:
            faults.append(f"`statuses.{theirs}`: `{ours}` is none of {', '.join(STATUSES)}")
    for words, code in settings.refusals.items():
        if code not in CODES:
            faults.append(f"`refusals.{words}`: `{code}` is none of {', '.join(CODES)}")
    for header, text in settings.headers.items():
        for field in _PLACEHOLDER.findall(text):
            if field not in credentials:
                faults.append(f"`headers.{header}`: the profile has no field `{field}`")


def _call(name: str, call: CallSettings, faults: list[str]) -> Call:
    where = f"calls.{name}"
    if name not in FIELDS:
        known = ", ".join(FIELDS)
        faults.append(f"there is no `{where}` ({suggest(name, FIELDS, f'use {known}')})")
        return Call(call, (), {})
    needed, more = FIELDS[name]
    for missing in [field for field in needed if field not in call.fields]:
        faults.append(f"`{where}.fields` has no `{missing}`")
    for texts in (call.path, *_texts(call.query), *_texts(call.body)):
        for field in _PLACEHOLDER.findall(texts):
            if field not in _NAMES[name]:
                known = ", ".join(sorted(_NAMES[name])) or "none"
                faults.append(f"`{where}`: there is no `{{{field}}}` (there is {known})")
    if name in ("place", "fetch") and "{client_id}" not in " ".join(
        (call.path, *_texts(call.query), *_texts(call.body))
    ):
        faults.append(f"`{where}` does not send `{{client_id}}`: the order could not be found by it")
    if call.list and name not in _LISTS:
        faults.append(f"`{where}.list` makes no sense: it is one record")
    places: dict[str, Place] = {}
    for field, text in call.fields.items():
        if field not in needed and field not in more:
            faults.append(f"`{where}.fields` knows no `{field}` ({suggest(field, [*needed, *more], 'leave it out')})")
        else:
            places[field] = _place(f"{where}.fields.{field}", text, faults)
    return Call(call, _pointer(f"{where}.list", call.list, faults), places)


def _place(where: str, text: str, faults: list[str]) -> Place:
    if not text.startswith("="):
        return Place(_pointer(where, text, faults))
    try:
        expression = compile_expression(text[1:].strip())
    except ExpressionError as error:
        faults.append(f"`{where}`: {error.message}")
        return Place()
    if strange := expression.roots - {"answer"}:
        faults.append(f"`{where}` reads `{'`, `'.join(sorted(strange))}`; there is only `answer`")
    return Place(expression=expression)


def _pointer(where: str, text: str, faults: list[str]) -> tuple[str, ...]:
    """RFC 6901."""
    if not text:
        return ()
    if not text.startswith("/"):
        faults.append(f"`{where}`: `{text}` is no JSON pointer (`/data/0/price`) and no expression (`= answer.price`)")
        return ()
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text[1:].split("/"))


def find(answer: Any, pointer: tuple[str, ...]) -> Any:
    for part in pointer:
        if isinstance(answer, Mapping):
            answer = cast("Mapping[str, Any]", answer).get(part)
        elif isinstance(answer, list) and part.isdigit() and int(part) < len(cast("list[Any]", answer)):
            answer = cast("list[Any]", answer)[int(part)]
        else:
            return None
    return answer


def _texts(given: Any) -> list[str]:
    if isinstance(given, str):
        return [given]
    if isinstance(given, Mapping):
        return [text for item in cast("Mapping[str, Any]", given).values() for text in _texts(item)]
    return [text for item in cast("list[Any]", given) for text in _texts(item)] if isinstance(given, list) else []


def fill(given: Any, values: Mapping[str, Any]) -> Any:
    """`given` with its `{placeholders}` filled; a text that is one placeholder becomes the value, and what is none is
    left out of an object."""
    if isinstance(given, str):
        whole = _PLACEHOLDER.fullmatch(given)
        if whole is not None:
            return values.get(whole[1])
        return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], "")), given)
    if isinstance(given, Mapping):
        filled = {name: fill(item, values) for name, item in cast("Mapping[str, Any]", given).items()}
        return {name: item for name, item in filled.items() if item is not None}
    return [fill(item, values) for item in cast("list[Any]", given)] if isinstance(given, list) else given
