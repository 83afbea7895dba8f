"""Where bars come from, as it is written: a file, a market at a venue, or bars that the project keeps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from treadle.errors import InvalidWorkflow, NodeError
from treadle.model.issue import Issue
from treadle.model.nearest import suggest
from treadle.packs.trading.bars import milliseconds
from treadle.packs.trading.ccxt.names import NAMES as EXCHANGES
from treadle.packs.trading.venue.venues import KNOWN
from treadle.service.backtests.data.reading import ENDINGS

if TYPE_CHECKING:
    from treadle.service.settings import Settings

UPLOADED = "file"
"""What stands in the place of a venue for bars of a file that the project keeps."""
ANY = "*"
_SIMULATED = re.compile(r"simulated(?:-(?P<seed>\d{1,9}))?(?:-(?P<market>[a-z][a-z0-9-]{0,39}))?")
_OF_VENUE = re.compile(r"(?P<venue>[a-z][a-z0-9_-]*):(?P<symbol>[^@]+)@(?P<timeframe>[0-9]+[smhdw])")
_OF_NO_TIMEFRAME = re.compile(r"(?P<venue>[a-z][a-z0-9_-]*):(?P<symbol>[^@]+)(?:@(?P<timeframe>.*))?")
_FILE_WITH = re.compile(r"(?P<path>.+\.(?:csv|parquet))@(?P<timeframe>[0-9]+[smhdw])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FileSource:
    path: Path
    timeframe: str | None = None

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class MarketSource:
    """Bars that the project keeps, of a venue (`binance`, `simulated`, `simulated-7` with another seed,
    `simulated-alpha` of another market beside) or of a file that was brought (`file`)."""

    venue: str
    symbol: str
    timeframe: str

    def __str__(self) -> str:
        return f"{self.venue}:{self.symbol}@{self.timeframe}"

    @property
    def is_simulated(self) -> bool:
        return _SIMULATED.fullmatch(self.venue) is not None

    @property
    def can_be_downloaded(self) -> bool:
        return self.venue != UPLOADED

    @property
    def seed(self) -> int:
        found = _SIMULATED.fullmatch(self.venue)
        return int((found and found["seed"]) or 1)

    @property
    def market(self) -> str:
        """Which of several simulated venues; empty: the main one."""
        found = _SIMULATED.fullmatch(self.venue)
        return (found and found["market"]) or ""


Source = FileSource | MarketSource


def simulated_venue(*, market: str = "") -> str:
    """What the simulated venue of this name is called here."""
    name = re.sub(r"[^a-z0-9-]+", "-", market.lower())[:40].strip("-")
    return f"simulated-{name}" if name[:1].isalpha() else "simulated"


def market_source(venue: str, symbol: str, timeframe: str) -> MarketSource:
    """Raises `NodeError`: `unknown_venue`, `unknown_timeframe`, `no_symbol`."""
    milliseconds(timeframe)
    if venue != UPLOADED and not _SIMULATED.fullmatch(venue):
        if venue == "paper":
            raise NodeError(
                "An account on paper has no bars of its own.",
                code="unknown_venue",
                remedy="Name the venue whose prices it uses, or `simulated`.",
                retryable=False,
            )
        _require_known(venue)
    if not symbol.strip() or len(symbol) > 100:
        raise NodeError(
            "No symbol is given.", code="no_symbol", remedy="Name a market, such as `BTC/USDT`.", retryable=False
        )
    return MarketSource(venue, symbol.strip(), timeframe)


def read_source(text: str, settings: Settings, *, anywhere: bool = True) -> Source:
    """Raises `NodeError`. Without `anywhere` (somebody asks from outside) only files of the workspace are looked at."""
    if "\0" in text or len(text) > 1_000:
        raise NodeError("That names no file.", code="no_file", remedy="Name a CSV or Parquet file.", retryable=False)
    if found := _OF_VENUE.fullmatch(text):
        return market_source(found["venue"], found["symbol"], found["timeframe"])
    if (said := _OF_NO_TIMEFRAME.fullmatch(text)) and _is_venue(said["venue"]) and not Path(text).is_file():
        named = f"`{said['timeframe']}` is no timeframe" if said["timeframe"] else f"`{text}` says no timeframe"
        market = f"{said['venue']}:{said['symbol']}"
        raise NodeError(
            f"{named} (how long a bar is).",
            code="unknown_timeframe",
            remedy=f"Write it behind the symbol, as in `{market}@1h`; others are `1m`, `5m`, `4h` and `1d`.",
            retryable=False,
        )
    path, timeframe = text, None
    if (said := _FILE_WITH.fullmatch(text)) and not Path(text).is_file():
        path, timeframe = said["path"], said["timeframe"]
        milliseconds(timeframe)
    return FileSource(Path(path) if anywhere else _within(path, settings), timeframe)


def read_data(given: Iterable[str]) -> dict[str, str]:
    """`[[VENUE:]SYMBOL=]SOURCE`, as `--data` has it: sources by the key of the market. Raises `InvalidWorkflow`
    (`invalid_argument`) with everything that does not go together.

    A source at a venue says its symbol itself; where two venues have the same one, each is kept apart.
    """
    told: list[tuple[str | None, str]] = []
    for text in given:
        key, mark, source = text.partition("=")
        is_named = bool(mark) and not (Path(text).is_file() and not Path(source).is_file())
        told.append((key, source) if is_named else (None, text))
    own = [found["symbol"] for key, source in told if key is None and (found := _OF_VENUE.fullmatch(source))]
    sources: dict[str, str] = {}
    twice: list[str] = []
    for key, source in told:
        if key is None:
            found = _OF_VENUE.fullmatch(source)
            key = ANY if found is None or found["venue"] == UPLOADED else found["symbol"]
            if found is not None and key != ANY and own.count(key) > 1:
                key = f"{found['venue']}:{key}"
        if key in sources:
            twice.append("a source without a symbol" if key == ANY else key)
        sources[key] = source
    if twice:
        raise InvalidWorkflow(
            f"There is more than one source for {', '.join(dict.fromkeys(twice))}.",
            code="invalid_argument",
            remedy="Give each market one, the finest: longer bars are put together from it.",
        )
    return sources


def read_given(given: Iterable[tuple[str, str]], settings: Settings) -> dict[str, str | Path]:
    """Pairs of a symbol and a source, as somebody outside gives them: bars of the project, and files of the workspace
    and of nowhere else. Raises `InvalidWorkflow` (`invalid_bars`) with everything that is wrong, by `data[0].source`.
    """
    found: dict[str, str | Path] = {}
    issues: list[Issue] = []
    for at, (symbol, text) in enumerate(given):
        try:
            if symbol in found:
                raise NodeError(
                    f"There is more than one source for {symbol}.", code="invalid_argument", remedy="Give it one."
                )
            source = read_source(text, settings, anywhere=False)
            if isinstance(source, FileSource) and not source.path.is_file():
                raise NodeError(f"`{text}` is no file of the workspace.", code="no_file", remedy="Look at its name.")
            found[symbol] = str(source) if not isinstance(source, FileSource) else source.path
            if isinstance(source, FileSource) and source.timeframe:
                found[symbol] = f"{source.path}@{source.timeframe}"
        except NodeError as error:
            issues.append(Issue(error.code, error.message, path=("data", at, "source"), remedy=error.remedy))
    if issues:
        raise InvalidWorkflow(" ".join(one.message for one in issues), code="invalid_bars", issues=tuple(issues))
    return found


def split_key(key: str) -> tuple[str | None, str]:
    """The venue, if it names one, and the symbol of a key of `BacktestRequest.bars`."""
    venue, mark, symbol = key.partition(":")
    if not mark or not _is_venue(venue):
        return None, key
    return venue, symbol


def _is_venue(name: str) -> bool:
    return name in KNOWN or name in EXCHANGES or _SIMULATED.fullmatch(name) is not None


def _require_known(venue: str) -> None:
    known = ["simulated", *(name for name in KNOWN if name != "paper"), *EXCHANGES]
    if venue not in known:
        raise NodeError(
            f"There is no venue `{venue[:60]}` to get bars from.",
            code="unknown_venue",
            remedy=suggest(venue, known, "Use `simulated`, or an exchange of ccxt such as `binance`."),
            retryable=False,
        )


def _within(text: str, settings: Settings) -> Path:
    """Raises `NodeError` (`path_outside`) for what is no file of bars in the workspace."""
    workspace = Path(settings.workspace).resolve()
    path = (workspace / text).resolve()
    parts = path.relative_to(workspace).parts if path.is_relative_to(workspace) else ()
    if not parts or any(part.startswith(".") for part in parts) or path.suffix.lower() not in ENDINGS:
        raise NodeError(
            f"`{text[:200]}` is no file of bars in the workspace.",
            code="path_outside",
            remedy="Name bars of this project (`GET /bars`), or a CSV or Parquet file below the workspace.",
            retryable=False,
        )
    return path


def read_sources(given: Mapping[str, str | Path], settings: Settings) -> dict[str, Source]:
    """By key. Raises `InvalidWorkflow` (`invalid_bars`) with everything that names nothing."""
    found: dict[str, Source] = {}
    issues: list[Issue] = []
    for key, value in given.items():
        try:
            found[key] = FileSource(value) if isinstance(value, Path) else read_source(value, settings)
        except NodeError as error:
            issues.append(Issue(error.code, f"{value}: {error.message}", path=(key,), remedy=error.remedy))
    if issues:
        raise InvalidWorkflow(" ".join(one.message for one in issues), code="invalid_bars", issues=tuple(issues))
    return found
