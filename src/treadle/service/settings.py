"""Settings of an installation: `TREADLE_*` environment variables over `treadle.toml` over defaults."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from treadle.errors import InvalidWorkflow
from treadle.model.duration import parse_duration
from treadle.node.permissions import Permissions
from treadle.service.profiles import read_profiles
from treadle.service.reserved import SETTINGS_FILE, find_reserved

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
    max_backtests: int = 2
    """Backtests under way at the same time in one server, each in a process of its own; the others wait."""
    breaker_failures: int = 20
    """Failures in a row (no connection, no answer in time, 5xx, 429) after which a provider is left alone."""
    breaker_rest: int = 30
    """Seconds for which it is left alone, before one attempt finds out whether it is back."""
    synchronous: str = "FULL"
    """FULL: a power cut loses nothing. NORMAL: quicker, and safe against a killed process only."""
    host: str = "127.0.0.1"
    """The address that the server listens on; another than loopback lets other machines in."""
    port: int = 8765
    """The port that the server listens on; 0 chooses a free one."""
    public_url: str = ""
    """How the server is reached from outside (`https://flows.example.com`): for links, cookies and what is signed."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of proxies whose word counts on where a request came from; of nobody else's it does."""
    tls_cert: str = ""
    """The server's certificate with its chain, a PEM file: it speaks HTTPS itself. Needs `tls_key`."""
    tls_key: str = ""
    """The certificate's private key, a PEM file."""
    metrics_public: bool = False
    """`/metrics` answers without an API key: for a scraper that no stranger can reach beside."""
    max_body: int = 5_000_000
    """Bytes that the body of a request to the API may have."""
    hook_rate: int = 6000
    """Requests a minute that one address may send to one webhook; 0: any number."""
    form_rate: int = 30
    """Forms and answers to tasks a minute that one address may send; 0: any number."""
    cors_origins: tuple[str, ...] = ()
    """Origins (`https://desk.example.com`) whose pages may use the API, with API keys; empty: only our own."""
    allowed_hosts: tuple[str, ...] = ()
    """Further names that the server answers to; that of `public_url`, `localhost` and addresses it does anyway."""
    requests_per_minute: int = 6000
    """Requests to the API of one user or key, and of one address that is not signed in; 0: any number."""
    quota_workflows: int = 0
    """Workflows that one user may own, unless they have quotas of their own; 0: any number."""
    quota_runs_per_day: int = 0
    """Runs that the workflows of one user may start in a day (UTC); 0: any number."""
    quota_concurrent_runs: int = 0
    """Runs of the workflows of one user that may be under way or queued at a time; 0: any number."""
    quota_nodes: int = 0
    """Nodes that one workflow of a user may have; 0: any number."""
    quota_run_seconds: int = 0
    """Seconds that a run of a user's workflow may take, waiting included; 0: any time."""
    log_format: str = "text"
    """`text` for people, `json` for programs: one object a line, on standard error."""
    log_level: str = "warning"
    """The least that is logged: debug, info, warning or error."""
    backup_every: str = ""
    """How often `treadle up` copies the store by itself (`6h`, `1d`); empty: never."""
    backup_keep: int = 7
    """How many of these copies are kept."""
    backup_folder: str = ".treadle/backups"
    """Where they are put."""
    profiles: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """Named credentials, in `treadle.toml` only: field to the environment variable that holds it."""

    def permissions(self) -> Permissions:
        return Permissions(
            workspace=Path(self.workspace).resolve(),
            private_network=self.allow_private_network,
            shell=self.allow_shell,
            trusted_code=self.trusted_code,
            environment={name: os.environ[name] for name in self.env if name in os.environ},
            reserved=find_reserved(self),
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
    path = (folder or Path()) / SETTINGS_FILE
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
            values[name] = _fit(name, _convert(given, default, least=0 if name in _MAY_BE_ZERO else 1))
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


def _convert(value: Any, default: Any, *, least: int = 1) -> Any:
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
        if number < least:
            raise ValueError(f"{value!r} is less than {least}")
        return number
    if isinstance(default, tuple):
        items = value.split(",") if isinstance(value, str) else value
        return tuple(str(item).strip() for item in items if str(item).strip())
    return str(value)


def _fit(name: str, value: Any) -> Any:
    """The value as it counts. Raises `ValueError` for one of the right kind that means nothing."""
    check = _CHECKS.get(name)
    return value if check is None else check(value)


def _fit_port(value: int) -> int:
    if value > 65_535:
        raise ValueError(f"{value} is no port; the last one is 65535")
    return value


def _fit_url(value: str) -> str:
    """Scheme and host, without a slash at the end; empty: not said."""
    from urllib.parse import urlsplit

    if not value:
        return value
    found = urlsplit(value)
    if found.scheme not in ("http", "https") or not found.hostname or found.query or found.fragment:
        raise ValueError(f"{value!r} is no address such as https://flows.example.com")
    if found.path.strip("/"):
        raise ValueError(f"{value!r}: the server has to be at the root of its host, not below a path")
    return f"{found.scheme}://{found.netloc}"


def _fit_proxies(value: tuple[str, ...]) -> tuple[str, ...]:
    from ipaddress import ip_network

    for item in value:
        try:
            ip_network(item, strict=False)
        except ValueError:
            raise ValueError(f"{item!r} is neither an address nor a network such as 10.0.0.0/8") from None
    return value


def _fit_interval(value: str) -> str:
    if value and parse_duration(value) < 60:
        raise ValueError(f"{value!r} is less than a minute")
    return value


def _one_of(*words: str) -> Callable[[str], str]:
    def fit(value: str) -> str:
        if value.lower() not in words:
            raise ValueError(f"{value!r} is not one of {', '.join(words)}")
        return value.lower()

    return fit


_MAY_BE_ZERO = frozenset(
    {
        "port",
        "hook_rate",
        "form_rate",
        "requests_per_minute",
        "quota_workflows",
        "quota_runs_per_day",
        "quota_concurrent_runs",
        "quota_nodes",
        "quota_run_seconds",
    }
)
_CHECKS: dict[str, Callable[[Any], Any]] = {
    "port": _fit_port,
    "public_url": _fit_url,
    "trusted_proxies": _fit_proxies,
    "log_format": _one_of("text", "json"),
    "log_level": _one_of("debug", "info", "warning", "error"),
    "backup_every": _fit_interval,
}
_DEFAULTS: dict[str, Any] = {item.name: item.default for item in fields(Settings) if item.name != "profiles"}
