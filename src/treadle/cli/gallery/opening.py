"""The application to look at templates with: those that come with Treadle can be looked at without a store."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from treadle.cli.command import Invocation
    from treadle.service.application import Application

TemplateName = Annotated[str, typer.Argument(metavar="TEMPLATE", help="Its name, as `treadle templates` lists it.")]


@contextlib.asynccontextmanager
async def looking(invocation: Invocation) -> AsyncGenerator[Application]:
    """Where there is no store yet, one that is gone afterwards: looking makes none."""
    from treadle.cli.session import reading
    from treadle.service.application import Application
    from treadle.store.database import parse_location

    settings = invocation.settings()
    if invocation.db is not None or parse_location(settings.db).exists():
        async with reading(invocation) as application:
            yield application
        return
    with tempfile.TemporaryDirectory(prefix="treadle-") as folder:
        async with Application(replace(settings, db=str(Path(folder) / "treadle.db")), recovers=False) as application:
            yield application
