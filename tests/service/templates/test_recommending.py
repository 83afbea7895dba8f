"""Recommending: what fits comes first, few runs prove little, and the reasons are said."""

from __future__ import annotations

import math

import pytest

from treadle.service.application import Application
from treadle.service.templates.library import Library
from treadle.service.templates.recommending import Context, recommend
from treadle.service.templates.standing import Statistics, lower_bound
from treadle.service.templates.template import Template

Known = dict[str, Statistics]


@pytest.fixture
async def shipped(application: Application) -> list[Template]:
    return list(await Library(application.store, application.registry).list())


def names(shipped: list[Template], context: Context, known: Known | None = None, *, limit: int = 5) -> list[str]:
    found = [(one, (known or {}).get(one.name, Statistics())) for one in shipped]
    return [one.template.name for one in recommend(found, context, limit=limit)]


@pytest.mark.parametrize(
    ("context", "first"),
    [
        (Context("approvals for invoices"), "approval-with-escalation"),
        (Context("tell me when a workflow fails, with an alert"), "failure-alert"),
        (Context("keep our CRM contacts in sync"), "data-sync"),
        (Context("route mails with a language model"), "classify-and-route"),
        (Context(tags=["pagination"]), "api-sync"),
        (Context("research", category="agents"), "research-and-summarise"),
    ],
)
async def test_what_fits_what_is_looked_for_comes_first(shipped: list[Template], context: Context, first: str) -> None:
    assert names(shipped, context)[0] == first


async def test_what_has_nothing_to_do_with_it_is_left_out(shipped: list[Template]) -> None:
    assert names(shipped, Context("zeppelin")) == []


async def test_without_a_wish_what_has_worked_comes_first(shipped: list[Template]) -> None:
    known = {"data-sync": Statistics(uses=1, completed=90, failed=10), "api-sync": Statistics(uses=1, completed=2)}

    assert names(shipped, Context(), known, limit=2) == ["data-sync", "api-sync"]


async def test_a_popular_and_well_rated_template_goes_before_its_equal(shipped: list[Template]) -> None:
    known = {"failure-alert": Statistics(uses=9, ratings=4, rating=5.0)}

    assert names(shipped, Context(), known)[0] == "failure-alert"


async def test_the_reasons_are_said(shipped: list[Template]) -> None:
    known = {"api-sync": Statistics(uses=2, completed=19, failed=1, ratings=1, rating=4.0)}
    found = [(one, known.get(one.name, Statistics())) for one in shipped]

    best = recommend(found, Context("pagination", tags=["sync"], difficulty="intermediate"), limit=1)[0]

    assert best.template.name == "api-sync"
    assert best.reasons == (
        "It is about `pagination`.",
        "It is tagged `sync`.",
        "It is for the intermediate.",
        "19 of 20 runs completed: 76 % or more succeed, with 95 % confidence.",
        "Used 2 times here.",
        "Rated 4.0 of 5 by 1 user.",
    )
    assert 0 < best.score <= 1


@pytest.mark.parametrize(("successes", "total"), [(1, 1), (3, 4), (19, 20), (950, 1000)])
def test_at_the_lower_bound_what_was_seen_is_just_within_confidence(successes: int, total: int) -> None:
    """Were the bound the true rate, what was seen would lie 1.96 standard deviations above it: Wilson's interval."""
    bound = lower_bound(successes, total)

    assert bound is not None
    deviation = math.sqrt(bound * (1 - bound) / total)
    assert (successes / total - bound) / deviation == pytest.approx(1.96, abs=1e-4)


def test_of_nothing_nothing_is_known_and_of_failures_only_that_nothing_is_sure() -> None:
    assert (lower_bound(0, 0), lower_bound(0, 5)) == (None, 0.0)
