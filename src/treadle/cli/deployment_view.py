"""How a deployment is shown: as JSON, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from treadle.service.standing import Standing
    from treadle.store.triggers import Trigger


def describe(standing: Standing, *, base: str = "") -> dict[str, Any]:
    """A deployment as JSON; `when` is for people. `base` is what addresses begin with."""
    from dataclasses import asdict

    one = standing.deployment
    return {
        "name": one.name,
        "workflow": one.workflow,
        "version": one.version or "latest",
        "number": standing.number,
        "mode": one.mode,
        "status": one.status,
        "when": show_when(standing.triggers, base=base),
        "triggers": [
            {
                "id": trigger.id,
                "type": trigger.type,
                "config": dict(trigger.config),
                "status": trigger.status,
                "last_fired_at": trigger.last_fired_at,
            }
            for trigger in standing.triggers
        ],
        "input": dict(one.input),
        "params": dict(one.params),
        "profiles": list(one.profiles),
        "limits": asdict(one.limits),
        "created_at": one.created_at,
        "last_fired_at": standing.last_fired_at,
        "next_due": standing.next_due,
        "under_way": standing.under_way,
        "queued": standing.queued,
        "metrics": standing.metrics.to_dict(),
        "last_refusal": standing.last_refusal.to_dict() if standing.last_refusal else None,
        "reason": None if standing.reason is None else asdict(standing.reason),
        "halt": None if standing.halt is None else asdict(standing.halt),
    }


def stands_still(standing: Standing) -> list[str]:
    """Why it starts no runs, or sends no orders: each in a sentence with markup."""
    from rich.markup import escape

    from treadle.cli.risk import show_halt

    found: list[str] = []
    if standing.halt is not None:
        found.append(show_halt(standing.halt))
    if standing.reason is not None:
        found.append(f"[yellow]{escape(standing.reason.message)}[/]")
    return found


def show_version(standing: Standing) -> str:
    """Its number, or `latest`."""
    return str(standing.number or standing.deployment.version or "latest")


def show_when(triggers: Any, *, base: str = "") -> str:
    """`every 5m`, `30 9 * * *`, a topic, an address, or the trigger's name; several with commas between."""
    return ", ".join(_show_trigger(trigger, base) for trigger in triggers)


def has_address(standing: Standing) -> bool:
    from treadle.service.hooks.address import is_hook

    return any(is_hook(trigger.type) for trigger in standing.triggers)


def _show_trigger(trigger: Trigger, base: str) -> str:
    from treadle.model.duration import format_duration, parse_duration
    from treadle.service.hooks.address import address_of, is_hook

    config = trigger.config
    if is_hook(trigger.type):
        text = base + address_of(trigger)
    elif trigger.type == "trigger.interval" and "seconds" in config:
        text = f"every {format_duration(parse_duration(config['seconds']))}"
    elif "cron" in config:
        text = f"{config['cron']}{' ' + config['timezone'] if config.get('timezone') else ''}"
    else:
        from treadle.service.schedules import in_words

        text = f"on {_show_topics(trigger)}" if trigger.topic else in_words(trigger)
    return text if trigger.status == "armed" else f"{text} ({trigger.status})"


def _show_topics(trigger: Trigger) -> str:
    """A list of topics is heard as all that is published, and chosen from."""
    named: list[str] | str | None = trigger.config.get("topic")
    return ", ".join(named) if isinstance(named, list) else str(trigger.topic)


def show_rate(rate: float | None) -> str:
    if rate is None:
        return ""
    return f"{rate:.0%}" if rate in (0, 1) else f"{rate:.1%}"


def show_counters(counters: Any) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in counters.items())


def show_values(values: Any) -> str:
    return ", ".join(f"{name}={show_value(value)}" for name, value in values.items())


def show_value(value: Any) -> str:
    import json

    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"


def show_limits(limits: Any) -> str:
    """`1`, or `2 for each input.account of all deployments, 10 in 60 s`."""
    parts = [str(limits["concurrency"])]
    if limits["concurrency_key"]:
        whose = " of all deployments" if limits["scope"] == "all" else ""
        parts[0] += f" for each {limits['concurrency_key']}{whose}"
    rate = limits["rate"]
    if rate:
        each = f" for each {rate['key']}" if rate["key"] else ""
        parts.append(f"{rate['number']:g} in {rate['period']:g} s{each}")
    if limits["overlap"]:
        parts.append("others wait" if limits["overlap"] == "queue" else "others are left out")
    return ", ".join(parts)
