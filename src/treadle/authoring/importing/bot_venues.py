"""Where an old bot traded, with whose credentials, and the limits it kept to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from treadle.authoring.importing.credentials import FoundProfile, seal
from treadle.authoring.importing.fields import DocumentFields, normal
from treadle.authoring.importing.ledger import Ledger, leaves
from treadle.authoring.importing.values import Reader, duration, number, percent, plain, whole
from treadle.authoring.sensitive import names_credential
from treadle.authoring.tree import Path
from treadle.authoring.workflow_form import slug

_ONE = ("provider", "exchange", "venue", "broker", "platform", "exchange_name", "provider_name")
_MANY = ("providers", "exchanges", "venues", "platforms")
_SIDES = (("provider_a", "provider_b"), ("exchange_a", "exchange_b"), ("venue_a", "venue_b"),
          ("buy_exchange", "sell_exchange"), ("exchange_1", "exchange_2"), ("provider_1", "provider_2"),
          ("primary_provider", "secondary_provider"))  # fmt: skip
_PROFILE = ("credentials.profile", "credentials.profile_id", "credentials.profile_name", "credentials_profile",
            "credential_profile", "credentials_profile_id", "credentials_id", "credential_id", "profile_id", "profile",
            "profile_name", "api_profile", "account_profile")  # fmt: skip
_CREDENTIALS = ("credentials", "credential", "api_credentials", "auth", "api", "keys")
_NAME_KEYS = ("name", "venue", "id", "provider", "exchange", "type")
_VENUES = {
    "simulated": "paper", "simulation": "paper", "simulator": "paper", "mock": "paper", "demo": "paper",
    "dry_run": "paper", "paper_trading": "paper", "binance_futures": "binanceusdm", "binance_usdm": "binanceusdm",
    "binance_perpetual": "binanceusdm", "binance_us": "binanceus", "coinbase_pro": "coinbaseexchange",
    "gdax": "coinbaseexchange", "coinbase_advanced": "coinbase", "okex": "okx", "huobi": "htx", "metatrader": "mt5",
    "metatrader5": "mt5", "metatrader_5": "mt5", "meta_trader": "mt5", "gate_io": "gate", "gateio": "gate",
    "crypto_com": "cryptocom", "ftmo": "mt5", "bitget_futures": "bitget", "bybit_perpetual": "bybit",
}  # fmt: skip

LIMITS: Mapping[str, tuple[Reader, tuple[str, ...]]] = {
    "max_order_notional": (number, ("max_order_notional", "max_order_value", "max_trade_value", "max_order_size_usd",
                                    "max_trade_size_usd")),
    "max_position_notional": (number, ("max_position_notional", "max_position_value", "max_position_size_usd",
                                       "max_position_usd")),
    "max_exposure": (number, ("max_exposure", "max_total_exposure", "max_exposure_usd", "total_exposure_limit")),
    "max_open_orders": (whole, ("max_open_orders", "max_orders", "open_orders_limit")),
    "max_orders_per_minute": (whole, ("max_orders_per_minute", "orders_per_minute", "order_rate_limit")),
    "max_daily_loss": (number, ("max_daily_loss", "daily_loss_limit", "daily_stop", "max_loss_per_day",
                                "max_daily_loss_usd")),
    "timezone": (plain, ("day_timezone", "risk_timezone")),
    "max_drawdown_pct": (percent, ("max_drawdown_pct", "max_drawdown", "max_drawdown_percent", "drawdown_limit_pct",
                                   "drawdown_limit", "max_drawdown_fraction")),
    "max_slippage_pct": (percent, ("max_slippage_pct", "max_slippage", "slippage_tolerance", "slippage", "slippage_pct",
                                   "max_slippage_bps", "slippage_bps", "slippage_tolerance_pct")),
    "max_price_age": (duration, ("max_price_age", "stale_after", "max_quote_age", "price_timeout",
                                 "max_price_age_seconds", "stale_price_seconds")),
}  # fmt: skip
"""A limit of `market.provider`, how it is read, and how documents call it, alone or in `risk`."""
_RISKS = ("", "risk.", "risk_management.", "risk_limits.", "limits.", "risk_params.", "risk_controls.")


@dataclass(slots=True)
class SaidProvider:
    """A venue as a document names it: where, with which profile, and where in it there are credentials."""

    venue: str
    path: Path
    note: str | None = None
    profile: str | None = None
    profile_path: Path | None = None
    secrets: list[Path] = field(default_factory=list[Path])


def read_providers(fields: DocumentFields) -> list[SaidProvider]:
    """In the order that the document has them."""
    ledger = fields.ledger
    said = list(_said(fields))
    for one in said:
        ledger.map(one.path, "", one.note)
    for one in said:
        for path in one.secrets:
            ledger.seal(path, "")
    named = fields.find(_PROFILE)
    if named is not None and isinstance(named[1], str | int) and not isinstance(named[1], bool):
        for one in said:
            if one.profile is None:
                one.profile, one.profile_path = str(named[1]), named[0]
    found = fields.find(_CREDENTIALS)
    if found is None:
        return said
    path, given = found
    if isinstance(given, str) and said and said[0].profile is None:
        said[0].profile, said[0].profile_path = given, path
        return said
    if isinstance(given, dict) and said:
        for key, inner in cast("dict[str, Any]", given).items():
            owner = next((one for one in said if one.venue == _venue(str(key))[0]), None)
            at = (*path, key)
            if owner is not None and isinstance(inner, str) and owner.profile is None:
                owner.profile, owner.profile_path = inner, at
            elif not ledger.knows(at) and at != (named[0] if named else None):
                (owner or said[0]).secrets += [place for place, leaf in leaves(inner, at) if _is_field(leaf)]
    return said


def set_providers(
    data: dict[str, Any], providers: list[SaidProvider], ledger: Ledger, name: str
) -> tuple[list[str], list[FoundProfile]]:
    """Put venues and profiles into the nodes that name one; (profiles named, those whose credentials were there)."""
    bound: list[str] = []
    found: list[FoundProfile] = []
    _forget(ledger, providers)
    places = _places(data)
    for index, one in enumerate(providers):
        mine = places if len(providers) == 1 else places[index : index + 1]
        if not mine:
            continue
        ledger.map(one.path, ", ".join(f"nodes.{node}.config.{key}" for node, key, _ in mine), one.note)
        if one.secrets:
            profile = one.profile or slug(f"{one.venue}-{name}")[:80]
            while any(other.name == profile for other in found):
                profile = f"{profile}-{index + 1}"
            found.append(seal(ledger, one.secrets, profile, one.venue))
        else:
            profile = one.profile
        for node, key, config in mine:
            _set(config, key, one.venue, profile)
            if one.profile_path is not None and not ledger.knows(one.profile_path):
                ledger.map(one.profile_path, f"nodes.{node}.config.profile")
        if profile is not None:
            bound.append(profile)
    return bound, found


def set_limits(data: dict[str, Any], fields: DocumentFields) -> list[tuple[Path, Any, ValueError]]:
    """Put the limits that the bot kept to into every provider; what of them cannot be read."""
    wrong: list[tuple[Path, Any, ValueError]] = []
    nodes = [node for node in data["nodes"] if node.get("type") == "market.provider"]
    if not nodes:
        return wrong
    for limit, (read, called) in LIMITS.items():
        found = fields.find(f"{risk}{name}" for risk in _RISKS for name in called)
        if found is None or isinstance(found[1], dict | list):
            continue
        path, given = found
        try:
            value, note = read(fields.key(path), given)
        except ValueError as error:
            wrong.append((path, given, error))
            continue
        for node in nodes:
            node["config"] = {
                **node.get("config", {}),
                "limits": {**node.get("config", {}).get("limits", {}), limit: value},
            }
        fields.ledger.map(path, ", ".join(f"nodes.{node['id']}.config.limits.{limit}" for node in nodes), note)
    return wrong


def _said(fields: DocumentFields) -> Iterator[SaidProvider]:
    many = fields.find(_MANY)
    if many is not None and isinstance(many[1], list | dict):
        path, given = many
        inside = (
            cast("dict[str, Any]", given).items() if isinstance(given, dict) else enumerate(cast("list[Any]", given))
        )
        pairs: list[tuple[Any, Any]] = list(inside)
        for key, one in pairs:
            yield from _one(one, (*path, key), str(key) if isinstance(key, str) else None)
        return
    for sides in _SIDES:
        pair = [fields.find((side,)) for side in sides]
        if any(pair):
            for side in pair:
                if side is not None:
                    yield from _one(side[1], side[0], None)
            return
    found = fields.find(_ONE)
    if found is not None:
        path, given = found
        sides = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
        if sides and not any(normal(key) in _NAME_KEYS for key in sides):
            for key, one in sides.items():
                yield from _one(one, (*path, key), key)
        else:
            yield from _one(given, path, None)


def _one(given: Any, path: Path, key: str | None) -> Iterator[SaidProvider]:
    if isinstance(given, str) and given.strip():
        venue, note = _venue(given)
        yield SaidProvider(venue, path, note)
    elif isinstance(given, dict):
        entries = cast("dict[str, Any]", given)
        names = {normal(one): one for one in entries}
        named = next((names[one] for one in _NAME_KEYS if isinstance(entries.get(names.get(one, "")), str)), None)
        if named is None and key is None:
            return
        venue, note = _venue(str(entries[named]) if named is not None else str(key))
        at = (*path, named) if named is not None else path
        said = SaidProvider(venue, at, note)
        for one, inner in entries.items():
            place = (*path, one)
            if normal(one) in ("profile", "profile_id", "credentials_profile") and isinstance(inner, str):
                said.profile, said.profile_path = inner, place
            elif normal(one) in _CREDENTIALS or names_credential(one):
                said.secrets += [at for at, leaf in leaves(inner, place) if _is_field(leaf)]
        yield said


def _venue(text: str) -> tuple[str, str | None]:
    name = normal(text)
    venue = _VENUES.get(name, name.replace("_", "") if name not in ("paper", "mt5", "rest") else name)
    return venue, None if venue == text else f"`{text}` is called `{venue}` here"


def _is_field(value: Any) -> bool:
    return isinstance(value, str | int | float | bool) and value != ""


def _forget(ledger: Ledger, providers: list[SaidProvider]) -> None:
    """What was only marked while the rest was read is said anew, with where it went."""
    marked = {one.path for one in providers} | {path for one in providers for path in one.secrets}
    ledger.forget(marked)


def _places(data: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """(node, field, config) of what names a venue: the providers, or where there are none, who names one itself."""
    nodes: list[dict[str, Any]] = data["nodes"]
    found = [node for node in nodes if node.get("type") == "market.provider"]
    if found:
        return [(node["id"], "venue", node.setdefault("config", {})) for node in found]
    return [(node["id"], "provider", node["config"]) for node in nodes if "provider" in node.get("config", {})]


def _set(config: dict[str, Any], key: str, venue: str, profile: str | None) -> None:
    if key == "provider":
        config[key] = venue if profile is None else {"venue": venue, "profile": profile}
        return
    if venue != config.get(key):
        config.pop("settings", None)  # they were the other venue's
    config[key] = venue
    if profile is not None:
        config["profile"] = profile
