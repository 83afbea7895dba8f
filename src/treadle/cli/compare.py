"""`treadle compare`: two deployments side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.period import Since, Until, read_time
from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from treadle.cli.screen import Screen
    from treadle.service.comparison import Comparison, Measure


@command
def compare(
    invocation: Invocation,
    first: Annotated[str, typer.Argument(metavar="A", help="A deployment.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another deployment.")],
    since: Since = None,
    until: Until = None,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="The newest so many runs of each.")] = None,
    confidence: Annotated[float, typer.Option(help="How sure the intervals are to hold the difference.")] = 0.95,
) -> None:
    """Compare two deployments (A/B): success, duration and what their runs counted, with a confidence interval.

    Runs on the same trigger, a fire time or an event, are compared in pairs; without such, all with all.
    """
    from treadle.cli.session import wait_for

    if not 0.5 <= confidence < 1:
        raise InvalidWorkflow(
            f"A confidence of {confidence:g} means nothing.",
            code="invalid_confidence",
            remedy="Write a share from 0.5 up to less than 1, such as 0.95.",
        )
    wait_for(_compare(invocation, (first, second), (since, until), limit, confidence))


async def _compare(
    invocation: Invocation,
    names: tuple[str, str],
    times: tuple[str | None, str | None],
    limit: int | None,
    confidence: float,
) -> None:
    from treadle.cli.session import reading
    from treadle.service.comparison import compare_deployments

    since, until = (read_time(name, text) for name, text in zip(("since", "until"), times, strict=True))
    async with reading(invocation) as application:
        found = await compare_deployments(
            application, names, since=since, until=until, limit=limit, confidence=confidence
        )
    if invocation.json:
        invocation.screen.print_json(found.to_dict())
    else:
        _print(invocation.screen, found)


def _print(screen: Screen, found: Comparison) -> None:
    from rich.markup import escape

    from treadle.cli.mark import count
    from treadle.cli.screen import new_table

    one, other = found.names
    runs = f"[bold]{one}[/] ({count(found.runs[0], 'run')}) and [bold]{other}[/] ({count(found.runs[1], 'run')})"
    how = f"{count(found.pairs, 'pair')} on the same trigger" if found.basis == "paired" else "not paired"
    screen.say(f"{runs}, {how}")
    level = f"{found.confidence:.0%} interval"
    table = new_table("", one, other, "difference", level, "", right=[one, other, "difference", level])
    for measure in found.measures:
        table.add_row(measure.name, *_cells(measure))
    screen.print_table(table)
    for remark in found.remarks:
        screen.say(f"[dim]{escape(remark)}[/]")


def _cells(measure: Measure) -> tuple[str, ...]:
    from treadle.cli.screen import cut

    is_share = measure.name.endswith(" rate")
    sides = (measure.first, measure.second)
    difference = "" if None in sides else _number((measure.second or 0) - (measure.first or 0), is_share, signed=True)
    interval, verdict = "", ""
    if measure.interval is not None:
        low, high = (_number(end, is_share, signed=True) for end in (measure.interval.low, measure.interval.high))
        interval, verdict = f"{low} … {high}", "differs" if measure.differs else "may be chance"
    shown = tuple("" if side is None else _number(side, is_share) for side in sides)
    return (*shown, difference, interval, cut(verdict, "bold" if measure.differs else "dim"))  # type: ignore[return-value]


def _number(value: float, is_share: bool, *, signed: bool = False) -> str:
    sign = "+" if signed else ""
    return f"{value * 100:{sign}.1f} %" if is_share else f"{value:{sign}.4g}"
