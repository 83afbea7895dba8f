"""How old documents write amounts, times, shares and markets, in the words that workflows have for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from treadle.model.duration import format_duration, parse_duration

Read = tuple[Any, str | None]
"""(the value as a workflow has it, how it was read where that is worth telling)."""
Reader = Callable[[str, Any], Read]

_QUOTES = ("USDT", "USDC", "BUSD", "FDUSD", "TUSD", "DAI", "USD", "EUR", "GBP", "JPY", "TRY", "BTC", "ETH", "BNB")
_UNITS = {"ms": 0.001, "millis": 0.001, "milliseconds": 0.001, "s": 1, "sec": 1, "secs": 1, "seconds": 1,
          "m": 60,
          "min": 60, "mins": 60, "minutes": 60, "h": 3600, "hours": 3600, "hrs": 3600,
          "d": 86400, "days": 86400}  # fmt: skip
_NUMBER = re.compile(r"\s*[-+]?[0-9][0-9_,]*(\.[0-9]+)?([eE][-+]?[0-9]+)?\s*%?\s*")
_TIMEFRAME = re.compile(r"([1-9][0-9]*)\s*(s|sec|m|min|minutes?|h|hours?|d|days?|w|weeks?)", re.IGNORECASE)


def plain(key: str, value: Any) -> Read:
    return value, None


def number(key: str, value: Any) -> Read:
    """A number, also where it was written as text: `"1,000.50"`. Raises `ValueError`."""
    if isinstance(value, bool):
        raise ValueError("a number is meant, not true or false")
    if isinstance(value, int | float):
        return value, None
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise ValueError("this is no number")
    text = re.sub(r"[\s,_%]", "", value)
    found = float(text)
    return (int(found) if found.is_integer() and "." not in text else found), "the text was read as a number"


def whole(key: str, value: Any) -> Read:
    """Raises `ValueError`."""
    found, note = number(key, value)
    if found != int(found):
        raise ValueError("a whole number is meant")
    return int(found), note


def percent(key: str, value: Any) -> Read:
    """In hundredths: `min_spread_bps: 50` is 0.5, `stop_loss_fraction: 0.02` is 2. Raises `ValueError`."""
    found, note = number(key, value)
    if key.endswith(("_bps", "_bp", "_basis_points")):
        return _exact(found / 100), f"{found} basis points are {_exact(found / 100)} %"
    if key.endswith(("_fraction", "_ratio", "_share", "_decimal")):
        return _exact(found * 100), f"the share {found} is {_exact(found * 100)} %"
    if key.endswith(("_pct", "_percent", "_percentage", "percent")) or (isinstance(value, str) and "%" in value):
        return found, note
    return found, f"taken as {found} %: the document does not say whether it is a share or a percentage"


def share_below(limit: float) -> Reader:
    """As `percent`, where a number below `limit` that says no unit can only be a share: a fee of 0.001 is 0.1 %."""

    def read(key: str, value: Any) -> Read:
        read, note = percent(key, value)
        if note is not None and note.startswith("taken as") and 0 < read < limit:
            return _exact(read * 100), f"{read} was read as a share: {_exact(read * 100)} %"
        return read, note

    return read


def duration(key: str, value: Any) -> Read:
    """`interval_minutes: 5` and `interval: 300` are `5m`. A bare number is of seconds. Raises `ValueError`."""
    unit = next((unit for unit in sorted(_UNITS, key=len, reverse=True) if key.endswith(f"_{unit}")), None)
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return _written(parse_duration(value.strip().lower().replace(" ", ""))), None
    found, _ = number(key, value)
    seconds = found * _UNITS[unit or "s"]
    return _written(seconds), None if unit else f"{found} was read as seconds"


def timeframe(key: str, value: Any) -> Read:
    """`1H`, `15 min` and 60 (minutes) as `1h`, `15m` and `1h`. Raises `ValueError`."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        for size, letter in ((1440, "d"), (60, "h"), (1, "m")):
            if value % size == 0:
                return f"{value // size}{letter}", f"{value} was read as minutes"
    found = _TIMEFRAME.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or found[2] == "M":  # `1M` is a month, and bars of one have no fixed length
        raise ValueError("a time such as `15m`, `1h` or `1d` is meant")
    text = f"{found[1]}{found[2][0].lower()}"
    return text, None if text == value else f"`{value}` as it is written here"


def symbol(key: str, value: Any) -> Read:
    """`BTCUSDT`, `btc-usdt` and `BTC_USDT` as `BTC/USDT`. What may be called anything stays. Raises `ValueError`."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("the name of a market is meant, such as `BTC/USDT`")
    text = value.strip()
    if "/" in text or ":" in text:
        return (text.upper(), "in capitals") if text.upper() != text and text.islower() else (text, None)
    parted = re.fullmatch(r"([A-Za-z0-9]{2,12})[-_]([A-Za-z]{3,5})", text)
    if parted and parted[2].upper() in _QUOTES:
        found = f"{parted[1]}/{parted[2]}".upper()
        return found, f"`{text}` as it is written here"
    whole = text.upper()
    for quote in _QUOTES:
        if whole.endswith(quote) and 2 <= len(whole) - len(quote) <= 10 and whole.isalnum():
            return f"{whole.removesuffix(quote)}/{quote}", f"`{text}` as it is written here"
    return text, None


def markets(key: str, value: Any) -> Read:
    """A list of them, or text with commas between. Raises `ValueError`."""
    given: list[Any] = cast("list[Any]", value) if isinstance(value, list) else str(value).split(",")
    found = [symbol(key, one)[0] for one in given]
    if not found:
        raise ValueError("markets are meant, such as `BTC/USDT`")
    return found, None if found == value else "as they are written here"


def operator(key: str, value: Any) -> Read:
    """Raises `ValueError`."""
    words = {
        "above": ">", "over": ">", "gt": ">", "greater_than": ">", "greater": ">", "below": "<", "under": "<",
        "lt": "<",
        "less_than": "<", "less": "<", "gte": ">=", "at_least": ">=", "lte": "<=", "at_most": "<=",
        "crosses_above": "crosses_above", "cross_above": "crosses_above", "crossover": "crosses_above",
        "cross_up": "crosses_above", "crosses_below": "crosses_below", "cross_below": "crosses_below",
        "crossunder": "crosses_below", "cross_down": "crosses_below",
    }  # fmt: skip
    text = str(value).strip().lower()
    found = text if text in (">", "<", ">=", "<=") else words.get(text)
    if found is None:
        raise ValueError("`above`, `below`, `crosses_above` or `crosses_below` is meant")
    return found, None if found == value else f"`{value}` as it is called here"


def _written(seconds: float) -> Any:
    text = format_duration(seconds)
    return text if parse_duration(text) == seconds else seconds


def _exact(value: float) -> int | float:
    rounded = round(value, 10)
    return int(rounded) if rounded == int(rounded) else rounded


def read_position(value: object) -> dict[str, float] | None:
    """Where a node stands, of `[x, y]` or `{x, y}`; None where that says no two numbers."""
    if isinstance(value, dict):
        given = cast("dict[str, Any]", value)
        pair: list[Any] = [given.get("x"), given.get("y")]
    else:
        pair = cast("list[Any]", value) if isinstance(value, list) else []
    if len(pair) != 2 or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in pair):
        return None
    return {"x": pair[0], "y": pair[1]}
