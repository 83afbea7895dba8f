"""Where a store's server is reached: it writes that down beside the store while it runs, for links made elsewhere."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from treadle.store.database import parse_location
from treadle.store.process import find_process_start, this_host, this_process_start

if TYPE_CHECKING:
    from treadle.service.settings import Settings

ENDING = ".server"


@contextlib.contextmanager
def told(store: Path, url: str) -> Generator[None]:
    """Other processes of this machine find the server at `url`, as long as it is entered. Where nothing can be written
    they do not, and that is all."""
    path = store.with_name(store.name + ENDING)
    own = {"pid": os.getpid(), "started": this_process_start(), "host": this_host(), "url": url.rstrip("/")}
    with contextlib.suppress(OSError):
        _write(path, own)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if _read(path) == own:  # another one that has started since keeps its own
                path.unlink()


def find_server(store: Path) -> str | None:
    """The address of the server that runs for the store on this machine; None: there is none, whatever one that was
    killed has left behind."""
    said = _read(store.with_name(store.name + ENDING))
    url, pid, started = said.get("url"), said.get("pid"), said.get("started")
    if not isinstance(url, str) or not isinstance(pid, int) or said.get("host") != this_host():
        return None
    return url if started is not None and find_process_start(pid) == started else None


def find_address(settings: Settings) -> str | None:
    """Where people reach the server: as the settings say, else where it runs now. None: it does not run."""
    return settings.public_url.rstrip("/") or find_server(parse_location(settings.db))


def likely_address(settings: Settings) -> str:
    """Where the server will be reached once it is started as the settings say."""
    return url_of(host_here(settings.host), settings.port, secure=bool(settings.tls_cert))


def host_here(host: str) -> str:
    """By what this machine reaches a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def url_of(host: str, port: int, *, secure: bool) -> str:
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"{'https' if secure else 'http'}://{host}:{port}"


def _read(path: Path) -> dict[str, Any]:
    try:
        said: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return cast("dict[str, Any]", said) if isinstance(said, dict) else {}


def _write(path: Path, content: dict[str, Any]) -> None:
    """Whole or not at all; only its owner may read it."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file)
    os.replace(part, path)
