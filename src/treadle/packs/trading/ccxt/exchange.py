"""Opening ccxt's exchange: on our network, with our rate limiter, the profile's credentials and exact numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from treadle.packs.trading.ccxt.refusing import retry_after
from treadle.packs.trading.ccxt.settings import CREDENTIALS, ExchangeSettings
from treadle.packs.trading.venue.limiter import Limiter
from treadle.packs.trading.venue.refusal import refusal
from treadle.packs.trading.venue.wire import open_session

if TYPE_CHECKING:
    import aiohttp

    from treadle.packs.trading.venue.venues import Opening

_USED = ("X-MBX-USED-WEIGHT-1M", "X-MBX-USED-WEIGHT")
_BINANCE_WEIGHTS = {"spot": 6000.0, "swap": 2400.0, "future": 2400.0}
"""What Binance allows an address a minute."""

_limiters: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[Any, ...], Limiter]] = WeakKeyDictionary()


async def import_ccxt() -> Any:
    """ccxt.pro, in a thread: it takes seconds. Raises `NodeError` (`missing_library`)."""
    try:
        return await asyncio.to_thread(import_module, "ccxt.pro")
    except ModuleNotFoundError as error:
        raise refusal(
            "missing_library",
            f"Exchanges are asked through `{error.name}`, which is not installed.",
            remedy="Install it: pip install 'treadle[trading]'.",
            library=error.name,
        ) from error


async def open_exchange(opening: Opening, settings: ExchangeSettings) -> tuple[Any, aiohttp.ClientSession, Limiter]:
    pro = await import_ccxt()
    plain = import_module("ccxt.async_support")
    kind = getattr(pro, opening.venue, None) or getattr(plain, opening.venue)
    exchange = kind({"enableRateLimit": True, "timeout": round(settings.timeout * 1000)})
    try:
        _configure(exchange, opening, settings)
        limiter = _limiter(exchange, opening.venue, settings)
        session = open_session(private=opening.permissions.private_network, answered=_heeding(exchange, limiter))
    except BaseException:
        exchange.session = None
        raise
    exchange.session, exchange.own_session = session, False
    exchange.throttle = _throttle(limiter)
    exchange.timeout_on_exit = 0
    return exchange, session, limiter


def _configure(exchange: Any, opening: Opening, settings: ExchangeSettings) -> None:
    exchange.number = str
    for field, name in CREDENTIALS.items():
        if opening.credentials.get(field):
            setattr(exchange, name, opening.credentials[field])
    if settings.sandbox or opening.credentials.get("sandbox", "").lower() in ("1", "true", "yes"):
        _use_sandbox(exchange, opening.venue, settings)
    more: dict[str, Any] = {"defaultType": settings.type, "adjustForTimeDifference": settings.adjust_clock}
    if opening.venue.startswith("binance"):
        own = {"spot": "spot", "swap": "linear", "future": "linear"}[settings.type]
        more |= {"fetchMarkets": {"types": [own]}, "fetchMargins": False, "warnOnFetchOpenOrdersWithoutSymbol": False}
        more["fetchOpenOrders"] = {"warnWithoutSymbol": False}
        exchange.has["fetchCurrencies"] = False
    exchange.options = exchange.deep_extend(exchange.options, more, settings.options)
    if settings.urls:
        exchange.urls["api"] = (
            exchange.deep_extend(exchange.urls["api"], settings.urls)
            if isinstance(exchange.urls["api"], dict)
            else settings.urls
        )


def _use_sandbox(exchange: Any, venue: str, settings: ExchangeSettings) -> None:
    try:
        if venue.startswith("binance") and settings.type != "spot":
            # Binance has closed the testnet of its futures; what it calls demo trading stands in.
            exchange.enable_demo_trading(True)
        else:
            exchange.set_sandbox_mode(True)
    except Exception as error:
        raise refusal(
            "not_supported",
            f"`{venue}` has no testnet.",
            remedy="Take `sandbox` out of the settings, and try the workflow in mode `paper`.",
        ) from error


def _limiter(exchange: Any, venue: str, settings: ExchangeSettings) -> Limiter:
    """One for all accounts at the same host: exchanges count by address."""
    host = urlsplit(_first_url(exchange.urls.get("api"))).netloc
    known = _limiters.setdefault(asyncio.get_running_loop(), {})
    key = (venue, host, settings.type, settings.rate, settings.patience)
    if key not in known:
        each = float(exchange.rateLimit or 50) / 1000
        window = 60.0 if venue.startswith("binance") else max(1.0, each)
        known[key] = Limiter(max(1.0, settings.rate * window / each), window, patience=settings.patience)
    return known[key]


def _heeding(exchange: Any, limiter: Limiter) -> Any:
    allowed = _BINANCE_WEIGHTS.get(str(exchange.options.get("defaultType")), 6000.0)

    def answered(status: int, headers: Mapping[str, str]) -> None:
        used = next((headers[name] for name in _USED if headers.get(name)), "")
        if used.isdigit():
            # ccxt counts in its own unit, of which a minute has as many as the exchange's share of weights.
            limiter.note_used(int(used) / allowed * limiter.window / (float(exchange.rateLimit) / 1000))
        if status in (418, 429):
            limiter.pause(retry_after(headers) or 1.0)

    return answered


def _throttle(limiter: Limiter) -> Callable[..., Awaitable[None]]:
    async def throttle(cost: float | None = None) -> None:
        await limiter.take(1.0 if cost is None else float(cost))

    return throttle


def _first_url(urls: Any) -> str:
    if isinstance(urls, str):
        return urls
    if isinstance(urls, Mapping):
        return next((found for item in urls.values() if (found := _first_url(item))), "")  # pyright: ignore
    return ""


def missing_credentials(exchange: Any) -> list[str]:
    """Fields of the profile that this exchange needs and that are not there."""
    needed: Mapping[str, bool] = exchange.requiredCredentials
    ours = {name: field for field, name in CREDENTIALS.items()}
    return [ours[name] for name, wanted in needed.items() if wanted and name in ours and not getattr(exchange, name)]
