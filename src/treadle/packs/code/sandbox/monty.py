"""Python in an interpreter that has no operating system to call: the default for `code.python`.

Every program runs in a worker process of `pydantic_monty`, with an empty environment. The library's blocking
client is used, in threads of our own: its asyncio client was seen to abort the whole process at exit after a
timeout.
"""

from __future__ import annotations

import asyncio
import atexit
import builtins
import contextlib
import os
import re
import signal
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal

from pydantic import JsonValue

from treadle.errors import MissingCapability
from treadle.packs.code.sandbox.failures import node_error
from treadle.packs.code.sandbox.inputs import checked_inputs
from treadle.packs.code.sandbox.inside.answer import Failure
from treadle.packs.code.sandbox.inside.values import NotPlain, Plain, TooLarge, plain
from treadle.packs.code.sandbox.limits import Limits
from treadle.packs.code.sandbox.outcome import Outcome
from treadle.packs.code.sandbox.turns import Turns

if TYPE_CHECKING:
    from pydantic_monty import Monty, MontyError, MontySession

_AT_ONCE = 8
_turns = Turns(_AT_ONCE)
_RUNS_PER_WORKER = 200
_MAX_DEPTH = 500
_MENTIONS_RESULT = re.compile(r"\bresult\b")
# The worker sends a function or module as this text.
_STANDS_FOR_CODE = re.compile(r"<(function|bound method|coroutine|module) '.{0,200}>")
# The worker keeps its own time, and is killed a second later if it does not.
_BACKSTOP_SECONDS = 2.0


async def run_python(source: str, inputs: Mapping[str, JsonValue], *, limits: Limits) -> Outcome:
    """Run `source` in the sandboxed interpreter.

    Every input is a variable by its name, and all of them are in the dictionary `inputs` (the only place for
    names that are not identifiers, and for one called `result`). The result is the variable `result` if the
    program assigned one, else what it returned at its top level, else the value of its last expression.
    Tuples become lists. What is printed, to either stream, goes to the logs.

    Raises `NodeError` with `code_syntax`, `code_unsupported` (what this interpreter lacks: inheritance,
    `yield`, many modules), `code_error`, `code_timeout`, `code_memory`, `code_output_too_large`,
    `code_result` or `code_input`. The worker of a program that times out or is cancelled is killed before
    this returns.
    """
    run = _Run(source, checked_inputs(inputs, limits), limits)
    async with _turns.turn():
        future: Future[Outcome] = _threads().submit(run.perform)
        clock = asyncio.timeout(limits.seconds + _BACKSTOP_SECONDS)
        try:
            async with clock:
                return await asyncio.wrap_future(future)
        except TimeoutError:
            await run.abandon(future)
            if not clock.expired():
                raise
            raise node_error(Failure("timeout"), source, limits) from None
        except asyncio.CancelledError:
            await run.abandon(future)
            raise


class _Run:
    """One program, from the thread that waits for it; `abandon` comes from the event loop."""

    def __init__(self, source: str, inputs: dict[str, Plain], limits: Limits) -> None:
        self._source = source
        self._inputs = inputs
        self._limits = limits
        self._lock = threading.Lock()
        self._worker: int | None = None
        self._abandoned = False
        self._printed: list[str] = []
        self._room = limits.output_bytes
        self._overflow = False
        self._late = False
        self._deadline = 0.0
        self._ended = threading.Event()

    def perform(self) -> Outcome:
        """Run the program to its end in a worker. Raises `NodeError`."""
        import pydantic_monty

        try:
            value = self._value(pydantic_monty)
            if stopped := self._cut_short():
                raise stopped
            return Outcome(_plain(value, self._limits), self._logs())
        except pydantic_monty.MontyError as error:
            failure = self._cut_short() or _failure(error)
        except Failure as error:
            failure = error
        except (ValueError, RecursionError, OverflowError) as error:
            # From turning the worker's value into one of ours: an integer of too many digits, too many
            # levels.
            failure = Failure("result", message=str(error).partition(";")[0])
        raise node_error(failure, self._source, self._limits, self._logs())

    def _cut_short(self) -> Failure | None:
        if self._overflow:
            return Failure("output", message="logs")
        return Failure("timeout") if self._late else None

    def _value(self, monty: object) -> object:
        limits = self._limits
        with _pool().checkout(
            limits={
                "max_feed_duration_secs": limits.seconds,
                "max_memory": limits.memory_mb << 20,
                "max_recursion_depth": _MAX_DEPTH,
                "max_suspensions": 100_000,
            },
            os_policy={"sleep": "call_host"},
        ) as session:
            self._watch(session.worker_pid)
            try:
                return self._feed(session)
            finally:
                self._watch(None)

    def _feed(self, session: MontySession) -> object:
        variables: dict[str, object] = {"inputs": self._inputs}
        variables.update({k: v for k, v in self._inputs.items() if k.isidentifier() and k != "result"})
        self._deadline = time.monotonic() + self._limits.seconds
        value: object = session.feed_run(self._source, inputs=variables, print_callback=self._print, os=self._answer)
        if _MENTIONS_RESULT.search(self._source):
            # A second feed sees the program's variables; a name it never assigned is not an error here.
            snapshot = session.feed_start("result")
            output = getattr(snapshot, "output", _NOTHING)
            value = value if output is _NOTHING else output
        return value

    def _answer(self, *, name: str, args: tuple[object, ...], **_: object) -> object:
        """Sleep for the program, on its clock; whatever else it asks the system for does not exist."""
        from pydantic_monty import NOT_HANDLED

        if name not in ("time.sleep", "asyncio.sleep"):
            return NOT_HANDLED
        wanted = float(str(args[0]))
        remaining = self._deadline - time.monotonic()
        self._ended.wait(max(0.0, min(wanted, remaining)))
        if wanted > remaining:
            self._late = True
            self._kill()
        return None

    def _print(self, stream: Literal["stdout", "stderr"], text: str) -> None:
        self._room -= len(text)
        if self._room < 0:
            # It would go on printing until its time is up.
            self._overflow = True
            self._kill()
        else:
            self._printed.append(text)

    def _logs(self) -> tuple[str, ...]:
        return tuple("".join(self._printed).splitlines())

    def _watch(self, worker: int | None) -> None:
        with self._lock:
            self._worker = worker
        if self._abandoned:
            self._kill()

    def _kill(self) -> None:
        # Under the lock, and only while our program is in it: a worker is used again afterwards.
        with self._lock:
            if self._worker is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._worker, signal.SIGKILL)
                self._worker = None

    async def abandon(self, future: Future[Outcome]) -> None:
        """Kill the worker, and wait for the thread that waits for it."""
        self._abandoned = True
        self._kill()
        self._ended.set()
        if not future.cancel():
            await asyncio.wait([asyncio.wrap_future(_quiet(future))], timeout=1.0)


_NOTHING = object()


def _quiet(future: Future[Outcome]) -> Future[None]:
    ended: Future[None] = Future()
    future.add_done_callback(lambda _: ended.set_result(None))
    return ended


def _plain(value: object, limits: Limits) -> JsonValue:
    if isinstance(value, str) and _STANDS_FOR_CODE.fullmatch(value):
        raise Failure("result", message=f"it is {value}, not a value")
    try:
        return plain(value, size=limits.output_bytes)
    except NotPlain as error:
        raise Failure("result", message=str(error)) from None
    except TooLarge:
        raise Failure("output", message="result") from None


def _failure(error: MontyError) -> Failure:
    """Say in our words what the interpreter says in its own."""
    import pydantic_monty as monty

    if not isinstance(error, (monty.MontyRuntimeError, monty.MontySyntaxError)):
        if isinstance(error, monty.MontyCrashedError) and error.timed_out:
            return Failure("timeout")
        if isinstance(error, monty.MontyConversionError):
            return Failure("result", message=str(error))
        return Failure("error", "Crash", "the interpreter ended before the program did")
    kind, _, message = error.display("type-msg").partition(": ")
    line = next((f.line for f in reversed(error.traceback()) if f.filename.startswith("<python-input")), None)
    if isinstance(error, monty.MontySyntaxError):
        return Failure("syntax", kind, message, line)
    return Failure(_kind(kind, message), kind, message, line)


def _kind(kind: str, message: str) -> str:
    match kind:
        case "TimeoutError" if message.startswith("feed time limit exceeded"):
            return "timeout"
        case "MemoryError" if "memory limit" in message:
            return "memory"
        case "NotImplementedError" if message.startswith("The monty syntax parser"):
            return "unsupported"
        case "ModuleNotFoundError":
            return "unsupported"
        case "RuntimeError" if message.endswith("is not supported in this environment"):
            return "unsupported"
        case "NameError" if hasattr(builtins, message.removeprefix("name '").partition("'")[0]):
            return "unsupported"
        case _:
            return "error"


_made: dict[str, tuple[int, Monty | ThreadPoolExecutor]] = {}
_making = threading.Lock()


def _threads() -> ThreadPoolExecutor:
    with _making:
        owner, threads = _made.get("threads", (0, None))
        # After a fork neither threads nor workers are ours.
        if owner != os.getpid() or not isinstance(threads, ThreadPoolExecutor):
            threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="code-python")
            _made["threads"] = (os.getpid(), threads)
        return threads


def _pool() -> Monty:
    with _making:
        owner, pool = _made.get("pool", (0, None))
        if owner != os.getpid() or pool is None or isinstance(pool, ThreadPoolExecutor):
            pool = _new_pool()
            _made["pool"] = (os.getpid(), pool)
        return pool


def _new_pool() -> Monty:
    from pydantic_monty import Monty

    pool = Monty(min_processes=1, max_processes=_AT_ONCE, max_checkouts_per_worker=_RUNS_PER_WORKER)
    try:
        pool.__enter__()
    except FileNotFoundError as error:
        raise MissingCapability(
            "The sandboxed Python interpreter is not installed.",
            remedy="Install it: `pip install pydantic-monty`.",
        ) from error
    return pool


def close_interpreters() -> None:
    """End the idle workers, after the programs in hand. The next run starts fresh ones."""
    with _making:
        held = [thing for owner, thing in _made.values() if owner == os.getpid()]
        _made.clear()
    for thing in sorted(held, key=lambda thing: not isinstance(thing, ThreadPoolExecutor)):
        if isinstance(thing, ThreadPoolExecutor):
            thing.shutdown(wait=True)
        else:
            thing.__exit__(None, None, None)


atexit.register(close_interpreters)
