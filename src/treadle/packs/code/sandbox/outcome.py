"""What a program gave back."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class Outcome:
    """`result` is the program's JSON value; `logs` are the lines it printed, in order, without line ends."""

    result: JsonValue
    logs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShellOutcome:
    """What a command wrote, decoded as UTF-8 (bad bytes become U+FFFD), and how it ended.

    `exit_code` is the program's own code, or minus the signal's number when a signal ended it.
    """

    stdout: str
    stderr: str
    exit_code: int
