"""The journal in memory keeps every promise of a journal."""

from __future__ import annotations

import pytest

from treadle.engine.journal import Journal
from treadle.testing.journal_contract import JournalContract
from treadle.testing.memory_journal import MemoryJournal


class TestMemoryJournal(JournalContract):
    @pytest.fixture
    def journal(self) -> Journal:
        return MemoryJournal()
