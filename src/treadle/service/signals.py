"""Signals from outside to the runs that wait for them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from treadle.errors import InvalidWorkflow, NotFound
from treadle.model.ids import RunId, new_run_id
from treadle.model.run import Origin
from treadle.model.signal import Signal
from treadle.service.access.operation import operation

if TYPE_CHECKING:
    from treadle.service.application import Application

_LONGEST_NAME = 200
_LONGEST_KEY = 500


@dataclass(frozen=True, slots=True)
class Sent:
    """A signal that is kept, and the run that was waiting for it; None: nobody is yet."""

    signal: Signal
    woken: RunId | None


class Signals:
    """Sends signals: from any process, whoever drives the runs."""

    def __init__(self, application: Application) -> None:
        self.application = application

    @operation("signals.send", on="run")
    async def send(
        self, name: str, payload: Any = None, *, run_id: RunId | None = None, key: str = "", id: str | None = None
    ) -> Sent:
        """Send a signal to one run, or by `key` to whichever run that the actor may operate waits for it, now or later.
        Durable when it returns.

        Sent again under the same `id`, nothing happens. Raises `InvalidWorkflow` (`invalid_signal`), `NotFound`
        (`unknown_run`), `Conflict` (`run_finished`), and `StoreError` for a payload that cannot be kept; nothing is
        kept then.
        """
        _require(bool(name.strip()), "The signal has no name.", "Name it as the `flow.signal` that waits for it does.")
        _require(
            not name.startswith("@"),
            f"`{name}` begins with an `@`, as Treadle's own signals do.",
            "Give it another name.",
        )
        _require(
            len(name) <= _LONGEST_NAME and len(key) <= _LONGEST_KEY,
            f"The signal's name has {len(name)} characters and its key {len(key)}.",
            f"A name has at most {_LONGEST_NAME}, a key {_LONGEST_KEY}.",
        )
        application = self.application
        if run_id is None:
            await application.access.require(application.actor, "signals.broadcast")
        actor, now = application.actor, application.world.clock.now()
        sender = None if actor.is_local or actor.role == "admin" else actor.user_id or ""
        origin: Origin | None = Origin(account=actor.user_id)
        if run_id is not None:
            with suppress(NotFound):  # said where it is to be sent
                origin = (await application.store.get_run(run_id)).origin
        payload = application.world.redactor_for(origin).value(payload)
        signal = Signal(id or f"s{new_run_id()[1:]}", name, key, payload, run_id, now)
        woken = await application.store.send_signal(signal, now=now, sender=sender)
        if woken.run_id is not None and application.drives:
            application.dispatcher.nudge(woken.run_id, woken.nudged)
        return Sent(signal, woken.run_id)

    @operation("signals.list")
    async def list(self, *, key: str | None = None) -> list[Signal]:
        """Those that are kept because nobody has taken them yet, oldest first; with `key`, those about it."""
        application = self.application
        actor = application.actor
        sees_all = actor.is_local or actor.role == "admin"
        found = await application.store.list_signals(key=key, of=None if sees_all else actor.user_id or "")
        found = [signal for signal in found if not signal.name.startswith("@")]  # Treadle's own
        hidden = await application.access.find_hidden(actor)
        if not hidden:
            return found
        addressed = {signal.run_id for signal in found if signal.run_id is not None}
        of = {run_id: await application.store.find_workflow_of("run", run_id) for run_id in addressed}
        return [signal for signal in found if signal.run_id is None or of[signal.run_id] not in hidden]

    @operation("signals.drop")
    async def drop(self, signal_id: str) -> None:
        """Forget a signal that nobody has taken. Raises `NotFound` (`unknown_signal`)."""
        is_known = self.application.actor.is_local or any(one.id == signal_id for one in await self.list())
        if not (is_known and await self.application.store.drop_signal(signal_id)):
            raise NotFound(
                f"No signal `{signal_id}` is kept.",
                code="unknown_signal",
                remedy="`treadle signal --list` shows those that are; one that a run has taken cannot be dropped.",
            )


def _require(holds: bool, message: str, remedy: str) -> None:
    if not holds:
        raise InvalidWorkflow(message, code="invalid_signal", remedy=remedy)
