"""`treadle logs`: what the nodes of a run did and logged."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.status import RunArgument
from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from treadle.service.timeline import TimelineLine

_LEVELS = ("debug", "info", "warning", "error")
_STYLES = {"debug": "dim", "info": "", "warning": "yellow", "error": "red"}
_LOOK_EVERY = 0.3


@command
def logs(
    invocation: Invocation,
    run: RunArgument = "last",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the run has finished.")] = False,
    level: Annotated[str, typer.Option(help="The least level shown: debug, info, warning or error.")] = "info",
) -> None:
    """Show what the nodes of a run did and logged, in the order in which it happened.

    With --json: one object a line.
    """
    if level not in _LEVELS:
        raise InvalidWorkflow(
            f"There is no level `{level}`.", code="unknown_level", remedy=f"It is one of {', '.join(_LEVELS)}."
        )
    from treadle.cli.session import wait_for

    wait_for(_logs(invocation, run, follow, _LEVELS[_LEVELS.index(level) :]))


async def _logs(invocation: Invocation, text: str, follow: bool, levels: tuple[str, ...]) -> None:
    from treadle.cli.session import reading
    from treadle.model.run import FINISHED
    from treadle.service.runs import Runs
    from treadle.service.timeline import read_timeline

    seen: set[str] = set()
    async with reading(invocation) as application:
        run_id = await Runs(application).find_id(text)
        while True:
            # The status first: what is written before it changes is then read for certain.
            finished = (await application.store.get_run(run_id)).status in FINISHED
            for line in await read_timeline(application, run_id):
                if line.key not in seen and line.level in levels:
                    _print(invocation, line)
                seen.add(line.key)
            if not follow or finished:
                break
            await asyncio.sleep(_LOOK_EVERY)
    if not seen and not invocation.json:
        invocation.screen.note("[dim]Nothing yet.[/]")


def _print(invocation: Invocation, line: TimelineLine) -> None:
    from rich.markup import escape

    from treadle.cli.mark import show_duration, show_time

    if invocation.json:
        shown = line.to_dict()
        shown["data"] = {key: round(v, 3) if key == "duration_ms" and v else v for key, v in line.data.items()}
        invocation.screen.print_json(shown, indent=None)
        return
    style = _STYLES.get(line.level, "")
    data = {key: value for key, value in line.data.items() if value is not None}
    took, attempts = data.pop("duration_ms", None), data.pop("attempts", 1)
    details = [show_duration(took)] if took else []
    if attempts > 1:
        details.append(f"{attempts} attempts")
    details += [f"{key}={_plain(value)}" for key, value in data.items()]
    message = f"[{style}]{escape(line.message)}[/]" if style else escape(line.message)
    at = f"{show_time(line.at)}.{line.at.microsecond // 1000:03d}"
    more = f"  [dim]{escape('  '.join(details))}[/]" if details else ""
    invocation.screen.say(f"[dim]{at}[/]  {escape(line.path):<24}  {message}{more}")


def _plain(value: object) -> str:
    from datetime import datetime

    from treadle.cli.mark import show_time

    return show_time(value) if isinstance(value, datetime) else str(value)
