"""What the locked process says about a program: one JSON object, the same for every language."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Failure(Exception):
    """A program that did not give a result.

    `kind` is one of `syntax`, `error`, `timeout`, `memory`, `output`, `result`, `unsupported`; `line` counts
    from 1 in the program's own source.
    """

    kind: str
    type: str = ""
    message: str = ""
    line: int | None = None


def succeeded(result_json: str, logs_json: str) -> bytes:
    """The answer of a program that ended well; both parts are JSON texts already."""
    return f'{{"result":{result_json},"logs":{logs_json}}}'.encode()


def failed(failure: Failure, logs_json: str = "[]") -> bytes:
    """The answer of a program that did not; its message is cut to a readable length."""
    error = {
        "kind": failure.kind,
        "type": failure.type[:100],
        "message": failure.message[:2000],
        "line": failure.line,
    }
    return f'{{"error":{json.dumps(error)},"logs":{logs_json}}}'.encode()
