"""The canvas: workflow files pasted and dropped, whatever form they are written in."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.ui.canvas import canvas, draft, node, open_line, paste, saved
from treadle.server.services import Services

STEPS = """\
name: words
steps:
  - {id: greet, type: template, template: hello}
  - {id: shout, type: template, template: "{{ steps.greet.output }}!"}
"""
NODES = """\
name: dropped
nodes:
  - {id: one, type: data.template, config: {template: one}}
  - {id: two, type: data.template, config: {template: two}, after: [one]}
"""


async def test_a_file_of_steps_is_pasted_as_nodes(page: Page, services: Services) -> None:
    await draft(services, "name: sketch\nnodes: []\n", "sketch")
    await page.goto("/w/sketch")
    await expect(page.get_by_text("What shall happen first?")).to_be_visible()
    await canvas(page).focus()

    await paste(page, STEPS)

    await expect(node(page, "greet")).to_be_visible()
    await expect(node(page, "shout")).to_be_visible()
    await expect(page.get_by_role("button", name="Undo: Paste 2 nodes")).to_be_enabled()
    await saved(page)


async def test_steps_that_cannot_be_read_say_what_is_wrong(page: Page, services: Services) -> None:
    await open_line(page, services)
    await canvas(page).focus()
    await paste(page, "name: broken\nsteps: 12\n")
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()


async def test_what_is_no_workflow_is_refused_in_words(page: Page, services: Services) -> None:
    await open_line(page, services)
    await canvas(page).focus()
    await paste(page, "Dear Mara, thank you for the flowers.")
    await expect(page.get_by_role("alert").filter(has_text="This is not a workflow.")).to_be_visible()


async def test_a_file_is_dropped_where_it_is_let_go(page: Page, services: Services) -> None:
    await open_line(page, services)
    await canvas(page).evaluate(
        """(canvas, text) => {
            const data = new DataTransfer();
            data.items.add(new File([text], "dropped.yaml", {type: "application/yaml"}));
            const room = canvas.getBoundingClientRect();
            const at = {clientX: room.left + 80, clientY: room.top + 500, bubbles: true, cancelable: true};
            const over = new DragEvent("dragover", {...at, dataTransfer: data});
            canvas.dispatchEvent(over);
            if (over.defaultPrevented) canvas.dispatchEvent(new DragEvent("drop", {...at, dataTransfer: data}));
        }""",
        NODES,
    )
    await expect(node(page, "one")).to_be_visible()
    await expect(node(page, "two")).to_be_visible()
    await expect(node(page, "start")).to_be_visible()
