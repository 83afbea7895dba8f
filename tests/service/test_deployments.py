"""Deployments: what they are bound to, and what becomes of them when they change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from treadle.authoring.check.file import check_file
from treadle.errors import Conflict, InvalidWorkflow, NotFound
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import Settings
from treadle.service.versions import Versions
from treadle.store.deployments import DeploymentLimits, Rate

REGISTRY = Registry.installed()
TICKING = """\
name: ticking
nodes: [{id: every, type: trigger.interval, config: {seconds: 60}}]
outputs: "{{ nodes.every.tick }}"
"""
WAITING = """\
name: waiting
inputs: {who: string}
nodes: [{id: pause, type: flow.wait, config: {duration: 1h}}]
"""
SECRETIVE = """\
name: secretive
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 60}}
  - {id: say, type: http.request, config: {url: "http://127.0.0.1:1/", auth: bearer, secret: "{{ secrets.api_key }}"}}
"""
COUNTING = """\
name: counting
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 60}}
  - {id: seen, type: data.variable, config: {action: increment, name: seen}}
outputs: "{{ nodes.seen.output }}"
"""


@pytest.fixture
async def deployments(tmp_path: Path) -> AsyncIterator[Deployments]:
    async with Application(Settings(db=str(tmp_path / "s.db"), workspace=str(tmp_path))) as application:
        yield Deployments(application)


def workflow(text: str, registry: Registry = REGISTRY) -> Workflow:
    (found,) = check_file(text, registry).workflows
    return found


WAITING_LESS = WAITING.replace("1h", "10ms")
TICKING_FASTER = TICKING.replace("60", "30")


class TestDeploying:
    async def test_what_has_no_time_to_run_is_refused(self, deployments: Deployments) -> None:
        with pytest.raises(InvalidWorkflow, match="Nothing says when") as caught:
            await deployments.deploy(workflow(WAITING), input={"who": "Ada"})

        assert caught.value.code == "no_schedule"
        assert await deployments.list() == []
        with pytest.raises(NotFound):
            await deployments.application.get_workflow("waiting")

    async def test_an_interval_given_stands_in_for_the_workflows_own(self, deployments: Deployments) -> None:
        await deployments.deploy(workflow(TICKING), every=5)

        (trigger,) = await deployments.triggers("ticking")
        assert (trigger.config, trigger.node) == ({"seconds": 5}, "every")

    async def test_the_workflows_own_times_count_again_when_asked_for(self, deployments: Deployments) -> None:
        await deployments.deploy(workflow(TICKING), every=5)

        await deployments.update("ticking", every="own")

        (trigger,) = await deployments.triggers("ticking")
        assert (trigger.id, trigger.config) == ("every", {"seconds": 60})

    async def test_every_trigger_that_fires_by_itself_is_armed(self, deployments: Deployments) -> None:
        text = TICKING.replace("}]", "}, {id: slow, type: trigger.interval, config: {seconds: 1h}}]")

        await deployments.deploy(workflow(text))

        assert [trigger.id for trigger in await deployments.triggers("ticking")] == ["every", "slow"]

    async def test_a_disabled_trigger_is_not_armed(self, deployments: Deployments) -> None:
        with pytest.raises(InvalidWorkflow, match="Nothing says when"):
            await deployments.deploy(workflow(TICKING.replace("config:", "disabled: true, config:")))

    async def test_deployed_again_it_keeps_what_is_not_given(self, deployments: Deployments) -> None:
        limits = DeploymentLimits(concurrency=3)
        await deployments.deploy(workflow(TICKING), params={"size": 1}, limits=limits, mode="paper", every=5)

        again = await deployments.deploy(workflow(TICKING_FASTER))

        assert again.version == workflow(TICKING_FASTER).version
        assert (again.params, again.limits, again.mode) == ({"size": 1}, limits, "paper")
        assert [trigger.config for trigger in await deployments.triggers("ticking")] == [{"seconds": 5}]

    async def test_a_trigger_that_fires_as_before_leaves_no_gap(self, deployments: Deployments) -> None:
        await deployments.deploy(workflow(TICKING))
        (before,) = await deployments.triggers("ticking")

        await deployments.deploy(workflow(TICKING.replace("tick }}", "at }}")))

        assert await deployments.triggers("ticking") == [before]

    async def test_what_hears_events_misses_none_when_its_trigger_changes(self, deployments: Deployments) -> None:
        """One published before the change may be delivered after it."""
        text = "name: hears\nnodes: [{id: heard, type: trigger.event, config: {topic: go}}]\n"
        await deployments.deploy(workflow(text))
        (before,) = await deployments.triggers("hears")

        await deployments.deploy(workflow(text.replace("topic: go", "topic: go, filter: event.payload > 1")))

        (after,) = await deployments.triggers("hears")
        assert after.config != before.config
        assert after.armed_at == before.armed_at

    async def test_a_deployment_may_begin_paused(self, deployments: Deployments) -> None:
        deployed = await deployments.deploy(workflow(TICKING), paused=True)

        assert deployed.status == "paused"

    async def test_deployed_again_it_stays_paused(self, deployments: Deployments) -> None:
        await deployments.deploy(workflow(TICKING), paused=True)

        again = await deployments.deploy(workflow(TICKING_FASTER))

        assert again.status == "paused"

    async def test_deployed_again_it_goes_on_following_the_latest(self, deployments: Deployments) -> None:
        await deployments.deploy(workflow(TICKING), latest=True)

        again = await deployments.deploy(workflow(TICKING_FASTER))

        assert again.version is None
        assert [trigger.config for trigger in await deployments.triggers("ticking")] == [{"seconds": 30}]

    @pytest.mark.parametrize("name", ["a/b", "a\nb", "A", "", "x" * 101])
    async def test_a_deployment_has_a_name(self, deployments: Deployments, name: str) -> None:
        await deployments.deploy(workflow(TICKING))
        with pytest.raises(InvalidWorkflow) as cloned:
            await deployments.clone("ticking", name)
        with pytest.raises(InvalidWorkflow) as deployed:
            await deployments.deploy(workflow(TICKING), name=name or "-")

        assert (cloned.value.code, deployed.value.code) == ("invalid_name", "invalid_name")
        assert len(await deployments.list()) == 1

    async def test_everything_that_is_wrong_with_limits_is_told_once(self, deployments: Deployments) -> None:
        limits = DeploymentLimits(concurrency=0, scope="all")

        with pytest.raises(InvalidWorkflow, match="2 limits cannot be") as caught:
            await deployments.deploy(workflow(TICKING), limits=limits)

        assert len(caught.value.issues) == 2

    @pytest.mark.parametrize(
        ("limits", "what"),
        [
            (DeploymentLimits(concurrency=0), "0 runs at a time"),
            (DeploymentLimits(scope="all"), "need a key"),
            (DeploymentLimits(concurrency_key="input."), "key of the lanes"),
            (DeploymentLimits(concurrency_key="nodes.a.output"), "not known before the run begins"),
            (DeploymentLimits(concurrency_key="uuid()"), "another value each time"),
            (DeploymentLimits(rate=Rate(0, 60)), "The rate cannot be"),
            (DeploymentLimits(rate=Rate(1e28, 1)), "The rate cannot be"),
            (DeploymentLimits(rate=Rate(1e-9, 86_400)), "The rate cannot be"),
            (DeploymentLimits(rate=Rate(1, 60, key="secrets.a")), "not known before the run begins"),
        ],
    )
    async def test_limits_that_cannot_be_are_refused(
        self, deployments: Deployments, limits: DeploymentLimits, what: str
    ) -> None:
        with pytest.raises(InvalidWorkflow, match=what) as caught:
            await deployments.deploy(workflow(TICKING), limits=limits)

        assert caught.value.code == "invalid_limits"
        assert await deployments.list() == []

    async def test_a_key_over_an_input_that_the_workflow_does_not_have_is_refused(
        self, deployments: Deployments
    ) -> None:
        keyed = workflow(TICKING).model_copy(update={"inputs": {"account": {"type": "string", "default": "a"}}})
        limits = DeploymentLimits(concurrency_key="input.acount", rate=Rate(1, 60, key="input.nope"))

        with pytest.raises(InvalidWorkflow) as caught:
            await deployments.deploy(keyed, limits=limits)

        assert [issue.remedy for issue in caught.value.issues] == ["Did you mean `account`?", "Its inputs are account."]
        assert await deployments.list() == []


class TestCredentials:
    async def test_a_missing_secret_is_refused_with_what_to_set(self, deployments: Deployments) -> None:
        with pytest.raises(InvalidWorkflow, match="TREADLE_SECRET_API_KEY") as caught:
            await deployments.deploy(workflow(SECRETIVE))

        assert caught.value.code == "missing_secret"
        assert await deployments.list() == []

    async def test_a_missing_profile_is_refused_with_what_to_set(self, deployments: Deployments) -> None:
        with pytest.raises(InvalidWorkflow, match="TREADLE_PROFILE_KRAKEN_MAIN_") as caught:
            await deployments.deploy(workflow(TICKING), profiles=["kraken-main"])

        assert caught.value.code == "missing_profile"
        assert await deployments.list() == []

    async def test_a_profile_has_the_secrets_its_runs_read(
        self, deployments: Deployments, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TREADLE_PROFILE_KRAKEN_MAIN_API_KEY", "k1")

        deployed = await deployments.deploy(workflow(SECRETIVE), profiles=["kraken-main"])
        run_id = await deployments.fire(deployed)

        assert run_id is not None
        record = await deployments.application.store.get_run(run_id)
        assert record.origin is not None
        assert record.origin.profiles == ("kraken-main",)
        assert deployments.application.world.secrets_for(record)["api_key"] == "k1"

    async def test_a_profile_that_is_gone_keeps_it_from_being_started(
        self, deployments: Deployments, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TREADLE_PROFILE_MAIN_API_KEY", "k1")
        await deployments.deploy(workflow(SECRETIVE), profiles=["main"], paused=True)
        monkeypatch.delenv("TREADLE_PROFILE_MAIN_API_KEY")

        with pytest.raises(InvalidWorkflow, match="There is no profile `main`"):
            await deployments.start("secretive")

        assert (await deployments.get("secretive")).status == "paused"

    async def test_a_profile_that_is_gone_starts_no_run(
        self, deployments: Deployments, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TREADLE_PROFILE_MAIN_API_KEY", "k1")
        deployed = await deployments.deploy(workflow(SECRETIVE), profiles=["main"])
        monkeypatch.delenv("TREADLE_PROFILE_MAIN_API_KEY")

        with pytest.raises(InvalidWorkflow, match="There is no profile `main`"):
            await deployments.fire(deployed)

        assert await deployments.application.list_runs() == []


class TestLiveEdit:
    async def test_the_next_run_is_of_the_version_it_was_given(self, deployments: Deployments) -> None:
        application = deployments.application
        deployed = await deployments.deploy(workflow(TICKING))
        await application.publish(workflow(TICKING_FASTER))

        await deployments.update("ticking", version=workflow(TICKING_FASTER).version)
        run_id = await deployments.fire(deployed)  # who asks has not heard of it yet

        assert run_id is not None
        assert (await application.store.get_run(run_id)).version == workflow(TICKING_FASTER).version
        assert [trigger.config for trigger in await deployments.triggers("ticking")] == [{"seconds": 30}]

    async def test_on_the_latest_each_run_is_of_the_newest_there_is(self, deployments: Deployments) -> None:
        application = deployments.application
        deployed = await deployments.deploy(workflow(TICKING), latest=True)
        await application.publish(workflow(TICKING_FASTER))

        run_id = await deployments.fire(deployed)

        assert run_id is not None
        assert (await application.store.get_run(run_id)).version == workflow(TICKING_FASTER).version

    async def test_on_the_latest_its_triggers_are_those_of_the_newest(self, deployments: Deployments) -> None:
        await deployments.deploy(workflow(TICKING), latest=True)

        await deployments.application.publish(workflow(TICKING_FASTER))

        assert [trigger.config for trigger in await deployments.triggers("ticking")] == [{"seconds": 30}]

    async def test_rolled_back_its_triggers_are_those_of_before(self, deployments: Deployments) -> None:
        await deployments.deploy(workflow(TICKING), latest=True)
        await deployments.application.publish(workflow(TICKING_FASTER))

        await Versions(deployments.application).roll_back("ticking", "1")

        assert [trigger.config for trigger in await deployments.triggers("ticking")] == [{"seconds": 60}]

    async def test_a_latest_without_triggers_disarms_it(self, deployments: Deployments) -> None:
        await deployments.deploy(workflow(TICKING), latest=True)

        await deployments.application.publish(workflow("name: ticking\nnodes: [{id: a, type: flow.merge}]"))

        assert await deployments.triggers("ticking") == []

    async def test_runs_that_wait_finish_as_they_began(self, deployments: Deployments) -> None:
        deployed = await deployments.deploy(workflow(WAITING), every=5, input={"who": "Ada"})
        run_id = await deployments.fire(deployed)
        assert run_id is not None
        await deployments.application.wait_here(run_id)

        await deployments.deploy(workflow(WAITING_LESS))

        assert (await deployments.application.store.get_run(run_id)).version == workflow(WAITING).version

    async def test_runs_that_wait_may_be_moved_with_it(self, deployments: Deployments) -> None:
        limits = DeploymentLimits(overlap="queue")
        deployed = await deployments.deploy(workflow(WAITING), every=5, input={"who": "Ada"}, limits=limits)
        ids = [await deployments.fire(deployed) for _ in range(2)]
        assert ids[0] is not None
        await deployments.application.wait_here(ids[0])

        await deployments.deploy(workflow(WAITING_LESS), waiting="move")

        for run_id in ids:
            assert run_id is not None
            assert (await deployments.application.wait(run_id)).version == workflow(WAITING_LESS).version

    async def test_where_one_cannot_be_moved_nothing_changes(self, deployments: Deployments) -> None:
        deployed = await deployments.deploy(workflow(WAITING), every=5, input={"who": "Ada"})
        run_id = await deployments.fire(deployed)
        assert run_id is not None
        await deployments.application.wait_here(run_id)
        # The deployment's new input fits; the waiting run has none of it.
        asking = WAITING.replace("{who: string}", "{who: string, size: integer}")

        with pytest.raises(Conflict) as caught:
            await deployments.deploy(workflow(asking), input={"who": "Ada", "size": 1}, waiting="move")

        assert caught.value.code == "cannot_move"
        assert await deployments.get("waiting") == deployed
        assert [one.version.version for one in await Versions(deployments.application).list("waiting")] == [
            deployed.version
        ]

    async def test_running_another_version_once_changes_no_deployment(self, deployments: Deployments) -> None:
        application = deployments.application
        deployed = await deployments.deploy(workflow(TICKING), latest=True)

        await application.execute(ExecutionRequest(workflow(TICKING_FASTER)))
        run_id = await deployments.fire(deployed)

        assert run_id is not None
        assert (await application.store.get_run(run_id)).version == workflow(TICKING).version
        assert [trigger.config for trigger in await deployments.triggers("ticking")] == [{"seconds": 60}]

    async def test_a_trigger_put_to_rest_stays_so_over_a_roll_back(self, deployments: Deployments) -> None:
        await deployments.deploy(workflow(TICKING), latest=True)
        await deployments.application.store.pause_trigger("ticking", "every")
        await deployments.application.publish(workflow(TICKING.replace("every", "slowly")))

        await Versions(deployments.application).roll_back("ticking", "1")

        assert [(one.id, one.status) for one in await deployments.triggers("ticking")] == [("every", "paused")]

    async def test_a_trigger_paused_while_a_version_is_published_stays_paused(
        self, deployments: Deployments, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = deployments.application.store
        await deployments.deploy(workflow(TICKING), latest=True)
        read = store.list_triggers

        async def read_and_pause(**which: Any) -> Any:
            found = await read(**which)
            monkeypatch.setattr(store, "list_triggers", read)
            await store.pause_trigger("ticking", "every")
            return found

        monkeypatch.setattr(store, "list_triggers", read_and_pause)
        await deployments.application.publish(workflow(TICKING_FASTER))

        (trigger,) = await deployments.triggers("ticking")
        assert (trigger.config, trigger.status) == ({"seconds": 30}, "paused")

    async def test_a_version_there_is_not_is_refused(self, deployments: Deployments) -> None:
        before = await deployments.deploy(workflow(TICKING))

        with pytest.raises(NotFound):
            await deployments.update("ticking", version="nonesuch")

        assert await deployments.get("ticking") == before

    async def test_a_version_whose_input_no_longer_fits_is_refused(self, deployments: Deployments) -> None:
        before = await deployments.deploy(workflow(TICKING))
        wanting = TICKING.replace("nodes:", "inputs: {who: string}\nnodes:")
        await deployments.application.publish(workflow(wanting))

        with pytest.raises(InvalidWorkflow, match="input for `ticking` is wrong"):
            await deployments.update("ticking", version=workflow(wanting).version)

        assert await deployments.get("ticking") == before


class TestStatus:
    async def test_started_again_it_makes_up_for_nothing(self, deployments: Deployments) -> None:
        await deployments.deploy(workflow(TICKING))
        await deployments.pause("ticking")
        before = deployments.application.world.clock.now()

        await deployments.start("ticking")

        (trigger,) = await deployments.triggers("ticking")
        assert trigger.armed_at is not None
        assert trigger.armed_at >= before

    async def test_paused_it_starts_no_run(self, deployments: Deployments) -> None:
        deployed = await deployments.deploy(workflow(TICKING))
        await deployments.pause("ticking")

        with pytest.raises(Conflict) as caught:
            await deployments.fire(deployed)

        assert caught.value.code == "not_active"

    async def test_what_is_stopped_is_not_paused(self, deployments: Deployments) -> None:
        await deployments.deploy(workflow(TICKING))
        await deployments.stop("ticking")

        with pytest.raises(Conflict, match="has been stopped"):
            await deployments.pause("ticking")

    async def test_stopped_it_lets_the_run_under_way_go_on_and_cancels_those_that_wait(
        self, deployments: Deployments
    ) -> None:
        limits = DeploymentLimits(overlap="queue")
        deployed = await deployments.deploy(workflow(WAITING), every=5, input={"who": "Ada"}, limits=limits)
        first, second = await deployments.fire(deployed), await deployments.fire(deployed)
        assert first is not None
        assert second is not None

        await deployments.stop("waiting")

        assert (await deployments.application.wait(second)).status == "cancelled"
        assert (await deployments.application.store.get_run(first)).status != "cancelled"

    async def test_stopped_for_good_it_cancels_what_runs(self, deployments: Deployments) -> None:
        deployed = await deployments.deploy(workflow(WAITING), every=5, input={"who": "Ada"})
        run_id = await deployments.fire(deployed)
        assert run_id is not None

        await deployments.stop("waiting", cancel_runs=True)

        assert (await deployments.application.wait(run_id)).status == "cancelled"


class TestCloning:
    async def test_a_clone_is_like_it_but_for_what_is_given(self, deployments: Deployments) -> None:
        limits = DeploymentLimits(concurrency=2)
        original = await deployments.deploy(workflow(TICKING), params={"size": 1}, limits=limits, every=5)

        clone = await deployments.clone("ticking", "other", params={"size": 2}, mode="paper")

        assert replace(clone, created_at=None) == replace(
            original, id="other", name="other", params={"size": 2}, mode="paper", created_at=None
        )
        assert [trigger.config for trigger in await deployments.triggers("other")] == [{"seconds": 5}]

    async def test_its_state_is_its_own(self, deployments: Deployments) -> None:
        deployed = await deployments.deploy(workflow(COUNTING))
        run_id = await deployments.fire(deployed)
        assert run_id is not None
        await deployments.application.wait(run_id)

        await deployments.clone("counting", "other")

        assert await deployments.list_state("counting") == {"seen": 1.0}
        assert await deployments.list_state("other") == {}

    async def test_a_name_that_is_taken_is_refused(self, deployments: Deployments) -> None:
        await deployments.deploy(workflow(TICKING))
        await deployments.clone("ticking", "other")

        with pytest.raises(Conflict) as caught:
            await deployments.clone("ticking", "other")

        assert caught.value.code == "deployment_exists"


class TestState:
    async def test_a_value_is_set_and_removed(self, deployments: Deployments) -> None:
        await deployments.deploy(workflow(COUNTING))
        await deployments.set_state("counting", "seen", 41)

        deployed = await deployments.get("counting")
        run_id = await deployments.fire(deployed)
        assert run_id is not None
        assert (await deployments.application.wait(run_id)).output == 42.0
        await deployments.set_state("counting", "seen", None)

        assert await deployments.list_state("counting") == {}

    async def test_cleared_nothing_of_it_is_left(self, deployments: Deployments) -> None:
        await deployments.deploy(workflow(COUNTING))
        await deployments.set_state("counting", "a", 1)
        await deployments.set_state("counting", "b", {"x": [1]})

        assert await deployments.clear_state("counting") == 2
        assert await deployments.list_state("counting") == {}
