"""Diagnosis of what it takes to serve: the address, who may read the files, users, copies, room on the disk, traces."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

from treadle.errors import TreadleError
from treadle.model.duration import parse_duration
from treadle.service.finding import Finding
from treadle.service.settings import Settings
from treadle.service.vault.keys import key_path
from treadle.service.vault.looking import look_at_vault
from treadle.service.whereabouts import host_here
from treadle.store.database import connect, parse_location

_LITTLE, _NONE = 1_000_000_000, 100_000_000
"""Bytes free below which one should know, and below which runs are about to stand still."""
_PATIENCE = 0.5
_NAMED = 12


def look_at_operation(settings: Settings) -> Iterator[Finding]:
    yield from _look_at_address(settings)
    try:
        store = parse_location(settings.db)
    except TreadleError:
        return  # told already
    yield from _look_at_privacy(settings, store)
    yield from _look_at_secrets(store)
    yield from _look_at_users(store)
    yield from _look_at_backups(settings, store)
    yield from _look_at_room(store)
    yield from _look_at_tracing()


def _look_at_address(settings: Settings) -> Iterator[Finding]:
    shown = f"{settings.host} port {settings.port}"
    if _is_free(settings):
        yield Finding("server", f"{shown}, free")
    elif _is_ours(settings):
        yield Finding("server", f"{shown}, Treadle is up there")
    else:
        yield Finding(
            "server",
            f"{shown} is taken by another program, or no address of this machine",
            "warning",
            "Name another with `port` or `--port`; a port that nobody chose gives way by itself.",
        )
    if settings.host not in ("127.0.0.1", "::1", "localhost") and not (settings.tls_cert or settings.public_url):
        yield Finding(
            "server",
            f"{settings.host} is reached by other machines, and what they send is not encrypted",
            "warning",
            "Set `tls_cert` and `tls_key`, or put a proxy with TLS before it and set `public_url`.",
        )
    for name, path in (("tls_cert", settings.tls_cert), ("tls_key", settings.tls_key)):
        if path and not os.access(path, os.R_OK):
            yield Finding("server", f"`{name}`: `{path}` cannot be read", "error", "Correct the path, or who may read.")


def _is_free(settings: Settings) -> bool:
    if settings.port == 0:
        return True
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        with socket.socket(*found[0][:3]) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(found[0][4])
    except OSError:
        return False
    return True


def _is_ours(settings: Settings) -> bool:
    try:
        with socket.create_connection((host_here(settings.host), settings.port), _PATIENCE) as connection:
            if settings.tls_cert:
                return False
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            with connection.makefile("rb") as answer:
                said = answer.read(2000)
    except OSError:
        return False
    return b"x-request-id" in said.lower() and said.endswith(b"ok\n")


def _look_at_privacy(settings: Settings, store: Path) -> Iterator[Finding]:
    """Files that hold what others are not to read."""
    if os.name == "nt":
        return
    for path in [store, key_path(store), *([Path(settings.tls_key)] if settings.tls_key else [])]:
        if path.exists() and path.stat().st_mode & 0o077:
            yield Finding(
                "privacy", f"{path} may be read by others on this machine", "warning", f"Run: chmod 600 {path}"
            )


def _look_at_secrets(store: Path) -> Iterator[Finding]:
    if not store.exists():
        return
    try:
        look = look_at_vault(store)
    except sqlite3.Error:
        return  # of an older schema, or no store of ours: told already
    if look.closed:
        text = f"{len(look.closed)} of {look.sealed} cannot be opened, {look.why}: {_some(look.closed)}"
        yield Finding("secrets", text, "error", look.remedy)
    elif look.sealed:
        yield Finding("secrets", f"{look.sealed}, all can be opened")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")


def _look_at_users(store: Path) -> Iterator[Finding]:
    if not store.exists():
        return
    try:
        connection = connect(store, query_only=True)
        try:
            row = connection.execute(
                "SELECT count(*), coalesce(sum(role = 'admin'), 0) FROM users WHERE disabled_at IS NULL"
            ).fetchone()
        finally:
            connection.close()
    except sqlite3.Error:
        return  # of an older schema, or no store of ours: told already
    users, admins = row
    if users == 0:
        yield Finding("users", "none yet; `treadle up` makes the first and prints a link to sign in with")
    elif admins == 0:
        yield Finding("users", f"{users}, and no administrator", "warning", "Make somebody one: `treadle user`.")
    else:
        yield Finding("users", f"{users}, of which administrators: {admins}")


def _look_at_backups(settings: Settings, store: Path) -> Iterator[Finding]:
    from treadle.engine.clock import SystemClock
    from treadle.service.backing_up import list_backups

    folder = Path(settings.backup_folder)
    found = list_backups(folder, of=store.stem)
    if not settings.backup_every:
        last = f"the last of {len(found)} on {found[-1][1]:%Y-%m-%d %H:%M} UTC" if found else "none"
        yield Finding("backups", f"{last}; none are made by themselves (`backup_every`)")
        return
    every = timedelta(seconds=parse_duration(settings.backup_every))
    if not found:
        yield Finding("backups", f"none in {folder} yet; `treadle up` makes one every {settings.backup_every}")
        return
    path, at = found[-1]
    age = SystemClock().now() - at
    is_late = age > 2 * every
    yield Finding(
        "backups",
        f"{len(found)} in {folder}, the last {path.name}",
        "warning" if is_late else "ok",
        "It is older than `backup_every` allows: is `treadle up` running, and is there room?" if is_late else None,
    )


def _look_at_room(store: Path) -> Iterator[Finding]:
    folder = next(path for path in store.resolve().parents if path.exists())
    free = shutil.disk_usage(folder).free
    status = "error" if free < _NONE else "warning" if free < _LITTLE else "ok"
    remedy = None if status == "ok" else "Make room: runs stand still while the store cannot be written."
    yield Finding("disk", f"{free / 1e9:.1f} GB free at {folder}", status, remedy)


def _look_at_tracing() -> Iterator[Finding]:
    from treadle.service.tracing import is_wanted

    if not is_wanted(os.environ):
        yield Finding("tracing", "off; the OTEL_* variables turn it on")
    elif find_spec("opentelemetry.sdk") is None:
        remedy = "Install it: pip install 'treadle[otel]'"
        yield Finding("tracing", "asked for, and OpenTelemetry's SDK is not installed", "warning", remedy)
    else:
        yield Finding("tracing", "on")
