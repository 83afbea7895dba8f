"""The inbox: what people must do before runs go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from treadle.errors import Conflict, Forbidden, InvalidWorkflow, TreadleError
from treadle.model.ids import RunId
from treadle.model.issue import Issue
from treadle.model.nearest import listed
from treadle.model.task import Task, TaskAnswer
from treadle.packs.data.schema import find_problems
from treadle.service.access.operation import operation
from treadle.service.signing import Link, Signer, looks_like_link, read_signer
from treadle.service.task_form import describe_fields, example_values, show_json
from treadle.store.inbox import require_open

if TYPE_CHECKING:
    from treadle.service.application import Application

APPROVED, REJECTED = "approved", "rejected"
_LINK_LASTS = timedelta(days=30)
"""A link to a task without a deadline."""
_MOST_PROBLEMS = 100
_MOST = 10_000
"""Tasks that are listed."""


class Tasks:
    """Lists tasks, answers them, and makes the links by which people who have nothing else may answer."""

    def __init__(self, application: Application) -> None:
        self.application = application

    @cached_property
    def _signer(self) -> Signer:
        return read_signer(self.application.store.path)

    @operation("tasks.list")
    async def list(
        self, *, everything: bool = False, mine: str | None = None, run_id: RunId | None = None
    ) -> list[Task]:
        """Open tasks, oldest first, or all there are. `mine`: those that this person may answer now."""
        now = self.application.world.clock.now()
        store = self.application.store
        found = await store.list_tasks(status=None if everything else "open", run_id=run_id, limit=_MOST)
        if hidden := await self.application.access.find_hidden(self.application.actor):
            of = {task_of: await store.find_workflow_of("run", task_of) for task_of in {one.run_id for one in found}}
            found = [task for task in found if of[task.run_id] not in hidden]
        tasks = [replace(task, status=task.status_at(now)) for task in found]
        return [
            task
            for task in tasks
            if (everything or task.status == "open")
            and (mine is None or not task.people_at(now) or mine in task.people_at(now))
        ]

    async def find(self, text: str) -> tuple[Task, str | None]:
        """The task that `text` means (its id or a link; on the machine itself also a beginning that no other has, or
        `last`: the newest that is open), and whom the link is for.

        Raises `NotFound`, `Conflict` for a beginning of several or an expired link, `InvalidWorkflow`
        (`invalid_link`), `Forbidden` (`link_ended`).
        """
        store = self.application.store
        if looks_like_link(text):
            link = self._signer.read(text, now=self.application.world.clock.now())
            await self._require_holder(link.by)
            return await store.get_task(link.task_id), link.by
        if not self.application.actor.is_local:
            return await store.get_task(text), None  # who may only know of some is not to guess at the others
        if text == "last" and (tasks := await self.list()):
            return tasks[-1], None
        found = await store.find_tasks(text) if text else []
        if len(found) > 1 and text != found[0].id:
            raise Conflict(
                f"{'Several' if len(found) > 2 else 'Two'} tasks begin with `{text}`.",
                code="ambiguous_id",
                remedy="Write more of the id.",
            )
        return (found[0] if found else await store.get_task(text)), None

    async def _require_holder(self, by: str | None) -> None:
        """A link that was made for a user counts as long as they may sign in."""
        user = None if by is None else await self.application.store.find_user(by)
        if user is not None and user.disabled_at is not None:
            raise Forbidden(
                f"The link was made for {by}, who may not sign in any more.",
                code="link_ended",
                remedy="Let somebody else answer: the inbox shows who may.",
            )

    @operation("tasks.answer", on="task", of="text")
    async def answer(
        self,
        text: str,
        *,
        approve: bool,
        values: Mapping[str, Any] | None = None,
        by: str | None = None,
        note: str | None = None,
        operator: str | None = None,
    ) -> Task:
        """Answer the task that `text` means (see `find`); durable, and its run due, when this returns.

        `by` is who answers; with a link, whoever it was made for. `operator` is who works on the machine that keeps the
        tasks, and may answer one by its id whomever it is for: never give what came over a network as that.

        Raises what `find` raises, `Conflict` when it was answered, has expired or is cancelled, or is not for who
        answers (`not_assigned`), and `InvalidWorkflow` (`invalid_answer`) with every value that does not fit the form.
        Nothing is changed then.
        """
        application = self.application
        now = application.world.clock.now()
        task, holder = await self.find(text)
        require_open(task, now=now)
        people = task.people_at(now)
        if looks_like_link(text) and holder is None and people:
            raise _refuse_anybody(task, people)
        by = _who(task, holder, by, people, operator=operator)
        fitting = _fit(task, values, approve=approve)
        redactor = application.world.redactor_for((await application.store.get_run(task.run_id)).origin)
        fitting, note = redactor.value(fitting), redactor.value(note)
        answer = TaskAnswer(APPROVED if approve else REJECTED, fitting, by=by, note=note, at=now)
        answered = await application.store.answer_task(task.id, answer, now=now)
        if answered.woken.run_id is not None and application.drives:
            application.dispatcher.nudge(answered.woken.run_id, answered.woken.nudged)
        return answered.task

    @operation("tasks.read", on="task")
    async def get(self, task_id: str) -> Task:
        """A task as it stands now. Raises `NotFound`."""
        task = await self.application.store.get_task(task_id)
        return replace(task, status=task.status_at(self.application.world.clock.now()))

    async def find_link(self, task: Task, *, by: str | None) -> str | None:
        """The link by which `by` may answer; None when nobody needs one, or it is not for them."""
        application = self.application
        if task.status_at(application.world.clock.now()) != "open":
            return None
        try:
            await application.access.require(application.actor, "tasks.answer", "task", task.id)
        except TreadleError:
            return None
        links = self.links(task)
        return links.get(by) or links.get(None)

    def links(self, task: Task) -> dict[str | None, str]:
        """A link for each person that the task is for now; under None when it is for anybody."""
        now = self.application.world.clock.now()
        expires = task.deadline_at or now + _LINK_LASTS
        return {by: self._signer.sign(Link(task.id, by, expires)) for by in task.people_at(now) or (None,)}


def _refuse_anybody(task: Task, people: Sequence[str]) -> Conflict:
    """A link that was made for anybody says nothing of who holds it."""
    return Conflict(
        f"The link was made for anybody, and task `{task.id}` is for {', '.join(people)} now.",
        code="not_assigned",
        remedy="Use the link of one of them: `treadle tasks` prints it.",
        task=task.id,
        people=list(people),
    )


def _who(task: Task, holder: str | None, by: str | None, people: Sequence[str], *, operator: str | None) -> str | None:
    if holder is not None and by not in (None, holder):
        raise Conflict(
            f"The link was made for {holder}, not for {by}.",
            code="not_assigned",
            remedy="Leave the name out, or use the link of that person.",
            task=task.id,
        )
    by = by or holder
    if by is None and operator is not None:
        return operator
    if people and by not in people:
        raise Conflict(
            f"Task `{task.id}` is for {', '.join(people)}, not for {by or 'anybody'}.",
            code="not_assigned",
            remedy="Let one of them answer." if by else "Say who answers.",
            task=task.id,
            people=list(people),
        )
    return by


def _asks_for(form: Mapping[str, Any]) -> str:
    fields = "; ".join(f"`{name}`: {words}" for name, words in describe_fields(form))
    return f"The form asks for {fields}. For example {show_json(example_values(form))}."


def _fit(task: Task, values: Mapping[str, Any] | None, *, approve: bool) -> dict[str, Any]:
    """What was filled in, with the form's defaults. Raises `InvalidWorkflow` with every problem."""
    given = dict(values or {})
    if task.form is None:
        if given:
            raise InvalidWorkflow(
                f"Task `{task.id}` has no form; got {listed(given)}.",
                code="invalid_answer",
                remedy="Say it in a note instead.",
            )
        return {}
    if not approve and not given:
        return {}
    asked = cast("Mapping[str, Any]", task.form.get("properties", {}))
    for name, field in asked.items():
        if isinstance(field, Mapping) and "default" in field:
            given.setdefault(name, cast("Mapping[str, Any]", field)["default"])
    problems = find_problems(given, task.form, limit=_MOST_PROBLEMS)
    if problems:
        issues = tuple(
            Issue("invalid_answer", problem["message"], path=(problem["path"],) if problem["path"] else ())
            for problem in problems
        )
        raise InvalidWorkflow(
            "The answer does not fit the form.",
            code="invalid_answer",
            remedy=_asks_for(task.form) if asked else None,
            issues=issues,
            task=task.id,
        )
    return given
