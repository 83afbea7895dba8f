"""The TypeScript client against a real server: `clients/typescript/test` says what is seen.

What it is told on the page about the clients is checked by the compiler with it, and run.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.node import NPM, build_typescript_client, run_node
from tests.clients.test_docs import PAGE
from tests.docs.fences import fences_of

BLOCKS = list(fences_of(PAGE, "ts"))


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_the_typescript_client_does_what_its_tests_and_its_page_say(url: str, key: str, tmp_path: Path) -> None:
    package = await build_typescript_client(tmp_path)
    blocks = [package / "test" / f"page{number}.ts" for number in range(len(BLOCKS))]
    for path, fence in zip(blocks, BLOCKS, strict=True):
        path.write_text(fence.text)

    status, written = await run_node(NPM, "test", cwd=package, TREADLE_URL=url, TREADLE_KEY=key)
    assert status == 0, written

    for path, fence in zip(blocks, BLOCKS, strict=True):
        status, written = await run_node(path, cwd=package, TREADLE_API_URL=url, TREADLE_API_KEY=key)
        assert (status, "Good morning, " in written) == (0, True), f"{fence}: {written}"
