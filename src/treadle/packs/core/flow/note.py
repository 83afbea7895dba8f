"""Text on the canvas."""

from typing import Annotated

from pydantic import Field

from treadle.node import Verbatim, Widget, note


@note(
    "flow.note",
    title="Note",
    example={"config": {"text": "Prices are in USDC."}, "inputs": {}, "outputs": {}},
)
def note_(
    *,
    text: Annotated[
        Verbatim, Widget("long_text"), Field(description="What it says, in Markdown; `{{ }}` in it means nothing")
    ] = "",
    width: Annotated[int, Field(ge=80, le=4000, description="Width on the canvas, in pixels")] = 240,
    height: Annotated[int, Field(ge=40, le=4000, description="Height on the canvas, in pixels")] = 120,
) -> None:
    """Text on the canvas, for the people who read the workflow. It has no ports and never runs."""
