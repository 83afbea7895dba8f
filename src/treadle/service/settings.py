"""Settings of an installation: `TREADLE_*` environment variables over `treadle.toml` over defaults."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from treadle.errors import InvalidWorkflow
from treadle.node.permissions import Permissions
from treadle.service.profiles import read_profiles

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decides. Each field is `TREADLE_<NAME>` in the environment and `<name>` in `treadle.toml`."""

    db: str = ".treadle/treadle.db"
    """The store: a path or a `sqlite:///` URL."""
    workspace: str = "."
    """The only folder that file nodes see."""
    allow_private_network: bool = False
    """HTTP nodes may reach loopback and private addresses."""
    allow_shell: bool = False
    """`code.shell` may run programs."""
    trusted_code: bool = False
    """`code.python` may use the locked subprocess instead of the sandboxed interpreter."""
    env: tuple[str, ...] = ()
    """Environment variables that expressions may read as `env.NAME`, separated by commas."""
    nodes: tuple[str, ...] = ()
    """Folders with node types of the project's own (`treadle new node` writes there), from the working folder."""
    max_concurrency: int = 256
    """Runs driven at the same time by one process."""
    breaker_failures: int = 20
    """Failures in a row (no connection, no answer in time, 5xx, 429) after which a provider is left alone."""
    breaker_rest: int = 30
    """Seconds for which it is left alone, before one attempt finds out whether it is back."""
    synchronous: str = "FULL"
    """FULL: a power cut loses nothing. NORMAL: quicker, and safe against a killed process only."""
    profiles: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """Named credentials, in `treadle.toml` only: field to the environment variable that holds it."""

    def permissions(self) -> Permissions:
        return Permissions(
            workspace=Path(self.workspace).resolve(),
            private_network=self.allow_private_network,
            shell=self.allow_shell,
            trusted_code=self.trusted_code,
            environment={name: os.environ[name] for name in self.env if name in os.environ},
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as `treadle doctor` lists it: where its value came from."""

    name: str
    value: Any
    source: str


def load_settings(
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> tuple[Settings, list[Setting]]:
    """The settings in force in `folder` (default: the working folder), and where each came from.

    Raises `InvalidWorkflow` (`invalid_setting`) that names every value that does not fit.
    """
    environment = os.environ if environment is None else environment
    path = (folder or Path()) / "treadle.toml"
    file = _read_file(path)
    values: dict[str, Any] = {}
    listed: list[Setting] = []
    profiles, problems = read_profiles(file.pop("profiles", {}), source=path.name)
    problems += [f"`{name}` in {path.name} is not a setting" for name in file if name not in _DEFAULTS]
    for name, default in _DEFAULTS.items():
        variable = f"TREADLE_{name.upper()}"
        given, source = default, "default"
        if name in file:
            given, source = file[name], path.name
        if variable in environment:
            given, source = environment[variable], variable
        if overrides and overrides.get(name) is not None:
            given, source = overrides[name], "command line"
        try:
            values[name] = _convert(given, default)
        except ValueError as error:
            problems.append(f"`{name}` from {source}: {error}")
            values[name] = default
        listed.append(Setting(name, values[name], source))
    if problems:
        raise InvalidWorkflow(
            "; ".join(problems) + ".", code="invalid_setting", remedy="`treadle doctor` lists the settings."
        )
    return Settings(**values, profiles=profiles), listed


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidWorkflow(
            f"`{path}` cannot be read: {error}.",
            code="invalid_setting",
            remedy="Correct it, or move it away.",
        ) from None


def _convert(value: Any, default: Any) -> Any:
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        text = str(value).strip().lower()
        if text in _TRUE | _FALSE:
            return text in _TRUE
        raise ValueError(f"{value!r} is neither yes nor no; write 1 or 0")
    if isinstance(default, int):
        try:
            number = int(value)
        except (TypeError, ValueError):
            raise ValueError(f"{value!r} is not a whole number") from None
        if number < 1:
            raise ValueError(f"{value!r} is less than 1")
        return number
    if isinstance(default, tuple):
        items = value.split(",") if isinstance(value, str) else value
        return tuple(str(item).strip() for item in items if str(item).strip())
    return str(value)


_DEFAULTS: dict[str, Any] = {item.name: item.default for item in fields(Settings) if item.name != "profiles"}
