"""A command: a function, the options every command has, and what becomes of its errors."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

import typer
from typer.models import OptionInfo

from treadle.errors import LeaseLost, StoreError, TreadleError

if TYPE_CHECKING:
    from treadle.cli.screen import Screen
    from treadle.service.settings import Settings

COMPLETED, FAILED, WRONG, SUSPENDED = 0, 1, 2, 3
"""Exit codes: completed or valid, the run failed, the input was wrong, the run is suspended."""
DEFECT, INTERRUPTED = 70, 130

_OUTSIDE = frozenset(
    {
        "database_locked",
        "disk_full",
        "store_error",
        "database_read_only",
        "cannot_open",
        "database_corrupt",
        "io_error",
    }
)
"""Faults of the store that no other command line would have avoided."""

Db = Annotated[
    str | None,
    typer.Option("--db", metavar="URL", help="The store: a path or sqlite:/// URL.", rich_help_panel="Common"),
]
Json = Annotated[bool, typer.Option("--json", metavar="", help="Print JSON.", rich_help_panel="Common")]
Debug = Annotated[
    bool, typer.Option("--debug", metavar="", help="Show where an error arose.", rich_help_panel="Common")
]


@dataclass(slots=True)
class Invocation:
    """One call of the program: the options that every command has, and the screen to print on."""

    db: str | None = None
    json: bool = False
    debug: bool = False
    _screen: Screen | None = field(default=None, repr=False)

    @property
    def screen(self) -> Screen:
        if self._screen is None:
            from treadle.cli.screen import Screen

            self._screen = Screen(json=self.json)
        return self._screen

    def settings(self, overrides: Mapping[str, Any] | None = None) -> Settings:
        """The settings in force here. Raises `InvalidWorkflow` (`invalid_setting`)."""
        from treadle.service.settings import load_settings

        return load_settings(overrides={**(overrides or {}), "db": self.db or (overrides or {}).get("db")})[0]


def take_common(ctx: typer.Context, *, db: str | None, json: bool, debug: bool) -> Invocation:
    """The options that every command has, here or before a group's name; kept for the command that follows."""
    outer: Invocation = ctx.obj or Invocation()
    ctx.obj = Invocation(db or outer.db, json or outer.json, debug or outer.debug)
    return ctx.obj


def command(function: Callable[..., int | None]) -> Callable[..., None]:
    """Make a function of (invocation, its own arguments) a command, and what it returns the exit code.

    What a user got wrong is shown as message and remedy; anything unexpected as one line, unless asked for more.
    """
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    own = [parameter.replace(annotation=hints[parameter.name]) for parameter in parameters]
    for parameter in own:
        _calm(parameter.annotation)
    keyword = inspect.Parameter.KEYWORD_ONLY
    common = [
        inspect.Parameter("ctx", keyword, annotation=typer.Context),
        inspect.Parameter("db", keyword, default=None, annotation=Db),
        inspect.Parameter("json", keyword, default=False, annotation=Json),
        inspect.Parameter("debug", keyword, default=False, annotation=Debug),
    ]

    @functools.wraps(function)
    def invoke(*, ctx: typer.Context, db: str | None, json: bool, debug: bool, **given: Any) -> None:
        invocation = take_common(ctx, db=db, json=json, debug=debug or _debug_wanted())
        _start_logs(invocation)
        raise typer.Exit(_guard(function, invocation, given))

    invoke.__annotations__ = {p.name: p.annotation for p in [*own, *common]}
    invoke.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [p.replace(kind=keyword) for p in own] + common
    )
    return invoke


def _start_logs(invocation: Invocation) -> None:
    from treadle.service.logs import start_logs

    start_logs(level="debug" if invocation.debug else "warning")


def _calm(annotation: Any) -> None:
    """A flag takes no value: its help names no type."""
    kind, *marks = get_args(annotation)
    for mark in marks:
        if kind is bool and isinstance(mark, OptionInfo):
            mark.metavar = ""


def _guard(function: Callable[..., int | None], invocation: Invocation, given: Mapping[str, Any]) -> int:
    try:
        return function(invocation, **given) or COMPLETED
    except TreadleError as error:
        if invocation.debug:
            _print_trace()
        invocation.screen.print_error(error)
        return exit_code_of(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; a second complaint at exit would be noise.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COMPLETED
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if invocation.debug:
            _print_trace()
        invocation.screen.print_defect(error)
        return DEFECT


def _print_trace() -> None:
    """The whole story, before it is told in short; what it comes to stays the same."""
    import traceback

    from treadle.service.logs import redact

    sys.stderr.write(redact(traceback.format_exc()))


def exit_code_of(error: TreadleError) -> int:
    if isinstance(error, LeaseLost) or (isinstance(error, StoreError) and error.code in _OUTSIDE):
        return FAILED
    return WRONG


def _debug_wanted() -> bool:
    return os.environ.get("TREADLE_DEBUG", "").strip().lower() in ("1", "true", "yes", "on")
