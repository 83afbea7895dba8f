"""What `treadle backtest` has just done, put with the others of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from treadle.errors import NotFound, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from treadle.cli.command import Invocation
    from treadle.model.workflow import Workflow
    from treadle.service.backtests.content import Content


def keep(invocation: Invocation, workflow: Workflow, body: Mapping[str, Any], content: Content) -> str | None:
    """Its id; None, with a word about why, where no store can be opened."""
    from rich.markup import escape

    from treadle.cli.session import wait_for

    try:
        return wait_for(_keep(invocation, workflow, body, content))
    except (StoreError, NotFound) as error:
        invocation.screen.note(f"[yellow]Not kept:[/] {escape(error.message)}")
        return None


async def _keep(invocation: Invocation, workflow: Workflow, body: Mapping[str, Any], content: Content) -> str:
    from treadle.cli.session import changing
    from treadle.service.backtests.keeping import Backtests
    from treadle.service.backtests.wanted import Wanted

    seconds = float(content.summary.get("seconds") or 0.0)
    async with changing(invocation) as application:
        return await Backtests(application).keep(workflow, Wanted(workflow.name, body), content, seconds=seconds)
