"""`treadle templates list`."""

from __future__ import annotations

from typing import Annotated

import typer

from treadle.cli.command import Invocation, command


@command
def list_(
    invocation: Invocation,
    search: Annotated[
        str | None, typer.Argument(metavar="WORDS", help="In name, title, description, category or tags.")
    ] = None,
    category: Annotated[str | None, typer.Option(metavar="NAME", help="As `general`, `outreach` or `agents`.")] = None,
    tag: Annotated[str | None, typer.Option("--tag", metavar="TAG", help="With this tag.")] = None,
    about: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Recommend what fits this, in your own words, and say why.")
    ] = None,
) -> None:
    """List the templates that come with Treadle and those that were published here."""
    from treadle.cli.session import wait_for

    wait_for(_list(invocation, search, category, tag, about))


async def _list(
    invocation: Invocation, search: str | None, category: str | None, tag: str | None, about: str | None
) -> None:
    from treadle.cli.gallery.opening import looking
    from treadle.cli.gallery.showing import describe, tell_statistics
    from treadle.cli.screen import cut, new_table
    from treadle.service.templates.templates import Templates

    screen = invocation.screen
    if about is not None:
        await _recommend(invocation, " ".join([about, search or ""]), category, tag)
        return
    async with looking(invocation) as application:
        found = await Templates(application).list(search=search, category=category, tag=tag)
    if invocation.json:
        screen.print_json([describe(one) for one in found])
        return
    if not found:
        screen.say("[dim]No template is like that. `treadle templates` lists all.[/]")
        return
    table = new_table("template", "category", "for the", "known of it", "what it is")
    for one in found:
        template = one.template
        known = tell_statistics(one.statistics)
        table.add_row(template.name, template.category, template.difficulty, known, cut(template.title))
    screen.print_table(table)


async def _recommend(invocation: Invocation, about: str, category: str | None, tag: str | None) -> None:
    from rich.markup import escape

    from treadle.cli.gallery.opening import looking
    from treadle.cli.gallery.showing import describe
    from treadle.service.templates.recommending import Context
    from treadle.service.templates.templates import Listed, Templates

    context = Context(about, () if tag is None else (tag,), category)
    async with looking(invocation) as application:
        found = await Templates(application).recommend(context)
    screen = invocation.screen
    if invocation.json:
        shown = [
            {**describe(Listed(one.template, one.statistics)), "score": one.score, "reasons": list(one.reasons)}
            for one in found
        ]
        screen.print_json(shown)
        return
    if not found:
        screen.say("[dim]No template is about that. `treadle templates` lists all.[/]")
    for one in found:
        screen.say(f"[bold]{one.template.name}[/]  {escape(one.template.title)}")
        for reason in one.reasons:
            screen.say(f"  {escape(reason)}")
