"""Doing what somebody wants tested: one test, or a search and the best of it; and what of it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from treadle.authoring.saving import workflow_data
from treadle.errors import InvalidWorkflow
from treadle.model.issue import Issue, refuse
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.backtests.content import Content, content_of
from treadle.service.backtests.data.source import read_given
from treadle.service.backtests.given import check_given
from treadle.service.backtests.honesty import examine
from treadle.service.backtests.packing import pack
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.evaluator import Evaluator
from treadle.service.backtests.search.request import Search
from treadle.service.backtests.search.searching import Found, search
from treadle.service.backtests.wanted import Wanted, with_settings
from treadle.service.settings import Settings
from treadle.store.backtests import SETTINGS

Progress = Callable[[float], None]
"""Told how far it is, from 0 to 1."""


def request_of(wanted: Wanted, workflow: Workflow, settings: Settings) -> BacktestRequest:
    """Raises `InvalidWorkflow` with every source that cannot be and every setting of no node, or with what else it is
    given that cannot be. Only files of the workspace are looked at."""
    bars: Mapping[str, Any] = {}
    issues: list[Issue] = []
    try:
        bars = read_given(wanted.data, settings)
    except InvalidWorkflow as error:
        issues += error.issues
    try:
        workflow = with_settings(workflow, wanted.field("set"))
    except InvalidWorkflow as error:
        issues += error.issues
    refuse(issues)
    request = BacktestRequest(
        workflow,
        bars,
        timeframe=wanted.body.get("timeframe"),
        since=wanted.time("since"),
        until=wanted.time("until"),
        input=wanted.field("input"),
        paper=wanted.field("paper"),
        stubs=wanted.field("stubs"),
        gaps=wanted.body.get("gaps") or "warn",
        way=wanted.body.get("way") or "auto",
    )
    check_given(request)
    return request


async def make(
    request: BacktestRequest,
    wanted: Search | None,
    settings: Settings,
    registry: Registry,
    *,
    progress: Progress = lambda share: None,
    evaluator: Evaluator | None = None,
) -> tuple[Content, Found]:
    """What came of it, and what of that is kept. Variants are carried out by `evaluator`, which stays open, or here."""
    found = await search(request, wanted or Search(), settings, registry, progress=progress, evaluator=evaluator)
    return describe(found, registry), found


def describe(found: Found, registry: Registry) -> Content:
    """The one whole test there is, with everything that speaks against it, and what was found beside it."""
    content = Content({"figures": {}})
    if found.tested is not None:
        honesty = examine(found.request, found.tested, registry)
        content = content_of(found.tested)
        content.detail["honesty"] = honesty.to_dict()
    content.detail["graph"] = workflow_data(found.request.workflow)
    content.summary.setdefault("symbols", [name for name in found.request.bars if name != "*"] or ["*"])
    content.digest = digest_of({"timeframe": found.request.timeframe, **content.summary})
    content.summary[SETTINGS] = _settings_of(found)
    for name, part in _searches(found):
        told = part.to_dict()
        content.parts[name] = pack(told)
        content.detail["warnings"] = [*content.detail.get("warnings", ()), *_warned(told)]
        if name != "monte_carlo":
            figures = dict(part.figures())
            if name == "sweep":  # of the test of the best
                tested = content.summary["figures"]
                figures |= {one: tested[one] for one in ("exposure", "time_in_market") if one in tested}
            content.summary |= {"figures": figures, "seconds": told.get("seconds")}
            trials = told.get("trials") or sum(int(one.get("trials") or 0) for one in told.get("windows", ()))
            content.variants = max(1, trials)
    return content


def _searches(found: Found) -> Iterator[tuple[str, Any]]:
    for name in ("sweep", "walk_forward", "monte_carlo"):
        part = getattr(found, name)
        if part is not None:
            yield name, part


def finish(content: Content, *, before: int) -> Content:
    """With how many others were tried `before`, which makes any good result less of one."""
    honesty = content.detail.setdefault("honesty", {})
    honesty["variants"] = {"here": content.variants, "before": before}
    tried = content.variants + before
    if tried > 1:
        said = f"{tried:,} variants were tried on this market: the best of many looks good by luck alone."
        warned = {"code": "variants_tried", "message": said, "severity": "warning" if tried >= 20 else "info"}
        content.detail["warnings"] = [*content.detail.get("warnings", ()), warned]
    content.parts["detail"] = pack(content.detail)
    return content


def digest_of(summary: Mapping[str, Any]) -> str:
    """Of what a test went over: tries over the same markets are counted together, whatever the period."""
    from hashlib import sha256

    text = f"{sorted(summary.get('symbols') or ())}@{summary.get('timeframe')}"
    return sha256(text.encode()).hexdigest()[:16]


def _settings_of(found: Found) -> str:
    """The digest of what was tried, whatever the period, and whichever way: the same again is no other variant."""
    import json
    from hashlib import sha256

    request = found.request
    tried = [
        {name: told.get(name) for name in ("parameters", "method", "metric", "seed")}
        for name, part in _searches(found)
        if name != "monte_carlo"
        for told in (part.to_dict(),)
    ]
    whole = [workflow_data(request.workflow), request.input, request.paper, request.stubs, request.funding, tried]
    return sha256(json.dumps(whole, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _warned(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        one if isinstance(one, dict) else {"code": "search", "message": str(one), "severity": "warning"}
        for one in told.get("warnings") or ()
    ]
