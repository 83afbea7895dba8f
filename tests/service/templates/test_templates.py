"""Templates: found, filled in, rated; everything that is wrong is told at once, and nothing is made then."""

from __future__ import annotations

from typing import Any

import pytest

from treadle.errors import Conflict, InvalidWorkflow, NotFound
from treadle.service.application import Application
from treadle.service.templates.templates import Templates
from treadle.service.workflows import Workflows

URLS = {"source_url": "https://a.example/items", "target_url": "https://b.example/{{ loop.item.id }}"}


@pytest.fixture
def templates(application: Application) -> Templates:
    return Templates(application)


async def refused(templates: Templates, *what: Any, **more: Any) -> InvalidWorkflow:
    with pytest.raises(InvalidWorkflow) as caught:
        await templates.instantiate(*what, **more)
    return caught.value


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"search": "PAGINATION api"}, ["api-sync"]),
        ({"category": "agents"}, ["classify-and-route", "research-and-summarise"]),
        ({"tag": "approval"}, ["approval-with-escalation"]),
        (
            {"difficulty": "beginner", "search": "notification"},
            ["failure-alert", "price-alert", "webhook-store-notify"],
        ),
        ({"search": "webhook nonsense"}, []),
    ],
)
async def test_templates_are_found_by_words_category_tag_and_difficulty(
    templates: Templates, wanted: dict[str, str], names: list[str]
) -> None:
    found = [one.template.name for one in await templates.list(**wanted)]

    assert found == names


async def test_nothing_is_said_of_what_was_not_measured(templates: Templates) -> None:
    known = (await templates.get("api-sync")).statistics

    assert (known.uses, known.success_rate, known.success_at_least, known.rating) == (0, None, None, None)


async def test_an_unknown_template_names_the_nearest(templates: Templates) -> None:
    with pytest.raises(NotFound, match="`api-sync`") as caught:
        await templates.get("api-snyc")

    assert caught.value.code == "unknown_template"


async def test_a_template_becomes_a_draft_with_its_comments_and_without_its_section(
    templates: Templates, application: Application
) -> None:
    made = await templates.instantiate("api-sync", "orders", parameters={**URLS, "cron": "5 * * * *"}, title="Orders")

    definition = await Workflows(application).define("orders", "draft")
    assert (made.workflow, made.published, definition.result.issues) == ("orders", False, ())
    assert "# The whole item is its key" in definition.text
    assert definition.content is not None
    assert "template" not in definition.content
    assert definition.content["title"] == "Orders"
    assert definition.content["nodes"][0]["config"] == {"cron": "5 * * * *", "timezone": "UTC"}


async def test_a_parameter_of_an_input_becomes_its_default(templates: Templates, application: Application) -> None:
    parameters = {"result_url": "https://a.example", "approver": "ada"}

    await templates.instantiate("approval-with-escalation", "desk", parameters=parameters, publish=True)

    inputs = (await application.get_workflow("desk")).inputs
    assert (inputs["approver"]["default"], inputs["result_url"]["default"]) == ("ada", "https://a.example")
    assert "default" not in inputs["amount"]


async def test_everything_that_is_wrong_is_told_at_once(templates: Templates, application: Application) -> None:
    error = await refused(templates, "api-sync", "Not A Name", parameters={"source_ur": 1, "target_url": "ftp://x"})

    assert error.code == "invalid_parameters"
    assert [(issue.code, issue.where) for issue in error.issues] == [
        ("unknown_parameter", "parameters.source_ur"),
        ("missing_parameter", "parameters.source_url"),
        ("invalid_parameter", "parameters.target_url"),
        ("invalid_name", "name"),
    ]
    assert "`source_url`" in error.issues[0].remedy
    assert await application.store.list_workflow_names() == []


async def test_what_the_check_finds_is_said_of_the_parameter_it_comes_from(templates: Templates) -> None:
    error = await refused(templates, "api-sync", "orders", parameters={**URLS, "cron": "* *", "timezone": "Moon"})

    assert {issue.where for issue in error.issues} == {"parameters.cron", "parameters.timezone"}


async def test_a_name_that_is_taken_is_refused_and_counts_as_no_use(templates: Templates) -> None:
    await templates.instantiate("api-sync", "orders", parameters=URLS)

    with pytest.raises(Conflict, match="orders"):
        await templates.instantiate("api-sync", "orders", parameters=URLS)

    also = await refused(templates, "api-sync", "orders")
    assert [issue.code for issue in also.issues] == ["missing_parameter", "missing_parameter", "workflow_exists"]
    assert (await templates.get("api-sync")).statistics.uses == 1


async def test_secrets_that_are_not_there_are_named(templates: Templates, monkeypatch: pytest.MonkeyPatch) -> None:
    parameters: dict[str, Any] = {"model_url": "https://m.example", "model": "m", "rest_url": "https://r.example"}
    parameters["routes"] = {"sales": "https://s.example"}

    before = await templates.instantiate("classify-and-route", "one", parameters=parameters)
    monkeypatch.setenv("TREADLE_SECRET_MODEL_KEY", "sk-test-0123456789")
    after = await templates.instantiate("classify-and-route", "two", parameters=parameters)

    assert (before.missing, after.missing) == (["model_key"], [])


async def test_a_user_rates_a_template_once_and_may_change_their_mind(templates: Templates) -> None:
    await templates.rate("api-sync", 2, comment=" Slow. ")
    changed = await templates.rate("api-sync", 5)

    (review,) = await templates.reviews("api-sync")
    assert (changed.ratings, changed.rating, review.rating, review.comment) == (1, 5.0, 5, None)

    await templates.unrate("api-sync")
    assert (await templates.get("api-sync")).statistics.rating is None
    with pytest.raises(NotFound) as caught:
        await templates.unrate("api-sync")
    assert caught.value.code == "not_rated"


@pytest.mark.parametrize(("rating", "comment"), [(0, None), (6, None), (3, "x" * 2001)])
async def test_a_rating_that_is_none_is_refused(templates: Templates, rating: int, comment: str | None) -> None:
    with pytest.raises(InvalidWorkflow) as caught:
        await templates.rate("api-sync", rating, comment=comment)

    assert caught.value.code == "invalid_rating"
