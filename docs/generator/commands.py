"""The page of the command line, from the program's own declarations."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

import typer
from typer.models import ArgumentInfo, OptionInfo

from docs.generator.markdown import GENERATED, block, code, prose, table

_ABOUT = (
    "Exit codes: 0 the run completed, or the file is valid; 1 the run failed, or the store could not be used; 2 what "
    "was asked for was wrong; 3 the run is suspended; 70 a defect in Treadle; 130 interrupted.\n\n"
    "Every command takes these options too. Results go to standard output, everything about them to standard error."
)
_EVERYWHERE = {"--db", "--json", "--debug"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument or option. `names` is empty for an argument, else what is written: `--input JSON`."""

    key: str
    help: str
    metavar: str
    names: tuple[str, ...]
    required: bool
    repeated: bool
    default: Any


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    help: str
    parameters: tuple[Parameter, ...]


def commands() -> list[Command]:
    """Every command that is not hidden, in the order of `treadle --help`."""
    from treadle.cli.main import app

    return list(_walk("treadle", app))


def page() -> str:
    found = commands()
    common = [one for one in found[0].parameters if _is_common(one)]
    rows = [(f"[`{one.name}`](#{one.name.replace(' ', '-')})", _short(one)) for one in found]
    parts = ["# Command line", GENERATED, _ABOUT, _option_table(common), table(["Command", "What it does"], rows)]
    parts += [_section(one) for one in found]
    return "\n\n".join(parts) + "\n"


def undocumented() -> list[str]:
    """Commands, arguments and options without a word about them."""
    missing = [one.name for one in commands() if not one.help]
    return missing + [f"{one.name} {item.key}" for one in commands() for item in one.parameters if not item.help]


def _walk(name: str, app: typer.Typer) -> Iterator[Command]:
    for info in app.registered_commands:
        if not info.hidden and info.callback is not None:
            help_ = _plain(info.help or inspect.getdoc(info.callback) or "")
            yield Command(f"{name} {info.name}", help_, tuple(_parameters(info.callback)))
    for group in app.registered_groups:
        if not group.hidden and group.typer_instance is not None:
            own = group.typer_instance.registered_callback
            if own is not None and own.callback is not None and own.invoke_without_command is True:
                help_ = _plain(inspect.getdoc(own.callback) or "")
                yield Command(f"{name} {group.name}", help_, tuple(_parameters(own.callback)))
            yield from _walk(f"{name} {group.name}", group.typer_instance)


def _parameters(function: Any) -> Iterator[Parameter]:
    for parameter in inspect.signature(function).parameters.values():
        if get_origin(parameter.annotation) is not Annotated:
            continue
        kind, *marks = get_args(parameter.annotation)
        told = next((mark for mark in marks if isinstance(mark, OptionInfo | ArgumentInfo)), None)
        if told is None or told.hidden:
            continue
        arms = [arm for arm in get_args(kind) if arm is not NoneType] if NoneType in get_args(kind) else [kind]
        repeated, flag = any(get_origin(arm) is list for arm in arms), bool in arms
        metavar = str(told.metavar or parameter.name.strip("_").upper())
        names: tuple[str, ...] = ()
        if isinstance(told, OptionInfo):
            # In `Annotated`, the first name stands where the default would.
            first = (told.default,) if isinstance(told.default, str) else ()
            names = (*first, *(told.param_decls or ())) or ("--" + parameter.name.strip("_").replace("_", "-"),)
            names = tuple(names) if flag else tuple(f"{one} {metavar}" for one in names)
        required = parameter.default in (inspect.Parameter.empty, ...)
        yield Parameter(
            key=parameter.name,
            help=_plain(told.help or ""),
            metavar=metavar,
            names=names,
            required=required,
            repeated=repeated,
            default=None if required else parameter.default,
        )


def _is_common(item: Parameter) -> bool:
    return bool(item.names) and item.names[0].split()[0] in _EVERYWHERE


def _section(one: Command) -> str:
    arguments = [item for item in one.parameters if not item.names]
    options = [item for item in one.parameters if item.names and not _is_common(item)]
    usage = " ".join([one.name, *(_usage(item) for item in arguments), *(["[OPTIONS]"] if options else [])])
    parts = [f"## {one.name}", prose(one.help), block("text", usage)]
    if arguments:
        parts.append(table(["Argument", "What it is"], [(code(item.metavar), item.help) for item in arguments]))
    if options:
        parts.append(_option_table(options))
    return "\n\n".join(parts)


def _option_table(options: list[Parameter]) -> str:
    rows = [(", ".join(code(name) for name in item.names), _help(item)) for item in options]
    return table(["Option", "What it does"], rows)


def _usage(item: Parameter) -> str:
    text = item.metavar + ("..." if item.repeated else "")
    return text if item.required else f"[{text}]"


def _help(item: Parameter) -> str:
    if item.required:
        return f"{item.help} Required."
    return item.help if item.default in (None, False, "", ()) else f"{item.help} Default: {code(str(item.default))}."


def _short(one: Command) -> str:
    return prose(one.help).split("\n")[0]


def _plain(text: str) -> str:
    """Rich's `[bold]treadle up[/]` as code."""
    return re.sub(r"\[bold\](.*?)\[/(?:bold)?\]", r"`\1`", inspect.cleandoc(text))
