from __future__ import annotations

from treadle.packs.core.flow.note import note_


def test_a_note_has_text_and_no_ports() -> None:
    """It cannot be connected, and its text is never a template."""
    field = note_.type.field_named("text")

    assert (note_.type.kind, note_.type.inputs, note_.type.outputs) == ("note", (), ())
    assert field is not None
    assert field.kind == "literal"
