"""Confirming: whoever deploys a workflow live that spends real money says what it spends, and within which limits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from treadle.engine.profiles import provider_of
from treadle.errors import Conflict, NotFound
from treadle.model.policy import Mode
from treadle.model.workflow import Workflow
from treadle.node.stake import Bound, Stake, Stakes
from treadle.service.access.operation import note_details
from treadle.service.calls import named_workflows

if TYPE_CHECKING:
    from treadle.service.application import Application
    from treadle.service.execution import ExecutionRequest
    from treadle.store.deployments import Deployment


class Confirming:
    """Asks, and remembers what was confirmed."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store

    async def mode_of(self, workflow: Workflow, *, confirm: str | None = None) -> Mode:
        """The mode of a new deployment that nobody gave one: on paper where it could place orders, unless somebody has
        said what that puts at stake; otherwise live."""
        could_order = any(self._asks(one) for one in [workflow, *await self._called(workflow)])
        return "paper" if could_order and confirm is None else "live"

    async def stakes_of(self, deployment: Deployment, workflow: Workflow) -> Sequence[Stake]:
        """What the next runs of the deployment put at stake: nothing, unless it is live."""
        if deployment.mode != "live":
            return ()
        return await self._stakes_of(workflow, deployment.profiles, deployment.params, deployment.input)

    async def require_run(self, workflow: Workflow, request: ExecutionRequest) -> None:
        """As `require`, of a run that somebody starts by hand: each is to be confirmed."""
        if request.mode != "live" or request.deployment is not None or request.is_confirmed:
            return
        remembered, key = self.application.harmless, (workflow.name, workflow.version)
        if key in remembered:
            return
        stakes = await self._stakes_of(workflow, request.profiles, request.params, request.input)
        text = confirmation(stakes)
        if stakes and (request.confirm is None or not _same(request.confirm, text)):
            raise _required(workflow.name, stakes, text, is_other=request.confirm is not None)
        if not self._asks(workflow) and not any(True for _ in named_workflows(workflow)):
            remembered.remember(key, None)

    async def require(
        self, deployment: Deployment, workflow: Workflow, *, confirm: str | None, again: bool = False
    ) -> None:
        """Nothing, if `confirm` says what is at stake, or it is what was confirmed last (unless it is to be confirmed
        `again`). Raises `Conflict` (`confirmation_required`) that says what to confirm."""
        stakes = await self.stakes_of(deployment, workflow)
        if not stakes:
            return
        text = confirmation(stakes)
        if confirm is not None and _same(confirm, text):
            note_details(confirmed=text)
            await self._store.note_confirmed(deployment.id, text)
            return
        if confirm is None and not again and await self._store.find_confirmed(deployment.id) == text:
            return
        raise _required(deployment.name, stakes, text, is_other=confirm is not None)

    async def require_of_followers(self, workflow: Workflow, *, besides: Collection[str] = ()) -> None:
        """Nothing, if each active deployment that would run this at once puts at stake what was confirmed for it."""
        for one in await self._store.list_deployments(status="active"):
            if one.workflow == workflow.name and one.version is None and one.id not in besides:
                try:
                    await self.require(one, workflow, confirm=None)
                except Conflict as error:
                    error.remedy = "Hold that deployment at a version, or deploy this with what is to be confirmed."
                    raise

    async def _stakes_of(
        self, workflow: Workflow, profiles: Sequence[str], params: Mapping[str, Any], given: Mapping[str, Any]
    ) -> Sequence[Stake]:
        bound = Bound(profiles, params, given, partial(provider_of, self.application.world))
        stakes: dict[str, Stake] = {}
        for one in [workflow, *await self._called(workflow)]:
            stakes.update({str(stake): stake for ask in self._asks(one) for stake in ask(one, bound)})
        return [stakes[text] for text in sorted(stakes)]

    def _asks(self, workflow: Workflow) -> set[Stakes]:
        found = [self.application.registry.find(node.type) for node in workflow.walk() if not node.disabled]
        return {definition.confirms for definition in found if definition is not None and definition.confirms}

    async def _called(self, workflow: Workflow) -> list[Workflow]:
        """All that it starts by names that are written down, and what those start."""
        found: dict[str, Workflow] = {}
        names = [name for _, name in named_workflows(workflow)]
        while names:
            name = names.pop()
            if name not in found and name != workflow.name:
                with suppress(NotFound):
                    found[name] = await self.application.get_workflow(name)
                    names += [further for _, further in named_workflows(found[name])]
        return list(found.values())


def confirmation(stakes: Sequence[Stake]) -> str:
    """What a person says to confirm: `binance-main max_order_notional=500`; of several, with `;` between."""
    return "; ".join(str(stake) for stake in stakes)


def _same(given: str, text: str) -> bool:
    return " ".join(given.split()) == " ".join(text.split())


def _required(name: str, stakes: Sequence[Stake], text: str, *, is_other: bool) -> Conflict:
    where = ", ".join(f"`{stake.name}` ({stake.provider})" for stake in stakes)
    what = "What was confirmed is something else: " if is_other else ""
    return Conflict(
        f"{what}`{name}` would place real orders with {where}. Nothing has been done.",
        code="confirmation_required",
        remedy=f"Say so in these words (`--confirm`): {text}",
        deployment=name,
        confirm=text,
        stakes=[{"name": stake.name, "provider": stake.provider, "limits": dict(stake.limits)} for stake in stakes],
    )
