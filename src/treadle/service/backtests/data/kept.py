"""`KeptBars`: the bars of one market and timeframe in a folder, a file a column, mapped into memory to be read.

    time.3.bin open.3.bin … volume.3.bin    numbers of eight bytes, little-endian, one behind the other
    bars.json                               what they are, and how many of them count
    market.json                             what their venue says of the market: fees, tick, lot, smallest order …

What counts is what `bars.json` says, and that is replaced in one step when the columns are on the disk: who is killed
in the middle leaves columns that are longer than that, and the next one writes on from where it says.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Generator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from treadle.errors import Conflict, StoreError
from treadle.packs.trading.bars import COLUMNS, milliseconds
from treadle.packs.trading.paper.market_facts import read_market, write_market
from treadle.service.backtests.data.arrays import BarArrays
from treadle.service.backtests.data.source import MarketSource
from treadle.store.file_lock import take_lock

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from treadle.packs.trading.venue.market_data import Market

_ABOUT = "bars.json"
_MARKET = "market.json"
_EARLIER = "earlier"
_WIDTH = 8


@dataclass(frozen=True, slots=True)
class About:
    """`since` and `until` (ms) are the time that was asked for and answered: within it, what is not there is missing
    at its source. None: nothing has been asked for yet."""

    venue: str
    symbol: str
    timeframe: str
    count: int = 0
    gaps: int = 0
    since: int | None = None
    until: int | None = None
    first: int | None = None
    last: int | None = None
    generation: int = 0

    @property
    def source(self) -> MarketSource:
        return MarketSource(self.venue, self.symbol, self.timeframe)


class KeptBars:
    """One writes at a time (`alone`); whoever reads meanwhile sees the bars that counted when it opened them."""

    def __init__(self, folder: Path, source: MarketSource) -> None:
        self.folder, self.source = folder, source
        self.length = milliseconds(source.timeframe)

    @property
    def exists(self) -> bool:
        return (self.folder / _ABOUT).is_file()

    @property
    def earlier(self) -> KeptBars:
        """Bars before these that are still being fetched: joined when there is nothing between them any more."""
        return KeptBars(self.folder / _EARLIER, self.source)

    def about(self) -> About:
        """Raises `StoreError` (`corrupt_bars`)."""
        nothing = About(self.source.venue, self.source.symbol, self.source.timeframe)
        try:
            return About(**json.loads((self.folder / _ABOUT).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return nothing
        except (ValueError, TypeError, OSError) as error:
            raise self._corrupt(str(error)) from None

    def read(self) -> BarArrays:
        """Mapped, not read: of a million bars only what is looked at comes into memory. Raises `StoreError`."""
        import numpy

        about = self.about()
        if not about.count:
            return BarArrays(numpy.zeros(0, numpy.int64), *(numpy.zeros(0) for _ in COLUMNS[1:]), length=self.length)
        columns: list[NDArray[Any]] = []
        for name in COLUMNS:
            kind = numpy.dtype("<i8" if name == "time" else "<f8")
            try:
                # Copied where somebody should write to it: no reader changes the file.
                mapped = numpy.memmap(self._file(name, about.generation), kind, mode="c", shape=(about.count,))
            except (OSError, ValueError) as error:
                raise self._corrupt(f"{name}: {error}") from None
            columns.append(numpy.asarray(mapped))
        return BarArrays(*columns, length=self.length)

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return sum(file.stat().st_size for file in self.folder.glob("**/*") if file.is_file())

    def append(self, columns: Mapping[str, NDArray[Any]], *, since: int, until: int) -> About:
        """Bars behind those that are there; asked for were `since` to `until`. Raises `ValueError` for older ones."""
        import numpy

        about = self.about()
        time = numpy.asarray(columns["time"], dtype=numpy.int64)
        if len(time):
            if (about.last is not None and int(time[0]) <= about.last) or bool((numpy.diff(time) <= 0).any()):
                raise ValueError("bars are appended in order")
            self.folder.mkdir(parents=True, exist_ok=True)
            for name in COLUMNS:
                self._extend(name, about, numpy.asarray(columns[name]))
        return self._note(self._grown(about, time, since=since, until=until))

    def prepend(self, earlier: KeptBars) -> About:
        """Put other bars before these, and remove where they were."""
        import numpy

        about, before = self.about(), earlier.about()
        old, new = earlier.read(), self.read()
        generation = about.generation + 1
        between = 0
        if len(old) and len(new):
            between = int(int(new.time[0]) - int(old.time[-1]) > self.length)
        for name in COLUMNS:
            kind = "<i8" if name == "time" else "<f8"
            with self._file(name, generation).open("wb") as file:
                for part in (getattr(old, name), getattr(new, name)):
                    file.write(numpy.ascontiguousarray(part, dtype=kind).data)
                file.flush()
                os.fsync(file.fileno())
        joined = replace(
            about, count=len(old) + len(new), gaps=before.gaps + about.gaps + between, since=before.since,
            first=before.first if before.first is not None else about.first,
            last=about.last if about.last is not None else before.last, generation=generation,
        )  # fmt: skip
        self._note(joined)
        for name in COLUMNS:
            self._file(name, about.generation).unlink(missing_ok=True)
        earlier.delete()
        return joined

    def delete(self) -> None:
        """What is mapped into memory somewhere stays there until it is let go."""
        (self.folder / _ABOUT).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        for above in (self.folder.parent, self.folder.parent.parent):
            with contextlib.suppress(OSError):
                above.rmdir()

    @contextlib.contextmanager
    def alone(self) -> Generator[None]:
        """Raises `Conflict` (`being_downloaded`) where another process writes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not take_lock(descriptor):
                raise Conflict(
                    f"The bars {self.source} are being downloaded already.",
                    code="being_downloaded",
                    remedy="Wait until that is done; it goes on by itself.",
                )
            yield
        finally:
            os.close(descriptor)

    def _grown(self, about: About, time: NDArray[Any], *, since: int, until: int) -> About:
        import numpy

        gaps = int((numpy.diff(time) > self.length).sum()) if len(time) else 0
        if len(time) and about.last is not None and int(time[0]) - about.last > self.length:
            gaps += 1
        return replace(
            about,
            count=about.count + len(time),
            gaps=about.gaps + gaps,
            since=since if about.since is None else min(since, about.since),
            until=until if about.until is None else max(until, about.until),
            first=about.first if about.first is not None or not len(time) else int(time[0]),
            last=int(time[-1]) if len(time) else about.last,
        )

    def _extend(self, name: str, about: About, column: NDArray[Any]) -> None:
        path = self._file(name, about.generation)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        with open(descriptor, "r+b") as file:
            # What a killed process had begun to write is written over.
            file.truncate(about.count * _WIDTH)
            file.seek(about.count * _WIDTH)
            file.write(column.astype("<i8" if name == "time" else "<f8").tobytes())
            file.flush()
            os.fsync(file.fileno())

    def market(self) -> Market | None:
        """What was kept of it last; None where nothing was, or it cannot be read."""
        try:
            return read_market(json.loads((self.folder / _MARKET).read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return None

    def keep_market(self, market: Market) -> None:
        self._put(_MARKET, write_market(market))

    def _note(self, about: About) -> About:
        self._put(_ABOUT, asdict(about))
        return about

    def _put(self, name: str, content: Mapping[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self.folder / f"{name}.part"
        with new.open("w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.folder / name)

    def _file(self, name: str, generation: int) -> Path:
        return self.folder / f"{name}.{generation}.bin"

    def _corrupt(self, why: str) -> StoreError:
        return StoreError(
            f"The bars {self.source} in `{self.folder}` cannot be read: {why}.",
            code="corrupt_bars",
            remedy=f"Remove them and fetch them again: `treadle bars delete {self.source}`.",
        )
