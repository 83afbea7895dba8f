"""Templates as `--json` prints them, and in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from treadle.service.templates.measured import Measured
    from treadle.service.templates.publishing import PublishedTemplate
    from treadle.service.templates.standing import Statistics
    from treadle.service.templates.template import Requirement, Template
    from treadle.service.templates.templates import Listed

_KINDS = {"secret": "secret", "profile": "profile for", "service": "", "workflow": "workflow"}
_WHY = {
    "profile": "the id of a profile",
    "credential": "looks like a credential",
    "secret": "a secret",
    "address": "an address that is a secret itself",
    "recorded": "recorded data",
}


def describe(listed: Listed) -> dict[str, Any]:
    """A template in a list."""
    one = listed.template
    return {
        "name": one.name,
        "title": one.title,
        "description": one.description,
        "category": one.category,
        "tags": list(one.tags),
        "difficulty": one.difficulty,
        "duration_seconds": one.duration,
        "source": one.source,
        "author": one.author,
        "updated_at": one.updated_at,
        "usable": one.result.valid,
        "requirements": [describe_requirement(need) for need in one.requirements],
        "statistics": describe_statistics(listed.statistics),
    }


def describe_requirement(need: Requirement) -> dict[str, Any]:
    return {"kind": need.kind, "name": need.name, "description": need.description}


def describe_statistics(known: Statistics) -> dict[str, Any]:
    return {
        "uses": known.uses,
        "completed": known.completed,
        "failed": known.failed,
        "success_rate": known.success_rate,
        "success_at_least": known.success_at_least,
        "ratings": known.ratings,
        "rating": known.rating,
    }


def describe_published(published: PublishedTemplate) -> dict[str, Any]:
    return {
        "name": published.template.name,
        "parameters": [one.name for one in published.template.parameters],
        "stripped": [{"place": one.place, "why": one.why, "parameter": one.parameter} for one in published.stripped],
    }


def tell_published(published: PublishedTemplate) -> Iterator[str]:
    """Lines with markup."""
    from rich.markup import escape

    name = published.template.name
    yield f"Published the template [bold]{name}[/]. Look at it:  treadle templates show {name}"
    for one in published.stripped:
        now = f"the parameter `{one.parameter}` asks for it" if one.parameter else "it is gone"
        yield f"  [yellow]taken out[/]  {escape(one.place)}: {_WHY[one.why]}; {now}"


def tell_needs(template: Template) -> Iterator[str]:
    """A line for each thing that has to be there."""
    for need in template.requirements:
        kind = _KINDS[need.kind]
        name = f"{kind} `{need.name}`" if kind else need.name
        yield f"{name}: {need.description}" if need.description else name


def tell_measured(found: Measured) -> str:
    """What a trading template has come to in simulated markets."""
    against = "" if found.market_pct is None else f" (just holding: {found.market_pct:+.1f} %)"
    given = "".join(f", {name} {value}" for name, value in found.parameters.items())
    return (
        f"On paper in simulated markets, {found.begins} to {found.ends}, fees {found.fees}, seed {found.seed}{given}: "
        f"{found.profit_pct:+.1f} %{against}, at most {found.max_drawdown_pct:.1f} % below its highest, "
        f"{found.fills} fills in {found.runs} runs. Measured, and no promise."
    )


def tell_statistics(known: Statistics) -> str:
    """In a line; empty where nothing is known."""
    parts: list[str] = []
    if known.uses:
        parts.append(f"used {known.uses} time{'s' if known.uses != 1 else ''}")
    if known.success_at_least is not None:
        judged = known.completed + known.failed
        sure = math.floor(100 * known.success_at_least)
        parts.append(f"{known.completed} of {judged} runs completed ({sure} % or more succeed)")
    if known.rating is not None:
        by = f"{known.ratings} user{'s' if known.ratings != 1 else ''}"
        parts.append(f"rated {known.rating:.1f} of 5 by {by}")
    return ", ".join(parts)
