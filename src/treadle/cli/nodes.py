"""`treadle nodes`: the node types there are, and one of them in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Invocation, command

if TYPE_CHECKING:
    from treadle.node.definition import NodeDefinition


@command
def nodes(
    invocation: Invocation,
    type_: Annotated[str | None, typer.Argument(metavar="TYPE", help="A node type, or a pack's name.")] = None,
) -> None:
    """List the node types, or show one: its ports, its config and an example."""
    from treadle.cli.session import look_up_types
    from treadle.service.project import installed_registry

    settings = invocation.settings()
    # All of them is all of them; one can be shown whatever is wrong with the others.
    registry = installed_registry(settings) if type_ is None else look_up_types(invocation, settings)
    every = sorted(registry, key=lambda definition: definition.name)
    if type_ is None or any(d.type.category == type_ for d in every):
        _list(invocation, [d for d in every if type_ in (None, d.type.category)])
    else:
        _show(invocation, registry.get(type_))


def _list(invocation: Invocation, definitions: list[NodeDefinition]) -> None:
    from treadle.cli.screen import cut, new_table

    if invocation.json:
        invocation.screen.print_json([_brief(definition) for definition in definitions])
        return
    table = new_table("type", "kind", "")
    category = ""
    for definition in definitions:
        if category and definition.type.category != category:
            table.add_row()
        category = definition.type.category
        kind = "missing extra" if definition.missing else definition.type.kind
        table.add_row(definition.name, f"[dim]{kind}[/]", cut(definition.type.description.split("\n")[0]))
    invocation.screen.print_table(table)


def _show(invocation: Invocation, definition: NodeDefinition) -> None:
    from rich.markup import escape

    from treadle.cli.screen import new_table

    screen, type_ = invocation.screen, definition.type
    if invocation.json:
        screen.print_json(_full(definition))
        return
    screen.say(f"[bold]{type_.name}[/]  [dim]{type_.title} · {type_.kind}[/]\n")
    screen.say(escape(type_.description))
    ports = [("in", p.name, p.type.name, "required" if p.required else "", p.description) for p in type_.inputs]
    ports += [("out", p.name, p.type.name, "", p.description) for p in type_.outputs]
    if ports:
        screen.say("\n[bold]Ports[/]")
        table = new_table("", "name", "type", "", "")
        for row in ports:
            table.add_row(*(escape(cell) for cell in row))
        screen.print_table(table)
    if type_.config:
        screen.say("\n[bold]Config[/]")
        table = new_table("name", "type", "default", "")
        for item in type_.config:
            default = "[bold]required[/]" if item.required else escape(_short(item.default))
            table.add_row(item.name, escape(_type_of(item.schema, item.kind)), default, escape(item.description))
        screen.print_table(table)
    if type_.example:
        screen.say("\n[bold]Example[/]")
        screen.say(escape(_yaml({"type": type_.name, "config": dict(type_.example.get("config") or {})})))
    if definition.missing:
        extra = f"treadle[{type_.extra}]" if type_.extra else ", ".join(definition.missing)
        screen.say(f"\n[yellow]Not installed here: {escape(extra)}[/]")


def _brief(definition: NodeDefinition) -> dict[str, Any]:
    type_ = definition.type
    return {
        "type": type_.name,
        "title": type_.title,
        "kind": type_.kind,
        "description": type_.description.split("\n")[0],
        "available": not definition.missing,
    }


def _full(definition: NodeDefinition) -> dict[str, Any]:
    type_ = definition.type
    return {
        **_brief(definition),
        "description": type_.description,
        "inputs": [
            {"name": p.name, "type": p.type.name, "required": p.required, "description": p.description}
            for p in type_.inputs
        ],
        "outputs": [{"name": p.name, "type": p.type.name, "description": p.description} for p in type_.outputs],
        "config": dict(type_.config_schema),
        "example": dict(type_.example) if type_.example else None,
    }


def _short(value: Any) -> str:
    from treadle.cli.screen import to_json

    return "" if value is None else to_json(value, indent=None)[:40]


def _type_of(schema: Any, kind: str) -> str:
    if kind != "value":
        return kind
    if "enum" in schema:
        return " | ".join(str(choice) for choice in schema["enum"])[:60]
    if "anyOf" in schema:
        parts = [_type_of(part, kind) for part in schema["anyOf"]]
        return " or ".join(dict.fromkeys(part for part in parts if part != "null"))[:60]
    return str(schema.get("type", "any"))


def _yaml(value: Any) -> str:
    import yaml

    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, default_flow_style=False).rstrip()
