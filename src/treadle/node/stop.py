"""`StopRun`: how a node ends its run on purpose."""

from __future__ import annotations

from typing import Any, Literal


class StopRun(Exception):
    """Raised by a node to end the whole run, whatever else is under way.

    `status` is what the run becomes. `message` is the reason people are shown; a failed run's error carries
    it with the type `stopped`. `output` becomes the run's output when it is not None. No retry and no
    `on_error` applies.
    """

    def __init__(
        self, status: Literal["completed", "failed"] = "completed", message: str = "", output: Any = None
    ) -> None:
        super().__init__(message or f"The run was stopped as {status}.")
        self.status: Literal["completed", "failed"] = status
        self.message = message
        self.output = output
