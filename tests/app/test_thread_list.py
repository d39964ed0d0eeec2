from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt

from app.models.dates import UNKNOWN, age, full, local, short
from app.models.search_results import SearchResults
from app.models.thread_list import Place, ThreadList
from app.session import Folder, Found, Hit, Thread
from app.style.plain_text import one_line, utf16

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

NOW = datetime(2025, 3, 20, 12, tzinfo=UTC).astimezone()  # a Thursday


def thread(number: int, title: str = "", *, days: float = 0, folder: int | None = None, pinned: bool = False) -> Thread:
    at = (NOW - timedelta(days=days)).isoformat()
    return Thread(number, title or f"thread {number}", folder, pinned, "schema", at, at)


def shape(model: ThreadList, index: QModelIndex | None = None) -> dict[str, object]:
    """Return the rows as nested dictionaries of their words."""
    above = index or QModelIndex()
    children = [model.index(row, 0, above) for row in range(model.rowCount(above))]
    return {str(child.data()): shape(model, child) for child in children}


@pytest.fixture
def model() -> ThreadList:
    return ThreadList(clock=lambda: NOW)


FOLDERS = [Folder(1, "Invoices"), Folder(2, "Sketches")]
THREADS = [
    thread(1, "now"),
    thread(2, "in a folder", folder=1),
    thread(3, "pinned, in a folder", folder=1, pinned=True),
    thread(4, "the day before", days=1),
    thread(5, "on Tuesday", days=2),
    thread(6, "last week", days=9),
    thread(7, "last year", days=400),
]


def test_threads_stand_under_pinned_folders_and_ages(model: ThreadList) -> None:
    model.arrange(THREADS, FOLDERS)
    assert shape(model) == {
        "Pinned": {"pinned, in a folder": {}},
        "Folders": {"Invoices": {"in a folder": {}}, "Sketches": {}},
        "Today": {"now": {}},
        "Yesterday": {"the day before": {}},
        "This week": {"on Tuesday": {}},
        "This month": {"last week": {}},
        "Earlier": {"last year": {}},
    }


def test_a_section_without_rows_is_absent(model: ThreadList) -> None:
    model.arrange([thread(1, "only")], [])
    assert shape(model) == {"Today": {"only": {}}}
    model.arrange([], [])
    assert shape(model) == {}


def test_a_thread_of_a_folder_that_is_gone_stands_under_its_age(model: ThreadList) -> None:
    model.arrange([thread(1, "left behind", folder=9)], [])
    assert shape(model) == {"Today": {"left behind": {}}}


def test_a_thread_without_a_title_is_a_new_thread(model: ThreadList) -> None:
    model.arrange([Thread(1, " ", None, False, "", NOW.isoformat(), NOW.isoformat())], [])
    assert shape(model) == {"Today": {"New thread": {}}}


def test_after_midnight_today_is_yesterday() -> None:
    now = [NOW]
    model = ThreadList(clock=lambda: now[0])
    model.arrange([thread(1, "late")], [])
    kept = QPersistentModelIndex(model.index_of_thread(1))
    now[0] += timedelta(days=1)
    model.arrange([thread(1, "late")], [])
    assert shape(model) == {"Yesterday": {"late": {}}}
    assert kept.isValid()


def signals(model: ThreadList) -> list[str]:
    told: list[str] = []
    for name in ("rowsInserted", "rowsRemoved", "rowsMoved", "modelReset", "dataChanged", "layoutChanged"):
        getattr(model, name).connect(lambda *_, name=name: told.append(name))
    return told


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ([thread(9, "new"), *THREADS], ["rowsInserted"]),
        ([row for row in THREADS if row.id != 6], ["rowsRemoved", "rowsRemoved"]),
        ([thread(1, "renamed"), *THREADS[1:]], []),
        ([thread(1, "now", folder=2), *THREADS[1:]], ["rowsMoved", "rowsRemoved"]),
        ([thread(1, "now", days=1), *THREADS[1:]], ["rowsMoved", "rowsRemoved"]),
    ],
)
def test_a_single_change_touches_only_its_own_rows(model: ThreadList, after: list[Thread], told: list[str]) -> None:
    model.arrange(THREADS, FOLDERS)
    heard = signals(model)
    model.arrange(after, FOLDERS)
    assert [name for name in heard if name != "dataChanged"] == told
    assert "dataChanged" in heard or told


def test_nothing_is_told_where_nothing_changed(model: ThreadList) -> None:
    model.arrange(THREADS, FOLDERS)
    heard = signals(model)
    model.arrange(THREADS, FOLDERS)
    assert heard == []


def test_the_answered_thread_moves_to_the_top_with_a_single_move(model: ThreadList) -> None:
    rows = [thread(number, days=0.001 * number) for number in range(300)]
    model.arrange(rows, [])
    heard = signals(model)
    model.arrange([rows[200], *rows[:200], *rows[201:]], [])
    assert heard == ["rowsMoved"]
    heard.clear()
    model.arrange(rows, [])
    assert heard == ["rowsMoved"]


def test_many_rows_move_in_one_change_and_chosen_ones_stay_chosen(model: ThreadList) -> None:
    rows = [thread(number, folder=2 if number % 2 else None) for number in range(200)]
    model.arrange(rows, FOLDERS)
    kept = {row.title: QPersistentModelIndex(model.index_of_thread(row.id)) for row in rows}
    heard = signals(model)
    after = [thread(row.id, folder=1 if row.id < 150 else None) for row in reversed(rows)]
    model.arrange(after, [Folder(1, "Invoices")])
    assert heard.count("layoutChanged") == 1
    assert "rowsMoved" not in heard
    assert {index.data(): title for title, index in kept.items()} == {title: title for title in kept}
    anew = ThreadList(clock=lambda: NOW)
    anew.arrange(after, [Folder(1, "Invoices")])
    assert shape(model) == shape(anew)


def test_whatever_changes_the_rows_end_as_if_made_anew(model: ThreadList, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model, force_py=True)  # it goes on listening to every change that follows
    draw = random.Random(4)
    kept = QPersistentModelIndex()
    for round_ in range(60):
        most = 20 if round_ % 2 else 120
        folders = [Folder(number, draw.choice("abcdef") * 3 + str(number)) for number in draw.sample(range(1, 6), 3)]
        rows = [
            thread(
                number,
                days=draw.choice((0, 1, 2, 9, 400)),
                folder=draw.choice((None, 1, 2, 3, 4, 5)),
                pinned=draw.random() < 0.2,
            )
            for number in {7, *draw.sample(range(2 * most), draw.randrange(1, most))}
        ]
        draw.shuffle(rows)
        model.arrange(rows, folders, {draw.randrange(30)})
        anew = ThreadList(clock=lambda: NOW)
        anew.arrange(rows, folders)
        assert shape(model) == shape(anew)
        if kept.isValid():
            assert kept.data() == "thread 7"
        kept = QPersistentModelIndex(model.index_of_thread(7))


def test_the_models_are_sound(qtmodeltester: ModelTester) -> None:
    model = ThreadList(clock=lambda: NOW)
    model.arrange(THREADS, FOLDERS, {1})
    qtmodeltester.check(model, force_py=True)
    flat = ThreadList(clock=lambda: NOW)
    flat.arrange_flat(THREADS, lambda row: row.updated)
    qtmodeltester.check(flat, force_py=True)
    results = SearchResults(clock=lambda: NOW)
    results.show_found(Found("t", (hit(1), hit(2))), {row.id: row for row in THREADS}, {})
    qtmodeltester.check(results, force_py=True)


def test_two_thousand_threads_take_one_signal_a_section(model: ThreadList) -> None:
    heard = signals(model)
    model.arrange([thread(number, days=number / 50) for number in range(2000)], FOLDERS)
    assert len(heard) <= 16
    heard.clear()
    model.arrange([thread(number, days=number / 50) for number in range(2000) if number != 1000], FOLDERS)
    assert heard[0] == "rowsRemoved"
    assert set(heard[1:]) <= {"dataChanged"}


def test_sections_are_passed_over_and_only_threads_are_dragged(model: ThreadList) -> None:
    model.arrange(THREADS, FOLDERS)
    section = model.index(0, 0)
    assert not section.flags() & (Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    assert model.index_of_thread(1).flags() & Qt.ItemFlag.ItemIsDragEnabled
    assert not model.index_of_folder(1).flags() & Qt.ItemFlag.ItemIsDragEnabled


def test_a_drop_says_where_to(model: ThreadList) -> None:
    model.arrange(THREADS, FOLDERS)
    assert model.place_of(model.index_of_folder(2)) == Place(2)
    assert model.place_of(model.index_of_thread(2)) == Place(1)
    assert model.place_of(model.index_of_thread(3)) == Place(pinned=True)
    assert model.place_of(model.index_of_thread(7)) == Place()
    assert model.place_of(QModelIndex()) == Place()


def test_dropped_threads_are_those_that_were_dragged(model: ThreadList) -> None:
    model.arrange(THREADS, FOLDERS)
    heard: list[tuple[list[int], Place]] = []
    model.dropped.connect(lambda ids, place: heard.append((ids, place)))
    dragged = model.mimeData([model.index_of_thread(1), model.index_of_folder(1), model.index_of_thread(4)])
    model.dropMimeData(dragged, Qt.DropAction.MoveAction, -1, -1, model.index_of_folder(2))
    assert heard == [([1, 4], Place(2))]


def test_renaming_to_nothing_or_the_same_asks_for_nothing(model: ThreadList) -> None:
    model.arrange([thread(1, "x" * 5_000_000)], FOLDERS)
    heard: list[object] = []
    model.thread_renamed.connect(lambda *said: heard.append(said))
    model.folder_renamed.connect(lambda *said: heard.append(said))
    index = model.index_of_thread(1)
    for same in ("", "  \n", model.data(index, Qt.ItemDataRole.EditRole)):
        assert not model.setData(index, same)
    assert heard == []
    assert model.setData(index, " two \n words ")
    assert model.setData(model.index_of_folder(1), "Bills")
    assert heard == [(1, "two words"), (1, "Bills")]


def test_rows_say_aloud_what_they_are(model: ThreadList) -> None:
    model.arrange(THREADS, FOLDERS, {4})
    spoken = Qt.ItemDataRole.AccessibleTextRole
    assert model.data(model.index_of_thread(5), spoken) == "on Tuesday, Schema, Tue"
    assert model.data(model.index_of_thread(4), spoken) == "the day before, Schema, an answer is being written"
    assert model.data(model.index_of_folder(1), spoken) == "Invoices, folder, 1 thread"


# Search results


def hit(number: int, *, place: str = "message", excerpt: str = "a pear tree", message: int | None = 3) -> Hit:
    return Hit(number, message, place, excerpt, ((2, 6),), NOW.isoformat())  # type: ignore[arg-type]


KNOWN = {row.id: row for row in THREADS}


def results_of(*hits: Hit) -> SearchResults:
    model = SearchResults(clock=lambda: NOW)
    model.show_found(Found("pear", hits), KNOWN, {1: FOLDERS[0]})
    return model


def test_a_message_that_was_found_is_told_with_its_thread_and_excerpt() -> None:
    row = results_of(hit(1)).row(results_of(hit(1)).index(0))
    assert row is not None
    assert (row.title, row.excerpt, row.excerpt_marks) == ("now", "a pear tree", ((2, 6),))


def test_marks_move_with_the_word_that_says_where_it_was_found() -> None:
    model = results_of(hit(1, place="draft", message=None))
    row = model.row(model.index(0))
    assert row is not None
    assert [row.excerpt[start:end] for start, end in row.excerpt_marks] == ["pear"]
    assert row.excerpt == "Draft: a pear tree"


def test_a_title_is_marked_itself_unless_the_thread_was_renamed_since() -> None:
    model = SearchResults(clock=lambda: NOW)
    found = Found("pear", (hit(1, place="title", message=None),))
    model.show_found(found, {1: thread(1, "a pear tree", folder=1)}, {1: FOLDERS[0]})
    row = model.row(model.index(0))
    assert row is not None
    assert (row.title, row.title_marks, row.excerpt) == ("a pear tree", ((2, 6),), "Invoices · Schema")
    model.show_found(found, {1: thread(1, "an apple")}, {})
    row = model.row(model.index(0))
    assert row is not None
    assert (row.title, row.title_marks) == ("an apple", ())


def test_deleting_a_thread_takes_only_its_results_away(qtbot: QtBot) -> None:
    model = results_of(hit(1), hit(2), hit(1, message=8))
    resets: list[object] = []
    model.modelReset.connect(lambda: resets.append(1))
    model.show_found(Found("pear", (hit(1), hit(2), hit(1, message=8))), {2: KNOWN[2]}, {})
    assert [model.index(row).data() for row in range(model.rowCount())] == ["in a folder"]
    assert resets == []


# Dates and plain text


@pytest.mark.parametrize(
    ("day", "word"),
    [
        (date(2025, 3, 21), "Today"),
        (date(2025, 3, 20), "Today"),
        (date(2025, 3, 19), "Yesterday"),
        (date(2025, 3, 17), "This week"),
        (date(2025, 3, 16), "This month"),
        (date(2025, 3, 1), "This month"),
        (date(2025, 2, 28), "Earlier"),
        (date(2024, 3, 20), "Earlier"),
    ],
)
def test_ages_are_those_of_a_calendar(day: date, word: str) -> None:
    assert age(day, date(2025, 3, 20)) == word


def test_a_week_begins_where_the_person_lives() -> None:
    assert age(date(2025, 3, 16), date(2025, 3, 20), first_day=6) == "This week"


def test_on_the_first_day_of_a_month_last_week_is_still_this_week() -> None:
    assert age(date(2025, 4, 28), date(2025, 5, 1)) == "This week"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2025, 3, 20, 9, 5), "09:05"),
        (datetime(2025, 3, 19, 9, 5), "Wed"),
        (datetime(2025, 3, 14, 9, 5), "Fri"),
        (datetime(2025, 3, 13, 9, 5), "13 Mar"),
        (datetime(2024, 12, 31, 9, 5), "31 Dec 2024"),
    ],
)
def test_times_are_shorter_the_nearer_they_are(at: datetime, words: str) -> None:
    assert short(at, date(2025, 3, 20)) == words


def test_a_time_in_full() -> None:
    assert full(datetime(2025, 3, 14, 11, 2)) == "Fri 14 Mar 2025, 11:02"


@pytest.mark.parametrize("stamp", ["soon", "", "0001-01-01T00:00:00", "9999-12-31T23:59:59-23:00"])
def test_what_is_no_time_is_shown_as_none_and_stands_last(model: ThreadList, stamp: str) -> None:
    assert local(stamp) == UNKNOWN
    assert short(UNKNOWN, NOW.date()) == ""
    model.arrange([Thread(1, "then", None, False, "schema", stamp, stamp)], [])
    assert shape(model) == {"Earlier": {"then": {}}}


def test_hostile_text_becomes_one_line_with_each_character_in_its_place() -> None:
    text = "a\u202eb\x00c\x1b[31m\nd\u2066e\u2028f"
    shown = one_line(text)
    assert shown == "a�b�c�[31m d�e f"
    assert len(shown) == len(text)


def test_ten_million_characters_are_cut_before_anything_reads_them() -> None:
    assert len(one_line("x" * 10_000_000)) < 1000


def test_letters_that_join_or_are_written_from_the_right_stay() -> None:
    for text in ("שלום", "نص عربي", "👩‍🌾 grows", "क्‍ष", "a\u200fb"):
        assert one_line(text) == text


def test_places_are_counted_as_qt_counts_them() -> None:
    assert utf16("a👩b", 3) == 4
