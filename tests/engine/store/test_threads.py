"""Threads, folders, presets and the bin: nothing is gone before a person empties it."""

from pathlib import Path

import pytest

from engine.store import Answer, Attachment, Store

IMAGE = b"\x89PNG\r\n\x1a\n\x00\xff"


def test_the_thread_written_to_last_comes_first(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        first = store.threads.create({"system": "Be brief."}, kind="text", title="First")
        second = store.threads.create()
        assert [thread.id for thread in store.threads.all()] == [second.id, first.id]
        store.messages.ask(first.id, None, "Hello", {})
        assert [thread.id for thread in store.threads.all()] == [first.id, second.id]
        assert store.threads.get(second.id) == second
        assert store.threads.get(99) is None
        assert store.threads.desk(first.id).settings == {"system": "Be brief."}
        with pytest.raises(KeyError):
            store.threads.desk(99)


def test_a_thread_is_named_by_its_first_question_until_a_person_names_it(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        asked, named = store.threads.create(), store.threads.create(title="Mine")
        for thread in (asked, named):
            store.messages.ask(thread.id, None, "\n  Which pears keep until spring?\nTell me.", {})
            store.messages.ask(thread.id, None, "And apples?", {})
        assert store.threads.get(asked.id).title == "Which pears keep until spring?"  # type: ignore[union-attr]
        assert store.threads.get(named.id).title == "Mine"  # type: ignore[union-attr]
        store.threads.rename(named.id, "")
        store.messages.ask(named.id, None, "word " * 50, {})
        title = store.threads.get(named.id).title  # type: ignore[union-attr]
        assert title.startswith("word word")
        assert title.endswith("…")
        assert len(title) <= 80


def test_a_draft_and_settings_are_there_after_a_restart(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread = store.threads.create().id
        store.threads.keep_draft(thread, "half a \ud83d sentence\0")
        store.threads.keep_settings(thread, {"seed": 7}, kind="schema")
        store.threads.go_to(thread, None)
    with Store(tmp_path) as store:
        desk = store.threads.desk(thread)
        assert desk.draft == "half a \ufffd sentence\0"
        assert desk.settings == {"seed": 7}
        assert store.threads.get(thread).kind == "schema"  # type: ignore[union-attr]


def test_a_folder_that_is_removed_leaves_its_threads(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        folder = store.threads.make_folder("letters")
        store.threads.make_folder("Invoices")
        inside = store.threads.create(folder=folder.id).id
        outside = store.threads.create().id
        assert [found.name for found in store.threads.folders()] == ["Invoices", "letters"]
        store.threads.rename_folder(folder.id, "Notes")
        assert store.threads.remove_folder(folder.id) == [inside]
        assert [found.name for found in store.threads.folders()] == ["Invoices"]
        assert store.threads.get(inside).folder is None  # type: ignore[union-attr]
        again = store.threads.make_folder("Notes").id
        store.threads.move([inside, outside], again)
        assert {thread.folder for thread in store.threads.all()} == {again}


def test_pins_stay(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread = store.threads.create().id
        store.threads.pin([thread], pinned=True)
        assert store.threads.all()[0].pinned
        store.threads.pin([thread], pinned=False)
        assert not store.threads.all()[0].pinned


def test_what_is_in_the_bin_comes_back_as_it_was(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread = store.threads.create(title="Kept")
        question, answer = store.messages.ask(thread.id, None, "Is it there?", {})
        before = store.trees.read(thread.id)
        store.threads.delete([thread.id])
        assert store.threads.all() == []
        assert [found.id for found in store.threads.all(deleted=True)] == [thread.id]
        store.threads.restore([thread.id])
        assert store.threads.all(deleted=True) == []
        assert [node.id for node in store.messages.outline(thread.id)] == [question, answer]
        assert store.trees.read(thread.id) == before


def test_the_bin_is_emptied_of_threads_and_branches_and_of_nothing_else(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        gone, kept = store.threads.create(), store.threads.create()
        store.messages.ask(gone.id, None, "gone", {})
        question, answer = store.messages.ask(kept.id, None, "kept", {})
        other = store.messages.answer_again(kept.id, question, {})
        store.messages.attach(gone.id, Attachment("a.txt", "text/plain", "text"))
        store.messages.append(answer, "on")
        store.messages.delete(answer)
        store.threads.delete([gone.id])
        assert store.threads.empty_bin() == 1
        assert store.threads.all(deleted=True) == []
        assert [node.id for node in store.messages.outline(kept.id)] == [question, other]
        for table in ("answer_pieces", "attachments"):
            assert store._database.rows(f"SELECT * FROM {table}") == []
        assert store.threads.empty_bin() == 0


def test_a_thread_of_thousands_of_messages_in_a_row_can_be_removed_for_good(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        for remove_branch in (True, False):
            thread = store.threads.create().id
            with store._database.transaction() as connection:
                parent = None
                for number in range(3_000):
                    parent = connection.execute(
                        "INSERT INTO messages (thread, parent, role, state, size, created, text) "
                        "VALUES (?, ?, 'user', 'done', 1, '', ?)",
                        (thread, parent, str(number)),
                    ).lastrowid
            if remove_branch:
                store.messages.delete(store.messages.outline(thread)[1].id)
            else:
                store.threads.delete([thread])
            store.threads.empty_bin()
        assert [len(store.messages.outline(thread.id)) for thread in store.threads.all()] == [1]


def test_a_copy_has_everything_and_is_its_own(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        folder = store.threads.make_folder("Fruit").id
        thread = store.threads.create({"seed": 3}, kind="schema", title="Pears", folder=folder)
        store.messages.attach(thread.id, Attachment("pear.png", "image/png", "", IMAGE))
        question, answer = store.messages.ask(thread.id, None, "What is it?", {"model": "m"})
        store.messages.settle(
            answer, "done", "A pear.", Answer({"model": "m"}, {"seed": 1}, None, {"x": 1}, {"tokens": [[1, 2]]})
        )
        other = store.messages.answer_again(thread.id, question, {})
        store.messages.settle(other, "stopped", "An", Answer({}))
        binned = store.messages.answer_again(thread.id, question, {})
        store.messages.delete(binned)
        store.threads.go_to(thread.id, answer)
        store.messages.attach(thread.id, Attachment("more.txt", "text/plain", "more"))
        store.threads.keep_draft(thread.id, "and then")
        copy = store.threads.duplicate(thread.id)
        assert (copy.title, copy.folder, copy.kind) == ("Pears (copy)", folder, "schema")
        ours, theirs = store.trees.read(thread.id), store.trees.read(copy.id)
        assert theirs.messages == ours.messages
        assert (theirs.settings, theirs.draft, theirs.head) == (ours.settings, ours.draft, ours.head)
        assert theirs.attachments == ours.attachments
        store.messages.delete(store.messages.outline(copy.id)[0].id)
        assert store.trees.read(thread.id) == ours
        with pytest.raises(KeyError):
            store.threads.duplicate(99)


def test_a_copy_made_while_an_answer_is_written_shows_the_branch_that_is_shown(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread = store.threads.create().id
        first, answer = store.messages.ask(thread, None, "One?", {})
        store.messages.settle(answer, "done", "1", Answer({}))
        _, aside = store.messages.ask(thread, None, "Another?", {})
        store.messages.settle(aside, "done", "the newest", Answer({}))
        writing = store.messages.answer_again(thread, first, {})
        assert store.threads.desk(thread).head == writing
        copied = store.trees.read(store.threads.duplicate(thread).id)
        assert [message.text for message in copied.branch()] == ["One?"]
        other = store.threads.create().id
        store.messages.delete(store.messages.ask(other, None, "Alone?", {})[0])
        assert store.trees.read(store.threads.duplicate(other).id).messages == ()


def test_presets_are_replaced_by_name(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.presets.put("strict", {"temperature": 0})
        store.presets.put("Loose", {"temperature": 1})
        store.presets.put("strict", {"temperature": 0.1})
        assert store.presets.all() == {"Loose": {"temperature": 1}, "strict": {"temperature": 0.1}}
        assert list(store.presets.all()) == ["Loose", "strict"]
        store.presets.remove("strict")
        assert list(store.presets.all()) == ["Loose"]


def test_an_endless_title_is_cut_and_a_hostile_one_is_text(tmp_path: Path) -> None:
    hostile = "<b>\x1b[31m\u202egnp.exe\0👩‍👩‍👧‍👦\ud800"
    with Store(tmp_path) as store:
        long = store.threads.create(title="a" * 10_000_000)
        assert len(long.title) <= 1_000
        assert store.threads.create(title=hostile).title == hostile[:-1] + "\ufffd"
        assert store.threads.make_folder(hostile).name == hostile[:-1] + "\ufffd"
        assert len(store.threads.all()) == 2
