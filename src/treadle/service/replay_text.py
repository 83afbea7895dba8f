"""What is different in a replayed run, in words: `output.total: 3 → 4`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from treadle.engine.replay_report import ChangedEffect, RunReplay, show
from treadle.engine.sameness import MISSING, Difference

MOST = 6
"""Of one kind, so many are told."""
_LONGEST = 120


def describe_differences(found: Iterable[Difference]) -> list[str]:
    """One a line."""
    return _at_most([f"{one.path}: {_show(one.before)} → {_show(one.after)}" for one in found], "more differences")


def describe_effect(effect: ChangedEffect) -> str:
    if effect.change == "other_arguments":
        return f"{effect.path} would be asked something else: {'; '.join(describe_differences(effect.differences()))}"
    return f"{effect.path} would be made" if effect.change == "made" else f"{effect.path} would not be made"


def describe_run(run: RunReplay) -> list[str]:
    """All that is to be said of a run that is not the same."""
    depends = ", ".join([*run.depends[:MOST], *(["…"] if len(run.depends) > MOST else [])])
    return [
        *([run.reason] if run.reason else []),
        *describe_differences(run.differences()),
        *(describe_effect(effect) for effect in run.effects),
        *_at_most([f"{one.path}: {one.before or 'not there'} → {one.after or 'not there'}" for one in run.nodes],
                  "more nodes"),
        *(f"What {path} comes to is not recorded." for path in run.unknown),
        *([f"That decides {depends}"] if depends else []),
    ]  # fmt: skip


def _at_most(lines: list[str], rest: str) -> list[str]:
    left = len(lines) - MOST
    return lines if left <= 0 else [*lines[:MOST], f"… and {left} {rest}"]


def _show(value: Any) -> str:
    if value is MISSING:
        return "nothing"
    text = _to_json(show(value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _to_json(value: Any) -> str:
    from pydantic_core import to_json

    return to_json(value, bytes_mode="base64", timedelta_mode="float", inf_nan_mode="null", fallback=_plain).decode()


def _plain(value: Any) -> Any:
    """Numpy's values know how to become Python's; anything else is shown as text."""
    convert = getattr(value, "tolist", None)
    return convert() if callable(convert) else dict(value) if hasattr(value, "keys") else str(value)
