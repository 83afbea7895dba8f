"""The process that a backtest has for itself: `python -m treadle.service.backtests.child`.

Its order comes as one line on standard input; what becomes of it goes line by line to standard output. When the input
ends, whoever wanted it is gone, and so is this process with whatever it has started.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from treadle.errors import InvalidWorkflow, TreadleError

if TYPE_CHECKING:
    from treadle.model.ids import RunId
    from treadle.node.registry import Registry
    from treadle.service.backtests.content import Content
    from treadle.service.backtests.request import BacktestRequest
    from treadle.service.backtests.search.request import Search
    from treadle.service.settings import Settings

_EVERY = 0.2
Tell = Callable[[Mapping[str, Any]], None]


def main() -> None:
    order = json.loads(sys.stdin.readline())
    tell = _telling()
    threading.Thread(target=_watch, daemon=True).start()
    try:
        asyncio.run(_do(order, tell))
    except TreadleError as error:
        tell({"failed": describe_error(error)})
    except Exception as error:  # a defect: said in the result, for nobody sees this process
        import traceback

        traceback.print_exc()
        said = f"{type(error).__name__}: {error}"
        tell({"failed": {"code": "defect", "message": f"Defect in Treadle: {said}", "remedy": None, "issues": []}})


def describe_error(error: TreadleError) -> dict[str, Any]:
    issues = [{**one.to_dict(), "node": one.node} for one in error.issues] if isinstance(error, InvalidWorkflow) else []
    return {"code": error.code, "message": error.message, "remedy": error.remedy, "issues": issues}


async def _do(order: Mapping[str, Any], tell: Tell) -> None:
    from treadle.model.workflow import Workflow
    from treadle.service.backtests.making import finish, make, request_of
    from treadle.service.backtests.search.reading import read_search
    from treadle.service.backtests.wanted import read_wanted
    from treadle.service.project import installed_registry
    from treadle.service.settings import Settings
    from treadle.store.backtests import SETTINGS
    from treadle.store.sqlite_journal import SqliteStore

    settings = Settings(**{name: _whole(value) for name, value in order["settings"].items()})
    wanted, workflow = read_wanted(order["body"]), Workflow.model_validate(order["workflow"])
    registry = installed_registry(settings)
    request = request_of(wanted, workflow, settings)
    progress, wants = _now_and_then(tell), read_search(wanted.body)
    if wanted.body.get("spread"):
        content = await _make_with_others(request, wants, settings, registry, progress, tell)
    else:
        content, _ = await make(request, wants, settings, registry, progress=progress)
    async with SqliteStore(settings.db, synchronous=settings.synchronous) as store:
        tried = content.summary.get(SETTINGS)
        before = await store.count_variants(wanted.workflow, content.digest, settings=tried, before=order["id"])
        finish(content, before=before)
        await store.complete_backtest(
            order["id"],
            summary=content.summary,
            variants=content.variants,
            parts=content.parts,
            digest=content.digest,
        )
    tell({"done": True})


async def _make_with_others(
    request: BacktestRequest,
    wants: Search,
    settings: Settings,
    registry: Registry,
    progress: Callable[[float], None],
    tell: Tell,
) -> Content:
    """Who looks after this process is told which runs there are: where it ends early, these are cancelled."""
    from treadle.service.application import Application
    from treadle.service.backtests.looking_back import looking_back
    from treadle.service.backtests.making import make
    from treadle.service.backtests.search.dispatching import spreading

    def told(runs: Iterable[RunId]) -> None:
        tell({"offered": list(runs)})

    async with (
        Application(settings, registry=registry, recovers=False) as application,
        spreading(application, looking_back(request, wants), told=told) as evaluator,
    ):
        content, _ = await make(request, wants, settings, registry, progress=progress, evaluator=evaluator)
        content.detail["spread"] = asdict(evaluator.spread)
    return content


def _whole(value: Any) -> Any:
    """A setting as it was before it was JSON."""
    return tuple(cast("list[str]", value)) if isinstance(value, list) else value


def _telling() -> Tell:
    """Lines on what standard output was; whatever nodes print goes to standard error from here on."""
    own = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def tell(said: Mapping[str, Any]) -> None:
        own.write(json.dumps(said) + "\n")
        own.flush()

    return tell


def _now_and_then(tell: Tell) -> Callable[[float], None]:
    last = 0.0

    def progress(share: float) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _EVERY:
            last = now
            tell({"progress": round(share, 4)})

    return progress


def _watch() -> None:
    while os.read(0, 1024):  # not by `sys.stdin`, whose lock would be waited for at the end
        pass
    if hasattr(os, "killpg") and os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)  # with those it has started
    os._exit(1)


if __name__ == "__main__":
    main()
