"""The screen: standard output for results, standard error for everything about them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from treadle.errors import InvalidWorkflow, TreadleError
from treadle.model.issue import Issue

WIDTH_OF_FILES = 1000
"""Columns when the output is no terminal: wide enough that nothing a program looks for is cut."""


class _PatientConsole(Console):
    """Goes on without a reader: an engine must not die because somebody closed the pipe it writes to."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Screen:
    """`out` is standard output, `err` standard error; with `json`, `out` carries JSON alone."""

    def __init__(self, *, json: bool = False) -> None:
        self.json = json
        self.out = _console(stderr=False)
        self.err = _console(stderr=True)

    def print_json(self, value: Any, *, indent: int | None = 2) -> None:
        """Print one JSON value on standard output, plain, whatever it holds."""
        sys.stdout.write(to_json(value, indent=indent) + "\n")
        sys.stdout.flush()

    def print_value(self, value: Any) -> None:
        """Print a run's output: text as it is, anything else as JSON, coloured on a terminal."""
        if isinstance(value, str):
            sys.stdout.write(value if value.endswith("\n") else value + "\n")
            sys.stdout.flush()
        elif self.out.is_terminal:
            self.out.print_json(to_json(value))
        else:
            self.print_json(value)

    def say(self, text: str, **more: Any) -> None:
        """A line for people, on standard output; nothing with `json`. `text` may hold markup."""
        if not self.json:
            self.out.print(text, highlight=False, soft_wrap=True, **more)

    def note(self, text: str) -> None:
        """A line about what happens, on standard error."""
        self.err.print(text, highlight=False, soft_wrap=True)

    def print_table(self, table: RenderableType) -> None:
        """Print what is laid out in columns; in a file or pipe without the blanks that fill its lines."""
        if self.out.is_terminal:
            self.out.print(table, highlight=False)
            return
        with self.out.capture() as captured:
            self.out.print(table, highlight=False)
        sys.stdout.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())
        sys.stdout.flush()

    def print_issues(self, issues: Iterable[Issue], *, source: str | None = None) -> None:
        """Each issue on standard output: where (`file:line:column`), what, and under it what to do."""
        for issue in issues:
            self.say(_issue_text(issue, source))

    def print_error(self, error: TreadleError) -> None:
        """What was wrong and what to do, on standard error; with `json` also as an object on standard output."""
        issues: Sequence[Issue] = error.issues if isinstance(error, InvalidWorkflow) else ()
        if self.json:
            shown = error.to_dict()
            body: dict[str, Any] = {"error": shown}
            if isinstance(error, InvalidWorkflow):
                body = {"valid": False, "issues": [issue.to_dict() for issue in issues], **body}
            self.print_json(body)
        # A message may be nothing but those of its issues, which are said each with its own remedy.
        repeats = len(issues) > 1 and error.message == " ".join(issue.message for issue in issues)
        self.note(f"[bold red]Error:[/] {f'{len(issues)} problems.' if repeats else escape(error.message)}")
        for issue in issues:
            if (issue.message, issue.remedy) != (error.message, error.remedy):  # said in the line above
                self.note(_issue_text(issue, error.attributes.get("source")))
        if error.remedy and not repeats:
            self.note(f"  {escape(error.remedy)}")

    def print_defect(self, error: Exception) -> None:
        if self.json:
            self.print_json({"error": {"code": "defect", "message": f"{type(error).__name__}: {error}"}})
        text = escape(" ".join(f"{type(error).__name__}: {error}".split()))
        self.note(f"[bold red]Defect in Treadle:[/] {text} (run it again with --debug to see where)")


def new_table(*columns: str, right: Iterable[str] = ()) -> Table:
    """A calm table: no lines, headings dim. Columns in `right` hold numbers. The last column gives way where the
    terminal is narrow; fill it with `cut`, or let it wrap."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim", show_edge=False)
    numbers = set(right)
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", no_wrap=True)
    table.columns[-1].no_wrap = False
    return table


def cut(text: str | Text, style: str = "") -> Text:
    """Text that is cut off with an ellipsis rather than wrapped."""
    shown = Text(text, style=style) if isinstance(text, str) else text
    shown.no_wrap, shown.overflow = True, "ellipsis"
    return shown


def to_json(value: Any, *, indent: int | None = 2) -> str:
    """`value` as JSON text: times as ISO 8601, durations as seconds, decimals as text, bytes as base64."""
    from pydantic_core import to_json as dump

    return dump(
        value, indent=indent, bytes_mode="base64", timedelta_mode="float", inf_nan_mode="null", fallback=_plain
    ).decode()


def _plain(value: Any) -> Any:
    """Numpy's values know how to become Python's; anything else is shown as text."""
    convert = getattr(value, "tolist", None)
    return convert() if callable(convert) else dict(value) if hasattr(value, "keys") else str(value)


def _issue_text(issue: Issue, source: str | None) -> str:
    colour = "red" if issue.severity == "error" else "yellow"
    if source is None and issue.code == "invalid_node" and issue.path:
        source = str(issue.path[0])  # a file of its own, whatever was asked for
    place = ":".join(str(part) for part in (source, issue.line, issue.column) if part is not None)
    where = place or issue.where
    text = Text.from_markup(f"[dim]{escape(where)}[/]  " if where else "")
    text.append(issue.severity, style=colour)
    text.append(f"  {issue.message}")
    text.append(f"  [{issue.code}]", style="dim")
    if issue.remedy:
        text.append(f"\n    {issue.remedy}")
    return text.markup


def _console(*, stderr: bool) -> Console:
    console = _PatientConsole(stderr=stderr, highlight=False, emoji=False)
    if not console.is_terminal:
        console = _PatientConsole(stderr=stderr, highlight=False, emoji=False, width=WIDTH_OF_FILES, soft_wrap=True)
    return console
