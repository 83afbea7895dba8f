"""Testing a connection: what a pack offers to find out whether the credentials of a profile are good for anything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeVar

from treadle.node.context import Resource
from treadle.node.permissions import Permissions

R = TypeVar("R", bound=Resource)


class Surroundings(Protocol):
    """What a test may use of the process it runs in."""

    @property
    def permissions(self) -> Permissions: ...
    def resource(self, kind: type[R]) -> R: ...


Tester = Callable[[Mapping[str, str], Surroundings], Awaitable[str]]
"""From the fields of a profile to what was found, in a sentence. Raises `NodeError` where it does not work."""

_testers: dict[str, Tester] = {}


def connection_test(provider: str) -> Callable[[Tester], Tester]:
    """Declare a function as the test of the profiles of a provider; in a pack, it is found with its nodes."""

    def keep(tester: Tester) -> Tester:
        _testers[provider] = tester
        return tester

    return keep


def find_tester(provider: str) -> Tester | None:
    return _testers.get(provider)


def providers_tested() -> list[str]:
    """Those that the packs imported so far can test."""
    return sorted(_testers)
