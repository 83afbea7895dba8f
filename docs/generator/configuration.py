"""The page of the installation's settings: `TREADLE_*` and `treadle.toml`."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise
from typing import Any

from docs.generator.markdown import GENERATED, code, table
from treadle.service import settings
from treadle.service.settings import Settings

_KINDS = {bool: "yes or no: `1`, `true`, `yes`, `on`, or `0`, `false`, `no`, `off`", int: "whole number", tuple: "list"}


def page() -> str:
    described = dict(_docstrings())
    rows = [
        (
            code(f"TREADLE_{item.name.upper()}"),
            code(item.name),
            _KINDS.get(type(item.default), "text"),
            _default(item.default),
            described[item.name],
        )
        for item in fields(Settings)
        if item.name != "profiles"
    ]
    parts = [
        "# Configuration",
        GENERATED,
        "Each setting is read from the command line's option where there is one, then from the environment, then "
        "from `treadle.toml` in the working folder, then from its default. `treadle doctor` lists the values in "
        "force and where each came from. In the environment, a list is written with commas.",
        table(["Environment", "`treadle.toml`", "Kind", "Default", "What it means"], rows),
        "## Secrets",
        "`{{ secrets.stripe_key }}` reads the environment variable `TREADLE_SECRET_STRIPE_KEY`. It may be used only "
        "in config fields marked secret; its value is replaced by `•••` in every message, log line and result of "
        "an error.",
        "## Profiles",
        "A profile is a named set of secrets that a deployment is bound to: its runs read `{{ secrets.api_key }}` from "
        "the profile first. The field `api_key` of the profile `kraken-main` is `TREADLE_PROFILE_KRAKEN_MAIN_API_KEY` "
        "in the environment, or what `treadle.toml` names below `[profiles.kraken-main]`: "
        '`api_key = "env:KRAKEN_KEY"`. A secret itself is refused there: it does not belong into a file.',
        "## Other",
        "`TREADLE_DEBUG=1` is `--debug` for every command: the whole traceback of an error.",
        "## Variables for expressions",
        "`{{ env.REGION }}` reads the environment variable `REGION`, and only when `TREADLE_ENV` (or `env` in "
        "`treadle.toml`) names it.",
    ]
    return "\n\n".join(parts) + "\n"


def undocumented() -> list[str]:
    described = dict(_docstrings())
    return [item.name for item in fields(Settings) if not described.get(item.name)]


def _default(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value == () else code(str(value))


def _docstrings() -> Iterator[tuple[str, str]]:
    """(field, the text under it) of `Settings`."""
    module = ast.parse(inspect.getsource(settings))
    body = next(node.body for node in module.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    for field, below in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            text = ""
            if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
                text = str(below.value.value)
            yield field.target.id, text
