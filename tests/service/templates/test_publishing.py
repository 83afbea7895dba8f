"""Publishing templates: checked, cleaned of what is nobody else's business, and one's own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from treadle.errors import Conflict, Forbidden, InvalidWorkflow, NotFound
from treadle.service.access.actor import Actor
from treadle.service.application import Application
from treadle.service.templates.publishing import About, TemplatePublishing
from treadle.service.templates.stripping import Stripping
from treadle.service.templates.templates import Templates
from treadle.service.workflows import Workflows

SECRET = "sk-live-0123456789"
HOOK = "https://hooks.example.com/services/T0123456789abcdefXYZ"
TELLING = f"""\
name: telling
title: Tell them
description: Tells somebody.
tags: [chat]
inputs:
  text: string
  tone: {{type: string, default: calm}}
  api_key: {{type: string, default: abc}}
nodes:
  # the old key was {SECRET}
  - id: tell
    type: http.request
    config:
      method: POST
      url: {HOOK}
      headers: {{X-Api-Key: plain, X-Trace: "yes", Authorization: "Bearer {{{{ workflow.input.text }}}}"}}
      body: {{text: "{{{{ workflow.input.text }}}}"}}
    pinned: {{status: 200, headers: {{}}, body: {{card: "4111"}}}}
"""


@pytest.fixture
def publishing(application: Application) -> TemplatePublishing:
    return TemplatePublishing(application)


async def made(application: Application, text: str) -> None:
    await Workflows(application).create(text)


async def refused(publishing: TemplatePublishing, text: str) -> InvalidWorkflow:
    with pytest.raises(InvalidWorkflow) as caught:
        await publishing.import_text(text)
    return caught.value


def editor(application: Application, name: str) -> TemplatePublishing:
    return TemplatePublishing(application.acting_as(Actor(name, "editor", "session", user_id=f"u-{name}")))


async def test_what_is_nobody_elses_business_stays_behind(
    application: Application, publishing: TemplatePublishing
) -> None:
    await made(application, TELLING)

    published = await publishing.publish("telling", name="tell-them")

    text = await Templates(application).export("tell-them")
    assert all(one not in text for one in (SECRET, HOOK, "plain", "4111", "abc"))
    assert {(one.place, one.why, one.parameter) for one in published.stripped} == {
        ("inputs.api_key", "credential", "api_key"),
        ("nodes.tell.pinned", "recorded", None),
        ("nodes.tell.config.url", "address", "tell_url"),
        ("nodes.tell.config.headers.X-Api-Key", "credential", "tell_X_Api_Key"),
    }


async def test_what_was_taken_out_is_asked_for(application: Application, publishing: TemplatePublishing) -> None:
    await made(application, TELLING)
    await publishing.publish("telling", name="tell-them")
    templates = Templates(application)

    found = {one.name: one.is_required for one in (await templates.get("tell-them")).template.parameters}
    given = {"tell_url": "https://new.example", "tell_X_Api_Key": "k", "api_key": "x"}
    await templates.instantiate("tell-them", "mine", parameters=given, publish=True)

    assert found == {"tone": False, "api_key": True, "tell_url": True, "tell_X_Api_Key": True}
    (node,) = (await application.get_workflow("mine")).nodes
    assert node.config["url"] == "https://new.example"
    headers: Any = node.config["headers"]
    assert (headers["X-Api-Key"], headers["X-Trace"]) == ("k", "yes")


async def test_a_value_that_is_a_known_secret_is_found_under_whatever_name(
    application: Application, publishing: TemplatePublishing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREADLE_SECRET_PAY", SECRET)
    text = TELLING.replace('X-Trace: "yes"', f"X-Trace: {SECRET}")
    await made(application, text)

    published = await publishing.publish("telling", name="tell-them")

    assert ("nodes.tell.config.headers.X-Trace", "secret") in {(one.place, one.why) for one in published.stripped}


async def test_a_secret_in_a_text_is_refused_with_its_place(
    application: Application, publishing: TemplatePublishing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREADLE_SECRET_PAY", SECRET)
    node = f'{{id: a, type: data.template, config: {{template: "first\\n{SECRET}\\nlast"}}}}'
    text = f"name: said\ntitle: Said {SECRET}\ndescription: x\nnodes:\n  - {node}\n"
    await made(application, text)

    with pytest.raises(InvalidWorkflow) as caught:
        await publishing.publish("said")

    assert [(issue.code, issue.where) for issue in caught.value.issues] == [
        ("secret_in_template", "nodes.a.config.template"),
        ("secret_in_template", "title"),
    ]
    assert SECRET not in str(caught.value.to_dict())
    assert await application.store.list_templates() == []


async def test_profile_ids_become_parameters(application: Application, publishing: TemplatePublishing) -> None:
    data = {
        "name": "x",
        "nodes": [{"id": "each", "type": "flow.loop", "body": {"nodes": [
            {"id": "buy", "type": "order.market", "config": {"profile": "production", "side": "buy"}}]}}],
    }  # fmt: skip
    stripping = Stripping(data, is_secret=lambda _: False)

    stripping.run()

    assert "production" not in json.dumps(data)
    assert stripping.parameters["buy_profile"]["sets"] == "nodes.each.body.nodes.buy.config.profile"


async def test_a_workflow_that_cannot_run_is_no_template(
    application: Application, publishing: TemplatePublishing
) -> None:
    await made(application, "name: broken\ntitle: B\ndescription: b\nnodes: [{id: a, type: no.such}]\n")

    with pytest.raises(InvalidWorkflow) as caught:
        await publishing.publish("broken")

    assert caught.value.code == "invalid_template"
    assert caught.value.issues


async def test_a_template_has_a_title_and_says_what_it_is_for(
    application: Application, publishing: TemplatePublishing
) -> None:
    await made(application, "name: bare\nnodes: [{id: a, type: data.template, config: {template: x}}]\n")

    with pytest.raises(InvalidWorkflow) as caught:
        await publishing.publish("bare")
    about = About(title="Bare", description="As bare as can be.", category="odd-jobs", tags=["x"], duration=90)
    published = await publishing.publish("bare", about=about)

    assert [issue.where for issue in caught.value.issues] == ["title", "description"]
    template = published.template
    assert (template.title, template.category, template.tags, template.duration) == ("Bare", "odd-jobs", ("x",), 90)


async def test_a_template_goes_from_one_installation_to_another_as_one_file(
    application: Application, publishing: TemplatePublishing
) -> None:
    await made(application, TELLING)
    await publishing.publish("telling", name="tell-them")
    templates = Templates(application)
    text, before = await templates.export("tell-them"), (await templates.get("tell-them")).template
    await publishing.delete("tell-them")

    after = (await publishing.import_text(text)).template

    assert (after.form, after.tags, after.workflow.version) == (before.form, before.tags, before.workflow.version)
    assert await templates.export("tell-them") == text


async def test_every_mistake_in_a_file_is_told_with_its_line(publishing: TemplatePublishing) -> None:
    error = await refused(
        publishing,
        """\
name: wrong
title: Wrong
template:
  category: Not A Word
  difficulty: hard
  surprise: 1
nodes:
  - {id: a, type: data.templat}
""",
    )

    assert {(issue.where, issue.line) for issue in error.issues} == {
        ("nodes[0].type", 8),
        ("description", 1),
        ("template.category", 4),
        ("template.difficulty", 5),
        ("template.surprise", 6),
    }


@pytest.mark.parametrize(
    ("parameter", "code"),
    [
        ("{sets: nodes.b.config.template}", "unknown_place"),
        ("{}", "unknown_place"),
        ("{sets: []}", "unknown_place"),
        ("{type: number, sets: nodes.a.config.template}", "invalid_template"),
        ("{type: nonsense, sets: nodes.a.config.template}", "invalid_template"),
        ('{$ref: "http://127.0.0.1:1/schema", sets: nodes.a.config.template}', "invalid_template"),
    ],
)
async def test_a_parameter_that_means_nothing_is_refused(
    publishing: TemplatePublishing, parameter: str, code: str
) -> None:
    error = await refused(
        publishing,
        f"name: odd\ntitle: Odd\ndescription: Odd.\ntemplate: {{parameters: {{p: {parameter}}}}}\n"
        "nodes: [{id: a, type: data.template, config: {template: x}}]\n",
    )

    assert [(issue.code, issue.line) for issue in error.issues] == [(code, 4)]


async def test_a_list_of_workflows_is_no_template(publishing: TemplatePublishing) -> None:
    error = await refused(publishing, "workflows: [{name: a, title: A, description: a, nodes: []}]\n")

    assert [issue.code for issue in error.issues] == ["several_workflows"]


async def test_what_comes_with_treadle_is_neither_replaced_nor_taken_back(
    application: Application, publishing: TemplatePublishing
) -> None:
    text = await Templates(application).export("api-sync")

    with pytest.raises(Conflict) as replaced:
        await publishing.import_text(text, replace=True)
    with pytest.raises(Forbidden) as deleted:
        await publishing.delete("api-sync")

    assert (replaced.value.code, deleted.value.code) == ("template_exists", "not_your_template")


async def test_only_its_author_or_an_administrator_replaces_or_takes_back_a_template(
    application: Application, publishing: TemplatePublishing
) -> None:
    text = (await Templates(application).export("failure-alert")).replace("name: failure-alert", "name: mine")
    ada, bo = editor(application, "ada"), editor(application, "bo")
    await ada.import_text(text)

    for attempt in (bo.import_text(text, replace=True), bo.delete("mine")):
        with pytest.raises(Forbidden) as caught:
            await attempt
        assert caught.value.code == "not_your_template"
    with pytest.raises(Conflict):
        await ada.import_text(text)
    await ada.import_text(text.replace("Alert on failures", "Alarm"), replace=True)
    found = (await Templates(application).get("mine")).template
    await publishing.delete("mine")

    assert (found.title, found.author, found.owner, found.source) == ("Alarm", "ada", "u-ada", "published")
    with pytest.raises(NotFound):
        await Templates(application).get("mine")


async def test_a_template_whose_node_types_are_gone_is_listed_and_not_used(application: Application) -> None:
    text = "name: gone\ntitle: Gone\ndescription: g\nnodes: [{id: a, type: left.town}]\n"
    await application.store.save_template("gone", text, owner=None, author=None, replaces=False)
    templates = Templates(application)

    listed = {one.template.name: one.template.result.valid for one in await templates.list()}
    with pytest.raises(InvalidWorkflow) as caught:
        await templates.instantiate("gone", "mine")

    assert listed["gone"] is False
    assert "left.town" in str(caught.value)
