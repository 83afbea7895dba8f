"""From what a sandbox says about a program to the error a person reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from treadle.errors import NodeError
from treadle.packs.code.sandbox.inside.answer import Failure
from treadle.packs.code.sandbox.limits import Limits

_SHOWN_LINES, _SHOWN_CHARACTERS = 20, 500


def node_error(failure: Failure, source: str, limits: Limits, logs: Sequence[str] = ()) -> NodeError:
    """Build the error for `failure`: what went wrong, in which line of `source`, and what to do.

    Attributes: `type`, `line` (from 1) and `source_line` where known, and `logs`, the last 20 printed lines.
    """
    code, message, remedy, retryable = _parts(failure, limits)
    lines = source.splitlines()
    # A reader that runs out of text points one line past the end.
    line = min(failure.line, len(lines)) if failure.line and failure.line > 0 else None
    where: dict[str, Any] = {}
    if line:
        shown = lines[line - 1].strip()[:_SHOWN_CHARACTERS]
        where = {"line": line, "source_line": shown}
        message = f"{message} (line {line}: `{shown}`)"
    return NodeError(
        message + ("" if message.endswith(("!", "?")) else "."),
        code=code,
        remedy=remedy,
        retryable=retryable,
        type=failure.type or code,
        **where,
        logs=[entry[:_SHOWN_CHARACTERS] for entry in logs[-_SHOWN_LINES:]],
    )


def _parts(failure: Failure, limits: Limits) -> tuple[str, str, str, bool | None]:
    """The error's code, message, remedy, and whether trying again may help."""
    said = failure.message.rstrip(".")
    raised = f"{failure.type}: {said}" if said else failure.type
    match failure.kind:
        case "syntax":
            return "code_syntax", f"The program cannot be read: {said}", "Correct the source.", False
        case "timeout":
            return (
                "code_timeout",
                f"The program needed more than {limits.seconds:g} s",
                "Make it do less, or raise its time limit.",
                None,
            )
        case "memory":
            return (
                "code_memory",
                f"The program needed more than {limits.memory_mb} MB of memory",
                "Work on less at a time, or raise the limit `memory_mb`.",
                False,
            )
        case "output":
            what = {"result": "result is", "logs": "printed text is"}.get(said, "output is")
            return (
                "code_output_too_large",
                f"The program's {what} larger than {limits.output_bytes:,} bytes",
                "Give back or print less.",
                False,
            )
        case "processes":
            return (
                "code_too_many_processes",
                f"The program had more than {limits.processes} processes at a time",
                "Make it start fewer at once.",
                False,
            )
        case "result":
            return (
                "code_result",
                f"The program's result is not JSON: {said}",
                "Give back null, booleans, finite numbers, text, lists, and objects with text keys.",
                False,
            )
        case "unsupported":
            return (
                "code_unsupported",
                f"The sandboxed interpreter does not support this: {said}",
                "It has no class inheritance, no `yield`, no files or network, and only some modules (among "
                "them json, math, re, datetime, random, collections, itertools, functools). Write it another "
                "way, or let an administrator allow trusted Python.",
                False,
            )
        case _:
            return "code_error", f"The program failed: {raised}", "Correct the program or its inputs.", None
