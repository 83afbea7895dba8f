"""What a backtest is given beside the workflow and the bars: its inputs, the period, the paper account."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from treadle.authoring.reading import shown
from treadle.model.issue import Issue, refuse
from treadle.model.nearest import listed, suggest
from treadle.model.wanted import told_of
from treadle.packs.trading.paper.settings import Fees, PaperSettings, Slippage, as_written
from treadle.service.backtests.request import BacktestRequest

if TYPE_CHECKING:
    from treadle.model.workflow import Workflow

PAPER = ("balance", "currency", "fees", "slippage", "spread", "latency", "volume_share", "leverage", "maintenance",
         "shorts", "path", "fill", "kind", "tick", "lot")  # fmt: skip
"""What of an account can be said of a backtest."""
_INSIDE = {"fees": Fees, "slippage": Slippage}
_READ = re.compile(r"\bworkflow\.input\b(?:\.([A-Za-z_]\w*)|\[\s*\\?['\"]([^'\"\\]+))?")


def check_given(request: BacktestRequest) -> None:
    """Raises `InvalidWorkflow` with all that can be told to be wrong before anything is read: each at its place in the
    body that asks for it."""
    issues = [
        *_find_unknown_inputs(request.workflow, request.input),
        *_find_period_problems(request),
        *find_paper_problems(request.paper),
    ]
    refuse(issues)


def _find_unknown_inputs(workflow: Workflow, given: Mapping[str, Any]) -> Iterator[Issue]:
    """Who declares no inputs may be given whatever it reads; of what nobody reads, nothing would come."""
    known: list[str] = list(workflow.inputs)
    if not known and given:
        found = list(_READ.finditer(workflow.model_dump_json(by_alias=True, exclude_unset=True)))
        known = list(dict.fromkeys(one[1] or one[2] for one in found if one[1] or one[2]))
        if any(not (one[1] or one[2]) for one in found):
            return  # as a whole
    for name in given:
        if name not in known:
            remedy = suggest(name, known, f"The inputs are {listed(known)}." if known else "It has none: leave it out.")
            yield Issue("unknown_input", f"The workflow has no input `{name}`.", ("input", name), remedy=remedy)


def _find_period_problems(request: BacktestRequest) -> Iterator[Issue]:
    since, until = request.since, request.until
    if since is not None and until is not None and since >= until:
        yield Issue(
            "invalid_period",
            f"It is to begin at {since:%Y-%m-%d %H:%M} and to end at {until:%Y-%m-%d %H:%M}, which is not later.",
            ("until",),
            remedy="Exchange the two, or leave one out.",
        )


def find_paper_problems(given: Mapping[str, Any]) -> Iterator[Issue]:
    """Of settings of the account: names that there are not, values that do not fit."""
    for name, value in given.items():
        if name not in PaperSettings.model_fields and name != "balances":
            said = f"`--paper {name}`: a paper account has no setting `{name}`."
            yield Issue("unknown_setting", said, ("paper", name), remedy=_instead(name, PAPER))
            continue
        try:
            PaperSettings.model_validate(as_written({name: value}))
        except ValidationError as error:
            yield from _misfits(name, value, error)


def _misfits(name: str, value: Any, error: ValidationError) -> Iterator[Issue]:
    seen: set[str] = set()
    for fault in error.errors(include_url=False):
        inside = [str(one) for one in fault["loc"][1:]]
        # `fees: 0.001` stands for what a maker and a taker pay.
        place = name if not isinstance(value, Mapping) else ".".join([name, *inside])
        kind = fault["type"]
        if kind == "extra_forbidden":
            known = _INSIDE.get(name)
            remedy = "Leave it out." if known is None else _instead(inside[-1], list(known.model_fields))
            said = f"`--paper {name}` has no `{inside[-1]}`."
        else:
            said, remedy = f"`{place}` of `--paper` is {shown(fault['input'])}; {told_of(fault)}.", None
        if said not in seen:
            seen.add(said)
            example = (
                f"Write it as `--paper {_EXAMPLES[name]}`." if name in _EXAMPLES else "Correct it, or leave it out."
            )
            yield Issue("invalid_setting", said, ("paper", *place.split(".")), remedy=remedy or example)


_EXAMPLES = {
    "fees": "fees=0.001",
    "slippage": 'slippage={"kind": "fixed", "bps": 2}',
    "balance": 'balance={"USDT": 1000}',
}


def _instead(name: str, known: tuple[str, ...] | list[str]) -> str:
    return f"{suggest(name, known, '')} There are {listed(known, limit=20)}.".strip()
