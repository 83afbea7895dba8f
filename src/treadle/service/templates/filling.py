"""Filling a template in: parameters become part of a new workflow's text, whose comments stay."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, cast

from treadle.model.issue import Issue
from treadle.model.nearest import listed, suggest
from treadle.service.templates.place import write_at
from treadle.service.templates.reading import SECTION, value_problems
from treadle.service.templates.template import Template


def check_parameters(template: Template, given: Mapping[str, Any]) -> Iterator[Issue]:
    """Everything that is wrong with what was given. Paths begin with `parameters`."""
    names = [one.name for one in template.parameters]
    for name in given:
        if name not in names:
            remedy = suggest(name, names, f"The parameters are {listed(names)}." if names else "It has none.")
            said = f"The template has no parameter `{name[:100]}`."
            yield Issue("unknown_parameter", said, ("parameters", name), remedy=remedy)
    for one in template.parameters:
        path = ("parameters", one.name)
        if one.name in given:
            for wrong in value_problems(one.schema, given[one.name]):
                said = f"The parameter `{one.name}` does not fit: {wrong}."
                yield Issue("invalid_parameter", said, path, remedy=_wanted(one.schema))
        elif one.is_required:
            said = f"The parameter `{one.name}` is missing."
            yield Issue("missing_parameter", said, path, remedy=_wanted(one.schema))


def fill(template: Template, given: Mapping[str, Any], *, name: str, title: str | None = None) -> str:
    """The text of a workflow called `name`. `given` has been checked."""
    return template.document.rewrite(fill_data(template, given, name=name, title=title))


def fill_data(template: Template, given: Mapping[str, Any], *, name: str, title: str | None = None) -> dict[str, Any]:
    """What that text says."""
    data = cast("dict[str, Any]", copy.deepcopy(template.document.data))
    data.pop(SECTION, None)
    data.pop("id", None)
    data["name"] = name
    if title is not None:
        data["title"] = title
    for one in template.parameters:
        if one.name in given:
            for path in one.paths:
                write_at(data, path, copy.deepcopy(given[one.name]))
    return data


def blame(template: Template, issue: Issue) -> Issue:
    """`issue`, found in the filled text, as one of the parameter that it comes from, if it does."""
    for one in template.parameters:
        for path in one.paths:
            if issue.path[: len(path)] == path:
                said = f"The parameter `{one.name}` does not fit: {issue.message}"
                return Issue("invalid_parameter", said, ("parameters", one.name), remedy=issue.remedy)
    return issue


def _wanted(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    wanted = f"Give a value of type {kind}" if isinstance(kind, str) else "Give a value"
    told = schema.get("description") or schema.get("title")
    return f"{wanted}: {str(told).rstrip('.')}." if told else f"{wanted} that fits its schema."
