from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.lanes import FRAME_MS, Batches, Lane
from engine.errors import StoreError

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_a_lane_does_its_jobs_in_order_and_answers_on_the_qt_thread(qtbot: QtBot) -> None:
    owner = QObject()
    lane = Lane("test", owner)
    seen: list[tuple[int, bool]] = []
    main = threading.current_thread()
    for number in range(5):
        lane.submit(
            lambda n=number: (n, threading.current_thread() is not main),  # type: ignore[misc]
            lambda found: seen.append((found[0], found[1] and threading.current_thread() is main)),
        )
    qtbot.waitUntil(lambda: len(seen) == 5)
    assert seen == [(number, True) for number in range(5)]
    lane.close()


def test_what_a_closed_lane_has_found_reaches_nobody(qtbot: QtBot) -> None:
    owner = QObject()
    lane, other = Lane("test", owner), Lane("other", owner)
    seen: list[str] = []
    lane.submit(lambda: "late", seen.append)
    lane.close()
    other.submit(lambda: "later", seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == ["later"]
    other.close()


def test_a_failure_reaches_its_own_listener_or_the_lane(qtbot: QtBot) -> None:
    owner = QObject()
    lane = Lane("test", owner)
    told: list[str] = []
    lane.failed.connect(lambda error: told.append(f"lane: {error.message}"))

    def fail() -> None:
        raise StoreError("no room")

    lane.submit(fail, failed=lambda error: told.append(f"own: {error.message}"))
    lane.submit(fail)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told == ["own: no room", "lane: no room"]
    lane.close()


def test_a_bug_on_a_lane_is_raised_on_the_qt_thread(qtbot: QtBot) -> None:
    owner = QObject()
    lane = Lane("test", owner)

    def bug() -> None:
        raise ZeroDivisionError

    with qtbot.captureExceptions() as raised:
        lane.submit(bug)
        qtbot.waitUntil(lambda: len(raised) == 1)
    assert raised[0][0] is ZeroDivisionError
    lane.close()


def test_events_from_other_threads_come_in_order_and_few_batches(qtbot: QtBot) -> None:
    owner = QObject()
    batches = Batches(owner)
    got: list[list[int]] = []
    batches.arrived.connect(got.append)

    def feed() -> None:
        for number in range(2000):
            batches.put(number)

    feeder = threading.Thread(target=feed)
    feeder.start()
    qtbot.waitUntil(lambda: sum(map(len, got)) == 2000)
    feeder.join()
    assert [number for batch in got for number in batch] == list(range(2000))
    assert len(got) <= 2 + 2000 // FRAME_MS
