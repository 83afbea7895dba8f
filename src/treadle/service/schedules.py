"""Schedules: what of the deployments starts by itself, when next, how it listens, and putting it to rest."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from treadle.dispatch.timetable import Timetable
from treadle.errors import InvalidWorkflow, NotFound, TreadleError
from treadle.model.duration import format_duration, parse_duration
from treadle.model.nearest import suggest
from treadle.node.registry import Registry
from treadle.packs.core.trigger.cron.expression import parse_cron
from treadle.packs.core.trigger.cron.zone import get_zone, read_clock
from treadle.packs.core.trigger.schedule import schedule
from treadle.service.access.operation import note_details, operation
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.vault.credentials import Credentials
from treadle.store.deployments import Deployment
from treadle.store.triggers import Trigger
from treadle.store.watches import Key, Shown

ScheduleStatus = Literal["active", "paused", "stopped"]
Change = Literal["moved", "first", "second"]

_MOST = 1000


@dataclass(frozen=True, slots=True)
class Schedule:
    """A trigger that starts runs by itself: on time, or for what it is told as it happens, which `listening` is about.
    `when` is for people; `next_at` is None while it rests, and where `problem` says what keeps it from firing."""

    name: str
    deployment: str
    trigger: str
    type: str
    when: str
    timezone: str
    catch_up: str
    jitter: float
    status: ScheduleStatus
    next_at: datetime | None
    last_fired_at: datetime | None
    problem: str | None = None
    listening: Shown | None = None


@dataclass(frozen=True, slots=True)
class FireTime:
    """A fire time as the clocks of the schedule's zone show it. `starts_at` is later where there is jitter.

    `change`: it was `moved` out of a gap in the clocks, or is the `first` or `second` of two times that look alike.
    """

    name: str
    at: datetime
    starts_at: datetime
    change: Change | None = None


class Schedules:
    """The operations on what runs on time. A schedule is called by its deployment, or `deployment/trigger` where the
    deployment has several."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store
        self._deployments = Deployments(application)

    @operation("schedules.list")
    async def list(self) -> Sequence[Schedule]:
        """All of them, by name."""
        now = self.application.world.clock.now()
        found = await self._find()
        several = _several(found)
        shown = await self._store.list_watches([_key(trigger) for _, trigger in found])
        return [self._describe(one, trigger, several, now, shown) for one, trigger in found]

    @operation("schedules.list")
    async def next(self, name: str | None = None, *, count: int = 10) -> Sequence[FireTime]:
        """The next fire times of one schedule, or of all that are active, in order. Raises `NotFound`."""
        _require_count(count)
        now = self.application.world.clock.now()
        found = await self._find()
        several = _several(found)
        if name is not None:
            found = await self._get(name)
        walks: list[Iterator[FireTime]] = []
        for deployment, trigger in found:
            if name is None and _status(deployment, trigger) != "active":
                continue
            try:
                timetable = Timetable.of(trigger, self.application.registry)
            except TreadleError:
                if name is not None:
                    raise
                continue  # the list says what is wrong with it
            if timetable is not None:
                walks.append(_walk(_name(trigger, several), timetable, timetable.due_from(now, trigger)))
        return list(islice(heapq.merge(*walks, key=lambda time: time.at), count))

    @operation("schedules.list")
    async def preview(self, cron: str, *, timezone: str = "UTC", count: int = 10) -> Sequence[FireTime]:
        """The next fire times of a cron that is not deployed. Raises `InvalidWorkflow` (`invalid_schedule`)."""
        return preview(cron, timezone=timezone, count=count, after=self.application.world.clock.now())

    @operation("schedules.control")
    async def pause(self, name: str) -> Sequence[Schedule]:
        """Let it fire no more until it is resumed; the deployment's other triggers go on. Raises `NotFound`."""
        for _, trigger in await self._get_controlled(name):
            await self._store.pause_trigger(trigger.deployment, trigger.id)
        self.application.tell_deployments_changed()
        return await self.get(name)

    @operation("schedules.control")
    async def resume(self, name: str) -> Sequence[Schedule]:
        """Let it fire again, from now on: what it missed is not made up for. Raises `NotFound` (`unknown_profile` too,
        where the deployment is bound to one that is not the actor's to use)."""
        now = self.application.world.clock.now()
        found = await self._get_controlled(name)
        for deployment, _ in found:
            await Credentials(self.application).require_usable(deployment.profiles)
        for _, trigger in found:
            await self._store.resume_trigger(trigger.deployment, trigger.id, now=now)
        self.application.tell_deployments_changed()
        return await self.get(name)

    async def _find(self) -> list[tuple[Deployment, Trigger]]:
        deployments = {one.id: one for one in await self._deployments.list()}
        return [
            (deployments[trigger.deployment], trigger)
            for trigger in await self._store.list_triggers()
            if trigger.deployment in deployments and _starts_by_itself(trigger, self.application.registry)
        ]

    async def _get_controlled(self, name: str) -> list[tuple[Deployment, Trigger]]:
        """What is called `name`, where the actor may put it to rest. Raises `NotFound`, `Forbidden`."""
        note_details(schedule=name)
        found = await self._get(name)
        for deployment in dict.fromkeys(one.id for one, _ in found):
            access, actor = self.application.access, self.application.actor
            await access.require(actor, "schedules.control", "deployment", deployment)
        return found

    async def _get(self, name: str) -> list[tuple[Deployment, Trigger]]:
        """What is called `name`. Raises `NotFound` with the nearest name."""
        found = await self._find()
        exact = [(one, trigger) for one, trigger in found if name in (one.name, f"{one.name}/{trigger.id}")]
        if exact:
            return exact
        known = [name for one, trigger in found for name in (one.name, f"{one.name}/{trigger.id}")]
        deployment = await self._deployments.find(name)
        if deployment is not None:
            raise NotFound(
                f"Deployment `{name}` has no schedule: nothing of it runs on time, or listens to a stream.",
                code="no_schedule",
                remedy="Give its workflow a `trigger.schedule` node, or deploy it with `--every 5m`.",
            )
        remedy = suggest(name, known, "`treadle schedule list` lists those there are.")
        raise NotFound(f"There is no schedule `{name}`.", code="unknown_schedule", remedy=remedy)

    @operation("schedules.list")
    async def get(self, name: str) -> Sequence[Schedule]:
        """What is called `name`: one, or all of a deployment. Raises `NotFound` with the nearest name."""
        now = self.application.world.clock.now()
        several = _several(await self._find())
        found = await self._get(name)
        shown = await self._store.list_watches([_key(trigger) for _, trigger in found])
        return [self._describe(one, trigger, several, now, shown) for one, trigger in found]

    def _describe(
        self, deployment: Deployment, trigger: Trigger, several: set[str], now: datetime, shown: Mapping[Key, Shown]
    ) -> Schedule:
        status, next_at, problem, jitter = _status(deployment, trigger), None, None, 0.0
        try:
            timetable = Timetable.of(trigger, self.application.registry)
            jitter = timetable.jitter if timetable is not None else 0.0
            if timetable is not None and status == "active":
                next_at = timetable.next_due(timetable.due_from(now, trigger))
        except TreadleError as error:
            problem = error.message
        config = trigger.config
        return Schedule(
            name=_name(trigger, several),
            deployment=deployment.name,
            trigger=trigger.id,
            type=trigger.type,
            when=in_words(trigger),
            timezone=str(config.get("timezone", "UTC")),
            catch_up=str(config.get("catch_up", "last")),
            jitter=jitter,
            status=status,
            next_at=next_at,
            last_fired_at=trigger.last_fired_at,
            problem=problem,
            listening=self._listening(trigger, shown),
        )

    def _listening(self, trigger: Trigger, shown: Mapping[Key, Shown]) -> Shown | None:
        definition = self.application.registry.find(trigger.type)
        if definition is None or definition.watching is None:
            return None
        return shown.get(_key(trigger), Shown())


def preview(cron: str, *, timezone: str = "UTC", count: int = 10, after: datetime) -> Sequence[FireTime]:
    """The next fire times of a cron that is not deployed. Raises `InvalidWorkflow` (`invalid_schedule`) with
    everything that is wrong."""
    _require_count(count)
    config = {"cron": cron, "timezone": timezone}
    problems = [message for _, message in schedule.config_problems(config, frozenset())]
    if problems:
        raise InvalidWorkflow(
            f"This is no schedule: {'; '.join(problems)}.",
            code="invalid_schedule",
            remedy="Write five fields, such as `30 9 * * MON-FRI`, and a zone such as `Europe/Berlin`.",
        )
    timetable = Timetable(schedule, config, catch_up="last", jitter=0.0, seed="")
    return list(islice(_walk(cron, timetable, after), count))


def in_words(trigger: Trigger) -> str:
    """When it fires, for people; what it says itself where that cannot be read."""
    config = trigger.config
    try:
        if "cron" in config:
            words = parse_cron(str(config["cron"])).in_words()
            return f"{words[:1].lower()}{words[1:]}"
        if "seconds" in config:
            words = f"every {format_duration(parse_duration(config['seconds']))}"
            return f"{words}, on the clock" if config.get("aligned") else words
    except ValueError:
        return str(config.get("cron") or config.get("seconds"))
    return _watched_in_words(config) or trigger.type


def _watched_in_words(config: Mapping[str, Any]) -> str | None:
    """`BTC/USDT on paper: price crosses above 65000`, as far as the config says so."""
    provider: Any = config.get("provider")
    venue: Any = cast("Mapping[str, Any]", provider).get("venue") if isinstance(provider, Mapping) else provider
    if venue is None:
        return None
    symbol: Any = config.get("symbol") or (provider.get("symbol") if isinstance(provider, Mapping) else None)  # pyright: ignore
    what = [str(config[name]) for name in ("channel", "indicator", "output", "timeframe") if config.get(name)]
    compared = next((config[name] for name in ("price", "threshold") if config.get(name) is not None), None)
    if config.get("operator") is not None and compared is not None:
        what += [*([] if what else ["price"]), str(config["operator"]).replace("_", " "), str(compared)]
    elif config.get("condition"):
        what.append(str(config["condition"]))
    return f"{symbol or 'market'} on {venue}: {' '.join(what)}"


def _walk(name: str, timetable: Timetable, after: datetime) -> Iterator[FireTime]:
    zone = get_zone(timetable.config.get("timezone", "UTC") if timetable.definition is schedule else "UTC")
    while (due := timetable.next_due(after)) is not None:
        starts_at = timetable.starts_at(due).astimezone(zone)
        yield FireTime(name, due.astimezone(zone), starts_at, _change(timetable, zone, due))
        after = due


def _change(timetable: Timetable, zone: ZoneInfo, due: datetime) -> Change | None:
    if timetable.definition is not schedule:
        return None
    shown = read_clock(zone, due)
    if parse_cron(timetable.config["cron"]).next_reading(shown - timedelta(seconds=1)) != shown:
        return "moved"
    one, other = (shown.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if one >= other:
        return None
    return "first" if due == one else "second"


def _starts_by_itself(trigger: Trigger, registry: Registry) -> bool:
    definition = registry.find(trigger.type)
    return definition is not None and (definition.next_fire is not None or definition.watching is not None)


def _key(trigger: Trigger) -> Key:
    return trigger.deployment, trigger.id


def _several(found: Sequence[tuple[Deployment, Trigger]]) -> set[str]:
    """The deployments with more than one schedule."""
    return {name for name, number in Counter(deployment.id for deployment, _ in found).items() if number > 1}


def _name(trigger: Trigger, several: set[str]) -> str:
    return f"{trigger.deployment}/{trigger.id}" if trigger.deployment in several else trigger.deployment


def _status(deployment: Deployment, trigger: Trigger) -> ScheduleStatus:
    if deployment.status != "active":
        return deployment.status
    return "paused" if trigger.status == "paused" else "active"


def _require_count(count: int) -> None:
    if not 1 <= count <= _MOST:
        raise InvalidWorkflow(
            f"{count} fire times cannot be listed.", code="invalid_argument", remedy=f"Ask for 1 to {_MOST}."
        )
