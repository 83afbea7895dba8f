"""What goes wrong inside an evaluation, before it is told to a person.

A problem carries the values involved, not their text: whether they may be shown is decided at the
surface (never, when the expression reads secrets), and most problems under `??` are never shown.
"""

from __future__ import annotations


class Shown(str):
    """Text inside a problem that stems from the expression itself, so it may always be shown."""

    __slots__ = ()


class Problem(Exception):
    """`message` has a `{}` for each of `values`; `position` is an offset in the source when known."""

    def __init__(
        self,
        code: str,
        message: str,
        *values: object,
        remedy: str | None = None,
        position: int | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.values = values
        self.remedy = remedy
        self.position = position


class Missing(Problem):
    """Something is not there: `??`, `||`, `default()` and `coalesce()` catch this on their left.

    `container` is where `key` was looked for, `path` how the expression got there.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *values: object,
        remedy: str | None = None,
        position: int | None = None,
        container: object = None,
        key: object = None,
        path: str = "",
    ) -> None:
        super().__init__(code, message, *values, remedy=remedy, position=position)
        self.container = container
        self.key = key
        self.path = path
