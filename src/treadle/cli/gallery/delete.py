"""`treadle templates delete`."""

from __future__ import annotations

from treadle.cli.command import Invocation, command
from treadle.cli.gallery.opening import TemplateName


@command
def delete(invocation: Invocation, template: TemplateName) -> None:
    """Take a published template back, with its ratings; workflows made of it stay."""
    from treadle.cli.session import wait_for

    wait_for(_delete(invocation, template))


async def _delete(invocation: Invocation, name: str) -> None:
    from treadle.cli.session import reading
    from treadle.service.templates.publishing import TemplatePublishing

    async with reading(invocation) as application:
        await TemplatePublishing(application).delete(name)
    if invocation.json:
        invocation.screen.print_json({"name": name, "deleted": True})
    else:
        invocation.screen.say(f"The template [bold]{name}[/] is gone.")
