"""Shared by the sandbox tests: tight limits, secrets that must stay in, and a list of living processes."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from treadle.packs.code.sandbox import Limits, close_interpreters, close_jails


@dataclass(frozen=True)
class Bait:
    """What hostile programs go for: a file, a variable, a port, and a place to leave a mark."""

    file: Path
    mark: Path
    listener: socket.socket
    token: str = "canary-0c9d7e51"

    def fill(self, source: str) -> str:
        port = self.listener.getsockname()[1]
        return source.replace("$FILE", str(self.file)).replace("$MARK", str(self.mark)).replace("$PORT", str(port))

    def touched(self) -> bool:
        """Whether a program wrote the mark or reached the port."""
        try:
            self.listener.accept()[0].close()
        except BlockingIOError:
            return self.mark.exists()
        return True


@pytest.fixture
def limits() -> Limits:
    return Limits(seconds=0.5, memory_mb=64, output_bytes=100_000)


@pytest.fixture
def bait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bait]:
    file = tmp_path / "secret.txt"
    monkeypatch.setenv("TREADLE_CANARY", Bait.token)
    file.write_text(Bait.token)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield Bait(file, tmp_path / "mark", listener)


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_left() -> Iterator[None]:
    yield
    close_interpreters()
    close_jails()


class Processes:
    """The living processes below this one. Zombies count; a browser that other tests keep open does not."""

    def below(self, process: int | None = None) -> set[int]:
        """Every descendant of `process` (this one by default)."""
        parents: dict[int, int] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                except (OSError, IndexError):
                    continue
        layer, found = {process or os.getpid()}, set[int]()
        while layer:
            layer = {child for child, parent in parents.items() if parent in layer and not _is_browser(child)}
            found |= layer
        return found

    async def wait_until_more_than(self, known: set[int], *, count: int = 1) -> set[int]:
        """Wait up to 10 s for `count` processes that are not in `known`; return what is new by then."""
        give_up = time.monotonic() + 10
        # Another process's doing: there is no event to wait for.
        while len(new := self.below() - known) < count and time.monotonic() < give_up:
            await asyncio.sleep(0.02)
        return new

    async def wait_until_ended(self, family: set[int]) -> set[int]:
        """Wait up to 5 s for all of `family` to end; return those that live (zombies do not)."""
        give_up = time.monotonic() + 5
        living = family
        while living and time.monotonic() < give_up:
            await asyncio.sleep(0.02)
            living = {process for process in living if _state(process) not in "ZX"}
        return living

    def wardens(self) -> set[int]:
        """The processes that keep jails."""
        return {process for process in self.below() if "warden.py" in _command(process)}

    def programs(self) -> set[int]:
        """Whatever runs below a warden, and whatever is neither a warden nor an interpreter's worker nor Python's own
        keeper of what its pools share."""
        inside = {process for warden in self.wardens() for process in self.below(warden)}
        ours = ("warden.py", "monty\0subprocess", "multiprocessing.resource_tracker")
        return inside | {p for p in self.below() if not any(mark in _command(p) for mark in ours)} & self.below()


def _is_browser(process: int) -> bool:
    """Whether it drives one, or is one."""
    return any(mark in _command(process) for mark in ("playwright", "chrom"))


def _state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "X"


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""


@pytest.fixture
def processes() -> Processes:
    return Processes()
