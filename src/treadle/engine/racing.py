"""Racing: of a body's branches the first to complete wins, and the others are cancelled (semantics 3.4)."""

from __future__ import annotations

from abc import abstractmethod

from treadle.engine.history import History
from treadle.engine.journal import EntryKind
from treadle.engine.plan import NodePlan
from treadle.engine.scope import Scope
from treadle.engine.settling import Settling

WINNER = "@winner"
"""Where in a body the journal names the branch that has won."""


class Racing(Settling):
    """Ends a race once, and the same way after a crash."""

    history: History
    _remembers: bool

    def _open(self, scope: Scope) -> None:
        super()._open(scope)
        winner = recalled_winner(scope, self.history) if scope.races and self._remembers else None
        if winner is not None:
            # What led to it need not be gone through again: it may have been pure, and not be in the journal.
            self._recall(scope, winner)

    def _end_branch(self, scope: Scope, node: NodePlan) -> None:
        if scope.winner is not None or self.ending is not None or scope.is_cancelled:
            return
        if self.recorder.has_completed((scope.path, node.id)):
            self._crown(scope, node)

    def _crown(self, scope: Scope, winner: NodePlan) -> None:
        """Let `winner` win. Who it was is in the journal before anybody can see it, and before what lost ends."""
        scope.winner = winner
        place = (scope.path, WINNER)
        if self.history.last(place) is None:
            self.recorder.keep((scope.path, winner.id))
            self.recorder.note(place, EntryKind.CHECKPOINT, self.now, {"winner": winner.id})
        if self._remembers:
            # What had begun beside it is recalled first, so that its `finally` bodies run; see `_end_recalled`.
            self._hold_open(scope)
        else:
            self.cancel(scope)

    @abstractmethod
    def _recall(self, scope: Scope, node: NodePlan) -> bool: ...

    @abstractmethod
    def _hold_open(self, scope: Scope, *, cancelled: bool = False) -> None: ...


def recalled_winner(scope: Scope, history: History) -> NodePlan | None:
    """Who had won when the run was last driven; None while the race is open.

    A crash may come after a branch's last result and before the word that it has won. Nobody has heard of a winner
    then, and of the branches that had completed the first one wins.
    """
    told = history.last((scope.path, WINNER))
    sinks = scope.graph.sinks
    if told is not None:
        sinks = tuple(node for node in sinks if node.id == told.body.get("winner"))
    completed = [
        (last.at, node.index)
        for node in sinks
        if (last := history.last((scope.path, node.id))) is not None
        and last.kind is EntryKind.RESULT
        and (scope.path, node.id) not in history.open  # moved: it is judged first
        and last.body["status"] == "completed"
        and "stop" not in last.body
    ]
    return scope.graph.nodes[min(completed)[1]] if completed else None
