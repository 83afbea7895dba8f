"""Copies of a live store: made beside its writers, checked before they count, put back where nothing is lost by it.

A copy is the database and, beside it, a manifest: `treadle.db.json` says what it is of, when it was made, and its
digest. Beside it too are the paper accounts of the workspace (`treadle.db.paper`), where there are any. The key that
secrets are encrypted with is never in it unless it was asked for by name.
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
PAPER = ".paper"
_PAGES = 2048
"""Pages copied at a time (8 MB): between them whoever waits for the disk gets it."""
_PAUSE = 0.002
_BESIDE = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was made or read. `with_key`: the key file was copied beside it; `paper_sha256` is the digest of the
    paper accounts beside it, empty where there are none."""

    path: str
    made_at: str
    treadle: str
    schema: str
    bytes: int
    sha256: str
    runs: int
    with_key: bool = False
    paper_sha256: str = ""


def paper_accounts(workspace: Path) -> Path:
    """Where the paper accounts of a workspace lie."""
    return workspace / ".treadle" / "paper.db"


def back_up(
    store: Path,
    to: Path,
    *,
    now: datetime,
    key: Path | None = None,
    paper: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Backup:
    """Copy the store, live or not, to the file `to`: one moment of it, whole. `key` is copied to `<to>.key`, and the
    accounts in `paper`, should there be any, as they were at that moment to `<to>.paper`.

    Writers are not held up: what they write meanwhile is not in the copy. Either there is a checked copy with its
    manifest afterwards, or nothing. Raises `NotFound`, `Conflict` (`file_exists`), `StoreError`.
    """
    if not store.exists():
        raise NotFound(f"There is no store at `{store}`.", code="no_store", remedy="`--db` names another.")
    if paper is not None and not paper.exists():
        paper = None
    endings = ["", MANIFEST, *([KEY] if key is not None else []), *([PAPER] if paper is not None else [])]
    targets = [_beside(to, ending) for ending in endings]
    for path in targets:
        if path.exists():
            raise Conflict(
                f"`{path}` is there already, and a backup replaces nothing.",
                code="file_exists",
                remedy="Name another file, or move that one away.",
            )
    _make_folder(to.parent)
    with _temporary(to) as part, _temporary(_beside(to, PAPER)) as accounts:
        try:
            _copy_both(store, part, paper, accounts, progress)
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
            paper_sha256="" if paper is None else _digest(accounts),
        )
        try:
            if paper is not None:
                _sync(accounts)
                os.replace(accounts, _beside(to, PAPER))
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
    source: Path,
    store: Path,
    *,
    now: datetime,
    force: bool = False,
    key: Path | None = None,
    paper: Path | None = None,
) -> tuple[Backup, Path | None]:
    """Put the copy `source` where the store is to be, its schema brought up to date; where the store was put aside, if
    there was one. With `key`, the key file that was copied beside it goes there, with `paper` the paper accounts; what
    is there already is put aside too.

    Raises `NotFound`, `Conflict` (`store_exists`, `key_exists` or `accounts_exist` without `force`, `store_in_use` even
    with it), and `StoreError` for a copy that is not whole, not ours, or of a later Treadle. Then the store is as it
    was.
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
    if paper is None or not found.paper_sha256:
        paper = None
    elif paper.exists() and not force:
        raise Conflict(
            f"There are paper accounts at `{paper}` already, and those of the copy would take their place.",
            code="accounts_exist",
            remedy="Move them away; or use `--force`, which puts them aside.",
        )
    _make_folder(store.parent)
    if paper is not None:
        _make_folder(paper.parent)
    aside: Path | None = None
    with _temporary(store) as part, _temporary(store if paper is None else paper, "accounts") as accounts:
        try:
            if paper is not None:
                shutil.copyfile(_beside(source, PAPER), accounts)
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
            if paper is not None:
                _put_aside(paper, now)
                os.replace(accounts, paper)
                _sync(paper.parent)
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
    accounts = _beside(source, PAPER)
    of_accounts = _digest(accounts) if accounts.exists() else ""
    if about.get("paper_sha256", of_accounts) != of_accounts:
        raise _damaged(accounts, "it is not there" if not of_accounts else "its digest is not that of the manifest")
    return Backup(
        path=str(source),
        made_at=str(about.get("made_at", "")),
        treadle=str(about.get("treadle", "")),
        schema=schema,
        bytes=source.stat().st_size,
        sha256=digest,
        runs=runs,
        with_key=_beside(source, KEY).exists(),
        paper_sha256=of_accounts,
    )


def _copy_both(
    store: Path, to: Path, paper: Path | None, accounts: Path, progress: Callable[[float], None] | None
) -> None:
    """Both of one moment: that of the store first, so that an order which the accounts have is on record in it."""
    with contextlib.ExitStack() as stack:
        of_store = stack.enter_context(_snapshot(store))
        of_paper = None if paper is None else stack.enter_context(_snapshot(paper))
        _copy(of_store, to, progress)
        if of_paper is not None:
            _copy(of_paper, accounts, None)
            _check_whole(accounts)


@contextlib.contextmanager
def _snapshot(path: Path) -> Generator[sqlite3.Connection]:
    """One state from the first page to the last: without it, SQLite begins anew at every commit of others."""
    source = connect(path, query_only=True)
    try:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield source
        source.execute("ROLLBACK")
    finally:
        source.close()


def _copy(source: sqlite3.Connection, to: Path, progress: Callable[[float], None] | None) -> None:
    def report(status: int, remaining: int, total: int) -> None:
        if progress is not None and total:
            progress(1 - remaining / total)

    target = connect(to, synchronous="OFF")
    try:
        source.backup(target, pages=_PAGES, progress=report, sleep=_PAUSE)
        # One file that stands for itself: no log beside it that could be forgotten.
        target.execute("PRAGMA journal_mode = DELETE")
    finally:
        target.close()


def _check_whole(path: Path) -> None:
    """Raises `StoreError`, `sqlite3.Error`."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)
    try:
        problems = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
    finally:
        connection.close()
    if problems != ["ok"]:
        raise _damaged(path, "; ".join(problems))


def _check(path: Path) -> tuple[str | None, int]:
    """The schema and the number of runs of a database that is whole. Raises `StoreError`, `sqlite3.Error`."""
    _check_whole(path)
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)
    try:
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
def _temporary(path: Path, what: str = "part") -> Generator[Path]:
    """A file beside `path` that nobody else may read, and that is gone afterwards unless it was renamed."""
    part = path.with_name(f".{path.name}.{os.getpid()}.{what}")
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
