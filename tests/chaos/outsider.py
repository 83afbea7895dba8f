"""Everybody outside: sends signals, and answers tasks, whether or not a process is alive to hear of it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from treadle.errors import Conflict
from treadle.model.signal import Signal
from treadle.model.task import TaskAnswer
from treadle.service.application import Application

AMOUNT_MORE = 3


class Outsider:
    """`tell` it of each run that is to be started; `act` does some of what is left to do, in any order.

    `sent` counts signals by id, `refused` the second answers to a task.
    """

    def __init__(self, app: Application, *, chance: random.Random) -> None:
        self.sent: Counter[str] = Counter()
        self.answered = 0
        self.refused = 0
        self.expected: dict[str, Any] = {}
        self._app = app
        self._chance = chance
        self._todo: list[Signal] = []

    def tell(self, name: str, run_id: str, value: int) -> None:
        """A run of this workflow is going to be started; what it must come to is known from here on."""
        key = str(value)
        match name:
            case "signalled":
                which = self._chance.choice(["more", "less"])
                self._todo += [_signal("go", key, value), _signal(which, key, value + 1)]
                self.expected[run_id] = [2 * value, which, 2 * (value + 1)]
            case "racing" if value % 2 == 0:
                self._todo.append(_signal("enough", key, None))
                self.expected[run_id] = ["enough", 2 * value]
            case "racing":
                self.expected[run_id] = ["slow", 2 * value]
            case "asking":
                self.expected[run_id] = ["approved", 2 * (value + AMOUNT_MORE)]
            case _:
                self.expected[run_id] = [2 * value, 2 * (value + 1), 4 * (value + 1)]

    async def act(self, *, all_of_it: bool = False) -> None:
        """Send some of the signals, and answer some of the tasks."""
        self._chance.shuffle(self._todo)
        now = len(self._todo) if all_of_it else self._chance.randint(0, len(self._todo))
        self._todo, todo = self._todo[now:], self._todo[:now]
        for signal in todo:
            # Sent once more under its id, as by somebody who did not hear the answer.
            for _ in range(self._chance.choice([1, 1, 2])):
                await self._app.store.send_signal(signal, now=self._app.world.clock.now())
            self.sent[signal.id] += 1
        for task in await self._app.store.list_tasks(status="open"):
            if all_of_it or self._chance.random() < 0.5:
                run = await self._app.store.get_run(task.run_id)
                answers = [{"amount": run.input["value"] + AMOUNT_MORE}, {"amount": -1}]
                await self._answer(task.id, answers[: self._chance.choice([1, 1, 2])])

    async def _answer(self, task_id: str, answers: Sequence[dict[str, int]]) -> None:
        """The first answer counts; every other has to be refused."""
        for at, values in enumerate(answers):
            try:
                answer = TaskAnswer("approved", values=values)
                await self._app.store.answer_task(task_id, answer, now=self._app.world.clock.now())
                self.answered += 1
            except Conflict:
                self.refused += at


def _signal(name: str, key: str, payload: Any) -> Signal:
    return Signal(f"s-{name}-{key}", name, key, payload)
