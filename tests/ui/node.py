"""Node and what the editor's own checks need of its packages."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from pathlib import Path
from tempfile import gettempdir
from zlib import crc32

from tests.lacking import skip_for_lack

UI = Path(__file__).parents[2] / "ui"
sys.path.insert(0, str(UI))
try:
    import build_editor  # pyright: ignore[reportMissingImports]
finally:
    sys.path.remove(str(UI))

_AWAY = ("ENOTFOUND", "ECONNREFUSED", "EAI_AGAIN", "ETIMEDOUT", "ENETUNREACH")


def run_node(*arguments: object) -> tuple[int, str]:
    """(exit code, what was written), in `ui/`."""
    node, _ = build_editor.find_node()
    done = subprocess.run(
        [str(node), *map(str, arguments)],
        cwd=UI,
        env=build_editor.environment_of(node),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def require_packages() -> None:
    """`ui/node_modules` with the tools of its tests, from the lock file. One process at a time: a second installation
    would take the first one's files away."""
    with (Path(gettempdir()) / f"treadle-ui-{crc32(str(UI).encode()):x}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _require_packages()


def _require_packages() -> None:
    installed = UI / "node_modules" / ".package-lock.json"
    wanted = json.loads((UI / "package-lock.json").read_text())["packages"]
    there = json.loads(installed.read_text())["packages"] if installed.is_file() else {}
    if all(there.get(f"node_modules/{name}") for name in wanted[""]["devDependencies"]):
        return
    _, npm = build_editor.find_node()
    status, written = run_node(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
    if status != 0 and any(word in written for word in _AWAY):
        skip_for_lack("npm's registry cannot be reached, and the packages are not in npm's cache")
    assert status == 0, written
