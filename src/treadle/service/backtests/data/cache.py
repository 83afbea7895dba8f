"""`BarCache`: all bars that a project keeps, below its workspace: `.treadle/bars/<venue>/<symbol>/<timeframe>/`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from treadle.errors import NodeError, NotFound
from treadle.model.nearest import listed, suggest
from treadle.service.backtests.data.arrays import BarArrays
from treadle.service.backtests.data.kept import KeptBars
from treadle.service.backtests.data.source import UPLOADED, MarketSource, market_source, read_source

if TYPE_CHECKING:
    from treadle.service.settings import Settings

FOLDER = ".treadle/bars"


class BarCache:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.folder = Path(settings.workspace) / FOLDER

    def of(self, source: MarketSource) -> KeptBars:
        """Whether they are there or not."""
        # No name of a venue or a market leads out of its folder: what is no letter or digit is written as %2F.
        parts = (_encoded(source.venue), _encoded(source.symbol), source.timeframe)
        return KeptBars(self.folder.joinpath(*parts), source)

    def list(self) -> list[KeptBars]:
        """All, by name."""
        return sorted(self._find(), key=lambda one: str(one.source))

    def get(self, name: str) -> KeptBars:
        """Raises `NotFound` (`unknown_bars`)."""
        try:
            source = read_source(name, self._settings, anywhere=True)
        except NodeError:
            source = None
        kept = self.of(source) if isinstance(source, MarketSource) else None
        if kept is None or not kept.exists:
            known = [str(one.source) for one in self.list()]
            if meant := [one for one in known if one.startswith(f"{name}@")]:
                raise NotFound(
                    f"`{name[:200]}` does not say which bars: there are those of {listed(meant)}.",
                    code="unknown_bars",
                    remedy=f"Name one of them, such as `{meant[0]}`." if len(meant) > 1 else f"Name `{meant[0]}`.",
                    bars=name[:200],
                )
            raise NotFound(
                f"There are no bars called `{name[:200]}`.",
                code="unknown_bars",
                remedy=suggest(name, known, "`treadle bars list` shows which there are."),
                bars=name[:200],
            )
        return kept

    def put(self, name: str, bars: BarArrays) -> KeptBars:
        """Keep bars of a file, in the place of those that have that name. Raises `NodeError`."""
        kept = self.of(market_source(UPLOADED, name, bars.timeframe))
        with kept.alone():
            for old in kept.folder.glob("*.bin"):
                old.unlink()
            (kept.folder / "bars.json").unlink(missing_ok=True)
            end = int(bars.time[-1]) + bars.length
            kept.append(bars.columns(), since=int(bars.time[0]), until=end)
        return kept

    def _find(self) -> Iterator[KeptBars]:
        for folder in self.folder.glob("*/*/*"):
            kept = KeptBars(folder, MarketSource(unquote(folder.parts[-3]), unquote(folder.parts[-2]), folder.name))
            if kept.exists:
                yield kept


def _encoded(name: str) -> str:
    return quote(name, safe="").replace(".", "%2E")
