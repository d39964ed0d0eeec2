"""Cycles of widgets are collected on the thread of the window, whoever allocates meanwhile."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import TYPE_CHECKING

import pytest

from app.collecting import Collecting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


class Cycle:
    """Something that only the collector frees, and that notes on which thread."""

    def __init__(self, freed: list[int]) -> None:
        self.itself = self
        weakref.finalize(self, lambda: freed.append(threading.get_ident()))


@pytest.fixture
def collecting(qtbot: QtBot) -> Iterator[Collecting]:
    with Collecting() as made:
        yield made


def test_a_worker_that_allocates_collects_nothing(collecting: Collecting, qtbot: QtBot) -> None:
    freed: list[int] = []
    Cycle(freed)
    worker = threading.Thread(target=lambda: [[] for _ in range(50_000)])
    worker.start()
    worker.join()
    assert freed == []
    kept = [[] for _ in range(5_000)]  # so that a collection is due here
    qtbot.waitUntil(lambda: bool(freed))
    assert freed == [threading.get_ident()]
    assert kept


def test_python_collects_by_itself_again_afterwards(qtbot: QtBot) -> None:
    with Collecting():
        assert not gc.isenabled()
    assert gc.isenabled()
