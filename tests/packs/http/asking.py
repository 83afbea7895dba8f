"""Asking a service with `http.request`, and the error when that fails."""

from __future__ import annotations

from typing import Any

import pytest

from tests.packs.binding import perform
from tests.packs.fake_context import FakeContext
from treadle.node import NodeError
from treadle.packs.http.request import request


async def ask(ctx: FakeContext, url: str, body: Any = None, **config: Any) -> dict[str, Any]:
    return await perform(request, ctx, {"url": url, **config}, body=body)


async def failure(ctx: FakeContext, url: str, body: Any = None, **config: Any) -> NodeError:
    with pytest.raises(NodeError) as caught:
        await ask(ctx, url, body, **config)
    return caught.value
