from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.bridge import Bridge
from app.session import Found, Library, Undo
from engine.errors import StoreError
from engine.store import Store, Thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def stocked(tmp_path: Path) -> Path:
    """Return a profile of three threads, "one" to "three", of which "three" was written to last."""
    with Store(tmp_path) as store:
        for title in ("one", "two", "three"):
            store.threads.create({}, title=title, kind="text")
    return tmp_path


@pytest.fixture
def bridge(stocked: Path, qapp: object) -> Iterator[Bridge]:
    made = Bridge(stocked, None)
    yield made
    made.close()


@pytest.fixture
def library(bridge: Bridge, qtbot: QtBot) -> Library:
    made = Library(bridge)
    with qtbot.waitSignal(made.listed):
        made.refresh()
    return made


@pytest.fixture
def stored(bridge: Bridge, qtbot: QtBot) -> Callable[[Callable[[Store], Any]], Any]:
    """Return a function that asks the store, after all that was asked of it before."""

    def ask(question: Callable[[Store], Any]) -> Any:
        answers: list[Any] = []
        bridge.ask_store(question, answers.append)
        qtbot.waitUntil(lambda: bool(answers))
        return answers[0]

    return ask


def ids(library: Library, *titles: str) -> list[int]:
    return [row.id for title in titles for row in (*library.threads, *library.binned) if row.title == title]


def titles(rows: list[Thread]) -> list[str]:
    return [row.title for row in rows]


def in_step(library: Library, store: Store) -> bool:
    """Return whether the lists are what the store has, but for when something was deleted."""

    def plain(rows: list[Thread]) -> list[tuple[object, ...]]:
        return sorted((row.id, row.title, row.folder, row.pinned, row.updated) for row in rows)

    return (
        library.threads == store.threads.all()
        and plain(library.binned) == plain(store.threads.all(deleted=True))
        and sorted(folder.id for folder in library.folders) == sorted(folder.id for folder in store.threads.folders())
        and {folder.name for folder in library.folders} == {folder.name for folder in store.threads.folders()}
    )


def test_the_thread_written_to_last_comes_first(library: Library) -> None:
    assert titles(library.threads) == ["three", "two", "one"]
    assert library.known


def test_a_change_is_seen_at_once_and_written_behind_it(library: Library, stored: Any) -> None:
    (two,) = ids(library, "two")
    library.rename(two, "second")
    library.pin([two], pinned=True)
    library.delete(ids(library, "one"))
    assert titles(library.threads) == ["three", "second"]
    assert titles(library.binned) == ["one"]
    assert library.thread_of(two) == next(row for row in library.threads if row.pinned)
    assert stored(lambda store: in_step(library, store))


def test_every_change_can_be_taken_back_one_after_the_other(library: Library, stored: Any, qtbot: QtBot) -> None:
    with qtbot.waitSignal(library.listed):
        library.make_folder("Invoices", lambda folder: None)
    before = (library.threads, library.binned)
    one, two, three = ids(library, "one", "two", "three")
    folder = library.folders[0].id
    library.move([one, two], folder)
    library.pin([two], pinned=True)
    library.rename(one, "first")
    library.delete([one, three])
    library.restore([three])
    library.rename_folder(folder, "Bills")
    assert stored(lambda store: in_step(library, store))
    for _ in range(6):
        library.undo()
    assert (library.threads, library.binned) == before
    assert [row.name for row in library.folders] == ["Invoices"]
    assert stored(lambda store: in_step(library, store))
    library.undo()  # the folder
    library.undo()  # nothing is left to take back
    assert library.folders == []
    assert stored(lambda store: in_step(library, store))


def test_a_removed_folder_comes_back_with_its_threads_even_those_in_the_bin(
    library: Library, stored: Any, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(library.listed):
        library.make_folder("Invoices", lambda folder: None)
    one, two = ids(library, "one", "two")
    library.move([one, two], library.folders[0].id)
    library.delete([two])
    library.remove_folder(library.folders[0].id)
    assert library.folders == []
    assert {row.folder for row in (*library.threads, *library.binned)} == {None}
    with qtbot.waitSignal(library.listed):
        library.undo()
    assert [row.name for row in library.folders] == ["Invoices"]
    folder = library.folders[0].id
    assert {row.title: row.folder for row in (*library.threads, *library.binned)} == {
        "one": folder,
        "two": folder,
        "three": None,
    }
    assert stored(lambda store: in_step(library, store))
    library.undo()
    library.undo()  # what was done to the folder before it was removed is taken back from the one made anew
    assert library.thread_of(one).folder is None  # type: ignore[union-attr]
    assert stored(lambda store: in_step(library, store))


def test_a_folder_that_came_back_is_the_one_that_earlier_changes_are_taken_back_in(
    library: Library, stored: Any, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(library.listed):
        library.make_folder("Invoices", lambda folder: None)
    folder = library.folders[0].id
    one = ids(library, "one")
    library.move(one, folder)
    library.rename_folder(folder, "Bills")
    library.move(one, None)
    library.remove_folder(folder)
    library.undo()
    qtbot.waitUntil(lambda: len(library.folders) == 1)
    library.undo()  # the thread is in the folder again
    library.undo()  # and that has its name
    (back,) = library.folders
    assert back.name == "Invoices"
    assert [row.title for row in library.threads if row.folder == back.id] == ["one"]
    assert stored(lambda store: in_step(library, store))


def test_a_thread_moved_from_among_the_pinned_is_pinned_again_when_that_is_taken_back(
    library: Library, stored: Any
) -> None:
    (two,) = ids(library, "two")
    library.pin([two], pinned=True)
    library.move([two], None, unpin=True)
    moved = library.thread_of(two)
    assert moved is not None
    assert not moved.pinned
    assert stored(lambda store: in_step(library, store))
    library.undo()
    again = library.thread_of(two)
    assert again is not None
    assert again.pinned
    assert stored(lambda store: in_step(library, store))


def test_what_can_be_undone_is_said_with_the_number(library: Library) -> None:
    said: list[Undo | None] = []
    library.undoable.connect(said.append)
    library.delete(ids(library, "one", "two"))
    library.delete(ids(library, "three"))
    library.undo()
    assert [undo.words if undo else None for undo in said] == ["2 threads deleted", "Thread deleted", None]


def test_pages_hear_which_threads_are_gone(library: Library) -> None:
    gone: list[list[int]] = []
    library.removed.connect(gone.append)
    wanted = ids(library, "one", "three")
    library.delete([*wanted, 999])
    library.delete(wanted)
    assert [sorted(some) for some in gone] == [sorted(wanted)]


def test_an_emptied_bin_is_empty_for_good(library: Library, stored: Any) -> None:
    library.rename(ids(library, "two")[0], "second")
    library.delete(ids(library, "one"))
    library.empty_bin()
    for _ in range(2):
        library.undo()
    assert titles(library.threads) == ["three", "second"]
    assert library.binned == []
    assert stored(lambda store: len(store.threads.all()) + len(store.threads.all(deleted=True))) == 2


def test_a_copy_is_listed_before_it_is_handed_over(library: Library, qtbot: QtBot, stored: Any) -> None:
    copies: list[Thread] = []

    def done(copy: Thread) -> None:
        assert library.threads[0] == copy
        copies.append(copy)

    library.duplicate(ids(library, "one")[0], done)
    qtbot.waitUntil(lambda: bool(copies))
    assert copies[0].title == "one (copy)"
    assert stored(lambda store: in_step(library, store))
    library.undo()
    assert titles(library.binned) == ["one (copy)"]


def test_reading_anew_does_not_take_back_what_was_done_meanwhile(library: Library, stored: Any, qtbot: QtBot) -> None:
    library.refresh()
    library.rename(ids(library, "one")[0], "first")
    seen: list[list[str]] = []
    library.listed.connect(lambda: seen.append(titles(library.threads)))
    stored(lambda store: None)
    stored(lambda store: None)
    assert all("first" in one for one in seen)
    assert stored(lambda store: in_step(library, store))


def test_a_row_from_elsewhere_is_taken_in_its_order(library: Library) -> None:
    (one,) = ids(library, "one")
    was = library.thread_of(one)
    assert was is not None
    library.put(Thread(one, "one again", None, False, "json", was.created, "2999-01-01T00:00:00+00:00"))
    assert titles(library.threads) == ["one again", "three", "two"]


def test_a_row_read_before_a_change_does_not_bring_the_old_state_back(
    library: Library, stored: Any, qtbot: QtBot
) -> None:
    (one,) = ids(library, "one")
    old = library.thread_of(one)
    assert old is not None
    library.pin([one], pinned=True)
    library.put(old)
    qtbot.waitUntil(lambda: library.thread_of(one).pinned)  # type: ignore[union-attr]
    assert stored(lambda store: in_step(library, store))


def test_where_the_store_fails_it_is_said_and_the_list_is_read_anew(
    library: Library, bridge: Bridge, qtbot: QtBot, stored: Any
) -> None:
    stored(lambda store: store._database._connection.execute("PRAGMA query_only = 1"))
    (one,) = ids(library, "one")
    with qtbot.waitSignals([bridge.failed, library.listed, library.listed]):
        library.rename(one, "never written")
    qtbot.waitUntil(lambda: titles(library.threads) == ["three", "two", "one"])


def test_a_busy_thread_is_one_until_it_is_not(library: Library) -> None:
    heard: list[object] = []
    library.listed.connect(lambda: heard.append(library.busy))
    library.set_busy(1, True)
    library.set_busy(1, True)
    library.set_busy(1, False)
    assert heard == [{1}, set()]


# Search


@pytest.fixture
def found(library: Library) -> list[Found]:
    heard: list[Found] = []
    library.found.connect(heard.append)
    return heard


def test_a_search_finds_titles(library: Library, found: list[Found], qtbot: QtBot) -> None:
    library.search("tw")
    qtbot.waitUntil(lambda: bool(found))
    assert [(hit.thread, hit.place) for hit in found[0].hits] == [(ids(library, "two")[0], "title")]


def test_only_the_newest_query_is_answered(library: Library, found: list[Found], qtbot: QtBot) -> None:
    for typed in ("t", "th", "thr", "thre"):
        library.search(typed)
    qtbot.waitUntil(lambda: bool(found))
    assert [one.query for one in found] == ["thre"]


def test_whoever_types_fast_leaves_no_queue_of_searches_behind(
    library: Library, found: list[Found], qtbot: QtBot, bridge: Bridge
) -> None:
    asked: list[object] = []
    ask = bridge.ask_store
    bridge.ask_store = lambda *job: (asked.append(job), ask(*job))[1]  # type: ignore[method-assign, func-returns-value]
    for number in range(50):
        library.search("three"[: 1 + number % 5])
    qtbot.waitUntil(lambda: bool(found))
    assert len(asked) == 2


def test_a_search_that_failed_is_told_and_the_next_one_answered(
    library: Library, found: list[Found], bridge: Bridge, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_query: str, **_options: object) -> None:
        raise StoreError("The disk reported an error.")

    told: list[object] = []
    bridge.failed.connect(told.append)
    qtbot.waitUntil(lambda: bridge._store is not None)
    with monkeypatch.context() as broken:
        broken.setattr(bridge._store.search, "find", refuse)  # type: ignore[union-attr]
        library.search("two")
        qtbot.waitUntil(lambda: bool(told))
    library.search("three")
    qtbot.waitUntil(lambda: bool(found))
    assert [one.query for one in found] == ["three"]


def test_an_ended_search_says_so_and_answers_nothing_late(library: Library, found: list[Found], stored: Any) -> None:
    library.search("three")
    library.search("  ")
    stored(lambda store: True)
    assert found == [Found("")]
