"""Opening files inside one folder and nowhere else.

Each part of a path is opened relative to the folder before it and never through a symbolic link, so that
nothing changed between a check and its use can lead outside.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from treadle.errors import MissingCapability, NodeError
from treadle.node.permissions import Permissions, Reserved

_STORE = ".treadle"
"""Where the embedded store keeps its files, in any workspace."""
_KEY = ".db.key"
"""How the key of a store, or of a copy of one, is called wherever it lies."""

_SAFE_OPEN = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")


def read(permissions: Permissions, path: str, *, limit: int) -> bytes:
    """The content of the file at `path`. Raises `NodeError`: outside, reserved, not there, not a file, or
    over `limit` bytes.
    """
    parts = _parts(permissions, path)
    with _errors(path), _opened(permissions.workspace, parts[:-1], path) as folder:
        # Without O_NONBLOCK, opening a named pipe would wait for its writer.
        number = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        with open(number, "rb") as file:
            _must_be_file(number, path)
            content = file.read(limit + 1)
    if len(content) > limit:
        raise NodeError(
            f"`{path}` is larger than {limit:,} bytes.",
            code="too_large",
            remedy="Raise `max_size`, or split the file.",
            retryable=False,
            path=path,
        )
    return content


def write(permissions: Permissions, path: str, content: bytes, *, make_folders: bool) -> None:
    """Put `content` at `path`, all of it or nothing: whoever reads meanwhile sees the old file or the new
    one.
    """
    parts = _parts(permissions, path, writes=True)
    with _errors(path), _opened(permissions.workspace, parts[:-1], path, make=make_folders) as folder:
        mode = _mode(folder, parts[-1], path)
        temporary = f".{parts[-1][:80]}.{secrets.token_hex(6)}.part"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        number = os.open(temporary, flags, 0o666, dir_fd=folder)
        try:
            with open(number, "wb") as file:
                if mode is not None:
                    os.fchmod(number, mode)
                file.write(content)
                file.flush()
                os.fsync(number)
            os.replace(temporary, parts[-1], src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary, dir_fd=folder)
            raise
        os.fsync(folder)


def append(permissions: Permissions, path: str, content: bytes, *, make_folders: bool) -> int:
    """Add `content` at the end of the file at `path`, made if need be; gives the file's size."""
    parts = _parts(permissions, path, writes=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with _errors(path), _opened(permissions.workspace, parts[:-1], path, make=make_folders) as folder:
        number = os.open(parts[-1], flags, 0o666, dir_fd=folder)
        with open(number, "ab") as file:
            _must_be_file(number, path)
            file.write(content)
            file.flush()
            os.fsync(number)
            return os.fstat(number).st_size


def size(permissions: Permissions, path: str) -> int:
    """Bytes of the file at `path`; 0 when there is none."""
    parts = _parts(permissions, path)
    try:
        with _opened(permissions.workspace, parts[:-1], path) as folder:
            return os.stat(parts[-1], dir_fd=folder, follow_symlinks=False).st_size
    except FileNotFoundError:
        return 0


def _parts(permissions: Permissions, path: str, *, writes: bool = False) -> tuple[str, ...]:
    """The names from the workspace to the file. Raises `NodeError` for a path that leads outside, or to what is
    reserved.
    """
    if not _SAFE_OPEN:
        raise MissingCapability(
            "File nodes need an operating system that opens files relative to a folder.",
            remedy="Run the worker on Linux or macOS.",
        )
    named, workspace = PurePosixPath(path), permissions.workspace.resolve()
    if named.is_absolute():
        try:
            named = named.relative_to(workspace.as_posix())
        except ValueError:
            raise _outside(path) from None
    if ".." in named.parts:
        raise _outside(path)
    if not named.parts or "\0" in path or path.endswith("/"):
        raise NodeError(f"{path!r} does not name a file.", code="invalid_path", remedy="Name one.", retryable=False)
    _require_free(permissions, workspace.joinpath(*named.parts), path, writes=writes)
    return named.parts


def _require_free(permissions: Permissions, place: Path, path: str, *, writes: bool) -> None:
    """Raises `NodeError` for what the operator keeps from nodes. No link is followed: a place is what it is called."""
    own = Reserved(permissions.workspace.resolve() / _STORE, "the store with its keys and copies", is_secret=True)
    for reserved in (own, *permissions.reserved):
        if (writes or reserved.is_secret) and reserved.holds(place):
            raise _reserved(path, reserved.what, writes=writes)
    if place.name.lower().endswith(_KEY):
        raise _reserved(path, "the key of a store", writes=writes)


@contextmanager
def _opened(workspace: Path, parts: tuple[str, ...], path: str, *, make: bool = False) -> Generator[int]:
    """The folder that the parts lead to, opened; with `make`, folders that are not there are made."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    try:
        folder = os.open(workspace, flags)
    except OSError as error:
        raise NodeError(
            f"The workspace folder {workspace} cannot be opened: {error.strerror}.",
            code="no_workspace",
            remedy="Make the folder, or set another workspace.",
            retryable=False,
        ) from error
    try:
        for part in parts:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(part, 0o777, dir_fd=folder)
            inner = os.open(part, flags | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


def _mode(folder: int, name: str, path: str) -> int | None:
    """The permission bits of the file to be replaced, None when there is none. Refuses what is no plain
    file.
    """
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(found.st_mode):
        raise _link(path)
    if not stat.S_ISREG(found.st_mode):
        raise _not_a_file(path)
    return stat.S_IMODE(found.st_mode)


def _must_be_file(number: int, path: str) -> None:
    if not stat.S_ISREG(os.fstat(number).st_mode):
        raise _not_a_file(path)


@contextmanager
def _errors(path: str) -> Generator[None]:
    """The system's errors as ours."""
    try:
        yield
    except OSError as error:
        raise _translated(error, path) from error


def _translated(error: OSError, path: str) -> NodeError:
    if error.errno in (errno.ELOOP, errno.EMLINK):
        return _link(path)
    if error.errno == errno.ENOTDIR:
        # Opening a link as a folder without following it says so too.
        return NodeError(
            f"A part of `{path}` is not a folder, or is a symbolic link, which is not followed.",
            code="outside_workspace",
            remedy="Use the path of the real folder inside the workspace.",
            retryable=False,
            path=path,
        )
    if error.errno in (errno.EISDIR, errno.ENXIO):
        return _not_a_file(path)
    code, remedy, retryable = {
        errno.ENOENT: ("file_not_found", "Check the path; it counts from the workspace folder.", False),
        errno.EACCES: ("access_denied", "Give the process's user access to the file.", False),
        errno.EPERM: ("access_denied", "Give the process's user access to the file.", False),
        errno.EROFS: ("access_denied", "The disk is mounted read-only.", False),
        errno.ENOSPC: ("disk_full", "Free some space; the file is unchanged.", True),
        errno.EDQUOT: ("disk_full", "Free some space; the file is unchanged.", True),
        errno.ENAMETOOLONG: ("invalid_path", "Choose a shorter name.", False),
    }.get(error.errno or 0, ("file_error", "Look at the disk.", True))
    return NodeError(f"`{path}`: {error.strerror or error}.", code=code, remedy=remedy, retryable=retryable, path=path)


def _outside(path: str) -> NodeError:
    return NodeError(
        f"`{path}` leads outside the workspace folder.",
        code="outside_workspace",
        remedy="Use a path relative to the workspace, without `..`.",
        retryable=False,
        path=path,
    )


def _reserved(path: str, what: str, *, writes: bool) -> NodeError:
    return NodeError(
        f"`{path}` is {what}: nodes do not {'write' if writes else 'read'} it.",
        code="reserved_path",
        remedy="Choose another path. Whoever runs Treadle may give nodes a folder of their own: `workspace` in"
        " `treadle.toml`.",
        retryable=False,
        path=path,
    )


def _link(path: str) -> NodeError:
    return NodeError(
        f"`{path}` is a symbolic link, which is not followed.",
        code="outside_workspace",
        remedy="Use the path of the real file inside the workspace.",
        retryable=False,
        path=path,
    )


def _not_a_file(path: str) -> NodeError:
    return NodeError(
        f"`{path}` is not a plain file.", code="not_a_file", remedy="Name a file.", retryable=False, path=path
    )
