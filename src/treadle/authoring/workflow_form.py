"""A whole workflow as a file writes it: name, inputs, settings, and the graph in either form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from treadle.authoring.graph_form import GRAPH_KEYS, read_graph
from treadle.authoring.inputs import read_inputs
from treadle.authoring.reading import Fields, Reading
from treadle.authoring.tree import Path
from treadle.model.policy import Settings
from treadle.model.workflow import Workflow

WORKFLOW_KEYS = GRAPH_KEYS | {"name", "id", "title", "description", "tags", "inputs", "settings", "template"}
"""`template` describes the file to whoever looks for one to begin with: see `treadle.service.templates`."""
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def form_of(raw: Mapping[str, Any]) -> Literal["nodes", "steps"]:
    return "steps" if "steps" in raw else "nodes"


def read_workflow(reading: Reading, raw: object, file: Path) -> Workflow | None:
    """The workflow of what fits; None where there is no mapping at all."""
    entries = reading.mapping(raw, file, "workflow")
    if entries is None:
        return None
    if "blocks" in entries and "nodes" not in entries and "steps" not in entries:
        reading.refuse(
            "blocks_file",
            "This is a file of blocks, not a workflow file.",
            file,
            "`treadle import FILE` makes a workflow file of it.",
        )
        return None
    fields = reading.known_keys(entries, WORKFLOW_KEYS, file)
    if "nodes" not in fields and "steps" not in fields:
        reading.refuse(
            "missing_key", "The workflow has neither `nodes` nor `steps`.", file, "Add `nodes:` or `steps:`."
        )
    built: Fields = {key: fields[key] for key in ("title", "description", "tags") if fields.get(key) is not None}
    _read_name(reading, fields, built, file)
    built["inputs"] = read_inputs(reading, fields.get("inputs"), (*file, "inputs"))
    if fields.get("settings") is not None:
        settings = _read_settings(reading, fields["settings"], (*file, "settings"))
        if settings is not None:
            built["settings"] = settings
    built |= read_graph(reading, fields, file, ())
    built["form"] = form_of(fields)
    return reading.build(Workflow, built, file)


def slug(text: str) -> str:
    """`text` as a name: lower-case words with hyphens between. Empty where nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:100].strip("-")


def _read_name(reading: Reading, fields: Fields, built: Fields, file: Path) -> None:
    """A name in free words is a title where an `id` can be the name."""
    name, id_ = fields.get("name"), fields.get("id")
    if isinstance(id_, int) and not isinstance(id_, bool):
        id_ = str(id_)
    if id_ is not None and not isinstance(id_, str):
        reading.wrong_type(id_, (*file, "id"), "id", "text")
        id_ = None
    if id_ is not None:
        built["id"] = id_
    if isinstance(name, str) and _NAME.fullmatch(name) and len(name) <= 100:
        built["name"] = name
    elif isinstance(id_, str) and slug(id_) and (name is None or isinstance(name, str)):
        built["name"] = slug(id_)
        if name:
            built.setdefault("title", name)
    else:
        built["name"] = (slug(name) if isinstance(name, str) else "") or "unnamed"
        if name is None:
            reading.refuse(
                "missing_key",
                "The workflow has no `name`.",
                file,
                "Add `name:`, such as `name: my-workflow`.",
            )
        else:
            reading.refuse(
                "invalid_name",
                f"`name` is {name!r}; it must be lower-case letters and digits with single hyphens between.",
                (*file, "name"),
                f"Write `{built['name']}`, and the words for people in `title:`.",
            )


def _read_settings(reading: Reading, raw: object, file: Path) -> Settings | None:
    entries = reading.mapping(raw, file, "settings")
    if entries is None:
        return None
    fields = reading.known_keys(entries, frozenset(Settings.model_fields), file)
    return reading.build(Settings, {key: value for key, value in fields.items() if value is not None}, file)
