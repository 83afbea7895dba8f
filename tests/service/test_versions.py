"""Versions and drafts: published, resolved, rolled back, and who uses them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from treadle.errors import Conflict, InvalidWorkflow, NotFound
from treadle.model.workflow import Node, Workflow
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import Settings
from treadle.service.versions import Versions

GOOD = "name: orders\nnodes:\n  - {id: hello, type: data.template, config: {template: draft}}\n"


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with Application(Settings(db=str(tmp_path / "treadle.db"), workspace=str(tmp_path))) as application:
        yield application


@pytest.fixture
def versions(application: Application) -> Versions:
    return Versions(application)


def orders(text: str, *more: Node) -> Workflow:
    return Workflow(name="orders", nodes=(Node(id="hello", type="data.template", config={"template": text}), *more))


async def publish(versions: Versions, *texts: str) -> list[str]:
    return [(await versions.publish(orders(text))).version.version for text in texts]


async def test_a_published_version_has_its_number_note_and_author(versions: Versions) -> None:
    await versions.publish(orders("one"))

    published = await versions.publish(orders("two"), note="louder", author="ada")

    assert (published.is_new, published.was_latest) == (True, False)
    assert (published.version.number, published.version.note, published.version.author) == (2, "louder", "ada")


async def test_publishing_what_is_published_says_so(versions: Versions) -> None:
    await versions.publish(orders("one"), note="first")

    again = await versions.publish(orders("one"), note="again")

    assert (again.is_new, again.was_latest, again.version.note) == (False, True, "first")
    assert len(await versions.list("orders")) == 1


async def test_publishing_what_was_only_run_is_new(application: Application, versions: Versions) -> None:
    await application.execute(ExecutionRequest(orders("one")))

    published = await versions.publish(orders("one"), note="first")

    assert (published.is_new, published.was_latest, published.version.note) == (True, False, "first")


async def test_publishing_an_older_version_makes_it_the_latest_again(versions: Versions) -> None:
    await publish(versions, "one", "two")

    again = await versions.publish(orders("one"))

    assert (again.is_new, again.was_latest, again.version.number) == (False, False, 1)
    assert (await versions.resolve("orders")).number == 1


async def test_a_workflow_with_problems_is_not_published(versions: Versions) -> None:
    with pytest.raises(InvalidWorkflow) as refused:
        await versions.publish(orders("one", Node(id="x", type="no.such"), Node(id="y", type="data.template")))

    assert len(refused.value.issues) > 1
    with pytest.raises(NotFound):
        await versions.list("orders")


async def test_a_version_may_be_written_in_many_ways(versions: Versions) -> None:
    first, second, third = await publish(versions, "one", "two", "three")

    found = [(await versions.resolve("orders", text)).version for text in ("1", "v2", third[:5], "latest", first)]

    assert found == [first, second, third, third, first]


@pytest.mark.parametrize("text", ["9", "v0", "zzz", "", "1.0", "-1", "ffffffffffffff"])
async def test_an_unknown_version_is_refused_with_what_there_is(versions: Versions, text: str) -> None:
    await publish(versions, "one", "two")

    with pytest.raises(NotFound, match="has no version") as refused:
        await versions.resolve("orders", text)

    assert "treadle versions orders" in str(refused.value.remedy)


async def test_a_beginning_that_several_versions_share_is_refused(application: Application, versions: Versions) -> None:
    for digest in ("abcd00000001", "abcd00000002"):
        await application.store.save_version("orders", digest, "{}")

    with pytest.raises(Conflict, match="begin with") as refused:
        await versions.resolve("orders", "abcd")

    assert refused.value.code == "ambiguous_version"


async def test_an_unknown_workflow_is_refused_with_what_is_nearest(versions: Versions) -> None:
    await publish(versions, "one")

    with pytest.raises(NotFound, match="There is no workflow `ordrs`") as refused:
        await versions.list("ordrs")

    assert refused.value.remedy == "Did you mean `orders`?"


async def test_the_list_tells_who_uses_each_version(application: Application, versions: Versions) -> None:
    pause = Node(id="pause", type="flow.wait", config={"duration": "9h"})
    first = orders("one", pause)
    await application.execute(ExecutionRequest(first))
    await Deployments(application).deploy(orders("two", pause), every=3600)

    found = {one.version.number: one for one in await versions.list("orders")}

    assert (found[1].waiting, found[1].deployments, found[1].is_latest) == (1, (), False)
    assert (found[2].waiting, found[2].deployments, found[2].is_latest) == (0, ("orders",), True)


async def test_rolling_back_makes_an_older_version_the_latest(application: Application, versions: Versions) -> None:
    """The next run has it; it is recorded, and no version is lost."""
    await publish(versions, "one", "two")

    await versions.roll_back("orders", "1", note="two was worse", author="ada")

    result = await application.execute(ExecutionRequest("orders"))
    assert result.output == "one"
    assert [one.kind for one in await versions.releases("orders")] == ["rolled_back", "published", "published"]
    assert {one.version.number for one in await versions.list("orders")} == {1, 2}


async def test_what_is_the_latest_is_not_rolled_back_to(versions: Versions) -> None:
    await publish(versions, "one", "two")

    with pytest.raises(Conflict) as refused:
        await versions.roll_back("orders", "latest")

    assert refused.value.code == "is_latest"


# Drafts


async def test_a_draft_may_be_unfinished(versions: Versions) -> None:
    await versions.drafts.save("orders", "name: orders\nnodes: [")

    draft = await versions.drafts.get("orders")

    assert draft.document == "name: orders\nnodes: ["
    assert not versions.drafts.look_at(draft).result.valid


async def test_an_unfinished_draft_is_not_published(versions: Versions) -> None:
    await versions.drafts.save("orders", "name: orders\nnodes: [")

    with pytest.raises(InvalidWorkflow, match="cannot be published") as refused:
        await versions.publish_draft("orders")

    assert refused.value.issues
    assert (await versions.drafts.get("orders")).revision == 1


async def test_a_published_draft_is_a_version_and_no_draft_any_more(versions: Versions) -> None:
    await publish(versions, "one")
    await versions.drafts.save("orders", GOOD)

    published = await versions.publish_draft("orders", revision=1, note="from the draft")

    assert (published.version.number, published.version.note) == (2, "from the draft")
    with pytest.raises(NotFound):
        await versions.drafts.get("orders")


async def test_a_draft_that_has_changed_since_it_was_read_is_not_published(versions: Versions) -> None:
    await versions.drafts.save("orders", GOOD)
    await versions.drafts.save("orders", GOOD.replace("draft", "other"), revision=1)

    with pytest.raises(Conflict) as refused:
        await versions.publish_draft("orders", revision=1)

    assert refused.value.code == "draft_changed"


async def test_a_draft_under_another_name_is_not_published(versions: Versions) -> None:
    await versions.drafts.save("bills", GOOD)

    with pytest.raises(InvalidWorkflow) as refused:
        await versions.publish_draft("bills")

    assert refused.value.code == "wrong_name"


@pytest.mark.parametrize(
    ("name", "text", "code"), [("Or ders", GOOD, "invalid_name"), ("orders", " \n", "empty_draft")]
)
async def test_a_draft_has_a_name_and_a_text(versions: Versions, name: str, text: str, code: str) -> None:
    with pytest.raises(InvalidWorkflow) as refused:
        await versions.drafts.save(name, text)

    assert refused.value.code == code


async def test_a_draft_is_no_version_to_run(versions: Versions) -> None:
    await publish(versions, "one")
    await versions.drafts.save("orders", GOOD)

    with pytest.raises(Conflict) as refused:
        await versions.resolve("orders", "draft")

    assert refused.value.code == "not_published"
    assert (await versions.read("orders", "draft")).nodes[0].config == {"template": "draft"}
