"""`treadle templates show`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from treadle.cli.command import Invocation, command
from treadle.cli.gallery.opening import TemplateName

if TYPE_CHECKING:
    from treadle.service.templates.templates import Listed
    from treadle.store.templates import Review


@command
def show(invocation: Invocation, template: TemplateName) -> None:
    """Show what a template is for, what it asks for and needs, and what has become of it."""
    from treadle.cli.session import wait_for

    wait_for(_show(invocation, template))


async def _show(invocation: Invocation, name: str) -> None:
    from treadle.cli.gallery.opening import looking
    from treadle.cli.gallery.showing import describe
    from treadle.service.templates.templates import Templates

    async with looking(invocation) as application:
        templates = Templates(application)
        found, reviews = await templates.get(name), await templates.reviews(name)
    if invocation.json:
        said = [{"name": one.name, "rating": one.rating, "comment": one.comment, "at": one.at} for one in reviews]
        shown: dict[str, Any] = {"parameters": found.template.form, "reviews": said, "text": found.template.text}
        invocation.screen.print_json({**describe(found), **shown})
        return
    _tell(invocation, found, reviews)


def _tell(invocation: Invocation, listed: Listed, reviews: Any) -> None:
    from rich.markup import escape

    from treadle.cli.gallery.showing import tell_measured, tell_needs, tell_statistics
    from treadle.cli.screen import new_table, to_json
    from treadle.model.duration import format_duration
    from treadle.service.templates.measured import find_measured

    screen, one = invocation.screen, listed.template
    screen.say(f"[bold]{one.name}[/]  {escape(one.title)}")
    screen.say(escape(one.description))
    about = [one.category, f"for the {one.difficulty}", *([f"by {one.author}"] if one.author else [])]
    if one.duration is not None:
        about.append(f"a run takes about {format_duration(one.duration)}")
    known = tell_statistics(listed.statistics)
    screen.say(f"[dim]{escape(', '.join([*about, *([known] if known else [])]))}[/]")
    measured = find_measured(one)
    if measured is not None:
        screen.say(f"[dim]{escape(tell_measured(measured))}[/]")
    if one.parameters:
        screen.say("\nParameters")
        table = new_table("name", "type", "unless given", "what it is")
        for parameter in one.parameters:
            schema = parameter.schema
            default = (
                "[yellow]required[/]" if parameter.is_required else escape(to_json(schema["default"], indent=None))
            )
            told = ": ".join(str(schema[key]) for key in ("title", "description") if key in schema)
            table.add_row(parameter.name, str(schema.get("type", "any")), default, escape(told))
        screen.print_table(table)
    needs = list(tell_needs(one))
    if needs:
        screen.say("\nNeeds")
    for need in needs:
        screen.say(f"  {escape(need)}")
    for review in reviews:
        _tell_review(invocation, review)
    given = "".join(f" -p {parameter.name}=…" for parameter in one.parameters if parameter.is_required)
    screen.say(f"\nUse it:  treadle templates use {one.name} NAME{given}")


def _tell_review(invocation: Invocation, review: Review) -> None:
    from rich.markup import escape

    comment = f"  {escape(review.comment)}" if review.comment else ""
    invocation.screen.say(f"  {review.rating} of 5  [dim]{escape(review.name)}[/]{comment}")
