"""What the options of `treadle deploy` mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from treadle.model.policy import Mode
    from treadle.store.deployments import Deployment, DeploymentLimits


@dataclass(frozen=True, slots=True)
class LimitOptions:
    """The options that say how many runs there may be; None leaves it."""

    concurrency: int | None
    key: str | None
    shared: bool
    rate: str | None
    burst: int | None
    rate_key: str | None
    overlap: str | None


def read_mode(mode: str | None) -> Mode | None:
    """Raises `InvalidWorkflow` (`unknown_mode`)."""
    if mode is None or mode == "live" or mode == "paper" or mode == "test":
        return mode
    raise InvalidWorkflow(f"There is no mode `{mode}`.", code="unknown_mode", remedy="Modes are live, paper and test.")


def read_params(pairs: list[str], before: Mapping[str, Any]) -> dict[str, Any] | None:
    """`before` with `key=value` pairs over it; None where there are none."""
    from treadle.cli.source import read_value

    if not pairs:
        return None
    params = dict(before)
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise InvalidWorkflow(
                f"`{pair}` is not a parameter.", code="invalid_argument", remedy="Write `--param name=value`."
            )
        params[key] = read_value(value)
    return params


def read_profiles(names: list[str] | None) -> list[str] | None:
    return [] if names == ["none"] else names


def read_every(every: str | None) -> float | Literal["own"] | None:
    from treadle.model.duration import parse_duration

    if every == "own":
        return every
    try:
        return parse_duration(every) if every is not None else None
    except ValueError as error:
        raise InvalidWorkflow(f"`--every`: {error}.", code="invalid_interval", remedy="Write `5s` or `10m`.") from None


def read_limits(asked: LimitOptions, before: Deployment | None) -> DeploymentLimits | None:
    """None where nothing is asked. Raises `InvalidWorkflow` (`invalid_limits`)."""
    from treadle.service.limiting import parse_rate
    from treadle.store.deployments import DeploymentLimits

    if asked == LimitOptions(None, None, False, None, None, None, None):
        return None
    limits = before.limits if before is not None else DeploymentLimits()
    if asked.concurrency is not None:
        limits = replace(limits, concurrency=asked.concurrency)
    if asked.key is not None:
        limits = replace(limits, concurrency_key=None if asked.key == "none" else asked.key, scope="deployment")
    if asked.shared:
        limits = replace(limits, scope="all")
    overlap = asked.overlap
    if overlap is not None:
        if overlap != "skip" and overlap != "queue":
            raise InvalidWorkflow(
                f"There is no overlap `{overlap}`.", code="invalid_limits", remedy="Write skip or queue."
            )
        limits = replace(limits, overlap=overlap)
    if asked.rate == "none":
        return replace(limits, rate=None)
    rate = limits.rate if asked.rate is None else parse_rate(asked.rate)
    if rate is None:
        if asked.burst is not None or asked.rate_key is not None:
            raise InvalidWorkflow(
                "A burst or a key belongs to a rate.", code="invalid_limits", remedy="Say the rate: `--rate 10/1m`."
            )
        return limits
    if asked.burst is not None:
        rate = replace(rate, burst=asked.burst)
    if asked.rate_key is not None:
        rate = replace(rate, key=asked.rate_key)
    return replace(limits, rate=rate)
