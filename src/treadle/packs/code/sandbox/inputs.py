"""What a program is given: JSON values by name."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from treadle.errors import NodeError
from treadle.packs.code.sandbox.inside.values import NotPlain, Plain, TooLarge, plain
from treadle.packs.code.sandbox.limits import Limits


def checked_inputs(inputs: Mapping[str, JsonValue], limits: Limits) -> dict[str, Plain]:
    """Copy `inputs`. Raises `NodeError` (`code_input`) for what JSON cannot carry or memory cannot hold."""
    try:
        copied = plain(dict(inputs), size=limits.memory_mb << 20, where="inputs")
    except NotPlain as error:
        raise _refused(f"An input is not JSON: {error}.", "Convert it before it reaches this node.") from None
    except TooLarge:
        message = f"The inputs are larger than the program's {limits.memory_mb} MB of memory."
        raise _refused(message, "Send less, or raise the limit `memory_mb`.") from None
    return copied if isinstance(copied, dict) else {}


def _refused(message: str, remedy: str) -> NodeError:
    return NodeError(message, code="code_input", remedy=remedy, retryable=False)
