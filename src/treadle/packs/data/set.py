"""Set fields of an object."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from treadle.node import Needed, node
from treadle.packs.data.row import object_of


@node(
    "data.set",
    title="Set fields",
    example={
        "config": {"fields": {"total": "{{ input.value.price * input.value.count }}"}, "remove": ["note"]},
        "inputs": {"value": {"price": 2.5, "count": 4, "note": "gift"}},
        "outputs": {"output": {"price": 2.5, "count": 4, "total": 10.0}},
    },
)
def set_fields(
    value: Annotated[Any, Needed(), Field(description="An object that the fields are added to.")] = None,
    *,
    fields: Annotated[
        dict[str, Any],
        Field(
            description="The fields and their values; a value may be an expression, and what that gives: a time, too."
        ),
    ],
    remove: Annotated[tuple[str, ...], Field(description="Fields left out of the result.")] = (),
    only: Annotated[bool, Field(description="Give the set fields alone, without those that came in.")] = False,
) -> dict[str, Any]:
    """Set fields of the object that came in, or make a new object.

    Fields that came in stay where they are; a set field that was there already is replaced. Nothing
    connected, or null, makes a new object. The object that came in is not changed.
    """
    came = {} if value is None or only else object_of(value, what="The value whose fields are set")
    return {name: item for name, item in {**came, **fields}.items() if name not in remove}
