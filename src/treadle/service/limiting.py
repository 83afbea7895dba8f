"""Limits of a deployment as people write them: checked before they are kept."""

from __future__ import annotations

import re
from collections.abc import Collection

from treadle.errors import ExpressionError, InvalidWorkflow
from treadle.expressions import compile_expression
from treadle.model.duration import parse_duration
from treadle.model.issue import Issue
from treadle.model.nearest import suggest
from treadle.store.deployments import DeploymentLimits, Rate

KEY_ROOTS = frozenset({"input", "params", "fired"})
"""What the key of a lane or a rate may read."""
_RATE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:/|per)\s*(.+?)\s*", re.ASCII)
_UNIT = re.compile(r"(ms|s|m|h|d|w)", re.ASCII)
_MOST = 10_000
_MOST_OFTEN = 1_000_000
_LONGEST = 366 * 86_400


def check_limits(limits: DeploymentLimits, *, inputs: Collection[str]) -> None:
    """Raises `InvalidWorkflow` (`invalid_limits`) with everything that cannot be; `inputs` are those the workflow
    declares, if it declares any."""
    issues: list[Issue] = []

    def refuse(message: str, remedy: str) -> None:
        issues.append(Issue("invalid_limits", message, remedy=remedy))

    if not 1 <= limits.concurrency <= _MOST:
        refuse(f"{limits.concurrency} runs at a time cannot be.", f"Write a whole number from 1 to {_MOST:,}.")
    if limits.scope == "all" and limits.concurrency_key is None:
        refuse("Lanes shared by all deployments need a key.", "Say what they share: `--key input.account`.")
    rate = limits.rate
    for what, key in (("key of the lanes", limits.concurrency_key), ("key of the rate", rate.key if rate else None)):
        problem = None if key is None else _key_problem(key)
        if problem:
            refuse(f"The {what} `{key}` cannot be used: {problem}", "Read `input`, `params` or `fired` in it.")
        elif key is not None and inputs:
            # No run of it could begin: every one would be refused for its key.
            for name in sorted(_inputs_read(key) - set(inputs)):
                remedy = suggest(name, inputs, f"Its inputs are {', '.join(inputs)}.")
                refuse(f"The {what} `{key}` reads `{name}`, which is no input of the workflow.", remedy)
    if rate is not None and not (
        0 < rate.number <= _MOST_OFTEN
        and 0.001 <= rate.period <= _LONGEST
        and 0.000_001 <= rate.period / rate.number <= _LONGEST
        and 1 <= rate.burst <= _MOST
    ):
        refuse(
            "The rate cannot be.",
            f"Write such as `10/1m`: from once in 366 days to {_MOST_OFTEN:,} a second, a burst from 1 to {_MOST:,}.",
        )
    if issues:
        if len(issues) == 1:
            raise InvalidWorkflow(issues[0].message, code="invalid_limits", remedy=issues[0].remedy)
        raise InvalidWorkflow(f"{len(issues)} limits cannot be.", code="invalid_limits", issues=tuple(issues))


def parse_rate(text: str, *, burst: int = 1, key: str | None = None) -> Rate:
    """`10/1m`, `5/s` or `100 per 24h`. Raises `InvalidWorkflow` (`invalid_limits`)."""
    match = _RATE.fullmatch(text)
    if match is not None:
        period = f"1{match[2]}" if _UNIT.fullmatch(match[2]) else match[2]
        try:
            return Rate(float(match[1]), parse_duration(period), burst, key)
        except ValueError:
            pass
    raise InvalidWorkflow(
        f"`{text}` is no rate.", code="invalid_limits", remedy="Write how many in how long: `10/1m`, `5/s`, `100/24h`."
    )


def _inputs_read(key: str) -> set[str]:
    return {path[1] for path in compile_expression(key).paths if path[0] == "input" and len(path) > 1}


def _key_problem(key: str) -> str | None:
    try:
        expression = compile_expression(key)
    except ExpressionError as error:
        return error.message
    foreign = sorted(expression.roots - KEY_ROOTS)
    if foreign:
        return f"{', '.join(f'`{name}`' for name in foreign)} is not known before the run begins."
    if expression.volatile:
        return "it would have another value each time."
    return None
