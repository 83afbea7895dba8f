"""Effects that touch nothing, count everything, and can be told to fail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from treadle.model.policy import InDoubt
from treadle.node import NOT_DONE, Context, JsonValue, NodeDefinition, effect


class FakeEffect:
    """An effect node type of its own, `fake.<name>`, that records each call.

    `calls` counts how often it touched the world, `keys` the idempotency keys it was given, in order; `values` what
    came in, `results` what each key came to, `attempts` the number of each attempt, those that failed included. It
    returns `returns` (a value, or a function of what came in), after raising each of `fails` once. With
    `in_doubt="reconcile"` it answers from what it remembers having done. With `held`, each call waits until `release`;
    `wait_until_entered` says that one does.
    """

    def __init__(
        self,
        name: str,
        *,
        returns: Any = None,
        fails: Sequence[BaseException] = (),
        in_doubt: InDoubt = "ask",
        before: Callable[[], Any] | None = None,
        held: bool = False,
    ) -> None:
        self.name = name
        self.keys: list[str] = []
        self.values: list[JsonValue] = []
        self.attempts: list[int] = []
        self.asked = 0
        """How often it was asked what became of an effect in doubt."""
        self.cancelled = 0
        self.running = 0
        self.most_at_once = 0
        self._fails = list(fails)
        self._returns = returns
        self._before = before
        self._gate = asyncio.Event()
        if not held:
            self._gate.set()
        self._entered = asyncio.Condition()
        self.results: dict[str, Any] = {}
        self.definition = self._declare(in_doubt)

    @property
    def calls(self) -> int:
        return len(self.keys)

    @property
    def distinct(self) -> int:
        """How many different pieces of work were done: the same key twice is the same work."""
        return len(set(self.keys))

    def release(self) -> None:
        """Let the calls that are held, and all later ones, go on."""
        self._gate.set()

    async def wait_until_entered(self, times: int = 1) -> None:
        """Return once it has been called `times` times in all, held or not."""
        async with self._entered:
            await self._entered.wait_for(lambda: len(self.attempts) >= times)

    async def _call(self, ctx: Context, value: JsonValue) -> Any:
        self.attempts.append(ctx.attempt)
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        try:
            async with self._entered:
                self._entered.notify_all()
            if self._before is not None:
                await self._before()
            await self._gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1
        if self._fails:
            raise self._fails.pop(0)
        self.keys.append(ctx.idempotency_key)
        self.values.append(value)
        result: Any = self._returns(value) if callable(self._returns) else self._returns
        self.results[ctx.idempotency_key] = result
        return result

    def _declare(self, in_doubt: InDoubt) -> NodeDefinition:
        @effect(f"fake.{self.name}", in_doubt=in_doubt)
        async def fake(ctx: Context, value: JsonValue = None) -> JsonValue:
            """A fake effect."""
            return await self._call(ctx, value)

        if in_doubt == "reconcile":

            @fake.reconcile
            async def find(ctx: Context, value: JsonValue = None) -> JsonValue:
                self.asked += 1
                return self.results.get(ctx.idempotency_key, NOT_DONE)

        return fake
