"""The throttle of sign-in: whoever guesses waits, longer each time, and whoever knows the password hardly does."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from treadle.errors import LimitExceeded

LONGEST = 900.0
"""Seconds between two attempts, at most."""
_FORGOTTEN_AFTER = timedelta(hours=24)
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class _Rule:
    """`free` wrong attempts cost nothing; from then on each doubles the wait, up to `longest` seconds."""

    free: int
    longest: float

    def wait_after(self, failures: int) -> float:
        over = failures - self.free
        return 0.0 if over < 0 else min(self.longest, 2.0 ** min(over, 30))


# By name alone the wait stays short: nobody is to lock somebody else out by guessing at their name.
_RULES = {"pair": _Rule(5, LONGEST), "address": _Rule(20, LONGEST), "name": _Rule(50, 30.0)}


@dataclass(slots=True)
class _Count:
    failures: int
    last: datetime


class Throttle:
    """Counts in memory, by name and address, by address, and by name. An attempt counts as wrong until it was right."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._counts: dict[str, OrderedDict[str, _Count]] = {kind: OrderedDict() for kind in _RULES}

    def begin(self, name: str, address: str | None) -> None:
        """Count an attempt. Raises `LimitExceeded` (`too_many_attempts`) when it comes too early; it is not counted
        then, or whoever is patient would never get their turn."""
        now = self._now()
        wait = max(self._wait(kind, key, now) for kind, key in _keys(name, address))
        if wait > 0:
            raise LimitExceeded(
                "Too many attempts to sign in.",
                code="too_many_attempts",
                remedy=f"Try again in {_in_words(wait)}, or ask an administrator for a sign-in link.",
                retry_after=wait,
            )
        for kind, key in _keys(name, address):
            counts = self._counts[kind]
            count = counts.setdefault(key, _Count(0, now))
            count.failures += 1
            count.last = now
            counts.move_to_end(key)
            if len(counts) > _REMEMBERED:
                counts.popitem(last=False)

    def succeed(self, name: str, address: str | None) -> None:
        """The attempt was right: what was wrong before from there is forgiven, by name and by address it counts less
        by one."""
        for kind, key in _keys(name, address):
            count = self._counts[kind].get(key)
            if count is None:
                continue
            count.failures -= 1
            if kind == "pair" or count.failures <= 0:
                del self._counts[kind][key]

    def _wait(self, kind: str, key: str, now: datetime) -> float:
        count = self._counts[kind].get(key)
        if count is None:
            return 0.0
        if now - count.last > _FORGOTTEN_AFTER:
            del self._counts[kind][key]
            return 0.0
        return _RULES[kind].wait_after(count.failures) - (now - count.last).total_seconds()


def network_of(address: str | None) -> str:
    """What one person has: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False).network_address)
    return str(found)


def _keys(name: str, address: str | None) -> tuple[tuple[str, str], ...]:
    who, where = name.strip().casefold()[:200], network_of(address)
    return ("pair", f"{where} {who}"), ("address", where), ("name", who)


def _in_words(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{max(1, round(seconds))} seconds"
