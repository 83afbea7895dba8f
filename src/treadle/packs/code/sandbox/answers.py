"""Read a locked process's answer. The program may have tampered with it: nothing in it is taken on trust."""

from __future__ import annotations

import signal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from treadle.packs.code.sandbox.failures import node_error
from treadle.packs.code.sandbox.inside.answer import Failure
from treadle.packs.code.sandbox.inside.values import NotPlain, TooLarge, plain
from treadle.packs.code.sandbox.jail import Verdict
from treadle.packs.code.sandbox.limits import Limits
from treadle.packs.code.sandbox.outcome import Outcome

_KINDS = frozenset({"syntax", "error", "timeout", "memory", "output", "result"})


class _Error(BaseModel):
    model_config = ConfigDict(strict=True)

    kind: str
    type: str = Field(max_length=100)
    message: str = Field(max_length=2000)
    line: int | None


class _Answer(BaseModel):
    model_config = ConfigDict(strict=True)

    result: JsonValue = None
    logs: list[str] = []
    error: _Error | None = None


def outcome(verdict: Verdict, source: str, limits: Limits) -> Outcome:
    """The program's outcome. Raises `NodeError` for a program that gave none."""
    failure = _end_of(verdict)
    if failure is not None:
        raise node_error(failure, source, limits)
    try:
        answer = _Answer.model_validate_json(verdict.out)
    except ValidationError:
        # Half a surrogate pair, or more levels than a reader takes; or an answer that a program made up.
        failure = Failure("result", message="it is nested too deep, or holds text with half of a surrogate pair")
        raise node_error(failure, source, limits) from None
    if answer.error is not None:
        kind = answer.error.kind if answer.error.kind in _KINDS else "error"
        failure = Failure(kind, answer.error.type, answer.error.message, answer.error.line)
        raise node_error(failure, source, limits, answer.logs)
    try:
        result = plain(answer.result, size=2 * limits.output_bytes)
    except NotPlain as error:
        raise node_error(Failure("result", message=str(error)), source, limits, answer.logs) from None
    except TooLarge:
        raise node_error(Failure("output", message="result"), source, limits, answer.logs) from None
    return Outcome(result, tuple(answer.logs))


def _end_of(verdict: Verdict) -> Failure | None:
    if verdict.state == "timeout" or verdict.code == -signal.SIGXCPU:
        return Failure("timeout")
    if verdict.state == "overflow":
        return Failure("output")
    if verdict.code != 0:
        how = f"signal {-verdict.code}" if verdict.code and verdict.code < 0 else f"code {verdict.code}"
        return Failure("error", "Crash", f"the interpreter ended with {how}")
    return None
