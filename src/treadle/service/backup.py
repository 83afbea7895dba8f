"""Copies of a live store: made beside its writers, checked before they count, put back where nothing is lost by it.

A copy is the database and, beside it, a manifest: `treadle.db.json` says what it is of, when it was made, and its
digest. The key that secrets are encrypted with is never in it unless it was asked for by name.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from treadle.errors import Conflict, NotFound, StoreError
from treadle.store.database import connect
from treadle.store.fault import translate
from treadle.store.schema import HEAD, REVISIONS, find_revision, upgrade
from treadle.store.workers import read_workers

MANIFEST = ".json"
KEY = ".key"
_PAGES = 2048
"""Pages copied at a time (8 MB): between them whoever waits for the disk gets it."""
_PAUSE = 0.002
_BESIDE = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was made or read. `with_key`: the key file was copied beside it."""

    path: str
    made_at: str
    treadle: str
    schema: str
    bytes: int
    sha256: str
    runs: int
    with_key: bool = False


def back_up(
    store: Path,
    to: Path,
    *,
    now: datetime,
    key: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Backup:
    """Copy the store, live or not, to the file `to`: one moment of it, whole. `key` is copied to `<to>.key`.

    Writers are not held up: what they write meanwhile is not in the copy. Either there is a checked copy with its
    manifest afterwards, or nothing. Raises `NotFound`, `Conflict` (`file_exists`), `StoreError`.
    """
    if not store.exists():
        raise NotFound(f"There is no store at `{store}`.", code="no_store", remedy="`--db` names another.")
    targets = [to, _beside(to, MANIFEST), *([_beside(to, KEY)] if key is not None else [])]
    for path in targets:
        if path.exists():
            raise Conflict(
                f"`{path}` is there already, and a backup replaces nothing.",
                code="file_exists",
                remedy="Name another file, or move that one away.",
            )
    _make_folder(to.parent)
    with _temporary(to) as part:
        try:
            _copy(store, part, progress)
            schema, runs = _check(part)
        except sqlite3.Error as error:
            raise translate(error) from error
        made = Backup(
            path=str(to),
            made_at=now.isoformat().replace("+00:00", "Z"),
            treadle=version("treadle"),
            schema=schema or HEAD,
            bytes=part.stat().st_size,
            sha256=_digest(part),
            runs=runs,
            with_key=key is not None,
        )
        try:
            if key is not None:
                _write(_beside(to, KEY), key.read_bytes())
            _sync(part)
            os.replace(part, to)
            # Last, so that a manifest stands for a copy that is whole.
            _write(_beside(to, MANIFEST), json.dumps(asdict(made), indent=2).encode() + b"\n")
            _sync(to.parent)
        except OSError as error:
            for path in targets:
                path.unlink(missing_ok=True)
            raise _cannot_write(to, error) from error
    return made


def restore(
    source: Path, store: Path, *, now: datetime, force: bool = False, key: Path | None = None
) -> tuple[Backup, Path | None]:
    """Put the copy `source` where the store is to be, its schema brought up to date; where the store was put aside, if
    there was one. With `key`, the key file that was copied beside it goes there; another one is put aside too.

    Raises `NotFound`, `Conflict` (`store_exists` or `key_exists` without `force`, `store_in_use` even with it), and
    `StoreError` for a copy that is not whole, not ours, or of a later Treadle. The store is as it was then.
    """
    found = read_backup(source)
    if store.exists():
        _refuse_live(store, now)
        if not force:
            raise Conflict(
                f"There is a store at `{store}` already.",
                code="store_exists",
                remedy="Name another with `--db`; or use `--force`, which puts that one aside and loses nothing.",
            )
    saved_key = _beside(source, KEY)
    if key is None or not saved_key.exists():
        saved_key = None
    if saved_key is not None and key is not None and not force and _differs(key, saved_key):
        raise Conflict(
            f"There is another key at `{key}` already, and secrets are readable with their own key only.",
            code="key_exists",
            remedy="Move it away, and keep it; or use `--force`, which puts it aside.",
        )
    _make_folder(store.parent)
    aside: Path | None = None
    with _temporary(store) as part:
        try:
            shutil.copyfile(source, part)
            _free_runs(part)
            if found.schema != HEAD:
                upgrade(f"sqlite:///{part}")
            _check(part)
            _sync(part)
            aside = _put_aside(store, now)
            if saved_key is not None and key is not None and (_differs(key, saved_key) or not key.exists()):
                if key.exists():
                    os.replace(key, key.with_name(f"{key.name}.before-{now:%Y%m%d-%H%M%S}"))
                _write(key, saved_key.read_bytes())
            os.replace(part, store)
            _sync(store.parent)
        except sqlite3.Error as error:
            raise translate(error) from error
        except OSError as error:
            raise _cannot_write(store, error) from error
    return found, aside


def read_backup(source: Path) -> Backup:
    """What a copy is, looked at as a whole. Raises `NotFound`, `StoreError` (`backup_damaged`, `newer_schema`,
    `not_a_store`)."""
    if not source.is_file():
        raise NotFound(f"There is no backup at `{source}`.", code="no_backup", remedy="Name the file of the copy.")
    told = _read_manifest(source)
    digest = _digest(source)
    if told is not None and told.get("sha256") != digest:
        raise _damaged(source, "its digest is not that of its manifest")
    try:
        schema, runs = _check(source)
    except sqlite3.Error as error:
        raise _damaged(source, str(error)) from error
    if schema not in (*REVISIONS, "base"):
        raise StoreError(
            f"`{source}` has schema {schema}; this Treadle knows none later than {HEAD}.",
            code="newer_schema",
            remedy="Install the Treadle that wrote it, or a later one.",
        )
    about = told or {}
    return Backup(
        path=str(source),
        made_at=str(about.get("made_at", "")),
        treadle=str(about.get("treadle", "")),
        schema=schema,
        bytes=source.stat().st_size,
        sha256=digest,
        runs=runs,
        with_key=_beside(source, KEY).exists(),
    )


def _copy(store: Path, to: Path, progress: Callable[[float], None] | None) -> None:
    source = connect(store, query_only=True)
    target = connect(to, synchronous="OFF")
    try:
        # One snapshot from the first page to the last: without it, SQLite begins anew at every commit of others.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()

        def report(status: int, remaining: int, total: int) -> None:
            if progress is not None and total:
                progress(1 - remaining / total)

        source.backup(target, pages=_PAGES, progress=report, sleep=_PAUSE)
        source.execute("ROLLBACK")
        # One file that stands for itself: no log beside it that could be forgotten.
        target.execute("PRAGMA journal_mode = DELETE")
    finally:
        source.close()
        target.close()


def _check(path: Path) -> tuple[str | None, int]:
    """The schema and the number of runs of a database that is whole. Raises `StoreError`, `sqlite3.Error`."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)
    try:
        problems = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
        if problems != ["ok"]:
            raise _damaged(path, "; ".join(problems))
        schema = find_revision(connection)
        if schema is None:
            raise StoreError(f"`{path}` is empty.", code="not_a_store", remedy="Name a copy of a store.")
        runs = connection.execute("SELECT count(*) FROM runs").fetchone()[0] if schema != "base" else 0
        return schema, runs
    finally:
        connection.close()


def _free_runs(path: Path) -> None:
    """Nobody drives what is in the copy, whoever did when it was made."""
    connection = connect(path)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("DELETE FROM workers")
    finally:
        connection.close()


def _refuse_live(store: Path, now: datetime) -> None:
    try:
        connection = connect(store, query_only=True)
        try:
            alive = [worker for worker in read_workers(connection) if worker.is_alive(now=now)]
        finally:
            connection.close()
    except sqlite3.Error:
        return  # whatever it is, no engine works on it
    if alive:
        (worker, *_) = alive
        raise Conflict(
            f"`{store}` is in use by process {worker.pid} on {worker.host}.",
            code="store_in_use",
            remedy="Stop `treadle up` first, then restore.",
        )


def _put_aside(store: Path, now: datetime) -> Path | None:
    """Rename the store that is there, with what lies beside it; its new name."""
    if not store.exists():
        return None
    aside = store.with_name(f"{store.name}.before-{now:%Y%m%d-%H%M%S}")
    for ending in ("", *_BESIDE):
        path = _beside(store, ending)
        if path.exists():
            os.replace(path, _beside(aside, ending))
    return aside


def _differs(key: Path, other: Path) -> bool:
    return key.exists() and key.read_bytes() != other.read_bytes()


def _read_manifest(source: Path) -> dict[str, object] | None:
    path = _beside(source, MANIFEST)
    if not path.exists():
        return None
    try:
        return dict(json.loads(path.read_text()))
    except (ValueError, TypeError, OSError) as error:
        raise _damaged(path, str(error)) from None


def _damaged(path: Path, why: str) -> StoreError:
    return StoreError(
        f"`{path}` is not whole: {why}.", code="backup_damaged", remedy="Use another copy; leave this one as it is."
    )


def _cannot_write(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"`{path}` cannot be written: {error.strerror or error}.",
        code="io_error",
        remedy="Make room or name another place; nothing was changed.",
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _cannot_write(folder, error) from None


@contextlib.contextmanager
def _temporary(path: Path) -> Generator[Path]:
    """A file beside `path` that nobody else may read, and that is gone afterwards unless it was renamed."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise _cannot_write(path, error) from None
    try:
        yield part
    finally:
        for ending in ("", *_BESIDE):
            _beside(part, ending).unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # a folder cannot be opened there
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
