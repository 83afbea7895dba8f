"""From an exception to the failure a person reads and an `error` port carries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from treadle.engine.redaction import Redactor
from treadle.errors import TreadleError
from treadle.model.run import Failure

_SHOWN = 200


class TookTooLong(TimeoutError):
    """An attempt was ended after the node's `timeout`; says how long that is, and whose."""

    remedy = "Raise that `timeout` (`30s`, `500ms`: write the unit with it), or let the node `retry`."

    def __init__(self, seconds: float) -> None:
        limit = f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:g} ms"
        super().__init__(f"No answer within {limit}, the `timeout` of the node.")


def failure_of(
    error: BaseException,
    *,
    node: str,
    attempt: int,
    inputs: Mapping[str, Any],
    redactor: Redactor,
) -> Failure:
    """What to say of `error`: its type, its message, the node, the attempt, and what came in (secrets redacted)."""
    kind, details = type(error).__name__, dict[str, Any]()
    message = _text(error) or kind
    if isinstance(error, TreadleError):
        kind, message = error.code, error.message
        details = dict(error.attributes)
        if error.remedy:
            details["remedy"] = error.remedy
    elif isinstance(error, ValidationError):
        kind = "invalid_value"
        message = "; ".join(
            f"{'.'.join(str(part) for part in item['loc']) or 'the value'}: {item['msg']}"
            f" (got {_short(redactor.value(item['input']))})"
            for item in error.errors(include_url=False)
        )
    elif isinstance(error, TimeoutError):
        kind = "timeout"
        if isinstance(error, TookTooLong):
            details["remedy"] = error.remedy
    if inputs:
        details["inputs"] = {name: _short(redactor.value(value)) for name, value in inputs.items()}
    return Failure(
        type=kind,
        message=redactor.text(message),
        node=node,
        attempt=attempt,
        details={name: redactor.value(plain(value)) for name, value in details.items()},
    )


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as nested:
        return f"{type(error).__name__}, whose text could not be had ({type(nested).__name__})"


def _short(value: Any) -> str:
    try:
        text = json.dumps(value, default=str, ensure_ascii=False)
    except (TypeError, ValueError):
        text = type(value).__name__
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} characters)"


def plain(value: Any) -> Any:
    """`value` as JSON, whatever it is."""
    try:
        return json.loads(json.dumps(value, default=str))
    except (TypeError, ValueError):
        return str(value)
